"""The help: every key, from the registry of actions."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.style import StyleType
from rich.table import Table
from rich.text import Text

from tui_cnn.ui.settings import Keymap
from tui_cnn.ui.toolkit.actions import Scope
from tui_cnn.ui.toolkit.keymap import keys_of

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


class Place(NamedTuple):
    """Where the user is: the scopes whose keys work there, the nearest first, and what there is to know about it."""

    scopes: tuple[Scope, ...]
    title: str
    about: Text
    more: tuple[RenderableType, ...] = ()


class HelpStyles(NamedTuple):
    """How headings and keys look."""

    heading: StyleType
    key: StyleType


def help_text(scopes: Iterable[Scope], keymap: Keymap, place: Place | None, styles: HelpStyles) -> RenderableType:
    """List the keys of the place, if one is given, and explain it; then every other action where its keys work."""
    near = place.scopes if place else ()
    rest = [scope for scope in scopes if scope not in near]
    more = [part for table in place.more for part in (table, Text())] if place else []
    return Group(*_keys(near, keymap, styles), *more, *_keys(rest, keymap, styles))


def _keys(scopes: Iterable[Scope], keymap: Keymap, styles: HelpStyles) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for scope in scopes:
        if not scope.actions:
            continue
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=18, style=styles.key, no_wrap=True)
        table.add_column()
        for action in scope.actions:
            table.add_row(key_names(keys_of(scope, action, keymap)), action.help)
        parts += [Text(scope.title, style=styles.heading), table, Text()]
    return parts
