"""One kernel in full: its values, the classical filters beside it, and how all values of its layer are spread."""

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, scale_of
from tui_cnn.insight.filters import candidates, likeness
from tui_cnn.insight.maps import Histogram, cosine, histogram
from tui_cnn.ui.inspect.view import signed
from tui_cnn.ui.toolkit.numbers import column_part, whole_parts
from tui_cnn.ui.toolkit.pictures.canvas import Canvas
from tui_cnn.ui.toolkit.pictures.drawing import Cell, Drawing, Styles
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import two_decimals
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent

_LARGEST_TABLE = 7
_FIELD = 7
_CAPTION = 14
_MOST_BINS = 60


class KernelDetail(Vertical):
    """The selected kernel; without a classical filter of its size the histogram takes their place."""

    DEFAULT_CSS = """
    KernelDetail {
        height: 7;
        & > Horizontal { height: 1fr; }
        & Matrix { width: auto; height: 100%; margin-right: 3; }
        & Gallery { height: 100%; }
        & .similar { height: 1; text-style: bold; text-wrap: nowrap; }
        & HistogramChart { height: 1; }
        &.-other-size {
            & > Horizontal > HistogramChart { height: 100%; }
            & Gallery, & .similar, & > HistogramChart { display: none; }
        }
        &.-classical > Horizontal > HistogramChart { display: none; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the numbers, the filters and the histogram."""
        with Horizontal():
            yield Matrix()
            yield Gallery()
            yield HistogramChart()
        yield Static(classes="similar", markup=False)
        yield HistogramChart()

    def show(self, kernel: npt.NDArray[Any], layer: npt.NDArray[Any], scale: Scale, width: int) -> None:
        """Show a kernel (height, width) of a layer (height, width, filters), in so many cells."""
        matrix, like = self.query_one(Matrix), likeness(kernel)
        matrix.display = max(kernel.shape) <= _LARGEST_TABLE
        if matrix.display:
            matrix.styles.width = kernel.shape[1] * _FIELD
            matrix.show(MatrixContent(kernel, scale=scale, widest_cell=_FIELD))
        self.set_class(like is None, "-other-size")
        self.set_class(like is not None, "-classical")
        beside = matrix.display * (kernel.shape[1] * _FIELD + 3) if like is None else 0
        bins = histogram(layer, max(8, min(_MOST_BINS, width - beside - 24)))
        for chart in self.query(HistogramChart):
            chart.show(bins)
        if like is None:
            return
        words = like.words() if cell_len(like.words()) <= width else whole_parts(like.short_words(), width, ", ")
        self.query_one(".similar", Static).update(words, layout=False)
        similar = [(cosine(kernel, classic.kernel), classic) for classic in candidates(kernel.shape)]
        similar.sort(key=lambda each: -abs(each[0]))

        def tile(place: int, _cells: int) -> Tile:
            share, classic = similar[place]
            pixels = scale_of(classic.kernel, signed=True)._replace(palette=scale.palette).paint(classic.kernel)
            words = (signed(f"{share:.2f} {classic.short}"),)
            return Tile(pixels, words, "bold" if like.named and classic.name == like.classic.name else "dim")

        # As large as the fewest lines of the panel allow, so that a larger panel shows the same ones.
        self.query_one(Gallery).show(
            Tiles(len(similar), np.shape(similar[0][1].kernel), tile, narrowest=_CAPTION, pages=False)
        )


class HistogramChart(Drawing):
    """How many values are how large, as a column a bin; the mouse shows how many values are in one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"drawing--dim", "drawing--bar"}

    _begin = 0
    _bins: Histogram | None = None

    def show(self, bins: Histogram) -> None:
        """Show another one."""
        self._bins = bins
        self.redraw()

    def draw(self, canvas: Canvas) -> None:
        """Draw the columns."""
        if self._bins is not None:
            self._begin = draw_histogram(canvas, self._bins, self.tones)

    def cell_at(self, x: int, y: int) -> Cell | None:
        """Return the bin."""
        place = x - self._begin
        return (place, 0) if self._bins is not None and 0 <= place < len(self._bins.counts) else None

    def describe(self, cell: Cell) -> str:
        """Say which values are in a bin, and how many."""
        if self._bins is None:
            return ""
        low, high = (two_decimals(float(edge)) for edge in self._bins.edges[cell[0] : cell[0] + 2])
        return f"{low} … {high}: {int(self._bins.counts[cell[0]]):,}"


def draw_histogram(canvas: Canvas, bins: Histogram, styles: Styles) -> int:
    """Draw as many columns as there are bins, with the ends below or, in one line, at the sides; return where."""
    counts, edges = bins
    least, most = two_decimals(float(edges[0])), two_decimals(float(edges[-1]))
    begin, height = 0, canvas.height - 1
    if canvas.height == 1:
        begin, height = canvas.put(0, 0, _("all values {least} ").format(least=least), styles.dim), 1
        canvas.put(begin + len(counts) + 1, 0, most, styles.dim)
    else:
        canvas.put(0, height, least, styles.dim)
        zero = int(np.clip(np.searchsorted(edges, 0.0) - 1, 0, len(counts) - 1))
        if edges[0] < 0 < edges[-1] and cell_len(least) < zero < len(counts) - cell_len(most) - 1:
            canvas.put(zero, height, "0", styles.dim)
        canvas.put(len(counts) - cell_len(most), height, most, styles.dim)
    largest = float(np.max(counts, initial=0)) or 1.0
    for column, count in enumerate(counts.tolist()):
        eighths = max(round(count / largest * height * 8), int(count > 0))
        for line in range(height):
            canvas.put(begin + column, height - 1 - line, column_part(eighths, line), styles.bar)
    return begin
