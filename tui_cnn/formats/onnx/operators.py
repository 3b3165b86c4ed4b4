"""Operators of ONNX as layers of ours: which says what.

An operator that is not here, or not with its settings, raises ForeignError and becomes an opaque layer. Images have
their channels first in ONNX; our order is kept in each tensor, so that a Transpose is most often nothing but another
way to count the axes.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from tui_cnn.core.layers import Layer
from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx.builder import Builder, Operator, size
from tui_cnn.formats.onnx.values import Constant, Dims, Symbol, Value
from tui_cnn.i18n import _

Pads = tuple[tuple[int, int], ...]
"""For each axis of an image: rows before it, and behind it."""


def convert(builder: Builder, operator: Operator, notes: Notes) -> Symbol:
    """Add what an operator is in our layers.

    Raises:
        ForeignError: we have no such layers.
    """
    if operator.kind not in _CONVERSIONS or not operator.version:
        raise ForeignError
    return _CONVERSIONS[operator.kind](builder, operator, notes)


class _Sliding:
    """The window of an operator: kernel, strides, dilations, and pads as they are for the input at hand."""

    def __init__(self, operator: Operator, places: Dims, kernel: Dims) -> None:
        count = len(places)
        self.kernel = kernel
        self.strides = tuple(operator.attributes.get("strides") or (1,) * count)
        self.dilations = tuple(operator.attributes.get("dilations") or (1,) * count)
        self.output = operator.dims[2:]
        pads = tuple(operator.attributes.get("pads") or (0,) * 2 * count)
        given = (kernel, self.strides, self.dilations, self.output)
        if count > 3 or any(len(one) != count for one in given) or len(pads) != 2 * count:
            raise ForeignError
        if min(*kernel, *self.strides, *self.dilations, *self.output) < 1 or min(pads) < 0:
            raise ForeignError
        self.reach = tuple((length - 1) * step + 1 for length, step in zip(kernel, self.dilations, strict=True))
        needed = [
            (out - 1) * stride + reach - length
            for out, stride, reach, length in zip(self.output, self.strides, self.reach, places, strict=True)
        ]
        if operator.attributes.get("auto_pad", "NOTSET") in ("SAME_UPPER", "SAME_LOWER"):
            lower = operator.attributes["auto_pad"] == "SAME_LOWER"
            totals = [max(0, total) for total in needed]
            self.pads: Pads = tuple((total // 2 + (total % 2) * lower, (total + 1 - lower) // 2) for total in totals)
        elif operator.attributes.get("auto_pad") == "VALID":
            self.pads = ((0, 0),) * count
        else:
            self.pads = tuple(zip(pads[:count], pads[count:], strict=True))
        self.beyond = tuple(max(0, total - begin) for total, (begin, _end) in zip(needed, self.pads, strict=True))
        """How far windows reach behind the image: less than its pads where they leave some rows out."""
        self.same = all(
            out == -(-length // stride) and begin == max(0, total) // 2 and behind == max(0, total) - begin
            for out, length, stride, total, (begin, _end), behind in zip(
                self.output, places, self.strides, needed, self.pads, self.beyond, strict=True
            )
        )
        """Whether they are what Keras pads with `same`: more behind where the number is odd."""
        self.sees_all = all(
            out == 1 and reach >= begin + length
            for out, reach, (begin, _end), length in zip(self.output, self.reach, self.pads, places, strict=True)
        )
        """Whether there is one window, and all of the image in it."""

    @property
    def is_inside(self) -> bool:
        """Whether no window reaches beyond the image."""
        return not any(begin for begin, _end in self.pads) and not any(self.beyond)

    @property
    def full_pads(self) -> Pads:
        """The pads, with what `ceil_mode` adds behind."""
        return tuple((begin, max(end, more)) for (begin, end), more in zip(self.pads, self.beyond, strict=True))


def _image(builder: Builder, operator: Operator) -> Symbol:
    """Return what goes in, as an image or the like with its channels last."""
    tensor = operator.tensor
    rank = len(tensor.dims or ())
    if rank < 3:
        raise ForeignError
    return builder.arranged(operator, tensor, (*range(2, rank), 1))


def _padded(builder: Builder, operator: Operator, image: Symbol, pads: Pads) -> Symbol:
    if not any(map(any, pads)):
        return image
    assert image.dims is not None
    spread = tuple(length + sum(pad) for length, pad in zip(image.dims[2:], pads, strict=True))
    return builder.layer(
        operator, f"ZeroPadding{len(pads)}D", image, (*image.dims[:2], *spread), suffix="_pad",
        padding=list(pads) if len(pads) > 1 else list(pads[0]), nonnegative=image.nonnegative
    )  # fmt: skip


def _convolution(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    image, weights = _image(builder, operator), operator.weights(1)
    assert image.dims is not None
    assert weights.dims is not None
    if len(weights.dims) != len(image.dims):
        raise ForeignError
    window = _Sliding(operator, image.dims[2:], weights.dims[2:])
    bias = operator.constant(2)
    settings: dict[str, Any] = {
        "kernel_size": window.kernel,
        "strides": window.strides,
        "dilation_rate": window.dilations,
        "padding": "same" if window.same and not window.is_inside else "valid",
        "use_bias": bias is not None,
    }
    if settings["padding"] == "valid" and not window.is_inside:
        image = _padded(builder, operator, image, window.full_pads)
    groups, channels, filters = operator.attributes.get("group", 1), operator.dims[1], weights.dims[0]
    assert image.dims is not None
    kind = f"Conv{len(window.kernel)}D"
    if groups == image.dims[1] > 1 and weights.dims[1] == 1 and filters % groups == 0:
        kind = f"DepthwiseConv{len(window.kernel)}D"
        settings["depth_multiplier"] = filters // groups
    else:
        settings |= {"filters": channels, **({"groups": groups} if groups != 1 else {})}
    arrays = [one for one in (weights, bias) if one is not None]
    return builder.layer(operator, kind, image, operator.dims, weights=arrays, **settings)


def _transposed(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """A transposed convolution; what its pads cut off is cut off by a layer of its own, unless it is that of `same`."""
    image, weights, bias = _image(builder, operator), operator.weights(1), operator.constant(2)
    assert image.dims is not None
    assert weights.dims is not None
    count, dims = len(image.dims) - 2, operator.dims
    strides = tuple(operator.attributes.get("strides") or (1,) * count)
    dilations = tuple(operator.attributes.get("dilations") or (1,) * count)
    kernel = weights.dims[2:]
    if operator.attributes.get("group", 1) != 1 or not len(kernel) == len(strides) == len(dilations) == count:
        raise ForeignError
    reach = [(length - 1) * step + 1 for length, step in zip(kernel, dilations, strict=True)]
    whole = [
        (length - 1) * stride + max(far, stride)
        for length, stride, far in zip(image.dims[2:], strides, reach, strict=True)
    ]
    extra = tuple(operator.attributes.get("output_padding") or (0,) * count)
    pads = tuple(operator.attributes.get("pads") or (0,) * 2 * count)
    if operator.attributes.get("output_shape") or operator.attributes.get("auto_pad", "NOTSET") != "NOTSET":
        upper = operator.attributes.get("auto_pad") == "SAME_UPPER"  # only then the odd row is at the end
        begins = [
            (max(0, (length - 1) * stride + more + far - out) + (not upper)) // 2
            for length, stride, more, far, out in zip(image.dims[2:], strides, extra, reach, dims[2:], strict=True)
        ]
    else:
        begins = list(pads[:count])
    cut = [(begin, full - begin - out) for begin, full, out in zip(begins, whole, dims[2:], strict=True)]
    if min(map(min, cut)) < 0 or weights.dims[1] != dims[1]:
        raise ForeignError
    arrays = [one for one in (weights, bias) if one is not None]
    settings: dict[str, Any] = {
        "filters": dims[1],
        "kernel_size": kernel,
        "strides": strides,
        "dilation_rate": dilations,
        "use_bias": bias is not None,
    }
    kind = f"Conv{count}DTranspose"
    same = all(
        begin == max(0, far - stride) // 2 and out == length * stride
        for (begin, _end), far, stride, out, length in zip(cut, reach, strides, dims[2:], image.dims[2:], strict=True)
    )
    if same or not any(map(any, cut)):
        padding = "same" if any(map(any, cut)) else "valid"
        return builder.layer(operator, kind, image, dims, weights=arrays, padding=padding, **settings)
    full = builder.layer(operator, kind, image, (*dims[:2], *whole), weights=arrays, **settings)
    return builder.layer(operator, f"Cropping{count}D", full, dims, suffix="_crop", cropping=_sides(cut))


def _sides(pads: Sequence[tuple[int, int]]) -> list[Any]:
    """One axis has two numbers, several have a pair each."""
    return list(pads) if len(pads) > 1 else list(pads[0])


def _pooling(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Pads are below all values for a maximum, and not counted for a mean: as `same` has it, but zeros are not."""
    image = _image(builder, operator)
    assert image.dims is not None
    window = _Sliding(operator, image.dims[2:], tuple(operator.attributes.get("kernel_shape") or ()))
    if set(window.dilations) != {1}:
        raise ForeignError
    largest, nonnegative = operator.kind == "MaxPool", image.nonnegative
    padding = "same" if window.same and not window.is_inside else "valid"
    counted = bool(operator.attributes.get("count_include_pad", 0)) and not largest
    if not window.is_inside and window.sees_all and not counted:
        kind = f"Global{'Max' if largest else 'Average'}Pooling{len(window.kernel)}D"
        return builder.layer(operator, kind, image, operator.dims, nonnegative=nonnegative, keepdims=True)
    if not window.is_inside and (padding == "valid" or counted):
        ends = zip(window.beyond, window.pads, strict=True)
        if not (nonnegative if largest else counted and all(more <= end for more, (_begin, end) in ends)):
            raise ForeignError
        padding, image = "valid", _padded(builder, operator, image, window.full_pads)
    kind = f"{'Max' if largest else 'Average'}Pooling{len(window.kernel)}D"
    return builder.layer(
        operator, kind, image, operator.dims, nonnegative=nonnegative, padding=padding,
        pool_size=window.kernel, strides=None if window.strides == window.kernel else window.strides
    )  # fmt: skip


def _global_pooling(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    image = _image(builder, operator)
    kind = f"Global{'Max' if 'Max' in operator.kind else 'Average'}Pooling{len(image.order) - 1}D"
    return builder.layer(operator, kind, image, operator.dims, nonnegative=image.nonnegative, keepdims=True)


def _reduction(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """The mean or the maximum over all places of an image."""
    tensor, axes = operator.tensor, operator.integers(1, "axes")
    assert tensor.dims is not None
    rank = len(tensor.dims)
    if not axes or not operator.attributes.get("noop_with_empty_axes", 0) == 0:
        raise ForeignError
    gone = {axis % rank for axis in axes}
    left = [axis for axis in range(1, rank) if axis not in gone]
    if 0 in gone or len(left) != 1 or rank not in (3, 4, 5):
        raise ForeignError
    tensor = builder.arranged(operator, tensor, (*sorted(gone), *left))
    kind = f"Global{'Max' if 'Max' in operator.kind else 'Average'}Pooling{len(gone)}D"
    keeps = bool(operator.attributes.get("keepdims", 1))
    return builder.layer(
        operator, kind, tensor, operator.dims, order=tensor.order if keeps else (1,),
        nonnegative=tensor.nonnegative, keepdims=keeps
    )  # fmt: skip


def _dense(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """A Gemm, or a MatMul with weights; other factors than 1 are a matter of the weights."""
    tensor, weights = operator.tensor, operator.weights(1)
    assert weights.dims is not None
    if len(weights.dims) != 2 or operator.attributes.get("transA", 0):
        raise ForeignError
    rank = len(tensor.dims or ())
    if tensor.order[-1] != rank - 1:
        tensor = builder.arranged(operator, tensor, tuple(range(1, rank)))
    bias = operator.constant(2) if operator.kind == "Gemm" else None
    arrays = [one for one in (weights, bias) if one is not None]
    return builder.layer(
        operator, "Dense", tensor, operator.dims, weights=arrays, units=operator.dims[-1], use_bias=bias is not None
    )


def _batch_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensor = _channels_last(builder, operator)
    if operator.attributes.get("spatial", 1) != 1:
        raise ForeignError
    arrays = [operator.weights(place) for place in (1, 2, 3, 4)]
    return builder.layer(
        operator, "BatchNormalization", tensor, operator.dims, weights=arrays,
        epsilon=operator.attributes.get("epsilon", 1e-5), momentum=operator.attributes.get("momentum", 0.9)
    )  # fmt: skip


def _instance_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Groups of one channel each; or those of GroupNormalization."""
    tensor = _channels_last(builder, operator)
    groups = operator.attributes.get("num_groups") or operator.dims[1]
    arrays = [operator.weights(place) for place in (1, 2)]
    epsilon = operator.attributes.get("epsilon", 1e-5)
    return builder.layer(
        operator, "GroupNormalization", tensor, operator.dims, weights=arrays, groups=groups, epsilon=epsilon
    )


def _layer_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensor = operator.tensor
    rank = len(tensor.dims or ())
    if operator.attributes.get("axis", -1) not in (-1, rank - 1):
        raise ForeignError
    if tensor.order[-1] != rank - 1:
        tensor = builder.arranged(operator, tensor, tuple(range(1, rank)))
    bias = operator.constant(2)
    arrays = [operator.weights(1), *([] if bias is None else [bias])]
    return builder.layer(
        operator, "LayerNormalization", tensor, operator.dims, weights=arrays, center=bias is not None,
        epsilon=operator.attributes.get("epsilon", 1e-5)
    )  # fmt: skip


def _local_response_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """ONNX divides alpha by the number of channels that are summed up, TensorFlow does not."""
    tensor = _channels_last(builder, operator)
    count = operator.attributes.get("size", 0)
    if count % 2 != 1:
        raise ForeignError
    return builder.layer(
        operator, "LocalResponseNormalization", tensor, operator.dims, nonnegative=tensor.nonnegative,
        depth_radius=count // 2, alpha=operator.attributes.get("alpha", 1e-4) / count,
        beta=operator.attributes.get("beta", 0.75), bias=operator.attributes.get("bias", 1.0)
    )  # fmt: skip


def _channels_last(builder: Builder, operator: Operator) -> Symbol:
    """Return what goes in, with axis 1 last."""
    tensor = operator.tensor
    if tensor.order[-1] == 1:
        return tensor
    rank = len(tensor.dims or ())
    return builder.arranged(operator, tensor, (*range(2, rank), 1))


def _plain(kind: str, *, nonnegative: bool = False, **settings: Any) -> Callable[..., Symbol]:
    """Make a conversion into a layer that has no settings of its own."""

    def conversion(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
        return _elementwise(builder, operator, kind, nonnegative=nonnegative, **settings)

    return conversion


def _elementwise(
    builder: Builder, operator: Operator, kind: str, *, nonnegative: bool = False, **settings: Any
) -> Symbol:
    tensor = operator.tensor
    return builder.layer(operator, kind, tensor, operator.dims, nonnegative=nonnegative, **settings)


def _leaky_relu(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return _elementwise(builder, operator, "LeakyReLU", negative_slope=operator.attributes.get("alpha", 0.01))


def _elu(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return _elementwise(builder, operator, "ELU", alpha=operator.attributes.get("alpha", 1.0))


def _thresholded(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    alpha = operator.attributes.get("alpha", 1.0)
    return _elementwise(builder, operator, "ReLU", nonnegative=True, threshold=alpha)


def _slopes(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """The slopes of a PReLU: one a value, a channel or the layer."""
    tensor, slopes = operator.tensor, operator.weights(1)
    assert slopes.dims is not None
    rank = len(tensor.dims or ())
    if len(slopes.dims) > rank:
        raise ForeignError
    own = (1,) * (rank - len(slopes.dims)) + slopes.dims
    shared = [place for place, axis in enumerate(tensor.order, start=1) if own[axis] == 1]
    return builder.layer(operator, "PReLU", tensor, operator.dims, weights=[slopes], shared_axes=shared or None)


_STANDARD: dict[str, tuple[str, dict[str, float]]] = {
    "Selu": ("selu", {"alpha": 1.67326319217681884765625, "gamma": 1.05070102214813232421875}),
    "Celu": ("celu", {"alpha": 1.0}),
    "HardSigmoid": ("hard_sigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "Swish": ("silu", {"alpha": 1.0}),
}
"""Functions that have settings in ONNX and none in Keras, and which those are."""
_USUAL = {"HardSigmoid": {"alpha": 0.2, "beta": 0.5}}


def _standard(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    name, wanted = _STANDARD[operator.kind]
    usual = _USUAL.get(operator.kind, wanted)
    if any(abs(operator.attributes.get(key, usual[key]) - value) > 1e-4 for key, value in wanted.items()):
        raise ForeignError
    return _elementwise(builder, operator, "Activation", activation=name, nonnegative=name == "hard_sigmoid")


def _gelu(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    if operator.attributes.get("approximate", "none") != "none":
        raise ForeignError
    return _elementwise(builder, operator, "Activation", activation="gelu")


def _shrink(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    bias, most = operator.attributes.get("bias", 0.0), operator.attributes.get("lambd", 0.5)
    if most != 0.5 or bias not in (0.0, 0.5):
        raise ForeignError
    return _elementwise(builder, operator, "Activation", activation="soft_shrink" if bias else "hard_shrink")


def _clip(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    low, high = operator.number(1, "min", -1e38), operator.number(2, "max", 1e38)
    if (low, high) == (-1, 1):
        return _elementwise(builder, operator, "Activation", activation="hard_tanh")
    if low != 0:
        raise ForeignError
    return _elementwise(builder, operator, "ReLU", nonnegative=True, max_value=high if high < 1e38 else None)


def _softmax(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Before version 13 it is over all axes from `axis` on."""
    tensor = operator.tensor
    assert tensor.dims is not None
    rank, new = len(tensor.dims), operator.version >= 13
    axis = operator.attributes.get("axis", -1 if new else 1) % rank
    if new and axis == 0:
        raise ForeignError
    if not new and prod(tensor.dims[axis:]) != tensor.dims[max(axis, 1)]:
        long = [place for place in range(axis, rank) if tensor.dims[place] > 1]
        if len(long) != 1:
            raise ForeignError
        axis = long[0]
    if tensor.order[-1] != axis:
        tensor = builder.arranged(operator, tensor, (*(one for one in tensor.order if one != axis), axis))
    if operator.kind == "LogSoftmax":
        return builder.layer(operator, "Activation", tensor, operator.dims, activation="log_softmax")
    return builder.layer(operator, "Softmax", tensor, operator.dims, nonnegative=True)


def _dropout(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensor = operator.tensor
    rate = operator.number(1, "ratio", 0.5)
    return builder.layer(operator, "Dropout", tensor, operator.dims, nonnegative=tensor.nonnegative, rate=rate)


def _pad(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    image = operator.tensor
    assert image.dims is not None
    rank = len(image.dims)
    pads = operator.integers(1, "pads") or operator.integers(1, "paddings") or ()
    axes = operator.integers(3, "axes")
    if operator.attributes.get("mode", "constant") != "constant" or operator.number(2, "value", 0.0):
        raise ForeignError
    places = [axis % rank for axis in axes] if axes else list(range(rank))
    if len(pads) != 2 * len(places):
        raise ForeignError
    sides = {axis: (pads[at], pads[at + len(places)]) for at, axis in enumerate(places)}
    return _with_sides(builder, operator, image, sides, zeros=True)


def _with_sides(
    builder: Builder, operator: Operator, image: Symbol, sides: dict[int, tuple[int, int]], *, zeros: bool
) -> Symbol:
    """Add rows at the sides of an image, or cut them off where they are below zero."""
    first = [sides.get(axis, (0, 0)) for axis in image.order[:-1]]
    if any(sides.get(image.order[-1], (0, 0))) or any(sides.get(0, (0, 0))) or len(image.order) not in (2, 3, 4):
        raise ForeignError
    count = len(first)
    if min(map(min, first)) >= 0 and zeros:
        kind, name, cut = f"ZeroPadding{count}D", "padding", first
    elif max(map(max, first)) <= 0:
        kind, name, cut = f"Cropping{count}D", "cropping", [(-begin, -end) for begin, end in first]
    else:
        raise ForeignError
    settings: dict[str, Any] = {name: _sides(cut)}
    return builder.layer(operator, kind, image, operator.dims, nonnegative=image.nonnegative, **settings)


def _slice(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """What is cut off at the sides of an image."""
    image = operator.tensor
    assert image.dims is not None
    starts, ends = operator.integers(1, "starts") or (), operator.integers(2, "ends") or ()
    axes, steps = operator.integers(3, "axes") or tuple(range(len(starts))), operator.integers(4, "steps") or (1,)
    if set(steps) != {1} or not len(starts) == len(ends) == len(axes):
        raise ForeignError
    sides = {}
    for start, end, given in zip(starts, ends, axes, strict=True):
        axis = given % len(image.dims)
        begin, stop, _step = slice(start, end).indices(image.dims[axis])
        sides[axis] = -begin, stop - image.dims[axis]
    if not any(map(any, sides.values())):
        return image
    return _with_sides(builder, operator, image, sides, zeros=False)


def _resize(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Enlarging by whole factors, in those of ONNX' ways that are Keras': repeating, or between the cells' middles."""
    image = _image(builder, operator)
    assert image.dims is not None
    factors = [out / length for out, length in zip(operator.dims, image.dims, strict=True)]
    whole = [round(factor) for factor in factors]
    if factors != whole or whole[:2] != [1, 1] or len(whole) not in (3, 4, 5):
        raise ForeignError
    mode = operator.attributes.get("mode", "nearest")
    grid = operator.attributes.get("coordinate_transformation_mode", "half_pixel")
    nearest = operator.attributes.get("nearest_mode", "round_prefer_floor")
    if operator.kind == "Upsample" or operator.version < 11:
        grid, nearest = "asymmetric", "floor"
    settings: dict[str, Any] = {"size": whole[2:]}
    middles = grid in ("half_pixel", "pytorch_half_pixel")
    repeats = (middles and nearest == "round_prefer_floor") or (grid == "asymmetric" and nearest == "floor")
    if mode in ("linear", "bilinear") and middles and len(whole) == 4:
        settings["interpolation"] = "bilinear"
    elif mode != "nearest" or not repeats:
        raise ForeignError
    if len(whole) == 3:
        settings["size"] = whole[2]
    kind = f"UpSampling{len(whole) - 2}D"
    return builder.layer(operator, kind, image, operator.dims, nonnegative=image.nonnegative, **settings)


def _transpose(_builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Another way to count the same axes."""
    tensor = operator.tensor
    rank = len(tensor.dims or ())
    way = tuple(operator.attributes.get("perm") or range(rank - 1, -1, -1))
    if sorted(way) != list(range(rank)) or way[0] != 0:
        raise ForeignError
    return tensor._replace(dims=operator.dims, order=tuple(way.index(axis) for axis in tensor.order))


def _same(_builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return operator.tensor._replace(kind=operator.outputs[0][1])


def _reshape(builder: Builder, operator: Operator, notes: Notes) -> Symbol:
    """Reshape, Flatten, Squeeze and Unsqueeze: the values in their order in other dimensions.

    Axes that are merged or split among themselves stay where they are in our order, too. To flatten an image gives the
    same numbers in our order as in that of ONNX, but in other places.
    """
    tensor, dims = operator.tensor, operator.dims
    assert tensor.dims is not None
    if dims[0] != tensor.dims[0] or len(dims) < 2 or prod(dims) != prod(tensor.dims) or min(dims) < 1:
        raise ForeignError
    if len(dims) == 2:
        return _flattened(builder, operator, tensor, notes)
    groups = _groups(tensor.dims[1:], dims[1:])
    place_of = {axis + 1: at for at, (axes, _new) in enumerate(groups) for axis in axes}
    long = [axis for axis in tensor.order if tensor.dims[axis] > 1]
    sequence = list(dict.fromkeys(place_of[axis] for axis in long))
    wanted = [axis + 1 for at in sequence for axis in groups[at][0] if tensor.dims[axis + 1] > 1]
    if wanted != long:
        ones = [axis for axis in tensor.order if tensor.dims[axis] == 1]
        tensor = builder.arranged(operator, tensor, (*ones, *wanted))
    made = [axis + 1 for at in sequence for axis in groups[at][1] if dims[axis + 1] > 1]
    order = _order_with(made, dims)
    shape = [dims[axis] for axis in order]
    if tuple(shape) == tensor.shape:
        return tensor._replace(dims=dims, order=order)
    return builder.layer(
        operator, "Reshape", tensor, dims, order=order, nonnegative=tensor.nonnegative, target_shape=shape
    )


def _flattened(builder: Builder, operator: Operator, tensor: Symbol, notes: Notes) -> Symbol:
    dims = operator.dims
    assert tensor.dims is not None
    if tensor.shape == dims[1:]:
        return tensor._replace(dims=dims, order=(1,))
    if operator.uses[0] == 1 and (above := builder.made_by(tensor)) is not None and hasattr(above[0], "keepdims"):
        channels = tensor._replace(dims=dims, order=(1,))
        try:
            return builder.extended(channels, above[1], None, keepdims=False)._replace(nonnegative=tensor.nonnegative)
        except ForeignError:
            pass
    long = [axis for axis in tensor.order if tensor.dims[axis] > 1]
    if long != sorted(long):
        notes.add(
            _("flattened in another order than in ONNX; weights behind it need their rows reordered"), operator.name
        )
    return builder.layer(operator, "Flatten", tensor, dims, order=(1,), nonnegative=tensor.nonnegative)


def _groups(old: Dims, new: Dims) -> list[tuple[list[int], list[int]]]:
    """Find which axes become which, from the left: the fewest of both that have as many values."""
    groups: list[tuple[list[int], list[int]]] = []
    left, right = list(enumerate(old)), list(enumerate(new))
    while left or right:
        axes, made = [], []
        one = other = 1
        while left or right:
            if (one <= other and left) or not right:
                axis, length = left.pop(0)
                axes.append(axis)
                one *= length
            else:
                axis, length = right.pop(0)
                made.append(axis)
                other *= length
            if one == other and made and axes:
                break
        groups.append((axes, made))
    return groups


def _order_with(long: list[int], dims: Dims) -> Dims:
    """Put the axes of length 1 among those that have their order: channels last where that is possible."""
    rank = len(dims)
    for order in ((*range(2, rank), 1), tuple(range(1, rank))):
        if [axis for axis in order if dims[axis] > 1] == long:
            return order
    return (*(axis for axis in range(1, rank) if dims[axis] == 1), *long)


_MERGES = {"Add": "Add", "Sum": "Add", "Mul": "Multiply", "Max": "Maximum", "Min": "Minimum", "Mean": "Average",
           "Sub": "Subtract"}  # fmt: skip


def _arithmetic(builder: Builder, operator: Operator, notes: Notes) -> Symbol:
    """A merge of tensors; or a tensor and numbers: one for all, or one a channel."""
    tensors = [value for value in operator.inputs if isinstance(value, Symbol)]
    others = [value for value in operator.inputs if isinstance(value, Constant)]
    if not others:
        return _merged(builder, operator, tensors)
    if len(tensors) == len(others) == 1 and tensors[0].dims is not None and 0 not in tensors[0].order:
        first = isinstance(operator.inputs[0], Symbol)
        return _with_constant(builder, operator, tensors[0], others[0], first, notes)
    raise ForeignError


def _merged(builder: Builder, operator: Operator, tensors: Sequence[Symbol]) -> Symbol:
    if operator.kind not in _MERGES or any(one.dims is None or 0 in one.order for one in tensors):
        raise ForeignError
    if len(tensors) == 1:
        return tensors[0]
    largest = max(tensors, key=lambda one: prod(one.dims or ()))
    if len({len(one.order) for one in tensors}) > 1:
        raise ForeignError
    inputs = [builder.arranged(operator, one, largest.order) for one in tensors]
    result = builder.merge(operator, _MERGES[operator.kind], inputs)
    nonnegative = all(one.nonnegative for one in tensors) and operator.kind != "Sub"
    return result._replace(nonnegative=nonnegative)


def _with_constant(
    builder: Builder, operator: Operator, tensor: Symbol, other: Constant, first: bool, notes: Notes
) -> Symbol:
    assert tensor.dims is not None
    if operator.dims != tensor.dims:
        raise ForeignError
    if (number := other.scalar) is not None or size(other) == 1:
        if number is None:
            raise ForeignError
        return _with_number(builder, operator, tensor, number, first)
    if not _is_by_channel(tensor, other):
        raise ForeignError
    alone = operator.uses[0 if first else 1] == 1
    above = builder.made_by(tensor) if alone else None
    if operator.kind == "Add" or (operator.kind == "Sub" and first):
        for field, off in (("use_bias", False), ("center", False)):
            if above is not None and getattr(above[0], field, None) is off and _may_shift(above[0]):
                try:
                    return builder.extended(tensor, above[1], other, **{field: True})
                except ForeignError:
                    pass
        return _normalization(builder, operator, tensor, other, notes)
    if operator.kind == "Mul" or (operator.kind == "Div" and first):
        return builder.layer(operator, "ChannelScale", tensor, operator.dims, weights=[other], center=False)
    raise ForeignError


def _may_shift(layer: Layer) -> bool:
    return layer.kernel_kind != "none" or type(layer).__name__ == "ChannelScale"


def _is_by_channel(tensor: Symbol, other: Constant) -> bool:
    """Whether a constant has a number for each length of the axis that is our last."""
    if other.dims is None or tensor.dims is None or len(other.dims) > len(tensor.dims):
        return False
    own = (1,) * (len(tensor.dims) - len(other.dims)) + other.dims
    channels = tensor.order[-1]
    return own[channels] == tensor.dims[channels] and prod(own) == own[channels]


def _with_number(builder: Builder, operator: Operator, tensor: Symbol, number: float, first: bool) -> Symbol:
    match operator.kind:
        case "Add":
            scale, offset = 1.0, number
        case "Sub":
            scale, offset = (1.0, -number) if first else (-1.0, number)
        case "Mul":
            scale, offset = number, 0.0
        case "Div" if first and abs(number) > 1e-30:
            scale, offset = 1 / number, 0.0
        case "Max" if number == 0:
            return builder.layer(operator, "ReLU", tensor, operator.dims, nonnegative=True)
        case _:
            raise ForeignError
    if (scale, offset) == (1.0, 0.0):
        return tensor
    return builder.layer(operator, "Rescaling", tensor, operator.dims, scale=scale, offset=offset)


def _normalization(builder: Builder, operator: Operator, tensor: Symbol, other: Constant, notes: Notes) -> Symbol:
    """A known shift of each channel, such as the mean of the data."""
    sign = 1 if operator.kind == "Sub" else -1
    if other.values is None:
        raise ForeignError
    means = [sign * float(value) for value in other.values]
    result = builder.layer(operator, "Normalization", tensor, operator.dims, mean=means, variance=[1.0] * len(means))
    notes.add(_("constants are settings, not parameters"), operator.name)
    return result


def _negated(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    return _elementwise(builder, operator, "Rescaling", scale=-1.0)


def _concat(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensors: list[Value | None] = list(operator.inputs)
    inputs = [one for one in tensors if isinstance(one, Symbol)]
    if len(inputs) < len(tensors) or any(one.dims is None or 0 in one.order for one in inputs):
        raise ForeignError
    if len(inputs) == 1:
        return inputs[0]
    first = operator.tensor
    axis = operator.attributes.get("axis", 1) % len(first.dims or ())
    if axis == 0 or len({len(one.order) for one in inputs}) > 1:
        raise ForeignError
    inputs = [builder.arranged(operator, one, first.order) for one in inputs]
    place = first.order.index(axis) + 1
    result = builder.merge(operator, "Concatenate", inputs, -1 if place == len(first.order) else place)
    return result._replace(nonnegative=all(one.nonnegative for one in inputs))


_CONVERSIONS: dict[str, Callable[[Builder, Operator, Notes], Symbol]] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "MaxPool": _pooling,
    "AveragePool": _pooling,
    "GlobalAveragePool": _global_pooling,
    "GlobalMaxPool": _global_pooling,
    "ReduceMean": _reduction,
    "ReduceMax": _reduction,
    "Gemm": _dense,
    "MatMul": _dense,
    "BatchNormalization": _batch_normalization,
    "InstanceNormalization": _instance_normalization,
    "GroupNormalization": _instance_normalization,
    "LayerNormalization": _layer_normalization,
    "LRN": _local_response_normalization,
    "Relu": _plain("ReLU", nonnegative=True),
    "LeakyRelu": _leaky_relu,
    "PRelu": _slopes,
    "Elu": _elu,
    "ThresholdedRelu": _thresholded,
    "Clip": _clip,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Gelu": _gelu,
    "Shrink": _shrink,
    **dict.fromkeys(_STANDARD, _standard),
    "Sigmoid": _plain("Activation", activation="sigmoid", nonnegative=True),
    "Tanh": _plain("Activation", activation="tanh"),
    "Softplus": _plain("Activation", activation="softplus", nonnegative=True),
    "Softsign": _plain("Activation", activation="softsign"),
    "HardSwish": _plain("Activation", activation="hard_silu"),
    "Mish": _plain("Activation", activation="mish"),
    "Exp": _plain("Activation", activation="exponential", nonnegative=True),
    "Neg": _negated,
    "Dropout": _dropout,
    "Identity": _same,
    "Cast": _same,
    "Pad": _pad,
    "Slice": _slice,
    "Resize": _resize,
    "Upsample": _resize,
    "Transpose": _transpose,
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze"), _reshape),
    "Concat": _concat,
    **dict.fromkeys((*_MERGES, "Div"), _arithmetic),
}
"""By type of the operator, what adds its layers."""


def gives_channels_first(kind: str, attributes: dict[str, Any]) -> bool | None:
    """Say whether images that go into an operator have their channels first; None where it does not matter."""
    if kind == "Transpose":
        way = list(attributes.get("perm") or ())
        rank = len(way)
        if way == [0, *range(2, rank), 1]:
            return True
        return False if way == [0, rank - 1, *range(1, rank - 1)] else None
    if kind in _CHANNELS_FIRST:
        return True
    return False if kind in ("MatMul", "Gemm", "LayerNormalization") else None


_CHANNELS_FIRST = (
    *("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization"),
    *("InstanceNormalization", "GroupNormalization", "LRN", "PRelu", "Upsample", "DepthToSpace", "SpaceToDepth"),
)
