"""What can be done on the Build screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

STACK = Scope(
    "stack",
    _("Build: the stack of layers (arrows or j, k move)"),
    (
        Action("add_layer", "a", _("Add"), _("Add a layer below the selected one")),
        Action("insert_layer", "i", _("Insert"), _("Insert a layer above the selected one"), footer=False),
        Action("edit_layer", "enter,e", _("Edit"), _("Edit the settings of the selected layer")),
        Action("delete_layer", "d,delete", _("Delete"), _("Delete the selected layers, or a branch")),
        Action("duplicate_layer", "D", _("Duplicate"), _("Put a copy below the selected layers"), footer=False),
        Action("move_down", "J,alt+down", _("Move down"), _("Move the layers down, into what is open"), footer=False),
        Action("move_up", "K,alt+up", _("Move up"), _("Move the layers up, into what is open"), footer=False),
        Action("layer_menu", "full_stop", _("Menu"), _("List what can be done with the selected layers"), footer=False),
        Action("mute", "m", _("Mute"), _("Skip the layers without deleting them, or hear them"), footer=False),
        Action("fold", "space,z", _("Fold"), _("Fold a block or branches, or open them"), footer=False),
        Action("fold_or_leave", "left,h", _("Fold"), _("Fold, or go to what holds the layer"), footer=False),
        Action("open_or_enter", "right,l", _("Open"), _("Open, or go to the first layer within"), footer=False),
        Action("fold_all", "Z", _("Fold all"), _("Fold all blocks and branches, or open all"), footer=False),
        Action("select_range", "V", _("Select"), _("Select from here to where the cursor goes"), footer=False),
        Action("extend_down", "shift+down", _("Select down"), _("Select one line more below"), footer=False),
        Action("extend_up", "shift+up", _("Select up"), _("Select one line more above"), footer=False),
        Action("copy", "y", _("Copy"), _("Copy the selected layers to the clipboard, as TOML"), footer=False),
        Action("cut", "x", _("Cut"), _("Copy the selected layers, and delete them"), footer=False),
        Action("paste_below", "p", _("Paste"), _("Put the copied layers below the selected one"), footer=False),
        Action("paste_above", "P", _("Paste above"), _("Put them above the selected one"), footer=False),
        Action("wrap_block", "b", _("Block"), _("Make a block of the selected layers"), footer=False),
        Action("wrap_branches", "B", _("Residual"), _("Put a skip connection around the layers"), footer=False),
        Action("unwrap", "W", _("Unwrap"), _("Take the layers out of a block, or of a branch"), footer=False),
        Action("add_branch", "plus", _("Add branch"), _("Add a branch, empty: a skip connection"), footer=False),
        Action("widen", "right_square_bracket", _("Double"), _("Twice as many filters or units"), footer=False),
        Action("narrow", "left_square_bracket", _("Halve"), _("Half as many filters or units"), footer=False),
        Action("enlarge", "right_curly_bracket", _("Larger"), _("A larger kernel or pooling window"), footer=False),
        Action("shrink", "left_curly_bracket", _("Smaller"), _("A smaller kernel or pooling window"), footer=False),
        Action("stride", "s", _("Stride"), _("Stride 1 or 2"), footer=False),
        Action("padding", "equals_sign", _("Padding"), _("Padding same or valid"), footer=False),
        Action("function", "r", _("Activation"), _("The next activation, or way to merge"), footer=False),
        Action("apply_fix", "f", _("Fix"), _("Mend the first problem found, as its line proposes")),
        Action("next_finding", "n", _("Next"), _("Go to the next layer that something is said about"), footer=False),
        Action("last_finding", "N", _("Before"), _("Go to the one before"), footer=False),
        Action("why", "w", _("Why"), _("Show the formula of every number of the layer"), footer=False),
        Action("choose_columns", "c", _("Columns"), _("Choose the columns of the stack"), footer=False),
        Action("undo", "u,ctrl+z", _("Undo"), _("Take back the last edit")),
        Action("redo", "U,ctrl+y", _("Redo"), _("Make the edit again that was taken back"), footer=False),
        Action("keep_variant", "v", _("Keep"), _("Keep the network as a variant, and go on"), footer=False),
        Action("compare_variants", "C", _("Variants"), _("Compare variants side by side; load one"), footer=False),
        Action("sweep_setting", "t", _("Sweep"), _("Try several values of a setting of the layer"), footer=False),
    ),
    on="screen",
)

CHECKS = Scope(
    "checks",
    _("Build: the list of findings (Tab goes there, arrows move)"),
    (
        Action("go_to_finding", "enter", _("Go there"), _("Go to the layer that the finding is about")),
        Action("fix_finding", "f", _("Fix"), _("Mend what the finding is about, as its line proposes")),
        Action("leave_checks", "escape", _("Back"), _("Go back to the stack"), footer=False),
    ),
    on="screen",
)

FORM = Scope(
    "form",
    _("Build: the settings of a layer (arrows and Tab move, ← → choose)"),
    (
        Action("commit", "enter", _("Apply"), _("Apply the settings as they stand in the form")),
        Action("cancel", "escape", _("Back"), _("Leave the form as it was")),
    ),
    priority=True,
    on="screen",
)
SCOPES = (STACK, CHECKS, FORM)
