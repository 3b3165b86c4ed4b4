"""The values of what varies, as a person types them: `16, 32, 64`, `16..64 step 16`, `1e-4..1e-2 log`; and as TOML."""

import re
from typing import Any

from tui_cnn.core.layers import Layer
from tui_cnn.core.sweep import sweepable, values_around
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.fields import Field, fields, format_value, parse_value
from tui_cnn.formats.reading import loads_toml
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.errors import SearchError
from tui_cnn.search.space import PRESENT, REPEAT, layer_fields, recipe_fields

_RANGE = re.compile(r"(?P<low>[^\s,;]+?)\s*\.\.\s*(?P<high>[^\s,;]+)(?:\s+step\s+(?P<step>\S+)|\s+(?P<log>log))?")
_WHOLE = re.compile(r"[+-]?\d+")
_MOST_PROPOSED = 5
_FACTOR = 10.0


def varying_fields(value: Layer | Recipe) -> tuple[Field, ...]:
    """Return the fields of a layer or a recipe that a search can vary; of a layer also its copies and its presence."""
    declared = {field.name: field for field in fields(type(value))}
    if isinstance(value, Recipe):
        return tuple(declared[name] for name in recipe_fields(value))
    order = [*sweepable(value), *declared]
    declared[REPEAT] = Field(REPEAT, "whole", (), False, 1, _("How often the layer or block is repeated"))
    declared[PRESENT] = Field(PRESENT, "flag", (), False, True, _("Whether the layer or block is present"))
    names = sorted(layer_fields(value), key=lambda name: (_is_rare(name), order.index(name) if name in order else 999))
    return tuple(declared[name] for name in names)


def _is_rare(name: str) -> bool:
    """Whether hardly anyone varies a field: it comes after the others."""
    return name == "trainable" or name.endswith(("_initializer", "_regularizer"))


def read_values(field: Field, text: str) -> Any:
    """Read what was typed, as a `search.toml` has it; whether the field allows the values is for the space to say.

    Raises:
        SearchError: it is no list, and no range.
    """
    text = text.strip()
    if text.startswith(("[", "{")):
        try:
            return loads_toml(f"values = {text}", "values")["values"]
        except FormatError as error:
            raise SearchError(_("values: {problem}").format(problem=error.problem)) from None
    match = _RANGE.fullmatch(text)
    if match is not None and field.kind in ("whole", "number"):
        found = {"low": _number(match["low"]), "high": _number(match["high"])}
        if match["step"]:
            found["step"] = _number(match["step"])
        return {**found, "log": True} if match["log"] else found
    separator = ";" if ";" in text or field.kind in ("numbers", "names", "sides") else ","
    parts = [part.strip() for part in text.split(separator)]
    if not text or not all(parts):
        raise SearchError(_("write values such as {examples}").format(examples=syntax(field)))
    return [parse_value(field, part) for part in parts]


def write_values(field: Field, given: Any) -> str:
    """Write values as `read_values` reads them."""
    if isinstance(given, dict):
        low, high = (_written(given[name]) for name in ("low", "high"))
        step = f" step {_written(given['step'])}" if given.get("step") is not None else ""
        return f"{low}..{high}{step}{' log' if given.get('log') else ''}"
    separator = "; " if field.kind in ("numbers", "names", "sides") else ", "
    return separator.join(_format(field, value) for value in given)


def syntax(field: Field) -> str:
    """Show in a line how the values of a field are written."""
    match field.kind:
        case "whole":
            return "16, 32, 64 · 16..64 · 16..64 step 16 · 1..1000 log"
        case "number":
            return "0.1, 0.2 · 0.1..0.5 · 0.1..0.5 step 0.1 · 1e-4..1e-2 log"
        case "choice" | "several":
            return ", ".join(field.choices[:3]) + (", …" if len(field.choices) > 3 else "")
        case "flag":
            return "yes, no"
        case "pair":
            size = "×".join(["3"] * field.size)
            return f"{size}, {size.replace('3', '5')}"
        case "numbers" | "names" | "sides":
            return "1, 2; 3, 4"
        case _:
            return "a, b"


def proposed(value: Layer | Recipe, field: Field) -> str:
    """Propose values around the present one; empty where nothing is worth trying."""
    if field.name == REPEAT and isinstance(value, Layer):
        present = getattr(value, REPEAT, 1)
        return ", ".join(str(times) for times in range(max(1, present - 1), max(1, present - 1) + 3))
    if field.kind == "flag":
        return "yes, no"
    present = getattr(value, field.name)
    if isinstance(value, Layer) and field.name in sweepable(value) and present is not None:
        values = values_around(value, field.name)  # type: ignore[arg-type]  # every layer of a network is one of them
        here = values.index(present) if present in values else 0
        first = max(0, min(here - _MOST_PROPOSED // 2, len(values) - _MOST_PROPOSED))
        return write_values(field, values[first : first + _MOST_PROPOSED])
    match field.kind:
        case "choice":
            return ", ".join(field.choices[:_MOST_PROPOSED])
        case "whole" if isinstance(present, int) and present > 1:
            return f"{max(1, present // 2)}, {present}, {present * 2}"
        case "number" if present:
            if field.most == 1:
                around = dict.fromkeys((present / 2, float(present), min(1.0, present * 2)))
                return ", ".join(map(_written, around))
            return f"{_written(present / _FACTOR)}..{_written(present * _FACTOR)} log"
        case "number" if field.most == 1:
            return "0.0, 0.1, 0.2"
        case _:
            return ""


def _number(text: str) -> float:
    try:
        return int(text) if _WHOLE.fullmatch(text) else float(text)
    except ValueError:
        raise SearchError(_("“{value}” is not a number").format(value=text[:40])) from None


def _written(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.6g}"


def _format(field: Field, value: Any) -> str:
    return format_value(field, tuple(value) if isinstance(value, list) and field.kind != "sides" else value)
