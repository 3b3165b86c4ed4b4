"""Images, maps and kernels as a picture for papers and slides: with axes, labels, and what the colours stand for."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.data.rendering import to_png
from tui_cnn.formats.shapes import INK, EmbeddedImage, Polygon, Polyline, Shape, Sheet, Text
from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale

_QUIET = "#57606a"
_MARGIN, _GAP, _LINE = 24, 16, 15
_TICK, _NUMBERS = 4, 8.5
_BAR, _BAR_HEIGHT = 160, 12
_ROOM, _LARGEST_PIXEL = (900, 360), 24
"""What the panels of a row may take, (width, height), where their pixels can be larger than one."""


class Panel(NamedTuple):
    """A picture (height, width), (height, width, 1) or (height, width, 3), its title, and what its colours are."""

    pixels: npt.NDArray[Any]
    title: str
    scale: Scale | None = None


class FigureAxis(NamedTuple):
    """What an axis counts, from which number on; or a name for each of its places."""

    title: str
    first: int = 0
    names: Sequence[str] = ()

    def ticks(self, count: int, pixel: int) -> Iterator[tuple[int, str]]:
        """Say at which of `count` places a number or name stands, so that none covers another."""
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if step * pixel >= 2 * _NUMBERS)
        for place in range(count):
            number = self.first + place
            if self.names:
                yield place, self.names[place]
            elif number % step == 0:
                yield place, f"{number}".replace("-", "−")


class Figure(NamedTuple):
    """Panels of one size in rows of `columns`, below a title and lines that say what they are of."""

    title: str
    panels: Sequence[Panel]
    about: tuple[str, ...] = ()
    columns: int = 8
    down: FigureAxis | None = None
    across: FigureAxis | None = None


def draw_figure(figure: Figure) -> Sheet:
    """Lay a figure out: pixel coordinates at the edges of the panels, one colour scale where they have the same."""
    height, width = figure.panels[0].pixels.shape[:2]
    columns = min(figure.columns, len(figure.panels))
    pixel = max(1, min(_LARGEST_PIXEL, _ROOM[0] // (columns * width), _ROOM[1] // height))
    size = width * pixel, height * pixel
    down = figure.down or FigureAxis(_("row"))
    across = figure.across or FigureAxis(_("column"))
    scales = [panel.scale for panel in figure.panels]
    shared = scales[0] if all(scale == scales[0] for scale in scales) else None
    own_bars = shared is None and any(scales)

    ends = [_ends(scale) for scale in scales if scale and own_bars]
    field = max(size[0], *(_width(panel.title) for panel in figure.panels), *(_width(text) + 8 for text in ends)) + _GAP
    names = [name for _place, name in down.ticks(height, pixel)]
    left = _MARGIN + 2 * _TICK + max(map(_width, [f"{down.title} ↓", *names]))
    top = _MARGIN + _LINE * (len(figure.about) + 2.5)
    lines = size[1] + 2 * _LINE + (3 * _LINE if own_bars else 0)
    rows = -(-len(figure.panels) // columns)

    shapes: list[Shape] = [Text(_MARGIN, _MARGIN + 8, figure.title, 15, bold=True, anchor="start")]
    for number, text in enumerate(figure.about):
        shapes.append(Text(_MARGIN, _MARGIN + 8 + _LINE * (number + 1.2), text, 11, _QUIET, anchor="start"))
    bottom = top + rows * lines
    for place, panel in enumerate(figure.panels):
        row, column = divmod(place, columns)
        x, y = left + column * field, top + row * lines
        shapes += _panel(panel, x, y, size, pixel)
        if column == 0:
            shapes += _down(down, x, y, height, pixel)
        if place + columns >= len(figure.panels):
            shapes += _across(across, x, y + size[1], width, pixel)
        if own_bars and panel.scale:
            shapes += _bar(panel.scale, x, y + size[1] + 2 * _LINE, min(size[0], _BAR))
    if shared:
        shapes += _bar(shared, left, bottom, _BAR)
        bottom += 2 * _LINE
    if any(scale and scale.strength < 1 for scale in scales):
        text = _("Colour scale: above over black, below over white parts of the image.")
        shapes.append(Text(left, bottom + _LINE, text, _NUMBERS, _QUIET, anchor="start"))
        bottom += _LINE
    words = [_MARGIN + _width(text, 11) for text in figure.about]
    wide = max(left + columns * field, _MARGIN + _width(figure.title, 15), left + 2 * _BAR, *words)
    return Sheet(figure.title, round(wide + _MARGIN), round(bottom + _MARGIN), tuple(shapes))


def _panel(panel: Panel, x: float, y: float, size: tuple[int, int], pixel: int) -> Iterator[Shape]:
    yield Text(x, y - 5, panel.title, 9.5, anchor="start")
    pixels = np.asarray(panel.pixels, np.uint8)
    yield EmbeddedImage(x, y, *size, to_png(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels, pixel))
    yield Polygon(((x, y), (x + size[0], y), (x + size[0], y + size[1]), (x, y + size[1])), None, _QUIET)


def _down(axis: FigureAxis, x: float, y: float, count: int, pixel: int) -> Iterator[Shape]:
    yield Text(x - _TICK, y - 5, f"{axis.title} ↓", _NUMBERS, _QUIET, anchor="end")
    for place, text in axis.ticks(count, pixel):
        middle = y + (place + 0.5) * pixel
        yield Polyline(((x - _TICK, middle), (x, middle)), _QUIET)
        yield Text(x - _TICK - 2, middle + 3, text, _NUMBERS, _QUIET, anchor="end")


def _across(axis: FigureAxis, x: float, y: float, count: int, pixel: int) -> Iterator[Shape]:
    for place, text in axis.ticks(count, pixel):
        middle = x + (place + 0.5) * pixel
        yield Polyline(((middle, y), (middle, y + _TICK)), _QUIET)
        yield Text(middle, y + _TICK + 9, text, _NUMBERS, _QUIET)
    yield Text(x, y + _TICK + 20, f"{axis.title} →", _NUMBERS, _QUIET, anchor="start")


def _bar(scale: Scale, x: float, y: float, width: int) -> Iterator[Shape]:
    low, high = scale.words
    yield EmbeddedImage(x, y, width, _BAR_HEIGHT, to_png(scale.bar(width)))
    end = y + _BAR_HEIGHT + 10
    yield Text(x, end, low, _NUMBERS, INK, anchor="start")
    if scale.low < 0 < scale.high and width >= _width(_ends(scale)):
        yield Text(x + width * -scale.low / (scale.high - scale.low), end, "0", _NUMBERS, INK)
    yield Text(x + width, end, high, _NUMBERS, INK, anchor="end")


def _ends(scale: Scale) -> str:
    return "  0  ".join(scale.words)


def _width(text: str, size: float = 9.5) -> float:
    """Guess how wide a text is; Korean letters are twice as wide."""
    return size * sum(1.0 if ord(sign) >= 0x1100 else 0.56 for sign in text)
