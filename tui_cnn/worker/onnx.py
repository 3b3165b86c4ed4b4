"""A network with its weights as an ONNX model, an operator at a time.

What goes in and comes out has its channels last, as in Keras; in between, images have them first, as the operators of
ONNX want them. Each value knows how its axes lie, and is turned only where an operator wants it otherwise. What acts
only while training is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tui_cnn.core.analysis import analyze
from tui_cnn.core.graph import Node
from tui_cnn.core.layers import Route
from tui_cnn.core.layers.base import KerasCall, Layer
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Network, keras_name, names, without_muted
from tui_cnn.core.shape import Shape
from tui_cnn.i18n import _

_OPSET = 17
_IR_VERSION = 8
"""What came with that opset: runtimes of 2022 and later read it."""

Array = NDArray[Any]
Arguments = Mapping[str, Any]
Weights = Mapping[str, Array]

_WITHOUT_EFFECT = ("regularization", "augmentation")
"""Families that do something only while training."""


class _Value(NamedTuple):
    """A tensor: its name, its shape without the batch and with the channels last, and whether they come first in it."""

    name: str
    shape: Shape
    channels_first: bool = False


class _NoOperationError(Exception):
    """ONNX has nothing for a layer, or not with its settings."""


def save_onnx(network: Network, model: keras.Model, target: Path) -> None:
    """Write a network with the weights of the Keras model that was built of it.

    Raises:
        ValueError: ONNX has no operator for some layer.
    """
    try:
        target.write_bytes(onnx_model(network, model).SerializeToString())
    except ValueError as error:
        if "2GB" in str(error).replace(" ", "") or "exceeds" in str(error).lower():
            raise ValueError(_("an ONNX file cannot be larger than 2 GB")) from None
        raise


def onnx_model(network: Network, model: keras.Model) -> onnx.ModelProto:
    """Make the ONNX model of a network, with the weights of the Keras model that was built of it.

    Raises:
        ValueError: ONNX has no operator for some layer.
    """
    network = without_muted(network)
    analysis, named = analyze(network), names(network)
    whole, writer = analysis.graph, _Writer()
    values: list[_Value] = []
    for number, node in enumerate(whole.nodes):
        shape = analysis.shapes[number]
        assert shape is not None
        if node.is_input:
            values.append(_Value(named.get(node.path, NETWORK_INPUT), shape))
            continue
        given, name = [values[one] for one in node.inputs], named[node.path]
        values.append(_apply(writer, node, given, shape, name, named[node.weights], model))
    ends = [writer.ending(values[number]) for number in whole.outputs]
    graph = helper.make_graph(
        writer.nodes,
        network.name,
        [_info(values[number].name, values[number].shape) for number in whole.inputs],
        [_info(end, values[number].shape) for end, number in zip(ends, whole.outputs, strict=True)],
        list(writer.arrays.values()),
    )
    return helper.make_model(
        graph,
        producer_name="cnn-tui",
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )


def _info(name: str, shape: Shape) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ("batch", *shape))


def _apply(
    writer: "_Writer", node: Node, given: list[_Value], shape: Shape, name: str, owner: str, model: keras.Model
) -> _Value:
    layer = node.layer
    assert isinstance(layer, Layer)
    if isinstance(layer, MergingLayer):
        if len(given) == 1 and isinstance(layer, Route):
            return given[0]
        return writer.entitled(_merged(writer, layer, given, shape), name)
    value = given[0]
    if layer.family in _WITHOUT_EFFECT and shape == value.shape:
        return value
    try:
        for call in layer.keras_calls(value.shape):
            if call.class_name not in _OPERATIONS:
                raise _NoOperationError
            stored = model.get_layer(keras_name(owner, call.suffix))
            weights = {one.name: np.asarray(one) for one in stored.weights}
            part = keras_name(name, call.suffix)
            writer.begin(part, stored.name)
            value = _OPERATIONS[call.class_name](writer, _with_shape(call, shape), value, weights)
            value = writer.entitled(value, part)
    except _NoOperationError:
        message = _("ONNX has no operation for {operations} (layer {layers}); replace the layer")
        raise ValueError(message.format(operations=type(layer).__name__, layers=name)) from None
    return value


def _with_shape(call: KerasCall, shape: Shape) -> KerasCall:
    return call if call.output_shape is not None else call._replace(output_shape=shape)


class _Writer:
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

    def entitled(self, value: _Value, name: str) -> _Value:
        """Give what the last operator gives the name of its layer."""
        if not self.nodes or self.nodes[-1].output[0] != value.name or name in self._names:
            return value
        self._names.add(name)
        self.nodes[-1].output[0] = self.nodes[-1].name = name
        return value._replace(name=name)

    def ending(self, value: _Value) -> str:
        """Return the name of an output of the network: no input's own, with the channels last."""
        self.begin(value.name, "")
        name = self.last(value)
        made = {output for node in self.nodes for output in node.output}
        return name if name in made else self.add("Identity", name)

    def last(self, value: _Value) -> str:
        """Return a value with its channels last."""
        return self._as(value, channels_first=False)

    def first(self, value: _Value) -> str:
        """Return a value with its channels first."""
        return self._as(value, channels_first=True)

    def _as(self, value: _Value, *, channels_first: bool) -> str:
        rank = len(value.shape)
        if value.channels_first == channels_first or rank < 2:
            return value.name
        key = value.name, channels_first
        if key not in self._turned:
            order = (0, rank, *range(1, rank)) if channels_first else (0, *range(2, rank + 1), 1)
            self._turned[key] = self.add("Transpose", value.name, perm=order)
        return self._turned[key]

    def by_channel(self, array: Array, value: _Value, *, channels_first: bool) -> Array:
        """Lay out a number for each channel so that it meets the channels of a value."""
        return array.reshape(-1, *[1] * (len(value.shape) - 1)) if channels_first else array

    def activated(self, value: _Value, name: str) -> _Value:
        """Apply an activation function of Keras; softmax works on the channels."""
        if name == "linear":
            return value
        if name not in _FUNCTIONS:
            raise _NoOperationError
        axis = 1 if value.channels_first and len(value.shape) > 1 else -1
        return value._replace(name=_FUNCTIONS[name](self, value.name, axis))

    def scaled(self, value: _Value, factor: Array | None, offset: Array | None, names: tuple[str, str]) -> _Value:
        """Multiply each channel by a factor, and add an offset."""
        result = value.name
        for kind, array, name in (("Mul", factor, names[0]), ("Add", offset, names[1])):
            if array is not None:
                laid = self.by_channel(array, value, channels_first=value.channels_first)
                result = self.add(kind, result, self.weights(name, laid))
        return value._replace(name=result)


def _merged(writer: _Writer, layer: MergingLayer, given: Sequence[_Value], shape: Shape) -> _Value:
    writer.begin(layer.name or layer.merge, "")
    rank = len(shape)
    whole = [_of_rank(writer, one, rank) for one in given]
    first = any(one.channels_first for one in whole) and rank > 1
    inputs = [writer.first(one) if first else writer.last(one) for one in whole]
    if layer.merge == "concatenate":
        place = layer.axis - 1 if layer.axis > 0 else layer.axis + rank
        axis = (1 if place == rank - 1 else place + 2) if first else place + 1
        return _Value(writer.add("Concat", *inputs, axis=axis), shape, first)
    kind = {"add": "Add", "multiply": "Mul", "average": "Mean", "maximum": "Max", "minimum": "Min", "subtract": "Sub"}
    if layer.merge == "add" and len(inputs) > 2:
        return _Value(writer.add("Sum", *inputs), shape, first)
    if layer.merge != "multiply":
        return _Value(writer.add(kind[layer.merge], *inputs), shape, first)
    result = inputs[0]
    for other in inputs[1:]:
        result = writer.add("Mul", result, other)
    return _Value(result, shape, first)


def _of_rank(writer: _Writer, value: _Value, rank: int) -> _Value:
    """Add leading axes of length 1, as Keras does to merge."""
    if len(value.shape) == rank:
        return value
    shape = (*[1] * (rank - len(value.shape)), *value.shape)
    return _Value(writer.add("Reshape", writer.last(value), writer.numbers((0, *shape), "int64")), shape)


def _pads(arguments: Arguments, shape: Shape, kernel: Shape, strides: Shape) -> list[int]:
    """What Keras pads with `same`: half of it before the image, rounded down."""
    if arguments.get("padding", "valid") == "valid":
        return [0] * 2 * len(kernel)
    if arguments["padding"] != "same":
        raise _NoOperationError
    totals = [
        max(0, (-(-length // stride) - 1) * stride + (size - 1) * dilation + 1 - length)
        for length, stride, size, dilation in zip(
            shape, strides, kernel, _dilation(arguments, len(kernel)), strict=False
        )
    ]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def _dilation(arguments: Arguments, count: int) -> Shape:
    return tuple(arguments.get("dilation_rate") or (1,) * count)


def _require_channels_last(arguments: Arguments) -> None:
    if arguments.get("data_format", "channels_last") != "channels_last":
        raise _NoOperationError


def _convolution(
    writer: _Writer, call: KerasCall, value: _Value, kernel: Array, weights: Weights, *, groups: int, name: str
) -> _Value:
    """Convolve by a kernel that lies as in ONNX."""
    arguments, size = call.arguments, kernel.shape[2:]
    _require_channels_last(arguments)
    strides = tuple(arguments.get("strides") or (1,) * len(size))
    inputs = [writer.first(value), writer.weights(name, kernel)]
    if "bias" in weights:
        inputs.append(writer.weights("bias", weights["bias"]))
    made = writer.add(
        "Conv",
        *inputs,
        kernel_shape=size,
        strides=strides,
        dilations=_dilation(arguments, len(size)),
        group=groups,
        pads=_pads(arguments, value.shape, size, strides),
    )
    assert call.output_shape is not None
    return _Value(made, call.output_shape, True)


def _conv(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    kernel, groups = np.moveaxis(weights["kernel"], (-1, -2), (0, 1)), call.arguments.get("groups", 1)
    made = _convolution(writer, call, value, kernel, weights, groups=groups, name="kernel")
    return writer.activated(made, call.arguments.get("activation", "linear"))


def _depthwise_kernel(kernel: Array) -> Array:
    """(height, width, channels, filters of each) as (filters, 1, height, width)."""
    return np.moveaxis(kernel, (-2, -1), (0, 1)).reshape(-1, 1, *kernel.shape[:-2])


def _depthwise(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    kernel = _depthwise_kernel(weights["kernel"])
    made = _convolution(writer, call, value, kernel, weights, groups=value.shape[-1], name="kernel")
    return writer.activated(made, call.arguments.get("activation", "linear"))


def _separable(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    flat = _depthwise_kernel(weights["depthwise_kernel"])
    between = _convolution(writer, call, value, flat, {}, groups=value.shape[-1], name="depthwise_kernel")
    mixing = np.moveaxis(weights["pointwise_kernel"], (-1, -2), (0, 1))
    plain = call._replace(arguments={})
    made = _convolution(writer, plain, between, mixing, weights, groups=1, name="pointwise_kernel")
    return writer.activated(made, call.arguments.get("activation", "linear"))


def _transposed(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    """With `same` Keras cuts off half of what reaches beyond, rounded down, before the image."""
    arguments, kernel = call.arguments, np.moveaxis(weights["kernel"], (-1, -2), (0, 1))
    _require_channels_last(arguments)
    size, shape = kernel.shape[2:], call.output_shape
    assert shape is not None
    strides, dilation = tuple(arguments.get("strides") or (1,) * len(size)), _dilation(arguments, len(size))
    if arguments.get("output_padding") is not None:
        raise _NoOperationError
    begins, ends, extra = [], [], []
    for length, out, stride, far, step in zip(value.shape, shape, strides, size, dilation, strict=False):
        reach = (far - 1) * step + 1
        begin = max(0, reach - stride) // 2 if arguments.get("padding") == "same" else 0
        rest = (length - 1) * stride + reach - begin - out
        begins.append(begin)
        ends.append(max(0, rest))
        extra.append(max(0, -rest))
    inputs = [writer.first(value), writer.weights("kernel", kernel)]
    if "bias" in weights:
        inputs.append(writer.weights("bias", weights["bias"]))
    made = writer.add(
        "ConvTranspose",
        *inputs,
        kernel_shape=size,
        strides=strides,
        dilations=dilation,
        pads=[*begins, *ends],
        output_padding=extra,
    )
    return writer.activated(_Value(made, shape, True), arguments.get("activation", "linear"))


def _dense(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    assert call.output_shape is not None
    kernel = writer.weights("kernel", weights["kernel"])
    bias = [writer.weights("bias", weights["bias"])] if "bias" in weights else []
    if len(value.shape) == 1:
        made = writer.add("Gemm", value.name, kernel, *bias)
    else:
        made = writer.add("MatMul", writer.last(value), kernel)
        made = writer.add("Add", made, *bias) if bias else made
    return writer.activated(_Value(made, call.output_shape), call.arguments.get("activation", "linear"))


def _pooling(kind: str) -> Callable[..., _Value]:
    def operation(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
        arguments, size = call.arguments, tuple(call.arguments["pool_size"])
        _require_channels_last(arguments)
        strides = tuple(arguments.get("strides") or size)
        pads = _pads(arguments, value.shape, size, strides)
        made = writer.add(kind, writer.first(value), kernel_shape=size, strides=strides, pads=pads)
        assert call.output_shape is not None
        return _Value(made, call.output_shape, True)

    return operation


def _global_pooling(kind: str) -> Callable[..., _Value]:
    def operation(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
        _require_channels_last(call.arguments)
        made, channels = writer.add(kind, writer.first(value)), value.shape[-1]
        if call.arguments.get("keepdims"):
            return _Value(made, (*[1] * (len(value.shape) - 1), channels), True)
        return _Value(writer.add("Flatten", made), (channels,))

    return operation


def _batch_normalization(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    _require_last_axis(call.arguments, value)
    mean = weights["moving_mean"]
    arrays = {
        "gamma": weights.get("gamma", np.ones_like(mean)),
        "beta": weights.get("beta", np.zeros_like(mean)),
        "moving_mean": mean,
        "moving_variance": weights["moving_variance"],
    }
    names = [writer.weights(name, array) for name, array in arrays.items()]
    made = writer.add("BatchNormalization", writer.first(value), *names, epsilon=call.arguments["epsilon"])
    return value._replace(name=made, channels_first=True)


def _require_last_axis(arguments: Arguments, value: _Value) -> None:
    axis = arguments.get("axis", -1)
    if axis not in (-1, len(value.shape), (-1,), (len(value.shape),), [-1], [len(value.shape)]):
        raise _NoOperationError


def _layer_normalization(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    _require_last_axis(call.arguments, value)
    gamma = weights.get("gamma", np.ones(value.shape[-1]))
    arrays = [writer.weights("gamma", gamma)]
    arrays += [writer.weights("beta", weights["beta"])] if "beta" in weights else []
    epsilon = call.arguments["epsilon"]
    return _Value(writer.add("LayerNormalization", writer.last(value), *arrays, axis=-1, epsilon=epsilon), value.shape)


def _group_normalization(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    """Each group becomes a channel, which InstanceNormalization normalizes on its own."""
    _require_last_axis(call.arguments, value)
    groups, (*places, channels) = call.arguments["groups"], value.shape
    groups = channels if groups == -1 else groups
    split = writer.add("Reshape", writer.first(value), writer.numbers((0, groups, -1), "int64"))
    ones, zeros = writer.numbers(np.ones(groups)), writer.numbers(np.zeros(groups))
    even = writer.add("InstanceNormalization", split, ones, zeros, epsilon=call.arguments["epsilon"])
    back = writer.add("Reshape", even, writer.numbers((0, channels, *places), "int64"))
    result = value._replace(name=back, channels_first=True)
    return writer.scaled(result, weights.get("gamma"), weights.get("beta"), ("gamma", "beta"))


def _normalization(writer: _Writer, call: KerasCall, value: _Value, weights: Weights) -> _Value:
    """(x - mean) / deviation, which is kept from zero as Keras does; or back."""
    _require_last_axis(call.arguments, value)
    given = [call.arguments.get(name) for name in ("mean", "variance")]
    mean, variance = (
        np.asarray(weights[name] if one is None else one, "float32").ravel()
        for name, one in zip(("mean", "variance"), given, strict=True)
    )
    deviation = np.maximum(np.sqrt(variance), np.float32(keras.config.epsilon()))
    if call.arguments.get("invert"):
        return writer.scaled(value, deviation, mean, ("deviation", "mean"))
    return writer.scaled(value, 1 / deviation, -mean / deviation, ("scale", "offset"))


def _unit_normalization(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    _require_last_axis(call.arguments, value)
    axis = 1 if value.channels_first and len(value.shape) > 1 else -1
    squares = writer.add("Mul", value.name, value.name)
    total = writer.add("ReduceSum", squares, writer.numbers([axis], "int64"), keepdims=1)
    length = writer.add("Sqrt", writer.add("Max", total, writer.numbers(1e-12)))
    return value._replace(name=writer.add("Div", value.name, length))


def _channel_scale(writer: _Writer, _call: KerasCall, value: _Value, weights: Weights) -> _Value:
    """An EinsumDense that multiplies each channel by a number, and nothing else."""
    if weights["kernel"].ndim != 1:
        raise _NoOperationError
    return writer.scaled(value, weights["kernel"], weights.get("bias"), ("kernel", "bias"))


def _activation(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    return writer.activated(value, call.arguments["activation"])


def _relu(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    slope, most, start = (call.arguments.get(name) for name in ("negative_slope", "max_value", "threshold"))
    result = value.name
    if start:
        least = writer.numbers(start)
        below = writer.add("Mul", writer.add("Sub", result, least), writer.numbers(slope or 0.0))
        result = writer.add("Where", writer.add("Greater", result, least), result, below)
    elif slope:
        result = writer.add("LeakyRelu", result, alpha=slope)
    else:
        result = writer.add("Relu", result)
    return value._replace(name=result if most is None else writer.add("Min", result, writer.numbers(most)))


def _leaky_relu(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    return value._replace(name=writer.add("LeakyRelu", value.name, alpha=call.arguments["negative_slope"]))


def _elu(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    return value._replace(name=writer.add("Elu", value.name, alpha=call.arguments["alpha"]))


def _prelu(writer: _Writer, _call: KerasCall, value: _Value, weights: Weights) -> _Value:
    slopes = np.moveaxis(weights["alpha"], -1, 0) if value.channels_first else weights["alpha"]
    name = "alpha_first" if value.channels_first else "alpha"
    return value._replace(name=writer.add("PRelu", value.name, writer.weights(name, slopes)))


def _softmax(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    _require_last_axis(call.arguments, value)
    return writer.activated(value, "softmax")


def _padding(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    _require_channels_last(call.arguments)
    sides = _sides(call.arguments["padding"])
    pads = [0, 0, *(begin for begin, _end in sides), 0, 0, *(end for _begin, end in sides)]
    made = writer.add("Pad", writer.first(value), writer.numbers(pads, "int64"))
    assert call.output_shape is not None
    return _Value(made, call.output_shape, True)


def _cropping(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    _require_channels_last(call.arguments)
    sides = _sides(call.arguments["cropping"])
    ends = [length - end for (_begin, end), length in zip(sides, value.shape, strict=False)]
    bounds = [[begin for begin, _end in sides], ends, [*range(2, 2 + len(sides))]]
    made = writer.add("Slice", writer.first(value), *(writer.numbers(one, "int64") for one in bounds))
    assert call.output_shape is not None
    return _Value(made, call.output_shape, True)


def _sides(given: Any) -> list[tuple[int, int]]:
    return [(one[0], one[1]) for one in given]


_WAYS: dict[str, dict[str, Any]] = {
    "nearest": {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    "bilinear": {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
    "bicubic": {
        "mode": "cubic",
        "coordinate_transformation_mode": "half_pixel",
        "cubic_coeff_a": -0.5,
        "exclude_outside": 1,
    },
}
"""How TensorFlow enlarges, in ONNX' words."""


def _up_sampling(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    _require_channels_last(call.arguments)
    way = call.arguments.get("interpolation", "nearest")
    if way not in _WAYS:
        raise _NoOperationError
    scales = writer.numbers((1, 1, *call.arguments["size"]))
    made = writer.add("Resize", writer.first(value), "", scales, **_WAYS[way])
    assert call.output_shape is not None
    return _Value(made, call.output_shape, True)


def _reshape(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    """Flatten and Reshape: the values in Keras' order, but where that makes no difference."""
    shape = call.output_shape
    assert shape is not None
    plain = sum(length > 1 for length in value.shape) < 2
    given = value.name if plain else writer.last(value)
    if len(shape) == 1:
        return _Value(writer.add("Flatten", given), shape)
    return _Value(writer.add("Reshape", given, writer.numbers((0, *shape), "int64")), shape)


def _permute(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    assert call.output_shape is not None
    return _Value(writer.add("Transpose", writer.last(value), perm=(0, *call.arguments["dims"])), call.output_shape)


def _rescaling(writer: _Writer, call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    scale, offset = call.arguments["scale"], call.arguments.get("offset", 0.0)
    result = writer.add("Mul", value.name, writer.numbers(scale))
    return value._replace(name=writer.add("Add", result, writer.numbers(offset)) if offset else result)


def _nothing(_writer: _Writer, _call: KerasCall, value: _Value, _weights: Weights) -> _Value:
    return value


_OPERATIONS: dict[str, Callable[[_Writer, KerasCall, _Value, Weights], _Value]] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _conv),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed),
    **dict.fromkeys(("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"), _pooling("MaxPool")),
    **dict.fromkeys(("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"), _pooling("AveragePool")),
    **dict.fromkeys(
        ("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
        _global_pooling("GlobalAveragePool"),
    ),
    **dict.fromkeys(
        ("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"), _global_pooling("GlobalMaxPool")
    ),
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "GroupNormalization": _group_normalization,
    "Normalization": _normalization,
    "UnitNormalization": _unit_normalization,
    "EinsumDense": _channel_scale,
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "PReLU": _prelu,
    "Softmax": _softmax,
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"), _padding),
    **dict.fromkeys(("Cropping1D", "Cropping2D", "Cropping3D"), _cropping),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D", "UpSampling3D"), _up_sampling),
    **dict.fromkeys(("Flatten", "Reshape"), _reshape),
    "Permute": _permute,
    "Rescaling": _rescaling,
    "Identity": _nothing,
}
"""By the class in Keras, what writes it."""

_Function = Callable[[_Writer, str, int], str]


def _one(kind: str, **attributes: float) -> _Function:
    return lambda writer, x, _axis: writer.add(kind, x, **attributes)


def _along_axis(kind: str) -> _Function:
    return lambda writer, x, axis: writer.add(kind, x, axis=axis)


def _clipped(writer: _Writer, x: str, low: float, high: float) -> str:
    return writer.add("Clip", x, writer.numbers(low), writer.numbers(high))


def _gelu(writer: _Writer, x: str, _axis: int) -> str:
    inner = writer.add("Erf", writer.add("Div", x, writer.numbers(2**0.5)))
    half = writer.add("Mul", x, writer.numbers(0.5))
    return writer.add("Mul", half, writer.add("Add", inner, writer.numbers(1.0)))


def _log_sigmoid(writer: _Writer, x: str, _axis: int) -> str:
    return writer.add("Neg", writer.add("Softplus", writer.add("Neg", x)))


def _sparse_plus(writer: _Writer, x: str, _axis: int) -> str:
    """0 up to -1, x from 1 on, (x + 1)² / 4 between."""
    inner = writer.add("Add", _clipped(writer, x, -1.0, 1.0), writer.numbers(1.0))
    curve = writer.add("Mul", writer.add("Mul", inner, inner), writer.numbers(0.25))
    return writer.add("Max", curve, x)


def _squareplus(writer: _Writer, x: str, _axis: int) -> str:
    root = writer.add("Sqrt", writer.add("Add", writer.add("Mul", x, x), writer.numbers(4.0)))
    return writer.add("Mul", writer.add("Add", x, root), writer.numbers(0.5))


def _sparse_sigmoid(writer: _Writer, x: str, _axis: int) -> str:
    inner = writer.add("Add", _clipped(writer, x, -1.0, 1.0), writer.numbers(1.0))
    return writer.add("Mul", inner, writer.numbers(0.5))


def _times(function: _Function) -> _Function:
    return lambda writer, x, axis: writer.add("Mul", x, function(writer, x, axis))


def _tanh_of_softplus(writer: _Writer, x: str, _axis: int) -> str:
    return writer.add("Tanh", writer.add("Softplus", x))


_HARD_SIGMOID = _one("HardSigmoid", alpha=1 / 6, beta=0.5)

_FUNCTIONS: dict[str, _Function] = {
    "relu": _one("Relu"),
    "relu6": lambda writer, x, _axis: _clipped(writer, x, 0.0, 6.0),
    "leaky_relu": _one("LeakyRelu", alpha=0.2),
    "elu": _one("Elu", alpha=1.0),
    "selu": _one("Selu"),
    "celu": _one("Celu", alpha=1.0),
    "gelu": _gelu,
    "silu": _times(_one("Sigmoid")),
    "mish": _times(_tanh_of_softplus),
    "sigmoid": _one("Sigmoid"),
    "hard_sigmoid": _HARD_SIGMOID,
    "hard_silu": _times(_HARD_SIGMOID),
    "log_sigmoid": _log_sigmoid,
    "sparse_sigmoid": _sparse_sigmoid,
    "tanh": _one("Tanh"),
    "hard_tanh": lambda writer, x, _axis: _clipped(writer, x, -1.0, 1.0),
    "tanh_shrink": lambda writer, x, _axis: writer.add("Sub", x, writer.add("Tanh", x)),
    "hard_shrink": _one("Shrink", lambd=0.5, bias=0.0),
    "soft_shrink": _one("Shrink", lambd=0.5, bias=0.5),
    "softplus": _one("Softplus"),
    "softsign": _one("Softsign"),
    "sparse_plus": _sparse_plus,
    "squareplus": _squareplus,
    "exponential": _one("Exp"),
    "softmax": _along_axis("Softmax"),
    "log_softmax": _along_axis("LogSoftmax"),
}
"""Keras' activations, but for sparsemax, which would have to sort."""
