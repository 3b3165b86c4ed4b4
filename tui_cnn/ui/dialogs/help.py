"""The help: every key, from the registry of actions."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.ui.actions import Scope, actions

_KEY_NAMES = {
    "question_mark": "?",
    "delete": "Del",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "slash": "/",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "shift+down": "Shift+↓",
    "shift+up": "Shift+↑",
}


def key_names(keys: str) -> str:
    """Write the keys of an action as they stand on the keyboard: `Enter, e`."""
    return ", ".join(_KEY_NAMES.get(key, key.replace("ctrl+", "Ctrl+")) for key in keys.split(","))


def scope_titles() -> dict[Scope, str]:
    """Name the places where keys work, in the order in which the help lists them."""
    return {
        "app": _("Everywhere"),
        "stack": _("Build: the stack of layers (arrows or j, k move)"),
        "form": _("Build: the settings of a layer (arrows and Tab move, ← → choose)"),
        "recipe": _("Train: the settings of a run (arrows and Tab move, ← → choose)"),
        "train": _("Train"),
        "inspect": _("Inspect (arrows move within the view)"),
        "maps": _("Inspect: maps (up and down walk the layers, left and right the maps)"),
        "kernels": _("Inspect: kernels (up and down walk the layers, left and right the filters)"),
        "why": _("Inspect: why (up and down walk the layers, left and right the classes)"),
        "evaluation": _("Inspect: evaluation (arrows move in the table)"),
        "moves": _("Inspect: moves (arrows shift the image)"),
        "pad": _("Inspect: drawing (arrows move the pen; the mouse draws, too)"),
        "comparison": _("Inspect: comparison (arrows choose)"),
        "runs": _("Runs"),
    }


def help_text() -> RenderableType:
    """List every action under the place where its keys work."""
    parts: list[RenderableType] = []
    for scope, title in scope_titles().items():
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=18, style="bold", no_wrap=True)
        table.add_column()
        for action in actions():
            if action.scope == scope:
                table.add_row(key_names(action.keys), action.help)
        parts += [Text(title, style="bold underline"), table, Text()]
    return Group(*parts)
