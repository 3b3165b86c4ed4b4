"""What is said of the layer, the field or the value at a place, as Markdown."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tui_cnn.cli.language_server.declarations import about_field, about_kind, default_of, field_of, is_layer, struct_of
from tui_cnn.cli.language_server.documents import Document
from tui_cnn.core.network import format_path
from tui_cnn.core.rows import Row, sums
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.formulas import Number, layer_numbers, network_numbers
from tui_cnn.formats.markdown import escape, markdown_table
from tui_cnn.formats.toml_cursor import Cursor, cursor_at
from tui_cnn.i18n import _


class Hover(NamedTuple):
    """Markdown, and the offsets of what it is about."""

    text: str
    start: int
    end: int


def hover(document: Document, offset: int) -> Hover | None:
    """Say what is at an offset of a network: a layer with its numbers and their formulas, or a field; else None."""
    if document.kind != "network":
        return None
    cursor = cursor_at(document.text, offset)
    if cursor.place == "comment" or cursor.start == cursor.end:
        return None
    if cursor.place == "header" or (cursor.key == "type" and is_layer(cursor.table)):
        text = _layer(document, cursor, offset) if is_layer(cursor.table) else ""
    elif not cursor.table.keys and cursor.key == "name":
        text = _network(document)
    else:
        text = _field(cursor)
    return Hover(text, cursor.start, cursor.end) if text else None


def _layer(document: Document, cursor: Cursor, offset: int) -> str:
    """Describe the layer whose table the cursor is at; where the text is no network now, only its kind."""
    row, struct = _row(document, cursor, offset), struct_of(cursor.table)
    if row is None:
        return f"**{cursor.table.text('type')}**\n\n{_about(struct)}" if struct else ""
    title = _("layer {number}: {name}").format(number=format_path(row.path), name=escape(row.name))
    parts = [f"**{row.kind}** · {title}", _about(type(row.layer))]
    if row.input_shape is not None:
        parts.append(_("Input {shape}").format(shape=format_shape(row.input_shape)))
    if row.muted:
        parts.append(_("Muted: the input passes through unchanged."))
    elif document.analysis is not None:
        parts.append(_table(layer_numbers(row, sums(document.analysis).get(row.path))))
    return "\n\n".join(parts)


def _row(document: Document, cursor: Cursor, offset: int) -> Row | None:
    """Return the row of the layer at an offset; one that another holds alone has none."""
    path = document.layer_at(offset)
    if path is None or document.analysis is None or cursor.table.keys[-1] == "layer":
        return None
    return next((row for row in document.analysis.rows if row.path == path), None)


def _about(struct: type[msgspec.Struct]) -> str:
    return escape(about_kind(struct))


def _network(document: Document) -> str:
    if document.analysis is None:
        return ""
    return f"**{escape(document.analysis.network.name)}**\n\n{_table(network_numbers(document.analysis))}"


def _field(cursor: Cursor) -> str:
    struct, field = struct_of(cursor.table), field_of(cursor.table, cursor.key)
    if struct is None or field is None:
        return ""
    lines = [f"**{field.name}**", *map(escape, about_field(field))]
    if default := default_of(struct, field):
        lines.append(_("default: {value}").format(value=f"`{default}`"))
    return "\n\n".join(lines)


def _table(numbers: Sequence[Number]) -> str:
    rows = [tuple(map(escape, number)) for number in numbers]
    return markdown_table(("", "", _("formula")), "lrl", rows)
