"""What can be written at a place of a network's TOML: kinds of layer, fields that are not set yet, words."""

import re
from collections.abc import Container, Iterator
from typing import Literal, NamedTuple

import msgspec

from tui_cnn.cli.language_server.declarations import (
    about_field,
    about_kind,
    default_of,
    field_of,
    first_value,
    is_layer,
    is_required,
    struct_of,
    words_of,
)
from tui_cnn.cli.language_server.documents import Document
from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.core.layers.base import COMMON_FIELDS
from tui_cnn.core.network import Network
from tui_cnn.formats.fields import fields
from tui_cnn.formats.toml_cursor import Cursor, cursor_at
from tui_cnn.i18n import _

_RARE = (*COMMON_FIELDS, "data_format")
"""Fields that all layers have, and that are hardly ever set."""


class Completion(NamedTuple):
    """Something that can be written, in place of what is from `start` to `end`."""

    label: str
    text: str
    kind: Literal["layer", "field", "value"]
    start: int
    end: int
    about: str = ""
    detail: str = ""


def completions(document: Document, offset: int) -> list[Completion]:
    """List what can be written at an offset, what is reached for most first."""
    if document.kind != "network":
        return []
    cursor = cursor_at(document.text, offset)
    if cursor.place == "value":
        return list(_values(cursor))
    is_assigned = re.match(r"[ \t]*=", document.text[cursor.end : cursor.end + 80]) is not None
    return list(_fields(cursor, is_assigned)) if cursor.place == "key" else []


def _values(cursor: Cursor) -> Iterator[Completion]:
    before = cursor.before
    if len(before) > 1 and before[0] in "\"'" and before.endswith(before[0]):  # behind the whole value
        return
    if is_layer(cursor.table) and cursor.key == "type":
        for name, kind in LAYER_TYPES.items():
            yield Completion(name, f'"{name}"', "layer", cursor.start, cursor.end, about_kind(kind), _(kind.family))
        return
    field = field_of(cursor.table, cursor.key)
    for word in words_of(field) if field else ():
        yield Completion(word.strip('"'), word, "value", cursor.start, cursor.end)


def _fields(cursor: Cursor, is_assigned: bool) -> Iterator[Completion]:
    """Propose what is not set yet; `is_assigned`: the value stands there already, and only the name is another."""
    struct, table, span = struct_of(cursor.table), cursor.table, (cursor.start, cursor.end)
    set_already = set(table.values) - {cursor.key}
    if is_layer(table) and "type" not in set_already:
        yield Completion("type", "type" if is_assigned else "type = ", "field", *span, _("Kind of the layer"))
    yield from _settings(struct, set_already, is_assigned, span) if struct is not None else ()
    if table.keys in ((), ("layers",)) and not is_assigned:
        yield Completion("[[layers]]", "[[layers]]\ntype = ", "layer", *span, _("A new layer"))


def _settings(
    struct: type[msgspec.Struct], set_already: Container[str], is_assigned: bool, span: tuple[int, int]
) -> Iterator[Completion]:
    """Propose the fields of a network or a layer; the layers of a network are tables of their own."""
    declared = [
        field
        for field in fields(struct)
        if field.name not in set_already and not (struct is Network and field.name == "layers")
    ]
    for field in sorted(declared, key=lambda one: (not is_required(struct, one), one.name in _RARE)):
        default = default_of(struct, field)
        detail = _("default: {value}").format(value=default) if default else ""
        text = field.name if is_assigned else f"{field.name} = {first_value(field)}"
        yield Completion(field.name, text, "field", *span, "\n\n".join(about_field(field)), detail)
