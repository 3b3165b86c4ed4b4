"""How large, how many, how far: the calculator of sizes, parameters and receptive fields."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.lab.windows import Axis, lay


class Slide(NamedTuple):
    """A window along one axis: `f` taps, `p` zeros on each side, steps of `s`."""

    f: int
    p: int = 0
    s: int = 1

    def size(self, n: int) -> int:
        """Return how many places it has on `n` pixels: floor((n + 2p - f) / s) + 1.

        Raises:
            WindowError: it has none.
        """
        return self._on(n).places

    def formula(self, n: int) -> str:
        """Fill in the size formula."""
        return self._on(n).formula()

    def _on(self, n: int) -> Axis:
        return lay(n, self.f, self.s, 1, self.p)


def read_windows(text: str) -> tuple[Slide, ...]:
    """Read `3,5s2,3p1`: each window with its zeros and its stride, where they are not 0 and 1."""
    matches = (re.fullmatch(r"(\d+)(?:p(\d+))?(?:s(\d+))?", part) for part in text.split(",") if part)
    return tuple(Slide(int(match[1]), int(match[2] or 0), max(1, int(match[3] or 1))) for match in matches if match)


def write_windows(slides: Sequence[Slide]) -> str:
    """Write windows as they are read."""
    parts = (f"{f}" + (f"p{p}" if p else "") + (f"s{s}" if s != 1 else "") for f, p, s in slides)
    return ",".join(parts)


class Link(NamedTuple):
    """A place in a chain of windows: its size, and the receptive field of a cell there, in pixels of the image."""

    size: int
    field: int
    step: int


def chain(n: int, slides: Sequence[Slide]) -> tuple[Link, ...]:
    """Follow windows one after the other, the image first: 39 -> 37 -> 17 -> 7.

    Raises:
        WindowError: one of them has no place.
    """
    links = [Link(n, 1, 1)]
    for slide in slides:
        size, field, step = links[-1]
        links.append(Link(slide.size(size), field + (slide.f - 1) * step, step * slide.s))
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
