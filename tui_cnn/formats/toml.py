"""Networks as TOML: layers as Keras names them, defaults left out."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from tui_cnn.core.layers import LAYER_TYPES, AnyLayer
from tui_cnn.core.layers.base import defaults
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError, Problem
from tui_cnn.formats.faults import network_faults
from tui_cnn.formats.fields import Field, fields
from tui_cnn.formats.reading import loads_toml, read_text
from tui_cnn.formats.saving import save_text
from tui_cnn.formats.toml_positions import position
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.visible import escaped, is_unicode


def read_network(path: Path) -> Network:
    """Read a network from a file.

    Raises:
        FormatError: the file cannot be read, is not TOML, or does not describe a network.
    """
    return loads_network(read_text(path), path)


def loads_network(text: str, source: Path | str) -> Network:
    """Read a network from TOML text; `source` names it in errors.

    Raises:
        FormatError: the text is not TOML, or does not describe a network.
    """
    return _network(_spread(loads_toml(text, source)), text, source)


def loads_layers(text: str, source: str) -> tuple[AnyLayer, ...]:
    """Read the layers of TOML text, whether it is a whole network or nothing but layers.

    Raises:
        FormatError: the text is not TOML, or describes no layers.
    """
    data = _spread(loads_toml(text, source))
    if not data.get("layers"):
        raise FormatError(source, _("has no [[layers]]; add at least one"))
    return _network({"name": "layers", "input_shape": [1], "layers": data["layers"]}, text, source).layers


def with_setting(layer: AnyLayer, field: str, value: Any) -> AnyLayer:
    """Set a field of a layer to what it is in TOML: `kernel_size` to 3, or to [3, 3].

    Raises:
        InvalidError: the layer has no such field, or the value is none of it.
    """
    kind = type(layer)
    return convert(_spread({**msgspec.to_builtins(layer), "type": kind.__name__, field: value}), kind)


def _network(data: dict[str, Any], text: str, source: Path | str) -> Network:
    """Make a network of the data of a TOML text, or name all that is wrong with it, each with its place."""
    try:
        return convert(data, Network)
    except InvalidError:
        found = ((str(fault), position(text, fault.steps)) for fault in network_faults(data))
        problems = sorted((Problem(message, *place) for message, place in found), key=lambda one: one[1:])
        raise FormatError(source, *problems) from None


def save_network(path: Path, network: Network) -> None:
    """Write a network to a file, whole or not at all.

    Raises:
        FormatError: it cannot be written; what was there before is untouched.
    """
    save_text(path, dumps_network(network))


def dumps_network(network: Network) -> str:
    """Write a network as TOML text."""
    data = _without_defaults(network)
    data.pop("layers", ())
    head = _NUMBERS_OVER_LINES.sub(_on_one_line, dumps_toml(data))
    return "\n".join([head, dumps_layers(network.layers)] if network.layers else [head])


def dumps_layers(layers: tuple[AnyLayer, ...]) -> str:
    """Write layers as the tables that they are in a network's TOML."""
    return "\n".join(map(_table, layers))


def _table(layer: AnyLayer) -> str:
    """Write a layer as a table; one that it holds alone stands in a line, as in an array."""
    held: list[str] = []
    data = _with_held_in_a_line(_without_defaults(layer), held)
    table = "[[layers]]\n" + _INNER_TABLE.sub("[[layers.", dumps_toml(data))
    table = _indented(_NUMBERS_OVER_LINES.sub(_on_one_line, table))
    return _HELD.sub(lambda match: f"layer = {held[int(match[1])]}", table)


def _with_held_in_a_line(data: Any, held: list[str]) -> Any:
    """Put a number in the place of each layer that another one holds alone, and its text into `held`."""
    if isinstance(data, list):
        return [_with_held_in_a_line(item, held) for item in data]
    if not isinstance(data, dict):
        return data
    kept = {key: _with_held_in_a_line(value, held) for key, value in data.items() if key != "layer"}
    if "layer" in data:
        held.append(dumps_inline(data["layer"]))
        kept["layer"] = str(len(held) - 1)
    return kept


def dumps_toml(data: dict[str, Any]) -> str:
    """Write plain data as TOML in which nothing acts on a terminal: such characters are escaped.

    Keys whose value is None, which TOML cannot write, are left out.

    Raises:
        FormatError: a text in it is no Unicode, as the name of a file may be.
    """
    import tomli_w

    text = tomli_w.dumps(_without_nothing(data))
    if not is_unicode(text):
        broken = next(line for line in text.splitlines() if not is_unicode(line))
        raise FormatError(broken, _("is not valid Unicode; use other characters"))
    return escaped(text)


def _without_nothing(data: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in data.items()
        if value is not None
    }


def dumps_inline(value: Any) -> str:
    """Write the value of a key: a setting, or layers, which are as they are inside others."""
    text = dumps_toml({"value": [[_without_defaults(value)]]})  # within lists, for layers are tables elsewhere
    inner = text.removeprefix("value = [\n    [\n").removesuffix(",\n    ],\n]\n") + "\n"
    return _indented(_NUMBERS_OVER_LINES.sub(_on_one_line, inner)).removesuffix("\n")


def _without_defaults(value: Any) -> Any:
    """Turn declared structs into plain data; what equals its default is left out, whatever object it is."""
    if isinstance(value, msgspec.Struct):
        kind = type(value)
        tag = {} if kind.__struct_config__.tag is None else {"type": kind.__struct_config__.tag}
        held = {name: (getattr(value, name), usual) for name, usual in defaults(kind).items()}
        return tag | {name: _without_defaults(own) for name, (own, usual) in held.items() if own != usual}
    return [_without_defaults(item) for item in value] if isinstance(value, tuple) else value


def _indented(text: str) -> str:
    """Indent what stands over several lines by how deep it stands in brackets."""
    lines, depth = [], 0
    for line in text.split("\n")[:-1]:
        brackets = _STRING.sub("", line)
        closing = re.match(r"[\s\]}]*", brackets)
        outdent = closing[0].count("]") if closing else 0
        lines.append("    " * (depth - outdent) + line.strip() + "\n")
        depth += brackets.count("[") - brackets.count("]")
    return "".join(lines)


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_HELD = re.compile(r'\blayer = "(\d+)"')
"""No layer has a text there."""
_INNER_TABLE = re.compile(r"^\[\[", re.MULTILINE)
_NUMBERS_OVER_LINES = re.compile(r"\[\n[-\s\d,.\[\]]*\d[-\s\d,.\[\]]*\]")


def _on_one_line(match: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", match[0]).replace("[ ", "[").replace(", ]", "]").replace(" ]", "]")


def _spread(value: Any) -> Any:
    """Allow `kernel_size = 3` for `[3, 3]`, `padding = 1` for all four sides, and one mean for all channels."""
    if isinstance(value, dict):
        declared = _declared(value["type"]) if isinstance(value.get("type"), str) else {}
        return {
            key: _spread_field(declared[key], item) if key in declared else _spread(item) for key, item in value.items()
        }
    return [_spread(item) for item in value] if isinstance(value, list) else value


def _spread_field(field: Field, item: Any) -> Any:
    match field.kind:
        case "pair" if _is_int(item):
            return [item] * field.size
        case "shape" if _is_int(item):
            return [item]
        case "numbers" if field.size > 1 and (_is_int(item) or isinstance(item, float)):
            return [item]
        case "sides" if _is_int(item):
            return [[item, item]] * field.size
        case "sides" if isinstance(item, list) and all(map(_is_int, item)):
            return [item] if field.size == 1 else [[side, side] for side in item]
    return _spread(item)


@cache
def _declared(layer: str) -> dict[str, Field]:
    return {field.name: field for field in fields(LAYER_TYPES[layer])} if layer in LAYER_TYPES else {}


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
