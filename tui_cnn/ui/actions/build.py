"""What can be done on the Build screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.actions.action import Action


def build_actions() -> tuple[Action, ...]:
    """List what can be done with the stack, the findings and the form of a layer."""
    return (
        Action("add_layer", "stack", "a", _("Add"), _("Add a layer below the selected one")),
        Action("insert_layer", "stack", "i", _("Insert"), _("Insert a layer above the selected one"), footer=False),
        Action("edit_layer", "stack", "enter,e", _("Edit"), _("Edit the settings of the selected layer")),
        Action("delete_layer", "stack", "d,delete", _("Delete"), _("Delete the selected layers, or a branch")),
        Action(
            "duplicate_layer", "stack", "D", _("Duplicate"), _("Put a copy below the selected layers"), footer=False
        ),
        Action(
            "move_down",
            "stack",
            "J,alt+down",
            _("Move down"),
            _("Move the layers down, into what is open"),
            footer=False,
        ),
        Action("move_up", "stack", "K,alt+up", _("Move up"), _("Move the layers up, into what is open"), footer=False),
        Action(
            "layer_menu",
            "stack",
            "full_stop",
            _("Menu"),
            _("List what can be done with the selected layers"),
            footer=False,
        ),
        Action("mute", "stack", "m", _("Mute"), _("Skip the layers without deleting them, or hear them"), footer=False),
        Action("fold", "stack", "space,z", _("Fold"), _("Fold a block or branches, or open them"), footer=False),
        Action("fold_or_leave", "stack", "left,h", _("Fold"), _("Fold, or go to what holds the layer"), footer=False),
        Action(
            "open_or_enter", "stack", "right,l", _("Open"), _("Open, or go to the first layer within"), footer=False
        ),
        Action("fold_all", "stack", "Z", _("Fold all"), _("Fold all blocks and branches, or open all"), footer=False),
        Action("select_range", "stack", "V", _("Select"), _("Select from here to where the cursor goes"), footer=False),
        Action("extend_down", "stack", "shift+down", _("Select down"), _("Select one line more below"), footer=False),
        Action("extend_up", "stack", "shift+up", _("Select up"), _("Select one line more above"), footer=False),
        Action("copy", "stack", "y", _("Copy"), _("Copy the selected layers to the clipboard, as TOML"), footer=False),
        Action("cut", "stack", "x", _("Cut"), _("Copy the selected layers, and delete them"), footer=False),
        Action(
            "paste_below", "stack", "p", _("Paste"), _("Put the copied layers below the selected one"), footer=False
        ),
        Action("paste_above", "stack", "P", _("Paste above"), _("Put them above the selected one"), footer=False),
        Action("wrap_block", "stack", "b", _("Block"), _("Make a block of the selected layers"), footer=False),
        Action(
            "wrap_branches", "stack", "B", _("Residual"), _("Put a skip connection around the layers"), footer=False
        ),
        Action("unwrap", "stack", "W", _("Unwrap"), _("Take the layers out of a block, or of a branch"), footer=False),
        Action(
            "add_branch", "stack", "plus", _("Add branch"), _("Add a branch, empty: a skip connection"), footer=False
        ),
        Action(
            "widen", "stack", "right_square_bracket", _("Double"), _("Twice as many filters or units"), footer=False
        ),
        Action("narrow", "stack", "left_square_bracket", _("Halve"), _("Half as many filters or units"), footer=False),
        Action(
            "enlarge", "stack", "right_curly_bracket", _("Larger"), _("A larger kernel or pooling window"), footer=False
        ),
        Action(
            "shrink", "stack", "left_curly_bracket", _("Smaller"), _("A smaller kernel or pooling window"), footer=False
        ),
        Action("stride", "stack", "s", _("Stride"), _("Stride 1 or 2"), footer=False),
        Action("padding", "stack", "equals_sign", _("Padding"), _("Padding same or valid"), footer=False),
        Action("function", "stack", "r", _("Activation"), _("The next activation, or way to merge"), footer=False),
        Action("apply_fix", "stack", "f", _("Fix"), _("Mend the first problem found, as its line proposes")),
        Action(
            "next_finding",
            "stack",
            "n",
            _("Next"),
            _("Go to the next layer that something is said about"),
            footer=False,
        ),
        Action("last_finding", "stack", "N", _("Before"), _("Go to the one before"), footer=False),
        Action("why", "stack", "w", _("Why"), _("Show the formula of every number of the layer"), footer=False),
        Action("choose_columns", "stack", "c", _("Columns"), _("Choose the columns of the stack"), footer=False),
        Action("undo", "stack", "u,ctrl+z", _("Undo"), _("Take back the last edit")),
        Action("redo", "stack", "U,ctrl+y", _("Redo"), _("Make the edit again that was taken back"), footer=False),
        Action("keep_variant", "stack", "v", _("Keep"), _("Keep the network as a variant, and go on"), footer=False),
        Action(
            "compare_variants", "stack", "C", _("Variants"), _("Compare variants side by side; load one"), footer=False
        ),
        Action(
            "sweep_setting", "stack", "t", _("Sweep"), _("Try several values of a setting of the layer"), footer=False
        ),
        Action("go_to_finding", "checks", "enter", _("Go there"), _("Go to the layer that the finding is about")),
        Action("fix_finding", "checks", "f", _("Fix"), _("Mend what the finding is about, as its line proposes")),
        Action("leave_checks", "checks", "escape", _("Back"), _("Go back to the stack"), footer=False),
        Action("commit", "form", "enter", _("Apply"), _("Apply the settings as they stand in the form")),
        Action("cancel", "form", "escape", _("Back"), _("Leave the form as it was")),
    )
