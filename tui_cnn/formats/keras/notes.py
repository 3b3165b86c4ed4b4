"""What of a model is kept, and what is not: names that somebody gave, and notes on what could not be kept."""

import re
from collections.abc import Container, Sequence
from itertools import count
from typing import Any

from tui_cnn.core import edits
from tui_cnn.core.graph import references
from tui_cnn.core.layers import Block
from tui_cnn.core.network import Network, names, snake_case, walk
from tui_cnn.core.shape import Shape
from tui_cnn.i18n import _
from tui_cnn.visible import visible

_LISTED = 3


def usable_name(name: str) -> str:
    """Return the name of a layer with other letters where TensorFlow has none; empty if nothing is left."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip("_.-")[:60]


class KeptNames:
    """Keeps the names of a file, each once."""

    def __init__(self) -> None:
        self._taken = {"input_layer"}
        self.made: set[str] = set()
        """The names that are ours, because another layer had them first."""

    def keep(self, name: str) -> str:
        """Return the name of a layer: with other letters where TensorFlow has none, and a number where it is taken."""
        cleaned = usable_name(name)
        stem = cleaned or "layer"
        candidates = (f"{stem}_{number}" if number else stem for number in count())
        kept = next(one for one in candidates if one not in self._taken)
        self._taken.add(kept)
        if kept != cleaned:
            self.made.add(kept)
        return kept

    def make(self, stem: str) -> str:
        """Return a name of ours."""
        kept = self.keep(stem)
        self.made.add(kept)
        return kept

    def of_block(self, name: str, kind: str) -> str:
        """Return the name of a model within the model, under the looser rules for blocks; empty if Keras made it up."""
        return "" if _is_made_up(name, kind) else re.sub(r"[/\x00-\x1f\x7f-\x9f]", "_", name)[:64]


def _is_made_up(name: str, kind: str) -> bool:
    """Tell whether Keras, or we, could have made that name for a layer of a kind."""
    return re.fullmatch(rf"{re.escape(snake_case(kind))}(_\d+)?", name) is not None


def without_needless_names(network: Network, ours: Container[str]) -> Network:
    """Leave out the names that the layers have without one, too: Keras and we make them in the same way.

    And those that are `ours`, but for those that others go by.
    """
    needed = {name for _path, name in references(network)} | {*network.outputs}
    for path, layer in walk(network.layers):
        if layer.name in ours and layer.name not in needed:
            network = edits.change(network, path, name="")
    layers = [(path, layer) for path, layer in walk(network.layers) if not isinstance(layer, Block)]
    given = {
        path: layer.name
        for path, layer in layers
        if layer.name not in needed and _is_made_up(layer.name, type(layer).__name__)
    }
    usual = set(given)
    while True:
        bare = network
        for path in usual:
            bare = edits.change(bare, path, name="")
        made = names(bare)
        others = {path for path in usual if made[path] != given[path]}
        if not others:
            return bare
        usual -= others


class Notes:
    """Collects remarks about layers, and about the model as a whole."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self.of_model: list[str] = []

    def add(self, remark: str, name: str) -> None:
        """Remark something about the layer called `name`."""
        self._names.setdefault(remark, []).append(name)

    def lines(self) -> tuple[str, ...]:
        """Return a line for each remark. Models are read from their end, so the last remark comes first."""
        of_layers = (f"{remark} ({enumerate_names(names[::-1])})" for remark, names in reversed(self._names.items()))
        return (*self.of_model, *of_layers)


def other_channels(own: Sequence[Any], shape: Shape) -> str:
    """Remark that a model is read for images of other channels than its own."""
    return _("input channels changed from {own} to {channels}").format(own=own[2], channels=shape[2])


def enumerate_names(names: list[str]) -> str:
    """List a few names, and how many more there are."""
    shown = [visible(name[:200]) for name in names]
    if len(shown) <= _LISTED + 1:
        return ", ".join(shown)
    listed = ", ".join(shown[:_LISTED])
    return _("{names} and {count} more").format(names=listed, count=len(shown) - _LISTED)
