"""The fields of a declaration as a person types them: what each holds, its help, text to value and back, and steps."""

import re
from collections.abc import Collection
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from tui_cnn.core.layers import can_be_frozen
from tui_cnn.core.layers.base import Layer
from tui_cnn.formats.validation import convert, words_of
from tui_cnn.i18n import _

T = TypeVar("T", bound=msgspec.Struct)
EMPTY = "; empty: "
"""Stands in a field's help before what it means to leave it empty."""

_TENFOLD = 10.0
_RATE_STEP = 0.05

STEPPING = ("whole", "pair", "number")
"""The kinds of field that step."""

Kind = Literal[
    "whole", "number", "pair", "sides", "shape", "numbers", "names", "choice", "several", "flag", "text", "nested"
]
NONE = "none"
"""Stands for no word at all, in a field of several."""


class Field(NamedTuple):
    """One field: what it holds, the words to choose from, whether it may be left empty, and its help.

    `start` is what a new one begins with: the declaration's first example, or its default. `least` and `most` are the
    bounds of a number, or of each number of a pair; None where there is none. `size` is how many numbers (or sides) a
    field of a fixed number has: a pair of a sequence has one, that of a volume has three.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...]
    optional: bool
    start: Any
    description: str
    least: float | None = None
    most: float | None = None
    size: int = 1

    @property
    def blank(self) -> str:
        """What it means to leave the field empty: what its help says after “empty:”."""
        return _(self.description.partition(EMPTY)[2])


@cache
def fields(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Read the fields off a declaration, in its order; whether a layer is trained is none where it has no weights."""
    hints = get_type_hints(struct, include_extras=True)
    frozen = issubclass(struct, Layer) and not can_be_frozen(struct)
    declared = (info for info in msgspec.structs.fields(struct) if not (frozen and info.name == "trainable"))
    return tuple(_field(info.name, hints[info.name], info.default) for info in declared)


def format_value(field: Field, value: Any) -> str:
    """Write a value as it is typed: `3×3`, `0.001`; what is left out is empty."""
    if value is None or value is msgspec.NODEFAULT:
        return ""
    if field.kind == "sides":
        return " ".join(str(edge) for axis in value for edge in axis)
    if field.kind == "nested":
        return " ".join((type(value).__name__, *value.settings())) if hasattr(value, "settings") else ""
    if field.kind == "numbers" and isinstance(value, tuple):
        return ", ".join(f"{number:g}" if float(f"{number:g}") == number else repr(number) for number in value)
    if field.kind == "names":
        return ", ".join(value)
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    if field.kind == "flag":
        return "yes" if value else "no"
    return str(value)


def parse_value(field: Field, text: str) -> Any:
    """Read what was typed; text that is no such value comes back as it is, for validation to name it."""
    text = text.strip()
    if not text and (field.optional or field.kind == "text"):
        return None if field.optional else ""
    try:
        match field.kind:
            case "whole":
                return int(text.replace(",", ""))
            case "number":
                return float(text)
            case "pair" | "shape":
                numbers = [int(part) for part in text.lower().replace("×", "x").replace(",", "x").split("x")]
                return numbers * field.size if field.kind == "pair" and len(numbers) == 1 else numbers
            case "numbers":
                typed = [float(part) for part in re.split(r"[\s,]+", text)]
                return typed[0] if field.size == 1 and len(typed) == 1 else typed
            case "names":
                return [part.strip() for part in text.split(",") if part.strip()]
            case "sides":
                return _sides([int(part) for part in re.split(r"[\s,x×]+", text)], field.size)
            case "several":
                return joined(field, [word for word in re.split(r"[\s,+]+", text.lower()) if word])
            case "flag":
                return {"yes": True, "no": False}[text]
            case _:
                return text
    except (ValueError, KeyError):
        return text


def joined(field: Field, words: Collection[str]) -> str:
    """Write several words as one text: `flip+crop`, in the order of the field; those that it does not know stay."""
    known = [word for word in field.choices if word in words]
    unknown = [word for word in words if word not in (*field.choices, NONE)]
    return "+".join(known + unknown) or NONE


def _sides(numbers: list[int], axes: int) -> list[list[int]]:
    """Take one number for all sides, one for each axis, or two for each axis."""
    if len(numbers) == 1:
        numbers *= axes
    if len(numbers) == axes:
        return [[number, number] for number in numbers]
    return [numbers[place : place + 2] for place in range(0, len(numbers), 2)]


def rebuild(value: T, texts: dict[str, str]) -> T:
    """Make another of `value`, with what was typed for the fields that were shown.

    Raises:
        InvalidError: a text is not a value of its field; the error names the field.
    """
    data = msgspec.to_builtins(value)
    typed = {field.name: parse_value(field, texts[field.name]) for field in fields(type(value)) if field.name in texts}
    return convert({**data, **typed}, type(value))


def start(struct: type[T]) -> T:
    """Make the `struct` that a new one begins as."""
    return struct(**{field.name: field.start for field in fields(struct)})


def _field(name: str, hint: Any, default: Any) -> Field:
    hint, notes, optional = _bare(hint)
    description = next((note.description for note in notes if note.description), "")
    examples = next((note.examples for note in notes if note.examples), [default])
    choices = tuple(map(str, get_args(hint))) if get_origin(hint) is Literal else ()
    words = words_of(notes)
    choices, kind = words or choices, "several" if words else _kind(hint)
    if kind == "pair":
        notes = _bare(get_args(hint)[0])[1]
    least = next((note.ge for note in notes if note.ge is not None), None)
    most = next((note.le for note in notes if note.le is not None), None)
    return Field(name, kind, choices, optional, examples[0], description, least, most, _size(hint))


def _bare(hint: Any) -> tuple[Any, list[msgspec.Meta], bool]:
    """Take a type out of its annotations, which come from the outside in, and out of `| None`."""
    optional = False
    notes: list[msgspec.Meta] = []
    while (origin := get_origin(hint)) in (Annotated, Union, UnionType):
        if origin is Annotated:
            hint, *inner = get_args(hint)
            notes += reversed(inner)
            continue
        options = [option for option in get_args(hint) if option is not NoneType]
        optional = optional or len(options) < len(get_args(hint))
        if len(options) > 1:
            hint = Union[tuple(options)]  # noqa: UP007  # they are known only now
            break
        (hint,) = options
    return hint, notes, optional


def _kind(hint: Any) -> Kind:
    if get_origin(hint) is Literal:
        return "choice"
    if get_origin(hint) is tuple:
        items = get_args(hint)
        item = _bare(items[0])[0]
        if item is float:
            return "numbers"
        if items[-1] is not Ellipsis:
            return "sides" if get_origin(item) is tuple else "pair"
        kinds: dict[Any, Kind] = {int: "shape", str: "names"}
        return kinds.get(item, "nested")
    if get_origin(hint) in (Union, UnionType):  # a number, or several
        return "numbers" if _bare(get_args(hint)[0])[0] is float else "nested"
    plain: dict[Any, Kind] = {int: "whole", float: "number", bool: "flag", str: "text"}
    return plain.get(hint, "nested")


def _size(hint: Any) -> int:
    """Return how many numbers, or sides, a tuple of a fixed length has; of a list of any length, more than one."""
    items = get_args(hint) if get_origin(hint) is tuple else (hint,)
    return len(items)


def stepped(field: Field, text: str, by: int) -> str:
    """Return what stands in a field after a step up or down; text that is no such value stays as it is.

    Numbers step by one, rates by a twentieth, small ones by a factor of ten.
    """
    value = parse_value(field, text)
    match value:
        case int():
            return format_value(field, int(_within(field, value + by)))
        case float():
            return format_value(field, _step(field, value, by))
        case list() if field.kind == "pair" and all(isinstance(part, int) for part in value):
            return format_value(field, tuple(int(_within(field, part + by)) for part in value))
        case _:
            return text


def _step(field: Field, value: float, by: int) -> float:
    if (field.least, field.most) == (0, 1):
        return _within(field, round(value + by * _RATE_STEP, 2))
    return _within(field, float(f"{value * _TENFOLD**by:.6g}"))


def _within(field: Field, value: float) -> float:
    least = value if field.least is None else field.least
    most = value if field.most is None else field.most
    return max(least, min(value, most))


def bounds(field: Field) -> str:
    """Write the bounds of a field: `1 to 65,536`; empty where there are none."""
    if field.kind not in STEPPING or field.least is None or field.most is None:
        return ""
    return f"{field.least:,} – {field.most:,}"
