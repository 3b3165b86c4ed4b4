"""JSON schemas of our TOML files, made from what is declared, for editors: JSON Schema draft 7, which all of them read.

What they say is in English: a schema is a file that ships, not a screen.
"""

from collections.abc import Iterable, Mapping
from inspect import getdoc
from typing import Any

import msgspec

from tui_cnn.core.layers import ALL_TYPES, LAYER_TYPES
from tui_cnn.core.layers.base import Layer
from tui_cnn.core.network import Network
from tui_cnn.formats.fields import Field, fields
from tui_cnn.formats.project import IgnoreTable, LimitsTable, ModelTable, ProjectTable

Schema = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
_LAYER: Schema = {"$ref": "#/definitions/Layer"}


def network_schema() -> Schema:
    """Describe the TOML file of a network, as `formats.toml` reads it: also `kernel_size = 3` for `[3, 3]`."""
    found, network = _declared(Network, *ALL_TYPES.values())
    layers = {name: _layer(kind, found[name]) for name, kind in ALL_TYPES.items()}
    properties = network["properties"]
    properties["name"]["description"] = "Name of the network"
    properties["input_shape"]["description"] = "Shape of an image, channels last: [28, 28, 1]"
    properties["layers"]["description"] = "The layers, from the input on"
    return {
        "$schema": _DRAFT,
        "title": "A network of cnn-tui",
        "description": "A convolutional network, which cnn-tui checks, trains and exports.",
        **{key: network[key] for key in ("type", "required", "additionalProperties")},
        "properties": properties,
        "definitions": {"Layer": _any_layer(layers), **layers},
    }


def project_schema(codes: Iterable[str]) -> Schema:
    """Describe `cnn-tui.toml`; `codes` are those of the checks, which can be ignored."""
    parts: dict[str, type[msgspec.Struct]] = {"budgets": LimitsTable, "ignore": IgnoreTable, "model": ModelTable}
    found, project = _declared(ProjectTable, *parts.values())
    definitions = {name: _bare(_without_null(found[kind.__name__])) for name, kind in parts.items()}
    definitions["ignore"]["properties"]["code"] |= {"enum": sorted(codes)}
    model = {"anyOf": [{"type": "string", "minLength": 1}, {"$ref": "#/definitions/model"}]}
    project["properties"]["models"] |= {"additionalProperties": model}
    for table in (project, definitions["model"]):
        table["properties"]["budgets"] |= {"allOf": [{"$ref": "#/definitions/budgets"}]}
        table["properties"]["ignore"] |= {"items": {"$ref": "#/definitions/ignore"}}
    return {
        "$schema": _DRAFT,
        "title": "What cnn-tui check checks in a project",
        **_bare(project),
        "definitions": definitions,
    }


def _bare(schema: Schema) -> Schema:
    """Leave out the name and the docstring of a struct, which are for who reads the code."""
    return {key: value for key, value in schema.items() if key not in ("title", "description")}


def _declared(*kinds: type[msgspec.Struct]) -> tuple[Mapping[str, Schema], Schema]:
    """Return what msgspec says of declarations, by their names, and of the first of them."""
    _references, components = msgspec.json.schema_components(kinds, ref_template="#/definitions/{name}")
    found = {name: _plain(msgspec.to_builtins(component)) for name, component in components.items()}
    return found, _without_null(found[kinds[0].__name__])


def _layer(kind: type[Layer], declared: Schema) -> Schema:
    """Describe a kind of layer: as it is declared, and as it may be written shorter."""
    schema = _without_null(declared)
    schema["description"] = _words(getdoc(kind) or "")
    shorter = {field.name: field for field in fields(kind)}
    properties = schema["properties"]
    properties["type"] = {"const": kind.__name__, "description": schema["description"]}
    for name, described in properties.items():
        if name in shorter:
            properties[name] = _or_shorter(shorter[name], described)
    return schema


def _any_layer(layers: Mapping[str, Schema]) -> Schema:
    """Describe a layer of any kind: its fields are those of the kind that its type names.

    Its own `properties` limit nothing. They are what editors offer that do not look behind `if`.
    """
    offered: dict[str, Schema] = {}
    for layer in layers.values():
        for name, field in layer["properties"].items():
            offered.setdefault(name, {"description": field["description"]} if "description" in field else {})
    kinds = [
        {"if": {"properties": {"type": {"const": name}}}, "then": {"$ref": f"#/definitions/{name}"}} for name in layers
    ]
    known = [*LAYER_TYPES, *(name for name in layers if name not in LAYER_TYPES)]
    return {
        "type": "object",
        "description": "A layer: its type, and the settings that differ from the defaults.",
        "required": ["type"],
        "properties": {**offered, "type": {"description": "Kind of the layer", "enum": known}},
        "if": {"required": ["type"], "properties": {"type": {"enum": known}}},
        "then": {"allOf": kinds},
    }


def _or_shorter(field: Field, schema: Schema) -> Schema:
    """Allow the short ways of writing a value that `formats.toml` spreads: one number for all, or one a side."""
    whole = _numbers_in(schema)
    match field.kind:
        case "pair" | "shape":
            others = [whole]
        case "numbers" if field.size > 1:
            others = [whole]
        case "sides" if field.size == 1:
            others = [whole, {"type": "array", "items": whole, "minItems": 2, "maxItems": 2}]
        case "sides":
            others = [whole, {"type": "array", "items": whole, "minItems": field.size, "maxItems": field.size}]
        case _:
            return schema
    notes = {key: value for key, value in schema.items() if key in ("description", "default", "examples")}
    bare = {key: value for key, value in schema.items() if key not in notes}
    return {**notes, "anyOf": [*others, *bare.get("anyOf", [bare])]}


def _numbers_in(schema: Schema) -> Schema:
    """Return the schema of the numbers in arrays."""
    options = schema.get("anyOf", [schema])
    inner: Schema = next((option for option in options if option.get("type") == "array"), schema)
    return _numbers_in(inner["items"]) if inner.get("type") == "array" else inner


def _without_null(schema: Schema) -> Schema:
    """Leave out of a struct's fields that they may be null, which TOML cannot write: they are left out there."""
    properties = {}
    for name, field in schema["properties"].items():
        options = [option for option in field.get("anyOf", ()) if option != {"type": "null"}]
        kept = {key: value for key, value in field.items() if key != "anyOf"}
        if kept.get("default", "") is None:
            del kept["default"]
        properties[name] = (
            {**options[0], **kept} if len(options) == 1 else kept | ({"anyOf": options} if options else {})
        )
    return {**schema, "properties": properties}


def _plain(value: Any) -> Any:
    """Write what is of a newer draft, or of Python's own regular expressions, as draft 7 and all readers have it."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(item) for key, item in value.items() if key != "discriminator"}
    if "prefixItems" in plain:  # all of a tuple are alike
        plain["items"] = plain.pop("prefixItems")[0]
    if len(plain.get("anyOf", ())) == len(ALL_TYPES):  # a layer of any kind
        notes = {key: value for key, value in plain.items() if key != "anyOf"}
        return {**notes, "allOf": [_LAYER]} if notes else _LAYER
    if isinstance(plain.get("pattern"), str):
        plain["pattern"] = plain["pattern"].replace(r"\Z", "$")
    return plain


def _words(docstring: str) -> str:
    """Return the first paragraph of a docstring, in one line."""
    return " ".join(docstring.partition("\n\n")[0].split())
