"""Layers of Keras as operators of ONNX: which writes what."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from tui_cnn.core.layers.base import KerasCall
from tui_cnn.core.shape import Shape
from tui_cnn.worker.onnx.functions import activated
from tui_cnn.worker.onnx.writer import Array, GraphWriter, LaidOut, NoOperationError

Arguments = Mapping[str, Any]
Weights = Mapping[str, Array]


def _pads(arguments: Arguments, shape: Shape, kernel: Shape, strides: Shape) -> list[int]:
    """What Keras pads with `same`: half of it before the image, rounded down."""
    if arguments.get("padding", "valid") == "valid":
        return [0] * 2 * len(kernel)
    if arguments["padding"] != "same":
        raise NoOperationError
    totals = [
        max(0, (-(-length // stride) - 1) * stride + (size - 1) * dilation + 1 - length)
        for length, stride, size, dilation in zip(
            shape, strides, kernel, _dilation(arguments, len(kernel)), strict=False
        )
    ]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def _dilation(arguments: Arguments, count: int) -> Shape:
    return tuple(arguments.get("dilation_rate") or (1,) * count)


def _convolution(
    writer: GraphWriter, call: KerasCall, value: LaidOut, kernel: Array, weights: Weights, *, groups: int, name: str
) -> LaidOut:
    """Convolve by a kernel that lies as in ONNX."""
    arguments, size = call.arguments, kernel.shape[2:]
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
    return LaidOut(made, call.output_shape, True)


def _conv(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    kernel, groups = np.moveaxis(weights["kernel"], (-1, -2), (0, 1)), call.arguments.get("groups", 1)
    made = _convolution(writer, call, value, kernel, weights, groups=groups, name="kernel")
    return activated(writer, made, call.arguments.get("activation", "linear"))


def _depthwise_kernel(kernel: Array) -> Array:
    """(height, width, channels, filters of each) as (filters, 1, height, width)."""
    return np.moveaxis(kernel, (-2, -1), (0, 1)).reshape(-1, 1, *kernel.shape[:-2])


def _depthwise(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    kernel = _depthwise_kernel(weights["kernel"])
    made = _convolution(writer, call, value, kernel, weights, groups=value.shape[-1], name="kernel")
    return activated(writer, made, call.arguments.get("activation", "linear"))


def _separable(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    flat = _depthwise_kernel(weights["depthwise_kernel"])
    between = _convolution(writer, call, value, flat, {}, groups=value.shape[-1], name="depthwise_kernel")
    mixing = np.moveaxis(weights["pointwise_kernel"], (-1, -2), (0, 1))
    plain = call._replace(arguments={})
    made = _convolution(writer, plain, between, mixing, weights, groups=1, name="pointwise_kernel")
    return activated(writer, made, call.arguments.get("activation", "linear"))


def _transposed(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    """With `same` Keras cuts off half of what reaches beyond, rounded down, before the image."""
    arguments, kernel = call.arguments, np.moveaxis(weights["kernel"], (-1, -2), (0, 1))
    size, shape = kernel.shape[2:], call.output_shape
    assert shape is not None
    strides, dilation = tuple(arguments.get("strides") or (1,) * len(size)), _dilation(arguments, len(size))
    if arguments.get("output_padding") is not None:
        raise NoOperationError
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
    return activated(writer, LaidOut(made, shape, True), arguments.get("activation", "linear"))


def _dense(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    assert call.output_shape is not None
    kernel = writer.weights("kernel", weights["kernel"])
    bias = [writer.weights("bias", weights["bias"])] if "bias" in weights else []
    if len(value.shape) == 1:
        made = writer.add("Gemm", value.name, kernel, *bias)
    else:
        made = writer.add("MatMul", writer.last(value), kernel)
        made = writer.add("Add", made, *bias) if bias else made
    return activated(writer, LaidOut(made, call.output_shape), call.arguments.get("activation", "linear"))


def _pooling(kind: str) -> Callable[..., LaidOut]:
    def operation(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
        arguments, size = call.arguments, tuple(call.arguments["pool_size"])
        strides = tuple(arguments.get("strides") or size)
        pads = _pads(arguments, value.shape, size, strides)
        made = writer.add(kind, writer.first(value), kernel_shape=size, strides=strides, pads=pads)
        assert call.output_shape is not None
        return LaidOut(made, call.output_shape, True)

    return operation


def _global_pooling(kind: str) -> Callable[..., LaidOut]:
    def operation(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
        made, channels = writer.add(kind, writer.first(value)), value.shape[-1]
        if call.arguments.get("keepdims"):
            return LaidOut(made, (*[1] * (len(value.shape) - 1), channels), True)
        return LaidOut(writer.add("Flatten", made), (channels,))

    return operation


def _batch_normalization(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
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


def _require_last_axis(arguments: Arguments, value: LaidOut) -> None:
    axis = arguments.get("axis", -1)
    if axis not in (-1, len(value.shape), (-1,), (len(value.shape),), [-1], [len(value.shape)]):
        raise NoOperationError


def _layer_normalization(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    _require_last_axis(call.arguments, value)
    gamma = weights.get("gamma", np.ones(value.shape[-1]))
    if call.arguments.get("rms_scaling"):
        return writer.scaled(_over_deviation(writer, value, call.arguments["epsilon"]), gamma, None, ("gamma", ""))
    arrays = [writer.weights("gamma", gamma)]
    arrays += [writer.weights("beta", weights["beta"])] if "beta" in weights else []
    epsilon = call.arguments["epsilon"]
    return LaidOut(writer.add("LayerNormalization", writer.last(value), *arrays, axis=-1, epsilon=epsilon), value.shape)


def _over_deviation(writer: GraphWriter, value: LaidOut, epsilon: float) -> LaidOut:
    """Divide each position's channels by sqrt(variance + epsilon); their mean stays."""
    place = writer.last(value)
    differences = writer.add("Sub", place, writer.add("ReduceMean", place, axes=(-1,), keepdims=1))
    variance = writer.add("ReduceMean", writer.add("Mul", differences, differences), axes=(-1,), keepdims=1)
    deviation = writer.add("Sqrt", writer.add("Add", variance, writer.numbers(epsilon)))
    return LaidOut(writer.add("Div", place, deviation), value.shape)


def _group_normalization(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
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


def _normalization(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
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


def _unit_normalization(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    _require_last_axis(call.arguments, value)
    axis = 1 if value.channels_first and len(value.shape) > 1 else -1
    squares = writer.add("Mul", value.name, value.name)
    total = writer.add("ReduceSum", squares, writer.numbers([axis], "int64"), keepdims=1)
    length = writer.add("Sqrt", writer.add("Max", total, writer.numbers(1e-12)))
    return value._replace(name=writer.add("Div", value.name, length))


def _local_response(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    """ONNX divides alpha by the number of channels that are summed up, TensorFlow does not."""
    given = call.arguments["arguments"]
    size = 2 * given["depth_radius"] + 1
    settings = {"size": size, "alpha": given["alpha"] * size, "beta": given["beta"], "bias": given["bias"]}
    return LaidOut(writer.add("LRN", writer.first(value), **settings), value.shape, True)


def _channel_scale(writer: GraphWriter, _call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    """An EinsumDense that multiplies each channel by a number, and nothing else."""
    if weights["kernel"].ndim != 1:
        raise NoOperationError
    return writer.scaled(value, weights["kernel"], weights.get("bias"), ("kernel", "bias"))


def _activation(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    return activated(writer, value, call.arguments["activation"])


def _relu(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
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


def _leaky_relu(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    return value._replace(name=writer.add("LeakyRelu", value.name, alpha=call.arguments["negative_slope"]))


def _elu(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    return value._replace(name=writer.add("Elu", value.name, alpha=call.arguments["alpha"]))


def _prelu(writer: GraphWriter, _call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    slopes = np.moveaxis(weights["alpha"], -1, 0) if value.channels_first else weights["alpha"]
    name = "alpha_first" if value.channels_first else "alpha"
    return value._replace(name=writer.add("PRelu", value.name, writer.weights(name, slopes)))


def _softmax(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    _require_last_axis(call.arguments, value)
    return activated(writer, value, "softmax")


def _padding(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    sides = _sides(call.arguments["padding"])
    pads = [0, 0, *(begin for begin, _end in sides), 0, 0, *(end for _begin, end in sides)]
    made = writer.add("Pad", writer.first(value), writer.numbers(pads, "int64"))
    assert call.output_shape is not None
    return LaidOut(made, call.output_shape, True)


def _cropping(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    sides = _sides(call.arguments["cropping"])
    ends = [length - end for (_begin, end), length in zip(sides, value.shape, strict=False)]
    bounds = [[begin for begin, _end in sides], ends, [*range(2, 2 + len(sides))]]
    made = writer.add("Slice", writer.first(value), *(writer.numbers(one, "int64") for one in bounds))
    assert call.output_shape is not None
    return LaidOut(made, call.output_shape, True)


def _sides(given: Any) -> list[tuple[int, int]]:
    return [(given[0], given[1])] if isinstance(given[0], int) else [(one[0], one[1]) for one in given]


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


def _up_sampling(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    way = call.arguments.get("interpolation", "nearest")
    if way not in _WAYS:
        raise NoOperationError
    scales = writer.numbers((1, 1, *call.arguments["size"]))
    made = writer.add("Resize", writer.first(value), "", scales, **_WAYS[way])
    assert call.output_shape is not None
    return LaidOut(made, call.output_shape, True)


def _reshape(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    """Flatten and Reshape: the values in Keras' order, but where that makes no difference."""
    shape = call.output_shape
    assert shape is not None
    plain = sum(length > 1 for length in value.shape) < 2
    given = value.name if plain else writer.last(value)
    if len(shape) == 1:
        return LaidOut(writer.add("Flatten", given), shape)
    return LaidOut(writer.add("Reshape", given, writer.numbers((0, *shape), "int64")), shape)


def _permute(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    assert call.output_shape is not None
    return LaidOut(writer.add("Transpose", writer.last(value), perm=(0, *call.arguments["dims"])), call.output_shape)


def _rescaling(writer: GraphWriter, call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    scale, offset = call.arguments["scale"], call.arguments.get("offset", 0.0)
    result = writer.add("Mul", value.name, writer.numbers(scale))
    return value._replace(name=writer.add("Add", result, writer.numbers(offset)) if offset else result)


def _nothing(_writer: GraphWriter, _call: KerasCall, value: LaidOut, _weights: Weights) -> LaidOut:
    return value


def _padded_average(writer: GraphWriter, layer: Any, value: LaidOut, shape: Shape) -> LaidOut:
    pads = [begin for begin, _end in layer.padding] + [end for _begin, end in layer.padding]
    settings = {"kernel_shape": layer.pool_size, "strides": layer.strides, "pads": pads}
    return LaidOut(writer.add("AveragePool", writer.first(value), **settings), shape, True)


WHOLE: dict[str, Callable[[GraphWriter, Any, LaidOut, Shape], LaidOut]] = {"PaddedAveragePooling2D": _padded_average}
"""By our own class, what writes a layer that ONNX has an operator for, while Keras needs several layers."""

OPERATIONS: dict[str, Callable[[GraphWriter, KerasCall, LaidOut, Weights], LaidOut]] = {
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
    "Lambda": _local_response,
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
