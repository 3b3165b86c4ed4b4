"""One kernel in full: its values, the classical filters beside it, and how all values of its layer are spread."""

from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui_cnn.i18n import _
from tui_cnn.insight.classics import classical_filters, likeness
from tui_cnn.insight.colours import Palette, paint, stretch
from tui_cnn.insight.maps import Histogram, histogram
from tui_cnn.insight.similarity import cosine
from tui_cnn.ui.inspect.histogram import draw_columns, draw_numbers
from tui_cnn.ui.toolkit.pictures.canvas import Canvas
from tui_cnn.ui.toolkit.pictures.pixels import magnify

_FIELD = 6
_LARGEST_TABLE = 5
_CLASSICS = 5
_MOST_BINS = 60


def draw_kernel(
    canvas: Canvas,
    top: int,
    kernel: npt.NDArray[Any],
    layer: npt.NDArray[Any],
    palette: Palette,
    tones: tuple[Style, Style, Style, Style],
) -> None:
    """Draw a kernel (height, width) of a layer (height, width, filters) from a line on.

    `tones`: less important words, important ones, bars, what is chosen.
    """
    dim, bold, tone, mark = tones
    like, x = likeness(kernel), 1
    if max(kernel.shape) <= _LARGEST_TABLE:
        draw_numbers(canvas, x, top, kernel, _FIELD)
        x += kernel.shape[1] * _FIELD + 3
    if like is None:
        bins = histogram(layer, max(8, min(_MOST_BINS, canvas.width - x - 2)))
        draw_histogram(canvas, x, top, bins, canvas.height - top - 2, dim, tone)
        return
    _draw_classics(canvas, x, top, kernel, like.name, palette, dim, mark)
    told = _("most similar: {name}, cosine {cosine:.2f}")
    if like.cosine < 0:
        told = _("most similar: {name}, cosine {cosine:.2f} (inverted)")
    told = told.format(name=like.name, cosine=like.cosine).replace("-", "−")
    canvas.put(1, top + _CLASSICS - 1, told, bold)
    rest = canvas.height - top - _CLASSICS
    bins = histogram(layer, max(8, min(40 if rest == 1 else _MOST_BINS, canvas.width - 4)))
    draw_histogram(canvas, 1, top + _CLASSICS, bins, max(1, rest - 1), dim, tone)


def draw_histogram(canvas: Canvas, x: int, y: int, bins: Histogram, height: int, dim: Style, tone: Style) -> None:
    """Draw how many values are how large, `height` lines high, with the ends below or, in one line, at the sides."""
    counts, edges = bins
    least, most = (f"{edge:.2f}".replace("-", "−") for edge in (edges[0], edges[-1]))
    if height <= 1:
        x = canvas.put(x, y, _("all values {least} ").format(least=least), dim)
        draw_columns(canvas, x, y, counts, 1, tone)
        canvas.put(x + len(counts) + 1, y, most, dim)
        return
    draw_columns(canvas, x, y, counts, height, tone)
    canvas.put(x, y + height, least, dim)
    zero = int(np.clip(np.searchsorted(edges, 0.0) - 1, 0, len(counts) - 1))
    if edges[0] < 0 < edges[-1] and len(least) < zero < len(counts) - len(most) - 1:
        canvas.put(x + zero, y + height, "0", dim)
    canvas.put(x + len(counts) - len(most), y + height, most, dim)


def _draw_classics(
    canvas: Canvas,
    x: int,
    y: int,
    kernel: npt.NDArray[Any],
    best: str,
    palette: Palette,
    dim: Style,
    mark: Style,
) -> None:
    """Put the classical filters beside the kernel, the most similar first, each with its cosine."""
    similar = [(cosine(kernel, classic.kernel), classic) for classic in classical_filters()]
    for share, classic in sorted(similar, key=lambda each: -abs(each[0])):
        field = max(9, len(classic.name)) + 2
        if x + field > canvas.width:
            break
        pixels = magnify(paint(stretch(classic.kernel, around_zero=True), palette), 2)
        canvas.put(x, y, classic.name, mark if classic.name == best else dim)
        canvas.picture(x, y + 1, pixels)
        canvas.put(x + 7, y + 2, f"{share:.2f}".replace("-", "−"))
        x += max(field, 14)
