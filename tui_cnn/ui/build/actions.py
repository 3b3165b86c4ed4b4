"""What can be done on the Build screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

STACK = Scope(
    "stack",
    _("Build: the stack of layers (arrows or j, k to move)"),
    (
        Action("add_layer", "a", _("Add"), _("Add a layer below the selected one")),
        Action("insert_layer", "i", _("Insert"), _("Insert a layer above the selected one"), footer=False),
        Action("edit_layer", "enter,e", _("Edit"), _("Edit the settings of the selected layer")),
        Action("delete_layer", "d,delete", _("Delete"), _("Delete the selected layers or branch")),
        Action("duplicate_layer", "D", _("Duplicate"), _("Duplicate the selected layers below"), footer=False),
        Action(
            "move_down",
            "J,alt+down",
            _("Move down"),
            _("Move the selected layers down, also into unfolded blocks"),
            footer=False,
        ),
        Action(
            "move_up",
            "K,alt+up",
            _("Move up"),
            _("Move the selected layers up, also into unfolded blocks"),
            footer=False,
        ),
        Action("layer_menu", "full_stop", _("Menu"), _("Show the actions for the selected layers"), footer=False),
        Action(
            "mute", "m", _("Mute"), _("Mute the selected layers (skipped, not deleted) or unmute them"), footer=False
        ),
        Action("fold", "space,z", _("Fold"), _("Fold or unfold a block or branches"), footer=False),
        Action("fold_or_leave", "left,h", _("Fold"), _("Fold, or go to the enclosing block"), footer=False),
        Action("open_or_enter", "right,l", _("Open"), _("Unfold, or go to the first layer inside"), footer=False),
        Action("fold_all", "Z", _("Fold all"), _("Fold or unfold all blocks and branches"), footer=False),
        Action("select_range", "V", _("Select"), _("Start or end a range selection"), footer=False),
        Action("extend_down", "shift+down", _("Select down"), _("Extend the selection down"), footer=False),
        Action("extend_up", "shift+up", _("Select up"), _("Extend the selection up"), footer=False),
        Action("copy", "y", _("Copy"), _("Copy the selected layers to the clipboard as TOML"), footer=False),
        Action("cut", "x", _("Cut"), _("Cut the selected layers"), footer=False),
        Action("paste_below", "p", _("Paste"), _("Paste the copied layers below the selected layer"), footer=False),
        Action(
            "paste_above", "P", _("Paste above"), _("Paste the copied layers above the selected layer"), footer=False
        ),
        Action("wrap_block", "b", _("Wrap in block"), _("Wrap the selected layers in a block"), footer=False),
        Action(
            "wrap_branches",
            "B",
            _("Add skip connection"),
            _("Add a skip connection around the selected layers"),
            footer=False,
        ),
        Action("unwrap", "W", _("Unwrap"), _("Unwrap a block or branch and keep its layers"), footer=False),
        Action("add_branch", "plus", _("Add branch"), _("Add an empty branch (a skip connection)"), footer=False),
        Action("widen", "right_square_bracket", _("Double"), _("Double the filters or units"), footer=False),
        Action("narrow", "left_square_bracket", _("Halve"), _("Halve the filters or units"), footer=False),
        Action("enlarge", "right_curly_bracket", _("Larger"), _("Enlarge the kernel or pooling window"), footer=False),
        Action("shrink", "left_curly_bracket", _("Smaller"), _("Shrink the kernel or pooling window"), footer=False),
        Action("stride", "s", _("Stride"), _("Switch the stride between 1 and 2"), footer=False),
        Action("padding", "equals_sign", _("Padding"), _("Switch the padding between same and valid"), footer=False),
        Action("function", "r", _("Activation"), _("Switch to the next activation or merge method"), footer=False),
        Action("apply_fix", "f", _("Fix"), _("Fix the first problem that has a quick fix")),
        Action("next_finding", "n", _("Next"), _("Go to the next layer with a finding"), footer=False),
        Action("last_finding", "N", _("Previous"), _("Go to the previous layer with a finding"), footer=False),
        Action("why", "w", _("Why"), _("Show the formulas of the layer's numbers"), footer=False),
        Action("choose_columns", "c", _("Columns"), _("Choose the columns of the stack"), footer=False),
        Action("undo", "u,ctrl+z", _("Undo"), _("Undo the last edit")),
        Action("redo", "U,ctrl+y", _("Redo"), _("Redo the last undone edit"), footer=False),
        Action("keep_variant", "v", _("Save variant"), _("Save the network as a variant"), footer=False),
        Action("compare_variants", "C", _("Variants"), _("Compare variants and load one"), footer=False),
        Action("sweep_setting", "t", _("Sweep"), _("Try several values of a layer setting"), footer=False),
    ),
    on="screen",
)

CHECKS = Scope(
    "checks",
    _("Build: findings (Tab to focus, arrows to move)"),
    (
        Action("go_to_finding", "enter", _("Go there"), _("Go to the layer of the finding")),
        Action("fix_finding", "f", _("Fix"), _("Fix the selected finding")),
        Action("leave_checks", "escape", _("Back"), _("Go back to the stack"), footer=False),
    ),
    on="screen",
)

FORM = Scope(
    "form",
    _("Build: layer settings (arrows and Tab to move, ← → to choose)"),
    (
        Action("commit", "enter", _("Apply"), _("Apply the settings in the form")),
        Action("cancel", "escape", _("Back"), _("Close the form without applying")),
    ),
    priority=True,
    on="screen",
)
SCOPES = (STACK, CHECKS, FORM)
