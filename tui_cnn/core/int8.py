"""What a network needs in int8 on a microcontroller: flash for its file, RAM for its activations.

The operators are those that TensorFlow's converter makes of Keras' layers: a batch normalization is folded into the
kernel before it, a ReLU into the operator before it, what has an effect in training only is left out. All weights and
activations take one byte, biases four, and each channel of a kernel and of its bias has a scale (float32) and a zero
point (int64). After Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference", 2018, and "LiteRT 8-bit quantization specification".

The converter does a little more: it folds a factor into the kernel behind it, for instance. The numbers are then higher
than they need be. Branches are computed in the order in which they are declared; it may choose another.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, Literal, NamedTuple

from tui_cnn.core.graph import Graph
from tui_cnn.core.layers import Layer
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.lifetimes import Lifetimes
from tui_cnn.core.rows import Analysis
from tui_cnn.core.shape import Shape

ALIGNMENT = 16
"""Bytes that LiteRT Micro rounds the size of a buffer up to: `MicroArenaBufferAlignment`."""

_BIAS, _PER_CHANNEL = 4, 12
_FILE, _PER_TENSOR, _PER_FOLDED = 300, 208, 210
"""Bytes of the file beside its numbers: metadata, and the name, shape and scale of each tensor.

Fitted to the files of our presets, which they hit within 3 %; a kernel into which a normalization is folded has the
names of both.
"""

_WITHOUT_EFFECT = ("augmentation", "regularization")
_FUSED = ("linear", "relu", "relu6")
_OPERATORS = {**dict.fromkeys(("softmax", "sigmoid", "tanh", "leaky_relu", "elu", "gelu", "hard_silu"), 1), "silu": 2}
"""How many operators an activation is."""

_WINDOWS = ("MaxPooling2D", "AveragePooling2D")
_WITH_CONSTANT = ("GlobalAveragePooling2D", "GlobalMaxPooling2D", "ZeroPadding2D", "Cropping2D", "Permute")
"""One operator, which is given axes or sizes as a tensor."""

_MERGING = ("Add", "Multiply", "Subtract", "Maximum", "Minimum", "Average")

_End = Literal["kernel", "operator", ""]
"""What the operator takes in that follows: a kernel a batch normalization and a ReLU, other operators a ReLU."""


class Int8Needs(NamedTuple):
    """Bytes that a network needs in int8; None where they cannot be known.

    Attributes:
        flash: the size of its .tflite file, near enough.
        ram: the arena for its activations as LiteRT Micro plans it, for one image. What the interpreter itself keeps
            comes in addition: some kilobytes, more with more layers.
        unknown: the class in Keras of a layer, or the activation, whose operators are not known; empty: all are.
    """

    flash: int | None
    ram: int | None
    unknown: str = ""


def int8_needs(analysis: Analysis) -> Int8Needs:
    """Work out what an analysed network needs in int8."""
    if not analysis.totals.complete:
        return Int8Needs(None, None)
    try:
        operators = Int8Operators(analysis)
    except _UnknownError as unknown:
        return Int8Needs(None, None, str(unknown))
    return Int8Needs(operators.flash, operators.activations.arena(1, ALIGNMENT))


class _UnknownError(Exception):
    """It is not known which operators the converter makes of a layer."""


class Int8Operators:
    """The network as the converter makes it.

    Attributes:
        activations: what the operators give, each in a step, after the input.
        flash: bytes of the file.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.activations = Lifetimes()
        self._numbers = 0
        self._tensors = self._folded = 0
        self._ends: dict[int, _End] = {}
        self._is_shared = False
        graph, shapes = analysis.graph, [shape or () for shape in analysis.shapes]
        needed, readers = graph.needed(), _readers(graph)
        values: dict[int, int] = {}
        for number, node in enumerate(graph.nodes):
            if number not in needed:
                continue
            sources = [values[one] for one in node.inputs]
            if node.layer is None or node.is_input:
                value = self._make((), shapes[number])
            else:
                self._is_shared = node.path != node.weights
                value = self._layer(node.layer, sources, [shapes[one] for one in node.inputs], shapes[number])
            if readers[number] > 1:
                self._ends.pop(value, None)  # what another reads stays as it is
            values[number] = value
        for number in graph.outputs:
            self.activations.keep(values[number])
        self.flash = self._numbers + _FILE + _PER_TENSOR * (self._tensors + len(self.activations.values))
        self.flash += _PER_FOLDED * self._folded

    def _layer(self, layer: Layer, sources: list[int], given: list[Shape], shape: Shape) -> int:
        if layer.family in _WITHOUT_EFFECT and not layer.works_in_inference:
            return sources[0]
        if isinstance(layer, MergingLayer):
            if len(sources) == 1:
                return sources[0]
            (call,) = layer.keras_calls(shape)
            return self._merged(call.class_name, layer, sources, shape)
        if getattr(layer, "data_format", "channels_last") != "channels_last":
            raise _UnknownError(type(layer).__name__)
        if layer.family == "activation":
            if slopes := layer.parameters(shape).total:  # those of a PReLU
                self._numbers += slopes
                self._tensors += 1
            return self._activated(layer.function, sources[0], shape)
        value, before = sources[0], given[0]
        for call in layer.keras_calls(before):
            after = call.output_shape or shape
            value = self._call(call.class_name, call.arguments, value, before, after)
            before = after
        return value

    def _call(self, name: str, arguments: Mapping[str, Any], value: int, before: Shape, after: Shape) -> int:
        """Add the operators of one layer of Keras."""
        if name in _WINDOWS:
            return self._make((value,), after, "operator")
        if name in ("Flatten", "Reshape", "Identity") and before == after:
            return value
        if name in ("Flatten", "Reshape"):  # what comes behind is applied before
            self._tensors += 1
            return self._make((value,), after, "operator" if self._ends.get(value) else "")
        if name in _WITH_CONSTANT:
            self._tensors += 1
            return self._make((value,), after)
        if name == "Rescaling":
            return self._scaled(value, after, shifted=bool(arguments["offset"]))
        if name == "Normalization":
            return self._scaled(value, after, shifted=True, numbers=after[-1])
        if name == "BatchNormalization" and arguments["axis"] in (-1, len(before)):
            if self._ends.get(value) == "kernel":
                self._folded += 1
                return value
            return self._scaled(value, after, shifted=True, numbers=after[-1])
        if name in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D") or name == "Dense":
            return self._kernels(name, arguments, value, before, after)
        raise _UnknownError(name)

    def _kernels(self, name: str, arguments: Mapping[str, Any], value: int, before: Shape, after: Shape) -> int:
        """Add the one or two operators of a layer with kernels, and its activation."""
        channels = before[-1]
        if name == "Dense":
            self._weigh(channels * after[-1], after[-1])
        elif name == "Conv2D":
            window = prod(arguments["kernel_size"])
            self._weigh(window * channels // arguments["groups"] * after[-1], after[-1])
        else:
            inner = channels * arguments["depth_multiplier"]
            self._weigh(prod(arguments["kernel_size"]) * inner, inner)
            if name == "SeparableConv2D":
                value = self._make((value,), (*after[:-1], inner))
                self._weigh(inner * after[-1], after[-1])
        return self._activated(arguments["activation"], self._make((value,), after, "kernel"), after)

    def _activated(self, function: str, value: int, shape: Shape) -> int:
        if function == "linear" or (function in _FUSED and self._ends.get(value)):
            if function != "linear":
                self._ends.pop(value)
            return value
        if function not in _FUSED and function not in _OPERATORS:
            raise _UnknownError(function or "ReLU")
        made = self._make((value,), shape)
        return self._make((value, made), shape) if _OPERATORS.get(function) == 2 else made

    def _scaled(self, value: int, shape: Shape, *, shifted: bool, numbers: int = 1) -> int:
        """Multiply by constants, and add some."""
        for _operator in range(1 + shifted):
            self._numbers += numbers
            self._tensors += 1
            value = self._make((value,), shape, "operator")
        return value

    def _merged(self, name: str, layer: Layer, sources: list[int], shape: Shape) -> int:
        if name == "Concatenate":
            return self._make(sources, shape)
        if name not in _MERGING:
            raise _UnknownError(name)
        value = sources[0]
        for other in sources[1:]:
            value = self._make((value, other), shape, "operator")
        return self._scaled(value, shape, shifted=False) if name == "Average" else value

    def _weigh(self, weights: int, channels: int) -> None:
        """Add a kernel and its bias to the file, but those that are there already."""
        if not self._is_shared:
            self._numbers += weights + channels * (_BIAS + 2 * _PER_CHANNEL)
            self._tensors += 2

    def _make(self, sources: Sequence[int], shape: Shape, end: _End = "") -> int:
        value = self.activations.make(sources, shape)
        if end:
            self._ends[value] = end
        return value


def _readers(graph: Graph) -> Counter[int]:
    """Count how often the output of each node is read, by others and as the network's."""
    needed = graph.needed()
    inputs = [one for number in needed for one in graph.nodes[number].inputs]
    return Counter([*inputs, *graph.outputs])
