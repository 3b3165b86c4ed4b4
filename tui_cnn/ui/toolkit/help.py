"""The help: what a person may want to know about what has the focus, and every key, from the registry of actions."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import NamedTuple

import msgspec
from rich.console import Group, RenderableType
from rich.style import StyleType
from rich.table import Table
from rich.text import Text

from tui_cnn.formats.fields import fields, format_value
from tui_cnn.i18n import _
from tui_cnn.ui.settings import Keymap
from tui_cnn.ui.toolkit.actions import Scope, keys_of

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


def about_type(value: msgspec.Struct) -> Text:
    """Say what a declared type is: what its documentation says."""
    return Text(_(cleandoc(type(value).__doc__ or "")).replace("`", ""))


def about_fields(value: msgspec.Struct) -> Table:
    """Explain each field, with what it holds now; the name last, as in the form."""
    table = _pairs()
    for field in sorted(fields(type(value)), key=lambda field: field.name == "name"):
        if field.kind == "nested":
            continue
        held = format_value(field, getattr(value, field.name)) or field.blank or "—"
        table.add_row(field.name, held, Text(_(field.description) if field.description else ""))
    return table


def about_columns() -> Table:
    """Explain the numbers that stand beside a layer."""
    table = _pairs()
    for name, meaning in (
        (_("output"), _("output shape of one image: height × width × channels")),
        (_("params"), _("weights and biases, counted as in Keras")),
        (_("MACs"), _("multiply-accumulate operations of the kernels for one image, without biases and pooling")),
        (_("RF"), _("receptive field: side of the input region that a cell depends on, in pixels")),
    ):
        table.add_row(name, "", Text(meaning))
    return table


def about_runs() -> Table:
    """Explain what stands in the list of runs."""
    table = _pairs()
    for name, meaning in (
        (_("state"), _("running, paused, finished, failed or interrupted (can be resumed from its checkpoint)")),
        (_("best val."), _("best accuracy on the validation images")),
        (_("test"), _("accuracy on the test images, evaluated once, at the end")),
    ):
        table.add_row(name, "", Text(meaning))
    return table


def _pairs() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True, min_width=16)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, style="dim")
    return table
