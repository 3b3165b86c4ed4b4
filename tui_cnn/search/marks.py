"""What is marked to vary in a search: a field of a layer of the design, or of the recipe, with its values.

Marks follow the edits of the design; together they are the space of a search.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from tui_cnn.core.layers import Layer
from tui_cnn.core.network import Network, Path, names, walk

_RECIPE = "recipe"


class Mark(NamedTuple):
    """One thing that varies: a field of the layer at `path`, or of the recipe where that is None.

    `given` are its values as a `search.toml` has them: a list, or a table of a range.
    """

    path: Path | None
    field: str
    given: Any


Marks = tuple[Mark, ...]


def with_mark(marks: Marks, path: Path | None, field: str, given: Any | None) -> Marks:
    """Mark a field with other values; with None it no longer varies."""
    place = next((number for number, mark in enumerate(marks) if mark[:2] == (path, field)), len(marks))
    new = () if given is None else (Mark(path, field, given),)
    return marks[:place] + new + marks[place + 1 :]


def fields_at(marks: Marks, path: Path | None) -> dict[str, Any]:
    """Return the values of the marked fields of one layer, or of the recipe."""
    return {mark.field: mark.given for mark in marks if mark.path == path}


def mark_key(path: Path | None, field: str, network: Network) -> str:
    """Return the key of a field in a space: `conv2d.filters`, `recipe.learning_rate`."""
    return f"{_RECIPE if path is None else names(network)[path]}.{field}"


def marked_space(marks: Marks, network: Network) -> dict[str, Any]:
    """Return the space that the marks make, in the order in which they were made."""
    return {mark_key(mark.path, mark.field, network): mark.given for mark in marks}


def carried(marks: Marks, before: Network, after: Network) -> Marks:
    """Let marks follow an edit.

    A layer that was not touched is the same object, wherever it is now; those that were are paired with those of their
    type at their depth, in their order. The marks of a layer that was deleted are dropped.
    """
    if not any(mark.path for mark in marks):
        return marks
    moved = _moved(before, after)
    return tuple(
        mark if mark.path is None else mark._replace(path=moved[mark.path])
        for mark in marks
        if mark.path is None or mark.path in moved
    )


def _moved(before: Network, after: Network) -> dict[Path, Path]:
    """Find where each layer is after an edit."""
    places: dict[int, list[Path]] = defaultdict(list)
    layers = dict(walk(after.layers))
    for path, layer in layers.items():
        places[id(layer)].append(path)
    moved: dict[Path, Path] = {}
    lost: list[tuple[Path, Layer]] = []
    for path, layer in walk(before.layers):
        here = places.get(id(layer))
        if not here:
            lost.append((path, layer))
        else:
            moved[path] = here.pop(here.index(path) if path in here else 0)
    fresh = sorted(path for paths in places.values() for path in paths)
    for path, layer in lost:
        same = [other for other in fresh if type(layers[other]) is type(layer) and len(other) == len(path)]
        if same:
            moved[path] = path if path in same else same[0]
            fresh.remove(moved[path])
    return moved
