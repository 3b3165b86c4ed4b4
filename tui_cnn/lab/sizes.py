"""How large, how many, how far: the calculator of sizes, parameters and receptive fields."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tui_cnn.core.shape import Shape
from tui_cnn.lab.windows import Axis, lay


class Slide(NamedTuple):
    """A window along one axis: `f` taps, `p` zeros on each side or TensorFlow's `same`, steps of `s`, dilation `d`.

    A convolution has `filters`; `is_pooling` keeps the channels, and its window is not dilated.
    """

    f: int
    p: int | Literal["same"] = 0
    s: int = 1
    d: int = 1
    filters: int = 1
    is_pooling: bool = False

    @property
    def reach(self) -> int:
        """The pixels from the first tap to the last."""
        return (self.f - 1) * self.dilation + 1

    @property
    def dilation(self) -> int:
        """The distance between taps; 1 for pooling."""
        return 1 if self.is_pooling else self.d

    def size(self, n: int) -> int:
        """Return how many places it has on `n` pixels: floor((n + 2p - f) / s) + 1, or, same, ceil(n / s).

        Raises:
            WindowError: it has none.
        """
        return self.on(n).places

    def formula(self, n: int) -> str:
        """Fill in the size formula; f is what a dilated window reaches over."""
        if self.p == "same":
            return f"ceil({n} / {self.s}) = {self.size(n)}"
        return lay(n, self.reach, self.s, 1, self.p).formula()

    def on(self, n: int) -> Axis:
        """Lay it over `n` pixels.

        Raises:
            WindowError: it has no place.
        """
        return lay(n, self.f, self.s, self.dilation, self.p)


_WINDOW = re.compile(r"(pool)?(\d+)(?:(same)|p(\d+))?(?:s(\d+))?(?:d(\d+))?(?:c(\d+))?")


def read_windows(text: str) -> tuple[Slide, ...]:
    """Read `3c16,5s2,3p1,3samed2,pool2s2`: p, s, d and c (filters) where they are not 0, 1, 1 and 1."""
    slides = []
    for part in text.split(","):
        if match := _WINDOW.fullmatch(part):
            f, s, d, filters = (max(1, int(match[group] or 1)) for group in (2, 5, 6, 7))
            slides.append(Slide(f, "same" if match[3] else int(match[4] or 0), s, d, filters, bool(match[1])))
    return tuple(slides)


def write_windows(slides: Sequence[Slide]) -> str:
    """Write windows as they are read."""
    return ",".join(map(_written, slides))


def _written(slide: Slide) -> str:
    text = ("pool" if slide.is_pooling else "") + str(slide.f)
    text += "same" if slide.p == "same" else f"p{slide.p}" if slide.p else ""
    text += f"s{slide.s}" if slide.s != 1 else ""
    if slide.is_pooling:
        return text
    return text + (f"d{slide.d}" if slide.d != 1 else "") + (f"c{slide.filters}" if slide.filters != 1 else "")


class Link(NamedTuple):
    """A place in a chain of windows: its size, the receptive field of a cell, in pixels of the image, its channels."""

    size: int
    field: int
    step: int
    channels: int = 1

    @property
    def shape(self) -> Shape:
        """Height, width and channels."""
        return self.size, self.size, self.channels


def chain(n: int, slides: Sequence[Slide], channels: int = 1) -> tuple[Link, ...]:
    """Follow windows one after the other, the image first: 39 -> 37 -> 17 -> 7.

    Raises:
        WindowError: one of them has no place.
    """
    links = [Link(n, 1, 1, channels)]
    for slide in slides:
        size, field, step, kept = links[-1]
        filters = kept if slide.is_pooling else slide.filters
        links.append(Link(slide.size(size), field + (slide.reach - 1) * step, step * slide.s, filters))
    return tuple(links)


class LayerCost(NamedTuple):
    """Weights and biases, their formula, and the multiply-accumulates for one image."""

    parameters: int
    formula: str
    macs: int


class CostComparison(NamedTuple):
    """The same input and output by three kinds of layer."""

    convolution: LayerCost
    unshared: LayerCost
    dense: LayerCost


def compare(shape: tuple[int, int, int], slide: Slide, filters: int) -> CostComparison:
    """Count the parameters of a convolution, of one that shares no weights, and of a dense layer.

    All take an image of `shape`, (height, width, channels), and give the output of the convolution, each with biases.

    Raises:
        WindowError: the window has no place.
    """
    height, width, channels = shape
    rows, columns = slide.size(height), slide.size(width)
    taps, places, values = slide.f * slide.f * channels, rows * columns, height * width * channels
    kernel = f"({slide.f}·{slide.f}·{channels} + 1)"
    units = places * filters
    return CostComparison(
        LayerCost((taps + 1) * filters, f"{kernel}·{filters}", taps * units),
        LayerCost((taps + 1) * units, f"{kernel}·{rows}·{columns}·{filters}", taps * units),
        dense(values, units, f"{height}·{width}·{channels}", f"{rows}·{columns}·{filters}"),
    )


def dense(values: int, units: int, written_values: str = "", written_units: str = "") -> LayerCost:
    """Count the parameters of a dense layer: a weight for each value and a bias, for each unit."""
    formula = f"({written_values or values} + 1)·{written_units or units}"
    return LayerCost((values + 1) * units, formula, values * units)


class Stacked(NamedTuple):
    """Convolutions with as many channels in as out, one on the other: what they see, and what they cost.

    MACs are for each position of the output.
    """

    field: int
    parameters: int
    macs: int
    nonlinearities: int


def stacked(f: int, layers: int, channels: int) -> Stacked:
    """Work out `layers` convolutions of f×f at stride 1, without biases; two of 3×3 see as much as one of 5×5.

    Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014, section 2.3.
    """
    weights = layers * f * f * channels * channels
    return Stacked(layers * (f - 1) + 1, weights, weights, layers)
