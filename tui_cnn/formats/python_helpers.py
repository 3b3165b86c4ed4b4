"""Blocks that a network has several times, as functions."""

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tui_cnn.core.layers import AnyLayer, Block
from tui_cnn.core.layers.base import is_composite
from tui_cnn.core.network import walk, without_names
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape
from tui_cnn.formats.python_body import Body
from tui_cnn.formats.python_layers import given_name

_TAKEN = ("build_model", "main", "laid_out", "keras", "layers", "inputs", "x")


_Key = tuple[tuple[AnyLayer, ...], Shape | None]
"""What a function does: its layers, and the shape that they are for if that matters."""


class Helpers:
    """The functions of the repeated blocks in a network's rows. Layers with names of their own cannot be repeated."""

    def __init__(self, rows: Iterable[Row]) -> None:
        blocks = [
            (row.layer, row.input_shape)
            for row in rows
            if isinstance(row.layer, Block) and row.layer.layers and row.input_shape
        ]
        counts = Counter(_key(*place) for place in blocks if not _has_names(place[0]))
        self._counts = {key: count for key, count in counts.items() if count > 1}
        self._names: dict[_Key, str] = {}
        self._shapes: dict[_Key, Shape] = {}
        for block, shape in blocks:
            key = _key(block, shape)
            if key in self._counts and key not in self._names:
                self._names[key], self._shapes[key] = self._function_name(block.name), shape

    def of(self, block: Block, shape: Shape) -> str:
        """Return the name of the function for a block on an input of `shape`; empty where there is none."""
        return "" if _has_names(block) else self._names.get(_key(block, shape), "")

    def functions(self) -> Iterator[str]:
        """Write the functions, each after those that it calls."""
        for key, name in sorted(self._names.items(), key=lambda item: len(list(walk(item[0][0])))):
            body = Body(self)
            output = body.stack(key[0], "x", "x", self._shapes[key])
            lines = body.lines[1:] if body.lines[:1] == [""] else body.lines
            doc = f'    """Apply a block of layers that the network has {self._counts[key]} times."""'
            yield "\n".join([f"def {name}(x):", doc, *lines, f"    return {output}", ""])

    def _function_name(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        stem = re.sub(r"^[\d_]+|[\d_]+$", "", stem)
        if not stem or keyword.iskeyword(stem) or stem in _TAKEN:
            stem = "block"
        taken, number = set(self._names.values()), 1
        while (f"{stem}_{number}" if number > 1 else stem) in taken:
            number += 1
        return f"{stem}_{number}" if number > 1 else stem


def _key(block: Block, shape: Shape) -> _Key:
    """Return what is equal for blocks that are one function: composite layers are written for their shape."""
    layers = without_names(block.layers)
    depends = any(is_composite(type(layer)) for _path, layer in walk(layers))
    return layers, (shape if depends else None)


def _has_names(block: Block) -> bool:
    return any(given_name(layer) for _path, layer in walk(block.layers) if not isinstance(layer, Block))
