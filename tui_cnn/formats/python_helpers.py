"""Blocks that a network has several times, as functions."""

import keyword
import re
from collections import Counter
from collections.abc import Iterator

from tui_cnn.core.layers import AnyLayer, Block
from tui_cnn.core.naming import without_names
from tui_cnn.core.network import walk
from tui_cnn.formats.python_body import Body
from tui_cnn.formats.python_layers import given_name

_TAKEN = ("build_model", "main", "depth_max_pooling", "laid_out", "keras", "layers", "inputs", "x")


class Helpers:
    """The functions of a network's repeated blocks. Layers with names of their own cannot be repeated."""

    def __init__(self, stack: tuple[AnyLayer, ...]) -> None:
        blocks = [layer for _path, layer in walk(stack) if isinstance(layer, Block) and layer.layers]
        counts = Counter(without_names(block.layers) for block in blocks if not _has_names(block))
        self._counts = {key: count for key, count in counts.items() if count > 1}
        self._names: dict[tuple[AnyLayer, ...], str] = {}
        for block in blocks:
            key = without_names(block.layers)
            if key in self._counts and key not in self._names:
                self._names[key] = self._function_name(block.name)

    def of(self, block: Block) -> str:
        """Return the name of the function for a block; empty where there is none."""
        return "" if _has_names(block) else self._names.get(without_names(block.layers), "")

    def functions(self) -> Iterator[str]:
        """Write the functions, each after those that it calls."""
        for key, name in sorted(self._names.items(), key=lambda item: len(list(walk(item[0])))):
            body = Body(self)
            output = body.stack(key, "x", "x")
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


def _has_names(block: Block) -> bool:
    return any(given_name(layer) for _path, layer in walk(block.layers) if not isinstance(layer, Block))
