"""What a number of a layer is made of: the numbers that go in, each with its weight and the place it comes from."""

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.core.layers import (
    BatchNormalization,
    Permute,
    Rescaling,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
)
from tui_cnn.core.layers.base import Layer, positions
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.receptive_field import SAME_CELL
from tui_cnn.core.shape import Shape

Floats = npt.NDArray[np.float64]
Cell = tuple[int, ...]
"""A place in an array of a layer: (row, column, channel), or (feature,)."""

PADDING, ABSENT = -1, -2
_LARGE_SCORE = 50.0
"""Of larger scores the largest is taken away before e is raised to their power, which changes no share."""

Rule = Literal["sum", "mean", "maximum", "minimum", "product", "difference", "copy", "normalize", "softmax"]
"""How one number is made of the terms. `sum`: of the products, and a bias. `softmax`: e to the power of each."""


class Terms(NamedTuple):
    """The numbers that one number is made of, in groups: those of one input channel, or one term each.

    Attributes:
        values: (groups, *taps): the numbers that go in; padding is 0, or NaN where it does not count.
        weights: what each is multiplied by, of the same shape; None: by nothing.
        cells: (groups, *taps, axes): the cell of the input that each comes from; `PADDING` in all axes of what is no
            cell, `ABSENT` in an axis that this input has not.
        inputs: (groups,): the number of the input, where a layer merges several.
        numbers: (groups,): the number of the channel, the unit or the branch.
        rule: how they become one.
        constants: further numbers by their names, such as `bias`.
    """

    values: Floats
    weights: Floats | None
    cells: npt.NDArray[np.int64]
    inputs: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    rule: Rule
    constants: dict[str, float]

    @property
    def counted(self) -> npt.NDArray[np.bool_]:
        """Which of them are numbers of the input, not padding, (groups, *taps)."""
        return np.asarray((self.cells != PADDING).all(axis=-1))

    @property
    def products(self) -> Floats:
        """What each term gives to the whole, (groups, *taps)."""
        with np.errstate(all="ignore"):  # the weights of a training that diverged
            if self.rule == "softmax":
                return np.asarray(np.exp(self.values - self.constants["less"]))
            products = self.values if self.weights is None else self.values * self.weights
            return products / np.count_nonzero(self.counted) if self.rule == "mean" else products

    @property
    def sums(self) -> Floats:
        """What each group gives to the whole, (groups,): its largest or smallest where one is taken."""
        neutral = {"maximum": -np.inf, "minimum": np.inf}.get(self.rule, 0.0)
        products = np.where(self.counted, self.products, neutral).reshape(len(self.values), -1)
        if self.rule == "maximum":
            return np.asarray(products.max(axis=1))
        return np.asarray(products.min(axis=1) if self.rule == "minimum" else products.sum(axis=1))

    def total(self) -> float:
        """Make one number of them, before an activation."""
        sums, known = self.sums, self.constants
        match self.rule:
            case "sum" | "mean":
                return float(sums.sum()) + known.get("bias", 0.0)
            case "maximum":
                return float(sums.max())
            case "minimum":
                return float(sums.min())
            case "product":
                return float(sums.prod())
            case "difference":
                return float(sums[0] - sums[1])
            case "normalize":
                spread = float(np.sqrt(known["variance"] + known["epsilon"]))
                return (float(sums[0]) - known["mean"]) / spread * known["gamma"] + known["beta"]
            case "softmax":
                return float(sums[int(known["unit"])] / sums.sum())
            case "copy":
                return float(sums[0])


Weights = dict[str, npt.NDArray[Any]]


def terms_of(layer: Layer, inputs: list[npt.NDArray[Any]], weights: Weights, cell: Cell) -> Terms | None:
    """Take apart a number of a layer as it is before its activation; None: that is not written out for this layer.

    Args:
        layer: the layer, channels last.
        inputs: what goes in, one array for each input, without the batch.
        weights: by the names that the inspector has for them.
        cell: the place of the number in the output.
    """
    image = inputs[0]
    if isinstance(layer, MergingLayer):
        return _merged(layer, inputs, cell)
    if layer.kernel_kind != "none":
        return _weighted(layer, image, weights, cell)
    if layer.family == "pooling":
        return _pooled(layer, image, cell)
    kernel = weights.get("kernel")
    if kernel is not None and kernel.shape == image.shape[-1:]:  # a factor for each channel
        return _one(image, cell, weight=float(kernel[cell[-1]]), constants=_bias(weights, cell))
    match layer:
        case BatchNormalization(axis=axis):
            return _normalized(layer, image, weights, cell, cell[positions((axis,), image.shape)[0]])
        case Rescaling():
            return _one(image, cell, weight=layer.scale, constants={"bias": layer.offset})
    source = _moved(layer, image.shape, cell)
    if source is None:
        return None
    return _one(image, source) if min(source) >= 0 else _padding(len(source))


def softmax_terms(layer: Layer, scores: npt.NDArray[Any], cell: Cell) -> Terms:
    """Take apart a number of a softmax along the axes of `layer`, or the last one; `scores` is what goes in."""
    axes = positions(getattr(layer, "axis", (-1,)), scores.shape)
    sides = np.indices([scores.shape[axis] for axis in axes]).reshape(len(axes), -1)
    cells = np.tile(np.array(cell), (sides.shape[1], 1))
    cells[:, axes] = sides.T
    unit = int(np.flatnonzero((cells == np.array(cell)).all(axis=1))[0])
    values = np.asarray(scores[tuple(cells.T)], np.float64)
    less = float(values.max()) if np.abs(values).max() > _LARGE_SCORE else 0.0
    return _groups(values, None, cells, "softmax", {"unit": float(unit), "less": less})


def _bias(weights: Weights, cell: Cell) -> dict[str, float]:
    return {"bias": float(weights["bias"][cell[-1]])} if "bias" in weights else {}


def _weighted(layer: Layer, image: npt.NDArray[Any], weights: Weights, cell: Cell) -> Terms | None:
    """Products with a kernel: those of each input channel are a group."""
    bias = _bias(weights, cell)
    place, unit = cell[:-1], cell[-1]
    if layer.kernel_kind == "dense":
        lines = np.arange(image.shape[-1])
        cells = np.column_stack([np.tile(np.array(place, np.int64), (len(lines), 1)), lines])
        return _groups(image[place], weights["kernel"][:, unit], cells, "sum", bias)
    if layer.window is None:
        return None
    patch, cells = _patch(layer, image, place)
    if layer.kernel_kind == "convolution":
        depth = weights["kernel"].shape[-2]
        first = unit // (weights["kernel"].shape[-1] // (image.shape[-1] // depth)) * depth
        kernel = weights["kernel"][..., unit]
        patch, cells = patch[..., first : first + depth], cells[..., first : first + depth, :]
        numbers = np.arange(first, first + depth)
    elif layer.kernel_kind == "depthwise":
        multiplier = weights["kernel"].shape[-1]
        channel = unit // multiplier
        kernel = weights["kernel"][..., channel, unit % multiplier][..., np.newaxis]
        patch, cells = patch[..., channel : channel + 1], cells[..., channel : channel + 1, :]
        numbers = np.array([channel])
    elif layer.kernel_kind == "separable":
        flat = weights["depthwise_kernel"]
        mixing = weights["pointwise_kernel"].reshape(*flat.shape[-2:], -1)[..., unit]
        kernel = (flat.astype(np.float64) * mixing).sum(axis=-1)
        numbers = np.arange(image.shape[-1])
    else:
        return None
    axis = patch.ndim - 1
    return Terms(
        np.moveaxis(patch, axis, 0).astype(np.float64),
        np.moveaxis(kernel, axis, 0).astype(np.float64),
        np.moveaxis(cells, axis, 0),
        np.zeros(len(numbers), np.int64),
        numbers,
        "sum",
        bias,
    )


def _patch(
    layer: Layer, image: npt.NDArray[Any], place: Cell, padding: float = 0.0
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the numbers under the window, (*taps, channels), and the cells of each, (*taps, channels, axes)."""
    assert layer.window is not None
    return _picked(image, [np.array(taps) for taps in layer.window.taps(image.shape, place)], padding)


def _picked(
    image: npt.NDArray[Any], lines: list[npt.NDArray[np.int64]], padding: float = 0.0
) -> tuple[Floats, npt.NDArray[np.int64]]:
    grid = np.stack(np.meshgrid(*lines, np.arange(image.shape[-1]), indexing="ij"), axis=-1)
    inside = ((grid >= 0) & (grid < np.array(image.shape))).all(axis=-1)
    values = np.full(inside.shape, padding)
    values[inside] = image[tuple(grid[inside].T)]
    grid[~inside] = PADDING
    return values, grid


def _pooled(layer: Layer, image: npt.NDArray[Any], cell: Cell) -> Terms | None:
    """One window of one channel; a window beyond the border has fewer numbers."""
    channel, sides = cell[-1], image.shape[:-1]
    rule: Rule = "mean" if layer.is_linear else "maximum"
    *places, pooled = layer.output_shape(image.shape)
    if tuple(places) == sides and pooled < image.shape[-1]:  # across the channels of a place
        size = image.shape[-1] // pooled
        channels = np.arange(channel * size, (channel + 1) * size)
        cells = np.column_stack([np.tile(np.array(cell[:-1]), (len(channels), 1)), channels])
        return _groups(image[cell[:-1]][channels], None, cells, rule)
    if layer.window is not None:
        values, cells = _patch(layer, image, cell[:-1], np.nan)
    elif layer.flattens:
        values, cells = _picked(image, [np.arange(side) for side in sides])
    elif target := getattr(layer, "output_size", None):
        axes = zip(sides, target, cell, strict=False)
        values, cells = _picked(image, [np.arange(i * n // m, -(-(i + 1) * n // m)) for n, m, i in axes])
    else:
        return None
    return Terms(
        values[..., channel][np.newaxis],
        None,
        cells[..., channel, :][np.newaxis],
        np.zeros(1, np.int64),
        np.array([channel]),
        rule,
        {},
    )


def _normalized(layer: BatchNormalization, image: npt.NDArray[Any], weights: Weights, cell: Cell, place: int) -> Terms:
    """`axis` of the layer says which channel's mean and variance count."""
    names = {"mean": "moving_mean", "variance": "moving_variance", "gamma": "gamma", "beta": "beta"}
    known = {name: float(weights[key][place]) for name, key in names.items() if key in weights}
    constants = {"gamma": 1.0, "beta": 0.0, "epsilon": layer.epsilon} | known
    return _one(image, cell, constants=constants)._replace(rule="normalize")


_MERGES: dict[str, Rule] = {
    "add": "sum",
    "average": "mean",
    "multiply": "product",
    "maximum": "maximum",
    "minimum": "minimum",
    "subtract": "difference",
}


def _merged(layer: MergingLayer, inputs: list[npt.NDArray[Any]], cell: Cell) -> Terms:
    """A number of each input; where one is shorter along an axis, it is repeated along it."""
    if len(inputs) > 1 and layer.merge == "concatenate":
        axis = layer.axis - 1 if layer.axis > 0 else layer.axis + len(cell)
        begin = 0
        for number, each in enumerate(inputs):
            if cell[axis] < begin + each.shape[axis]:
                here = (*cell[:axis], cell[axis] - begin, *cell[axis + 1 :])
                return _one(each, here)._replace(inputs=np.array([number]), numbers=np.array([number]))
            begin += each.shape[axis]
    cells = np.full((len(inputs), len(cell)), ABSENT)
    values = np.empty(len(inputs))
    for number, each in enumerate(inputs):
        here = tuple(0 if side == 1 else place for side, place in zip(each.shape[::-1], cell[::-1], strict=False))[::-1]
        values[number], cells[number, len(cell) - len(here) :] = each[here], here
    rule = "copy" if len(inputs) == 1 else _MERGES[layer.merge]
    return _groups(values, None, cells, rule)._replace(inputs=np.arange(len(inputs)))


def _moved(layer: Layer, shape: Shape, cell: Cell) -> Cell | None:
    """Find the cell of the input that a layer only passes on; `PADDING`: it is none; None: the layer does more."""
    output = layer.output_shape(shape)
    if layer.is_reshaping:
        return tuple(map(int, np.unravel_index(np.ravel_multi_index(cell, output), shape)))
    match layer:
        case UpSampling1D() | UpSampling2D(interpolation="nearest") | UpSampling3D():
            size = (layer.size,) if isinstance(layer.size, int) else layer.size
            return (*(place // factor for place, factor in zip(cell, size, strict=False)), cell[-1])
        case Permute(dims=dims):
            return tuple(cell[dims.index(axis + 1)] for axis in range(len(shape)))
    for name, sign in (("padding", -1), ("cropping", 1)):
        if layer.family == "reshaping" and (ends := getattr(layer, name, None)):
            befores = [ends[0]] if isinstance(ends[0], int) else [before for before, _after in ends]
            here = tuple(place + sign * before for place, before in zip(cell, befores, strict=False))
            inside = all(0 <= place < side for place, side in zip(here, shape, strict=False))
            return (*here, cell[-1]) if inside else (PADDING,) * len(cell)
    idle = layer.family in ("regularization", "activation")
    idle |= layer.family == "augmentation" and not layer.works_in_inference
    same = output == shape and layer.receptive_field_map(shape) == SAME_CELL
    return cell if idle and (same or layer.family != "augmentation") else None


def _groups(
    values: npt.NDArray[Any],
    weights: npt.NDArray[Any] | None,
    cells: npt.NDArray[np.int64],
    rule: Rule,
    constants: dict[str, float] | None = None,
) -> Terms:
    """Make a group of each number: `values` and `weights` (groups,), `cells` (groups, axes)."""
    count = len(values)
    return Terms(
        np.asarray(values, np.float64).reshape(count, 1),
        None if weights is None else np.asarray(weights, np.float64).reshape(count, 1),
        cells.reshape(count, 1, -1),
        np.zeros(count, np.int64),
        np.arange(count),
        rule,
        constants or {},
    )


def _one(
    image: npt.NDArray[Any], cell: Cell, *, weight: float | None = None, constants: dict[str, float] | None = None
) -> Terms:
    """One number, passed on or multiplied."""
    weights = None if weight is None else np.array([weight])
    terms = _groups(np.array([image[cell]]), weights, np.array([cell]), "copy" if weight is None else "sum", constants)
    return terms._replace(numbers=np.array([cell[-1]]))


def _padding(axes: int) -> Terms:
    """A number that is padding: zero, from nowhere."""
    return _groups(np.zeros(1), None, np.full((1, axes), PADDING), "copy")
