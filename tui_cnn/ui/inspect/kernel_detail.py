"""One kernel in full: its values, the classical filters beside it, and how all values of its layer are spread."""

from typing import Any

import numpy as np
import numpy.typing as npt
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, scale_of
from tui_cnn.insight.maps import classical_filters, cosine, histogram, likeness
from tui_cnn.ui.inspect.histogram import HistogramChart
from tui_cnn.ui.inspect.view import signed
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent

_LARGEST_TABLE = 7
_FIELD = 7
_CAPTION = 15
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
        width -= matrix.display * (kernel.shape[1] * _FIELD + 3) if like is None else 0
        bins = histogram(layer, max(8, min(_MOST_BINS, width - 24)))
        for chart in self.query(HistogramChart):
            chart.show(bins)
        if like is None:
            return
        text = _("most similar: {name}, cosine {cosine:.2f}")
        if like.cosine < 0:
            text = _("most similar: {name}, cosine {cosine:.2f} (inverted)")
        self.query_one(".similar", Static).update(signed(text.format(name=like.name, cosine=like.cosine)), layout=False)
        similar = [(cosine(kernel, classic.kernel), classic) for classic in classical_filters()]
        similar.sort(key=lambda each: -abs(each[0]))

        def tile(place: int, _cells: int) -> Tile:
            share, classic = similar[place]
            pixels = scale_of(classic.kernel, signed=True)._replace(palette=scale.palette).paint(classic.kernel)
            words = (signed(f"{share:.2f} {classic.name}"),)
            return Tile(pixels, words, "bold" if classic.name == like.name else "dim")

        # As large as the fewest lines of the panel allow, so that a larger panel shows the same ones.
        self.query_one(Gallery).show(Tiles(len(similar), np.shape(similar[0][1].kernel), tile, narrowest=_CAPTION))
