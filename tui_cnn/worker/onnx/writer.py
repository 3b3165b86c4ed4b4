"""A graph of ONNX that grows by an operator at a time, and how the axes of its tensors lie."""

from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from tui_cnn.core.shape import Shape

Array = NDArray[Any]


class LaidOut(NamedTuple):
    """A tensor: its name, its shape without the batch and with the channels last, and whether they come first in it."""

    name: str
    shape: Shape
    channels_first: bool = False


class NoOperationError(Exception):
    """ONNX has nothing for a layer, or not with its settings."""


class GraphWriter:
    """Collects operators and arrays."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: dict[str, onnx.TensorProto] = {}
        self._names: set[str] = set()
        self._turned: dict[tuple[str, bool], str] = {}
        self._layer = self._owner = ""

    def begin(self, layer: str, owner: str) -> None:
        """Begin with a layer, whose weights are those of the layer `owner` of Keras."""
        self._layer, self._owner = layer, owner

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator; return the name of what comes out."""
        name = self._unused(f"{self._layer}/{kind}")
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def weights(self, name: str, array: Array) -> str:
        """Add weights of the layer, once however often it is applied; return their name."""
        return self._stored(f"{self._owner}/{name}", array.astype("float32"))

    def numbers(self, values: Any, kind: str = "float32") -> str:
        """Add constants; return their name."""
        array = np.asarray(values, kind)
        return self._stored("/".join(("constant", kind, *map(str, array.shape), str(array.ravel().tolist()))), array)

    def _stored(self, name: str, array: Array) -> str:
        if name not in self.arrays:
            self.arrays[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def _unused(self, name: str) -> str:
        kept, number = name, 0
        while kept in self._names:
            number += 1
            kept = f"{name}_{number}"
        self._names.add(kept)
        return kept

    def entitled(self, value: LaidOut, name: str) -> LaidOut:
        """Give what the last operator gives the name of its layer."""
        if not self.nodes or self.nodes[-1].output[0] != value.name or name in self._names:
            return value
        self._names.add(name)
        self.nodes[-1].output[0] = self.nodes[-1].name = name
        return value._replace(name=name)

    def ending(self, value: LaidOut) -> str:
        """Return the name of an output of the network: no input's own, with the channels last."""
        self.begin(value.name, "")
        name = self.last(value)
        made = {output for node in self.nodes for output in node.output}
        return name if name in made else self.add("Identity", name)

    def last(self, value: LaidOut) -> str:
        """Return a value with its channels last."""
        return self._as(value, channels_first=False)

    def first(self, value: LaidOut) -> str:
        """Return a value with its channels first."""
        return self._as(value, channels_first=True)

    def _as(self, value: LaidOut, *, channels_first: bool) -> str:
        rank = len(value.shape)
        if value.channels_first == channels_first or rank < 2:
            return value.name
        key = value.name, channels_first
        if key not in self._turned:
            order = (0, rank, *range(1, rank)) if channels_first else (0, *range(2, rank + 1), 1)
            self._turned[key] = self.add("Transpose", value.name, perm=order)
        return self._turned[key]

    def scaled(self, value: LaidOut, factor: Array | None, offset: Array | None, names: tuple[str, str]) -> LaidOut:
        """Multiply each channel by a factor, and add an offset."""
        result = value.name
        for kind, array, name in (("Mul", factor, names[0]), ("Add", offset, names[1])):
            if array is not None:
                if value.channels_first and len(value.shape) > 1:
                    array, name = array.reshape(-1, *[1] * (len(value.shape) - 1)), f"{name}_first"
                result = self.add(kind, result, self.weights(name, array))
        return value._replace(name=result)
