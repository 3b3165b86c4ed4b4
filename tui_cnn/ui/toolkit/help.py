"""The help: what a person may want to know about what has the focus, and every key, from the registry of actions."""

from collections.abc import Iterable, Iterator
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


def help_text(
    scopes: Iterable[Scope], keymap: Keymap, place: Place | None, heading: StyleType, key: StyleType
) -> RenderableType:
    """List the keys of the place, if one is given, and explain it; then every other action where its keys work.

    `heading` and `key` are the styles of headings and of keys.
    """
    near = place.scopes if place else ()
    rest = [scope for scope in scopes if scope not in near]
    more = [part for table in place.more for part in (table, Text())] if place else []

    def keys(those: Iterable[Scope]) -> Iterator[RenderableType]:
        for scope in those:
            if scope.actions:
                rows = [(key_names(keys_of(scope, action, keymap)), action.help) for action in scope.actions]
                yield from (Text(scope.title, style=heading), keys_table(rows, key), Text())

    return Group(*keys(near), *more, *keys(rest))


def keys_table(rows: Iterable[tuple[str, str]], key: StyleType) -> Table:
    """List keys and what they do."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=18, style=key, no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table


def about_type(value: msgspec.Struct) -> Text:
    """Say what a declared type is: what its documentation says."""
    return Text(_(cleandoc(type(value).__doc__ or "")).replace("`", ""))


def about_fields(value: msgspec.Struct) -> Table:
    """Explain each field, with what it holds now; the name last, as in the form."""
    return _explained(
        (
            field.name,
            format_value(field, getattr(value, field.name)) or field.blank or "—",
            _(field.description) if field.description else "",
        )
        for field in sorted(fields(type(value)), key=lambda field: field.name == "name")
        if field.kind != "nested"
    )


def about_columns() -> Table:
    """Explain the numbers that stand beside a layer."""
    return _explained(
        [
            (_("output"), "", _("output shape of one image: height × width × channels")),
            (_("params"), "", _("weights and biases, counted as in Keras")),
            (
                _("MACs"),
                "",
                _("multiply-accumulate operations of the kernels for one image, without biases and pooling"),
            ),
            (_("params") + " %", "", _("share of all parameters of the network")),
            (_("RF"), "", _("receptive field: side of the input region that a cell depends on, in pixels")),
            ("", "", _("≤: at most; the cells see areas of different sizes")),
            ("≥", "", _("at least: what is in opaque layers is not counted")),
            (_("activations"), "", _("memory of the output of one image, float32")),
        ]
    )


def about_runs() -> Table:
    """Explain what stands in the list of runs."""
    return _explained(
        [
            (
                _("state"),
                "",
                _("running, paused, finished, failed or interrupted (can be resumed from its checkpoint)"),
            ),
            (_("best val."), "", _("best accuracy on the validation images")),
            (_("test"), "", _("accuracy on the test images, evaluated once, at the end")),
        ]
    )


def _explained(rows: Iterable[tuple[str, str, str]]) -> Table:
    """List names, what they hold, and what they mean."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True, min_width=16)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, style="dim")
    for name, held, meaning in rows:
        table.add_row(name, held, Text(meaning))
    return table
