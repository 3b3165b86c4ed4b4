"""What is declared for a place of a TOML text: the kind of layer around it, its fields, and what they mean."""

from collections.abc import Sequence

import msgspec

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.core.network import Network
from tui_cnn.formats.fields import Field, bounds, fields
from tui_cnn.formats.toml import dumps_inline
from tui_cnn.formats.toml_cursor import Table
from tui_cnn.i18n import _

_HOLDERS = ("layers", "branches", "layer")


def is_layer(table: Table) -> bool:
    """Tell whether a table of a network is a layer."""
    return bool(table.keys) and table.keys[-1] in _HOLDERS


def struct_of(table: Table) -> type[msgspec.Struct] | None:
    """Return what a table of a network is declared as: the network itself, or a layer whose type is known."""
    if is_layer(table):
        return LAYER_TYPES.get(table.text("type"))
    return None if table.keys else Network


def field_of(table: Table, name: str) -> Field | None:
    """Return a field of what a table is."""
    struct = struct_of(table)
    return next((field for field in fields(struct) if field.name == name), None) if struct else None


def about_kind(kind: type[msgspec.Struct]) -> str:
    """Say in a sentence what a kind of layer does."""
    return _((kind.__doc__ or "").partition("\n")[0])


def about_field(field: Field) -> list[str]:
    """Say what a field is: its help, its limits or words, its default; a line each."""
    lines = [_(field.description)] if field.description else []
    if field.choices:
        lines.append(_("one of: {choices}").format(choices=", ".join(field.choices)))
    elif limits := bounds(field):
        lines.append(_("limits: {limits}").format(limits=limits))
    return lines


def default_of(struct: type[msgspec.Struct], field: Field) -> str:
    """Return the default of a field as TOML has it; empty where there is none, or where it is to be left out."""
    declared = next(one for one in msgspec.structs.fields(struct) if one.name == field.name)
    return "" if declared.default in (msgspec.NODEFAULT, None) else dumps_inline(declared.default)


def is_required(struct: type[msgspec.Struct], field: Field) -> bool:
    """Tell whether a field has to be given."""
    return next(one for one in msgspec.structs.fields(struct) if one.name == field.name).required


def words_of(field: Field) -> Sequence[str]:
    """Return the values that a field can have as TOML has them, where they can be listed."""
    if field.kind == "choice":
        return [f'"{word}"' for word in field.choices]
    return ["true", "false"] if field.kind == "flag" else []


def first_value(field: Field) -> str:
    """Return the value that a new layer has in a field, as TOML has it; of a pair of equal numbers one of them."""
    if field.start in (msgspec.NODEFAULT, None):
        return ""
    if field.kind == "pair" and len({*field.start}) == 1:
        return str(field.start[0])
    return dumps_inline(field.start)
