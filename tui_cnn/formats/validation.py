"""Plain data to declared structs, with errors that name the layer, the field, the value and the nearest right word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from math import isfinite
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.errors import UserError
from tui_cnn.i18n import _

T = TypeVar("T", bound=msgspec.Struct)


class InvalidError(UserError):
    """Data that does not fit its declaration; the text is one line.

    Attributes:
        field: the field that it is about, if one is.
        steps: the keys and places that lead to the value at fault; the last may not be there.
    """

    def __init__(self, message: str, field: str = "", steps: Sequence[str | int] = ()) -> None:
        super().__init__(message)
        self.field = field
        self.steps = tuple(steps)


def convert(data: Any, kind: type[T]) -> T:
    """Make a `kind` of plain data.

    Raises:
        InvalidError: some field is unknown, missing, of the wrong type or out of bounds.
    """
    try:
        made = msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        problem, _at, where = str(error).partition(" - at `$")
        steps = _steps(where.rstrip("`"))
        raise _explain(problem, steps, data, kind) from None
    except RecursionError:
        raise InvalidError(_("layers are nested too deeply")) from None
    infinite = next(_infinite(made, ()), None)
    if infinite is not None:
        raise _explain("Expected `finite`", list(infinite), data, kind)
    return made


def _infinite(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Find the numbers that are infinite, or none: no layer can have them."""
    if isinstance(value, float) and not isfinite(value):
        yield steps
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _infinite(item, (*steps, place))
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _infinite(getattr(value, name), (*steps, name))


def _explain(problem: str, steps: list[str | int], data: Any, kind: type[msgspec.Struct]) -> InvalidError:
    given, struct, place, field = _locate(steps, data, kind)
    if match := re.match(r"Object contains unknown field `(.*)`", problem, re.DOTALL):
        steps = [*steps, match[1]]
        sentence = _("unknown field “{name}”").format(name=_word(match[1]))
        sentence += nearest(_word(match[1]), list(struct.__struct_fields__))
    elif match := re.match(r"Object missing required field `(.*)`", problem):
        field = match[1]
        steps = [*steps, field]
        sentence = _("the field “{name}” is missing").format(name=field)
        if field == "type":
            sentence += "; " + _("use one of {choices}").format(choices=", ".join(LAYER_TYPES))
    elif field == "type":
        sentence = _("unknown layer “{name}”").format(name=_word(given)) + nearest(_word(given), list(LAYER_TYPES))
    elif isinstance(given, str) and (known := several(struct, field)):
        wrong = next((word for word in given.split("+") if word not in known), given)
        sentence = _("{field} cannot be {given}").format(field=field, given=_brief(wrong)) + nearest(wrong, known)
    elif problem.startswith("Invalid enum value"):
        sentence = _("{field} cannot be {given}").format(field=field, given=_brief(given))
        sentence += nearest(_word(given), choices(struct, field))
    else:
        sentence = _("{field} must be {expected}, not {given}").format(
            field=field or _("the value"), expected=_expectation(problem), given=_brief(given)
        )
    return InvalidError(f"{place}: {sentence}" if place else sentence, field, steps)


def _expectation(problem: str) -> str:
    """Put msgspec's terse expectation into words: `int` >= 1 is a whole number, at least 1."""
    if "matching regex" in problem and "A-Z" in problem:
        return _("letters A to Z, digits, and . _ - (not at the start)")
    if "matching regex" in problem and "l1_l2" in problem:
        return _("like l1(0.01), l2(0.01) or l1_l2(0.01, 0.01)")
    if "matching regex" in problem:
        return _("text without slashes or control characters")
    expected = problem.removeprefix("Expected ").partition(", got")[0]
    words = {
        "int": _("a whole number"),
        "float": _("a number"),
        "finite": _("a finite number"),
        "str": _("text"),
        "bool": _("true or false"),
        "array": _("a list"),
        "object": _("a table"),
        "null": _("omitted"),
    }
    typed, _quote, bound = expected.lstrip("`").partition("`")
    spoken, *others = (words.get(word, word) for word in typed.split(" | "))
    for other in others:
        spoken = _("{one} or {other}").format(one=spoken, other=other)
    if match := re.match(r"( of length)? ?(>=|<=|>|<)? ?([\d.e+-]+)$", bound):
        length, relation, number = match.groups()
        number = number.removesuffix(".0")
        template = {
            ">=": _("at least {n}"),
            "<=": _("at most {n}"),
            ">": _("more than {n}"),
            "<": _("less than {n}"),
            None: _("exactly {n}"),
        }[relation]
        bounded = _("{kind} of length {bound}") if length else _("{kind}, {bound}")
        spoken = bounded.format(kind=spoken, bound=template.format(n=number))
    return spoken


def _locate(
    steps: list[str | int], data: Any, kind: type[msgspec.Struct]
) -> tuple[Any, type[msgspec.Struct], str, str]:
    """Follow the steps into the data: the value there, the struct around it, its place in words, its field."""
    numbers: list[int] = []
    value, struct, field, container, layer = data, kind, "", "", ""
    for step in steps:
        if isinstance(step, str):
            field = container = step
        elif container in ("layers", "branches"):
            numbers.append(step + 1)
            field = layer = ""
        value = value[step] if _has(value, step) else None
        if isinstance(step, int) and isinstance(value, dict) and isinstance(value.get("type"), str):
            struct, field = LAYER_TYPES.get(value["type"], struct), ""
            layer = value["type"] if value["type"] in LAYER_TYPES else ""
    place = ""
    if numbers:
        place = _("layer {number}").format(number=".".join(map(str, numbers)))
        if layer:
            place += f" ({layer})"
    return value, struct, place, field


def _steps(where: str) -> list[str | int]:
    """Split `.layers[2].filters` into its steps."""
    return [int(index) if index else name for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", where)]


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list | tuple) and step < len(value)
    return isinstance(value, dict) and step in value


def choices(struct: type[msgspec.Struct], field: str) -> list[str]:
    """List the words that a field may hold, if it is a choice."""
    hint = get_type_hints(struct).get(field)
    is_several = isinstance(hint, UnionType) or get_origin(hint) in (tuple, Union)
    options = get_args(hint) if is_several else (hint,)
    return [str(word) for option in options if get_origin(option) is Literal for word in get_args(option)]


def several(struct: type[msgspec.Struct], field: str) -> list[str]:
    """List the words that a field may hold several of, if it is such a field."""
    hint = get_type_hints(struct, include_extras=True).get(field)
    return [*words_of(note for note in getattr(hint, "__metadata__", ()) if isinstance(note, msgspec.Meta))]


def words_of(notes: Iterable[msgspec.Meta]) -> tuple[str, ...]:
    """Return the words that a field with these notes may hold several of; without such, none."""
    return next((note.extra["kinds"] for note in notes if note.extra and "kinds" in note.extra), ())


def nearest(word: str, known: list[str]) -> str:
    """Suggest the nearest of the `known` words, or list them."""
    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.5)
    if close:
        return "; " + _("did you mean “{name}”?").format(name=lowered[close[0]])
    return "; " + _("use one of {choices}").format(choices=", ".join(known))


_BRIEF = 40


def _word(value: Any) -> str:
    """Write what was given where a name is expected: bare if it is text."""
    return _shorten(repr(value[: _BRIEF + 1])[1:-1]) if isinstance(value, str) else _brief(value)


def _brief(value: Any) -> str:
    """Write a value on a part of a line."""
    try:
        return _shorten(repr(value))
    except ValueError:  # Python writes no number of more than 4,300 digits
        return _("a number too long to write")


def _shorten(text: str) -> str:
    return text if len(text) <= _BRIEF else text[: _BRIEF - 1] + "…"
