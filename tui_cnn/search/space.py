"""What varies in a search: fields of layers, how often a layer is repeated, whether it is present; and of the recipe.

A key is `<layer>.<field>`: the layer by its name or by its number, as the screen shows both (`conv2d`, `5.2.1`); its
`repeat` and `present` are fields, too. `recipe.<field>` is of the recipe.
"""

import re
from functools import cached_property
from math import prod
from random import Random
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.layers import Block, Layer
from tui_cnn.core.network import Network, Path, names
from tui_cnn.formats.fields import fields
from tui_cnn.formats.toml import with_setting
from tui_cnn.formats.validation import InvalidError, convert, nearest
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search.domain import RANGE_KEYS, Domain, read_domain
from tui_cnn.search.errors import SearchError

RECIPE = "recipe"
REPEAT, PRESENT = "repeat", "present"
_MOST_COPIES = 100
NOT_OF_TRIALS = ("minutes",)
"""Fields of a recipe that a search has none of: its trials all have the same epochs."""
_FIXED = ("name", "muted", "data", "seed", "split_seed", "limit", "validation", *NOT_OF_TRIALS)
"""Fields that no search varies: what a trial is called, the data, and the seeds, which the search itself sets."""

Values = dict[str, Any]
"""A value for each key of a space, as in TOML."""


class Variation(NamedTuple):
    """What a candidate trains, and how."""

    network: Network
    recipe: Recipe


class Parameter(NamedTuple):
    """One thing that varies: a field of the layer at `path`, or of the recipe where that is None."""

    key: str
    path: Path | None
    field: str
    domain: Domain


class Space:
    """All candidates of a search: every combination of the values of its parameters, on a base."""

    def __init__(self, base: Variation, parameters: tuple[Parameter, ...]) -> None:
        self.base = base
        self.parameters = parameters
        structural = [each for each in parameters if each.field in (REPEAT, PRESENT) and each.path is not None]
        self._changing = [each for each in parameters if each not in structural]
        # From the last layer to the first, and before what holds it: the paths of the others stay what they are.
        self._structural = sorted(structural, key=lambda each: (each.path or (), each.field == PRESENT), reverse=True)

    @cached_property
    def count(self) -> int | None:
        """How many candidates there are; None where a range is continuous."""
        counts = [parameter.domain.size for parameter in self.parameters]
        return None if None in counts else prod(count for count in counts if count is not None)

    def at(self, index: int) -> Values:
        """Return the values of a candidate by its place in the grid: the last parameter changes first."""
        values: Values = {}
        for parameter in reversed(self.parameters):
            count = parameter.domain.size
            assert count is not None
            index, place = divmod(index, count)
            values[parameter.key] = parameter.domain.at(place)
        return dict(reversed(values.items()))

    def draw(self, random: Random) -> Values:
        """Draw the values of a candidate."""
        return {parameter.key: parameter.domain.draw(random) for parameter in self.parameters}

    def build(self, values: Values) -> Variation:
        """Make a candidate.

        Raises:
            InvalidError: a value is none of its field.
        """
        network, recipe = self.base
        for parameter in self._changing:
            value = values[parameter.key]
            if parameter.path is None:
                recipe = _with_field(recipe, parameter.field, value)
            else:
                layer = with_setting(edits.layer_at(network, parameter.path), parameter.field, value)
                network = edits.splice(network, parameter.path, 1, (layer,))
        absent: set[Path] = set()
        for parameter in self._structural:
            path, value = parameter.path, values[parameter.key]
            assert path is not None
            is_block = isinstance(edits.layer_at(self.base.network, path), Block)
            if parameter.field == PRESENT:
                if not value:
                    network = edits.delete(network, path)
                    absent.add(path)
            elif path not in absent:
                network = edits.repeat(network, path, 1, value) if value > 1 or is_block else network
        return Variation(network, recipe)


def read_space(given: dict[str, Any], base: Variation) -> Space:
    """Read what varies, and check each value.

    Raises:
        SearchError: a key names no layer or field, a value is none of its field, or nothing varies.
    """
    flat = _flattened(given)
    if not flat:
        message = _("the space is empty: add what varies to [space], such as {example}")
        raise SearchError(message.format(example='"conv2d.filters" = [16, 32]'))
    space = Space(base, tuple(_parameter(key, values, base) for key, values in flat.items()))
    places = [(parameter.path, parameter.field) for parameter in space.parameters]
    for number, place in enumerate(places):
        if place in places[:number]:
            first, second = (space.parameters[index].key for index in (places.index(place), number))
            message = _("space: {first} and {second} are the same field; remove one")
            raise SearchError(message.format(first=first, second=second))
    return space


def _flattened(given: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Join the keys of nested tables, as TOML nests `conv2d.filters` without quotes."""
    flat: dict[str, Any] = {}
    for key, value in given.items():
        if isinstance(value, dict) and not value.keys() <= RANGE_KEYS:
            flat |= _flattened(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _parameter(key: str, given: Any, base: Variation) -> Parameter:
    address, _dot, field = key.rpartition(".")
    if not address:
        message = _("space: “{key}” is not a layer and a field, such as conv2d.filters, nor one of the recipe")
        raise SearchError(message.format(key=key))
    path = None if address == RECIPE else _path(key, address, base.network)
    varying = recipe_fields(base.recipe) if path is None else layer_fields(edits.layer_at(base.network, path))
    if field not in varying:
        problem = _("space: {key}: unknown field “{field}”").format(key=key, field=field)
        raise SearchError(problem + nearest(field, varying))
    parameter = Parameter(key, path, field, read_domain(key, given))
    for value in parameter.domain.examples:
        _check(parameter, value, base)
    return parameter


def _path(key: str, address: str, network: Network) -> Path:
    """Find a layer by its name, or else by its number."""
    named = {name: path for path, name in names(network).items()}
    if address in named:
        return named[address]
    if re.fullmatch(r"\d{1,6}(\.\d{1,6})*", address):
        path = tuple(int(part) - 1 for part in address.split("."))
        if path in named.values():
            return path
    problem = _("space: {key}: layer “{address}” not found").format(key=key, address=address)
    raise SearchError(problem + nearest(address, list(named)))


def layer_fields(layer: Layer) -> list[str]:
    """Name what can vary of a layer: its fields, how often it is repeated, whether it is present."""
    return [*_fields(layer), REPEAT, PRESENT]


def recipe_fields(recipe: Recipe) -> list[str]:
    """Name what can vary of a recipe."""
    return _fields(recipe)


def _fields(value: msgspec.Struct) -> list[str]:
    held = ("nested", "names")
    return [
        field.name for field in fields(type(value)) if field.kind not in held and field.name not in (*_FIXED, REPEAT)
    ]


def _check(parameter: Parameter, value: Any, base: Variation) -> None:
    expected = ""
    if parameter.path is not None and parameter.field == REPEAT:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_COPIES:
            expected = _("a whole number from 1 to {most}").format(most=_MOST_COPIES)
    elif parameter.path is not None and parameter.field == PRESENT and not isinstance(value, bool):
        expected = _("true or false")
    if expected:
        message = _("space: {key} must be {expected}, not {value}")
        raise SearchError(message.format(key=parameter.key, expected=expected, value=str(value)[:40]))
    tried = value if parameter.field != PRESENT else True
    try:
        Space(base, (parameter,)).build({parameter.key: tried})
    except InvalidError as error:
        raise SearchError(_("space: {key}: {problem}").format(key=parameter.key, problem=error)) from None


def _with_field(recipe: Recipe, field: str, value: Any) -> Recipe:
    return convert({**msgspec.to_builtins(recipe), field: value}, Recipe)
