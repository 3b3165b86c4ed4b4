"""What can be done on the Build screen."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope


def _key(name: str, keys: str, label: str, help_text: str, command: str = "") -> Action:
    """Declare an action for which the footer has no room."""
    return Action(name, keys, label, help_text, footer=False, command=command)


_ON_LAYERS = (
    Action("add_layer", "a", _("Add"), _("Add a layer below the selected one"), command="add_layer('below')"),
    _key("insert_layer", "i", _("Insert"), _("Insert a layer above the selected one"), "add_layer('above')"),
    Action("edit_layer", "enter,e", _("Edit"), _("Edit the settings of the selected layer")),
    Action(
        "delete_layer", "d,delete", _("Delete"), _("Delete the selected layers or branch"), command="edit('delete')"
    ),
    _key("duplicate_layer", "D", _("Duplicate"), _("Duplicate the selected layers below"), "edit('duplicate')"),
    _key(
        "move_down",
        "J,alt+down",
        _("Move down"),
        _("Move the selected layers down, also into unfolded blocks"),
        "move(1)",
    ),
    _key("move_up", "K,alt+up", _("Move up"), _("Move the selected layers up, also into unfolded blocks"), "move(-1)"),
    _key("layer_menu", "full_stop", _("Menu"), _("Show the actions for the selected layers")),
    _key("mute", "m", _("Mute"), _("Mute the selected layers (skipped, not deleted) or unmute them"), "edit('mute')"),
    _key(
        "freeze",
        "F",
        _("Freeze"),
        _("Freeze the selected layers (marked with *) or train them"),
        "edit('freeze')",
    ),
    _key("fold", "space,z", _("Fold"), _("Fold or unfold a block or branches")),
    _key("fold_or_leave", "left,h", _("Fold"), _("Fold, or go to the enclosing block")),
    _key("open_or_enter", "right,l", _("Open"), _("Unfold, or go to the first layer inside")),
    _key("fold_all", "Z", _("Fold all"), _("Fold or unfold all blocks and branches")),
    _key("select_range", "V", _("Select"), _("Start or end a range selection")),
    _key("extend_down", "shift+down", _("Select down"), _("Extend the selection down"), "extend(1)"),
    _key("extend_up", "shift+up", _("Select up"), _("Extend the selection up"), "extend(-1)"),
    _key("copy", "y", _("Copy"), _("Copy the selected layers to the clipboard as TOML")),
    _key("cut", "x", _("Cut"), _("Cut the selected layers")),
    _key("paste_below", "p", _("Paste"), _("Paste the copied layers below the selected layer"), "paste('below')"),
    _key("paste_above", "P", _("Paste above"), _("Paste the copied layers above the selected layer"), "paste('above')"),
    _key("wrap_block", "b", _("Wrap in block"), _("Wrap the selected layers in a block"), "edit('wrap_in_block')"),
    _key("repeat", "R", _("Repeat"), _("Repeat the selected layers: one declaration, several times in sequence")),
    _key(
        "wrap_branches",
        "B",
        _("Add skip connection"),
        _("Add a skip connection around the selected layers"),
        "edit('add_skip')",
    ),
    _key("unwrap", "W", _("Unwrap"), _("Unwrap a block or branch and keep its layers"), "edit('unwrap')"),
    _key("add_branch", "plus", _("Add branch"), _("Add an empty branch (a skip connection)"), "edit('add_branch')"),
    _key("widen", "right_square_bracket", _("Double"), _("Double the filters or units"), "quick_edit('wider')"),
    _key("narrow", "left_square_bracket", _("Halve"), _("Halve the filters or units"), "quick_edit('narrower')"),
    _key(
        "enlarge", "right_curly_bracket", _("Larger"), _("Enlarge the kernel or pooling window"), "quick_edit('larger')"
    ),
    _key(
        "shrink", "left_curly_bracket", _("Smaller"), _("Shrink the kernel or pooling window"), "quick_edit('smaller')"
    ),
    _key("stride", "s", _("Stride"), _("Switch the stride between 1 and 2"), "quick_edit('stride')"),
    _key(
        "padding", "equals_sign", _("Padding"), _("Switch the padding between same and valid"), "quick_edit('padding')"
    ),
    _key(
        "function", "r", _("Activation"), _("Switch to the next activation or merge method"), "quick_edit('function')"
    ),
    Action("apply_fix", "f", _("Fix"), _("Fix the first problem that has a quick fix")),
    _key("next_finding", "n", _("Next"), _("Go to the next layer with a finding"), "walk_findings(1)"),
    _key("last_finding", "N", _("Previous"), _("Go to the previous layer with a finding"), "walk_findings(-1)"),
    _key("why", "w", _("Why"), _("Show the formulas of the layer's numbers")),
    _key("choose_columns", "c", _("Columns"), _("Choose the columns of the stack")),
    Action("undo", "u,ctrl+z", _("Undo"), _("Undo the last edit")),
    _key("redo", "U,ctrl+y", _("Redo"), _("Redo the last undone edit")),
    _key("keep_variant", "v", _("Save variant"), _("Save the network as a variant")),
    _key("compare_variants", "C", _("Variants"), _("Compare variants and load one")),
    _key("inspect_file", "I", _("Inspect file"), _("Inspect the weights of the opened .keras or .h5 file")),
    _key("vary", "asterisk,f6", _("Vary"), _("Let a setting of the layer vary in a search")),
    _key("measure", "M", _("Measure"), _("Time each layer on this machine, forward and backward")),
    _key("sweep_setting", "t", _("Sweep"), _("Try several values of a layer setting")),
)
STACK = Scope("stack", _("Build: the stack of layers (arrows or j, k to move)"), _ON_LAYERS)

CHECKS = Scope(
    "checks",
    _("Build: findings (Tab to focus, arrows to move)"),
    (
        Action("go_to_finding", "enter", _("Go there"), _("Go to the layer of the finding")),
        Action("fix_finding", "f", _("Fix"), _("Fix the selected finding")),
        _key("leave_checks", "escape", _("Back"), _("Go back to the stack")),
    ),
)

FORM = Scope(
    "form",
    _("Build: layer settings (arrows and Tab to move, ← → to choose)"),
    (
        Action("commit", "enter", _("Apply"), _("Apply the settings in the form")),
        Action("vary", "f6", _("Vary"), _("Let the setting vary in a search, over a list or a range of values")),
        Action("cancel", "escape", _("Back"), _("Close the form without applying")),
    ),
    priority=True,
)
SCOPES = (STACK, CHECKS, FORM)
