"""How one number of a trained network came about, layer by layer, back to the pixel."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core.graph import Node
from tui_cnn.core.layers import PReLU
from tui_cnn.core.layers.base import Layer
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Path
from tui_cnn.core.rows import Analysis
from tui_cnn.core.shape import Shape
from tui_cnn.insight.functions import function_of
from tui_cnn.insight.terms import ABSENT, PADDING, Cell, Floats, Terms, Weights, softmax_terms, terms_of

_ROUNDING = 1e-4
"""The difference to Keras' number that float32 explains, in proportion to the largest of what was added up."""


class TracedCell(NamedTuple):
    """A number of the network: a layer by its name, the input by that of `NETWORK_INPUT`, and a cell of its output.

    `before`: as it is before the softmax of the same layer.
    """

    layer: str
    cell: Cell
    before: bool = False


class Trace(NamedTuple):
    """A number, and what it is made of.

    Attributes:
        kind: the class of its layer; empty for the input.
        terms: None: it is a number of the input, or is not written out for this layer.
        total: what the terms make, before the activation.
        function: the activation, as Keras calls it; empty: none is applied.
        value: the number, as it is worked out here; Keras' own, where nothing is.
        keras: what Keras has for it; None: it does not give it.
        origins: the names of the inputs of the layer.
        step_before: whether the terms are numbers of the same layer, before its softmax.
        moved: whether the channels of the layer come first; the terms have them last.
    """

    place: TracedCell
    kind: str
    terms: Terms | None
    total: float
    function: str
    value: float
    keras: float | None
    origins: tuple[str, ...] = ()
    step_before: bool = False
    moved: bool = False

    @property
    def difference(self) -> float:
        """How far the number is from that of Keras; 0 where it is no more than float32 explains."""
        if self.keras is None or self.terms is None:
            return 0.0
        scale = max(1.0, abs(self.value), float(np.nanmax(np.abs(self.terms.products), initial=0.0)))
        difference = self.value - self.keras
        agree = self.value == self.keras or (np.isnan(self.value) and np.isnan(self.keras))
        return 0.0 if agree or abs(difference) <= _ROUNDING * scale else difference

    def order(self) -> npt.NDArray[np.int64]:
        """Return the groups, that with the largest contribution first."""
        assert self.terms is not None
        key = self.terms.values[:, 0] if self.terms.rule == "softmax" else np.abs(self.terms.sums)
        return np.argsort(-np.nan_to_num(key), kind="stable")

    def main_tap(self, group: int) -> int:
        """Return the tap of a group that counts most: the one that is kept, or the largest product."""
        assert self.terms is not None
        products = self.terms.products[group].ravel()
        if self.terms.rule == "minimum":
            return int(np.nan_to_num(products, nan=np.inf).argmin())
        size = products if self.terms.rule == "maximum" else np.abs(products)
        return int(np.nan_to_num(size, nan=-np.inf).argmax())

    def origin(self, group: int, tap: int) -> TracedCell | None:
        """Return where a term comes from, `tap` counted row by row; None: it is padding."""
        assert self.terms is not None
        cells = self.terms.cells[group].reshape(-1, self.terms.cells.shape[-1])
        cell = tuple(int(place) for place in cells[tap] if place != ABSENT)
        if PADDING in cell:
            return None
        if self.step_before:
            return TracedCell(self.place.layer, cell, before=True)
        if self.moved:
            cell = (*cell[-1:], *cell[:-1])
        return TracedCell(self.origins[int(self.terms.inputs[group])], cell)


class Tracer:
    """Traces numbers of a network, whose `weights` it has by the names of the layers and theirs."""

    def __init__(self, analysis: Analysis, weights: Mapping[str, Weights]) -> None:
        self._graph = analysis.graph
        self._names = {row.path: row.name for row in analysis.rows}
        self._paths = {row.name: row.path for row in analysis.rows if not row.muted}
        self._weights = weights

    def needs(self, layer: str) -> tuple[str, ...]:
        """Return the layers whose output a trace of one needs: its own and those that go in; none of the input."""
        path = self._paths.get(layer)
        if path is None:
            return ()
        origins = self._origins(self._graph.nodes[self._graph.made[path]]) or ()
        return tuple(dict.fromkeys((layer, *(name for name in origins if name != NETWORK_INPUT))))

    def trace(self, place: TracedCell, values: Mapping[str, npt.NDArray[Any]]) -> Trace:
        """Take a number apart.

        `values` has by the names of layers what comes out of them for one image, without the batch: at least of those
        that are needed; and as `NETWORK_INPUT` what goes into the network, as it is scaled.

        Raises:
            KeyError: the output of a layer that is needed is not there.
            IndexError: the layer has no such cell.
        """
        output = values[place.layer]
        given = None if place.before else float(output[place.cell])
        path = self._paths.get(place.layer)
        if path is None:
            return _unknown(place, "", given)
        node = self._graph.nodes[self._graph.made[path]]
        layer, names = node.layer, self._origins(node)
        if layer is None or not names:
            return _unknown(place, "" if layer is None else type(layer).__name__, given)
        kind, inputs = type(layer).__name__, [values[name] for name in names]
        weights = self._weights.get(self._names[node.weights], {})
        straight, _shape = layer.with_channels_last(inputs[0].shape)
        moved, cell = straight is not layer, place.cell
        if moved:
            inputs = [np.moveaxis(each, 0, -1) for each in inputs]
            cell = (*cell[1:], *cell[:1]) if len(cell) > 1 else cell
        if layer.is_softmax and not place.before:
            ends = layer.family != "activation"  # it comes after a sum of the same layer
            scores = _scores(straight, inputs, weights, output.shape, cell, moved=moved) if ends else inputs[0]
            if scores is None:
                return _unknown(place, kind, given)
            terms = softmax_terms(straight, scores, cell)
            total = terms.total()
            return Trace(place, kind, terms, total, "", total, given, names, step_before=ends)
        found = terms_of(straight, inputs, weights, cell)
        function = None if layer.is_softmax else function_of(straight, _slope(layer, weights, place.cell))
        if found is None or (function is None and not layer.is_softmax):
            return _unknown(place, kind, given)
        total = found.total()
        name = "" if layer.is_softmax or layer.function == "linear" else layer.function or kind
        return Trace(place, kind, found, total, name, function(total) if function else total, given, names, moved=moved)

    def _origins(self, node: Node) -> tuple[str, ...] | None:
        """Name what goes into a node; None: one of it is within a block that is applied again, and not given."""
        names = []
        for number in node.inputs:
            path: Path = self._graph.nodes[number].path
            if path and self._graph.made.get(path) != number:
                return None
            names.append(self._names[path] if path else NETWORK_INPUT)
        return tuple(names)


def _scores(
    layer: Layer, inputs: list[npt.NDArray[Any]], weights: Weights, shape: Shape, cell: Cell, *, moved: bool
) -> Floats | None:
    """Return what goes into the softmax that a layer ends with: along its last axis, at a place; 0 elsewhere.

    None: it is not written out, or the last axis is not that of the channels.
    """
    scores = np.zeros(shape)
    for unit in range(0 if moved else shape[-1]):
        terms = terms_of(layer, inputs, weights, (*cell[:-1], unit))
        if terms is None:
            return None
        scores[(*cell[:-1], unit)] = terms.total()
    return None if moved else scores


def _unknown(place: TracedCell, kind: str, given: float | None) -> Trace:
    value = float("nan") if given is None else given
    return Trace(place, kind, None, value, "", value, given)


def _slope(layer: Layer, weights: Weights, cell: Cell) -> float | None:
    """Return the learned slope of a PReLU at a cell; axes that share one have length 1."""
    if not isinstance(layer, PReLU):
        return None
    slopes = weights["alpha"]
    return float(slopes[tuple(min(place, side - 1) for place, side in zip(cell, slopes.shape, strict=True))])
