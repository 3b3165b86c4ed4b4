"""The fields of a declaration as a person types them: what each holds, its help, and text to value and back."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from tui_cnn.formats.validation import convert

T = TypeVar("T", bound=msgspec.Struct)
Kind = Literal["whole", "number", "pair", "shape", "choice", "flag", "text", "nested"]


class Field(NamedTuple):
    """One field: what it holds, the words it may be (for a choice), whether it may be left empty, and its help."""

    name: str
    kind: Kind
    choices: tuple[str, ...]
    optional: bool
    default: Any
    description: str


def fields(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Read the fields off a declaration, in its order."""
    hints = get_type_hints(struct, include_extras=True)
    return tuple(_field(info.name, hints[info.name], info.default) for info in msgspec.structs.fields(struct))


def format_value(field: Field, value: Any) -> str:
    """Write a value as it is typed: `3×3`, `0.001`; what is left out is empty."""
    if value is None or value is msgspec.NODEFAULT:
        return ""
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
                return numbers * 2 if field.kind == "pair" and len(numbers) == 1 else numbers
            case "flag":
                return {"yes": True, "no": False}[text]
            case _:
                return text
    except (ValueError, KeyError):
        return text


def build(struct: type[T], texts: dict[str, str]) -> T:
    """Make a `struct` of typed texts, one for each field that was shown.

    Raises:
        InvalidError: a text is not a value of its field; the error names the field.
    """
    shown = [field for field in fields(struct) if field.name in texts]
    return convert({field.name: parse_value(field, texts[field.name]) for field in shown}, struct)


def _field(name: str, hint: Any, default: Any) -> Field:
    hint, optional, description = _unwrap(hint)
    choices = tuple(map(str, get_args(hint))) if get_origin(hint) is Literal else ()
    return Field(name, _kind(hint), choices, optional, default, description)


def _unwrap(hint: Any) -> tuple[Any, bool, str]:
    """Take off `Annotated` and `| None`: the bare type, whether it may be None, and the description nearest to it."""
    description, optional = "", False
    while True:
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            description = description or next((note.description for note in reversed(notes) if note.description), "")
        elif isinstance(hint, UnionType):
            optional = True
            hint = next(option for option in get_args(hint) if option is not NoneType)
        else:
            return hint, optional, description


def _kind(hint: Any) -> Kind:
    if get_origin(hint) is Literal:
        return "choice"
    if get_origin(hint) is tuple:
        items = get_args(hint)
        if items[-1] is not Ellipsis:
            return "pair"
        return "shape" if _unwrap(items[0])[0] is int else "nested"
    kinds: dict[Any, Kind] = {int: "whole", float: "number", bool: "flag", str: "text"}
    return kinds[hint]
