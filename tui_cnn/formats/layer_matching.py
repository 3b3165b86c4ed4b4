"""Which layers of one network are those of another: what was edited in its place, what is gone, and what is new."""

from bisect import bisect
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.network import Network
from tui_cnn.formats.toml_positions import Steps


def sources(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Say from which layer each comes: an equal one, one of the same name, or one of its type in the same place.

    One that holds the layer of its type in its place has been put around it: it comes from none.
    """
    blocks = SequenceMatcher(None, before, after).get_matching_blocks()
    found: dict[int, int] = {b + i: a + i for a, b, size in blocks for i in range(size)}
    old, new = (
        [(layer, _name(layer), (bisect(starts, place), type(layer))) for place, layer in enumerate(layers)]
        for layers, starts in ((before, [block.a for block in blocks]), (after, [block.b for block in blocks]))
    )
    for kind in range(3):
        taken = set(found.values())
        places: dict[object, list[int]] = {}
        for place in reversed(range(len(old))):
            if place not in taken:
                places.setdefault(old[place][kind], []).append(place)
        for number, keys in enumerate(new):
            if number in found or keys[kind] is None or not (same := places.get(keys[kind])):
                continue
            if not _holds(after[number], before[same[-1]]):
                found[number] = same.pop()
    return [found.get(number) for number in range(len(after))]


def _holds(part: Any, layer: Any) -> bool:
    """Tell whether a layer stands in a part, at any depth."""
    return any(inner == layer or _holds(inner, layer) for inner in _stack(part)[1])


def _name(layer: Any) -> object:
    return (type(layer), layer.name) if getattr(layer, "name", "") else None


class Parts(NamedTuple):
    """Layers and branches at any depth, with the ways to them: gone or edited, and new."""

    gone: list[tuple[Steps, Any]]
    new: list[tuple[Steps, Any]]


def differing(before: Any, after: Any) -> Parts:
    """Find what is in only one of two networks, by the same rule in each stack as `sources`."""
    parts = Parts([], [])
    _compare(before, after, (), (), parts)
    return parts


def _compare(before: Any, after: Any, at: Steps, to: Steps, parts: Parts) -> None:
    (old_key, old), (new_key, new) = _stack(before), _stack(after)
    found = sources(old, new)
    for place in sorted({*range(len(old))} - {*found}):
        parts.gone.extend(_all_of(old[place], (*at, *old_key, place)))
    for number, source in enumerate(found):
        here = (*to, *new_key, number)
        if source is None:
            parts.new.extend(_all_of(new[number], here))
        elif new[number] != old[source]:
            parts.gone.append(((*at, *old_key, source), old[source]))
            _compare(old[source], new[number], (*at, *old_key, source), here, parts)


def _all_of(part: Any, steps: Steps) -> list[tuple[Steps, Any]]:
    key, stack = _stack(part)
    inner = (one for number, item in enumerate(stack) for one in _all_of(item, (*steps, *key, number)))
    return [(steps, part), *inner]


def _stack(part: Any) -> tuple[Steps, Sequence[Any]]:
    """Return the key and the items of a network, a block, branches or a branch; other layers hold none."""
    match part:
        case tuple():
            return (), part
        case Network(layers=layers) | Block(layers=layers):
            return ("layers",), layers
        case Branches(branches=branches):
            return ("branches",), branches
        case _:
            return (), ()
