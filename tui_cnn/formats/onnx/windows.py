"""Operators with a window that slides over an image, and those that pad, cut or enlarge it."""

from typing import Any

from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx.builder import Builder, Conversion, Operator
from tui_cnn.formats.onnx.values import Constant, Dims, Symbol, Weight, plain_weight

Pads = tuple[tuple[int, int], ...]
"""For each axis of an image: rows before it, and behind it."""


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
        padding=pads, nonnegative=image.nonnegative
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
    arrays = [_kernel(weights, image.dims[1] if kind.startswith("Depthwise") else 0), *_biases(bias)]
    return builder.layer(operator, kind, image, operator.dims, weights=arrays, **settings)


def _kernel(weights: Constant, channels: int = 0) -> Weight:
    """Return a kernel as it lies in Keras; that of a depthwise convolution on so many channels, if any are given."""
    assert weights.dims is not None
    filters, others, *size = weights.dims
    places = tuple(range(2, 2 + len(size)))
    if not channels:
        return Weight(weights, weights.dims, (*places, 1, 0), (*size, others, filters))
    dims = (channels, filters // channels, *size)
    return Weight(weights, dims, (*places, 0, 1), (*size, *dims[:2]))


def _biases(bias: Constant | None) -> list[Weight]:
    return [] if bias is None else [plain_weight(bias, (0,))]


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
    arrays = [_kernel(weights), *_biases(bias)]
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
    return builder.layer(operator, f"Cropping{count}D", full, dims, suffix="_crop", cropping=cut)


def _pooling(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Pads are below all values for a maximum, and not counted for a mean, unless it says so; zeros are counted."""
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
        if not largest and not (counted and all(more <= end for more, (_begin, end) in ends)):
            return _padded_average(builder, operator, image, window, counted=counted)
        if largest and not nonnegative:
            raise ForeignError
        padding, image = "valid", _padded(builder, operator, image, window.full_pads)
    kind = f"{'Max' if largest else 'Average'}Pooling{len(window.kernel)}D"
    return builder.layer(
        operator, kind, image, operator.dims, nonnegative=nonnegative, padding=padding,
        pool_size=window.kernel, strides=None if window.strides == window.kernel else window.strides
    )  # fmt: skip


def _padded_average(builder: Builder, operator: Operator, image: Symbol, window: _Sliding, *, counted: bool) -> Symbol:
    """A mean that does not count what is outside: pads, or what `ceil_mode` adds behind pads that are counted."""
    pads, most = window.pads, [((size - 1) // 2, size // 2) for size in window.kernel]
    if counted:
        image = _padded(builder, operator, image, pads)
        sides = [(0, max(0, more - end)) for more, (_begin, end) in zip(window.beyond, pads, strict=True)]
    else:
        sides = [
            (begin, end if more <= end <= limit else more)
            for more, (begin, end), (_most, limit) in zip(window.beyond, pads, most, strict=True)
        ]
    if len(sides) != 2 or any(
        begin > first or end > last for (begin, end), (first, last) in zip(sides, most, strict=True)
    ):
        raise ForeignError
    return builder.layer(
        operator, "PaddedAveragePooling2D", image, operator.dims, nonnegative=image.nonnegative,
        pool_size=window.kernel, strides=window.strides, padding=sides
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
    settings: dict[str, Any] = {name: cut}
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
    kind = f"UpSampling{len(whole) - 2}D"
    return builder.layer(operator, kind, image, operator.dims, nonnegative=image.nonnegative, **settings)


CONVERSIONS: dict[str, Conversion] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "MaxPool": _pooling,
    "AveragePool": _pooling,
    "GlobalAveragePool": _global_pooling,
    "GlobalMaxPool": _global_pooling,
    "ReduceMean": _reduction,
    "ReduceMax": _reduction,
    "Pad": _pad,
    "Slice": _slice,
    "Resize": _resize,
    "Upsample": _resize,
}
