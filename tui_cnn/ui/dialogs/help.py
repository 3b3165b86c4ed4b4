"""The help: every key, from the registry of actions."""

from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.ui.actions import Scope, actions
from tui_cnn.ui.keymap import Keymap, keys_of

_KEY_NAMES = {
    "question_mark": "?",
    "comma": ",",
    "delete": "Del",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "slash": "/",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "shift+down": "Shift+↓",
    "shift+up": "Shift+↑",
    "alt+down": "Alt+↓",
    "alt+up": "Alt+↑",
    "left": "←",
    "right": "→",
    "space": "Space",
    "plus": "+",
    "equals_sign": "=",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "shift+left": "Shift+←",
    "shift+right": "Shift+→",
    "down": "↓",
    "up": "↑",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
}


def key_names(keys: str) -> str:
    """Write the keys of an action as they stand on the keyboard: `Enter, e`."""
    return ", ".join(_KEY_NAMES.get(key, key.replace("ctrl+", "Ctrl+")) for key in keys.split(","))


def scope_titles() -> dict[Scope, str]:
    """Name the places where keys work, in the order in which the help lists them."""
    return {
        "app": _("Everywhere"),
        "stack": _("Build: the stack of layers (arrows or j, k move)"),
        "checks": _("Build: the list of findings (Tab goes there, arrows move)"),
        "form": _("Build: the settings of a layer (arrows and Tab move, ← → choose)"),
        "recipe": _("Train: the settings of a run (arrows and Tab move, ← → choose)"),
        "train": _("Train"),
        "lab": _("Lab: its pages and lessons"),
        "stepper": _("Lab: the window on the picture"),
        "lab_form": _("Lab: the settings (arrows and Tab move, ← → choose)"),
        "chain": _("Lab: sizes (arrows move, digits change the number)"),
        "weights": _("Lab: weights"),
        "pairs": _("Lab: networks to compare (arrows move)"),
        "lesson": _("Lab: a lesson (arrows choose what to try)"),
        "curves": _("Curves, of one run or of several"),
        "inspect": _("Inspect (arrows move within the view)"),
        "maps": _("Inspect: maps (up and down walk the layers, left and right the maps)"),
        "kernels": _("Inspect: kernels (up and down walk the layers, left and right the filters)"),
        "why": _("Inspect: why (up and down walk the layers, left and right the classes)"),
        "evaluation": _("Inspect: evaluation (arrows move in the table)"),
        "moves": _("Inspect: moves (arrows shift the image)"),
        "pad": _("Inspect: drawing (arrows move the pen; the mouse draws, too)"),
        "comparison": _("Inspect: comparison (arrows choose)"),
        "history": _("Inspect: history (up and down walk the layers, left and right the maps)"),
        "runs": _("Runs"),
        "compare": _("Runs: the marked ones compared"),
        "scatter": _("Runs: accuracy against cost"),
    }


class Place(NamedTuple):
    """Where the user is: the scopes whose keys work there, the nearest first, and what there is to know about it."""

    scopes: tuple[Scope, ...]
    title: str
    about: Text
    more: tuple[RenderableType, ...] = ()


def help_text(keymap: Keymap, place: Place | None = None) -> RenderableType:
    """Explain the place, if one is given, and list its keys; then every other action where its keys work."""
    near = place.scopes if place else ()
    rest = tuple(scope for scope in scope_titles() if scope not in near)
    if place is None:
        return Group(*_keys(rest, keymap))
    heading = Text(place.title, style="bold underline")
    more = [part for table in place.more for part in (table, Text())]
    return Group(heading, place.about, Text(), *_keys(near, keymap), *more, *_keys(rest, keymap))


def _keys(scopes: tuple[Scope, ...], keymap: Keymap) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for scope in scopes:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=18, style="bold", no_wrap=True)
        table.add_column()
        for action in actions():
            if action.scope == scope:
                table.add_row(key_names(keys_of(action, keymap)), action.help)
        parts += [Text(scope_titles()[scope], style="bold underline"), table, Text()]
    return parts
