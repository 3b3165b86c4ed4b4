"""Networks as a drawing: layers from the image down to the classes, branches side by side, as a standalone SVG.

The bar at the foot of a box follows how many numbers come out of the layer, so that the funnel can be seen.
"""

from html import escape
from math import log2

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import family
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.formats.diagram import BOX_HEIGHT, BOX_WIDTH, PILL_HEIGHT, PILL_WIDTH, Box, Frame, Line, Mark, Pill, place
from tui_cnn.formats.numbers_table import TableRow as Described
from tui_cnn.formats.numbers_table import lines, total
from tui_cnn.i18n import _

_MARGIN, _HEADING, _INPUT, _FOOT, _NARROWEST = 24, 56, 30, 64, 560
_LETTER = 6.2
"""Pixels of a letter of the text in boxes, on average; of a bold one a tenth more."""

_COLOURS = {
    "convolution": ("#dcebfc", "#4a86c9"),
    "separable": ("#dcebfc", "#4a86c9"),
    "pooling": ("#e1f3dd", "#5b9e4d"),
    "dense": ("#fdebd6", "#c9832f"),
    "normalization": ("#efe7f9", "#8c68b5"),
    "activation": ("#fef6d2", "#b39a1e"),
    "opaque": ("#fbdcdc", "#b54848"),
}
"""The ground of a box and its edge, by the family of the layer."""

_PLAIN = ("#f3f3f3", "#8a8a8a")
_BROKEN = ("#ffffff", "#c22f2f")
_INK, _QUIET, _WIRE = "#222222", "#5c5c5c", "#8a8a8a"


def dumps_svg(analysis: Analysis) -> str:
    """Draw a network: its layers with their shapes and parameters, and the totals."""
    network = analysis.network
    drawing = place(network.layers)
    half = max(drawing.left, drawing.right, _NARROWEST / 2 - _MARGIN)
    width, height = round(2 * (half + _MARGIN)), round(_HEADING + _INPUT + drawing.height + _FOOT)
    painter = _Painter(analysis)
    name = _text(network.name)
    source = _("{shape} in").format(shape=format_shape(network.input_shape))
    body = [painter.paint(mark) for mark in drawing.moved(width / 2, _HEADING + _INPUT)]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        f"<title>{name}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="34" font-size="18" font-weight="bold" fill="{_INK}">{name}</text>',
        _centred(source, width / 2, _HEADING + 8),
        _wire(width / 2, _HEADING + 14, width / 2, _HEADING + _INPUT),
        *body,
    ]
    return "\n".join([*parts, *_foot(analysis, height), "</svg>", ""])


class _Painter:
    """Turns marks into elements of SVG."""

    def __init__(self, analysis: Analysis) -> None:
        self._rows: dict[Path, tuple[Row, Described]] = {
            row.path: (row, line) for row, line in zip(analysis.rows, lines(analysis), strict=True)
        }
        outputs = [row.figures.output_shape for row in analysis.rows if row.figures]
        self._largest = max(elements(shape) for shape in (analysis.network.input_shape, *outputs))

    def paint(self, mark: Mark) -> str:
        match mark:
            case Line(x, y, to_x, to_y):
                return _wire(x, y, to_x, to_y)
            case Box(path, x, y):
                return self._box(*self._rows[path], x, y)
            case Pill(path, x, y):
                return _pill(*self._rows[path], x, y)
            case Frame(path, x, y, width, height):
                return _frame(self._rows[path][1], x, y, width, height)

    def _box(self, row: Row, line: Described, x: float, y: float) -> str:
        ground, edge = _BROKEN if row.error else _COLOURS.get(family(row.layer), _PLAIN)
        share = 0.0
        if row.figures:
            share = max(0.03, 1 + log2(elements(row.figures.output_shape) / self._largest) / 12)
        params = "" if line.parameters in ("", "0") else _("{count} parameters").format(count=line.parameters)
        room = (BOX_WIDTH - 28) / _LETTER
        kind = _shorten(line.layer, int((room - len(line.output)) / 1.1))
        settings = _shorten(line.settings, int(room - len(params)))
        right = x + BOX_WIDTH - 10
        return "\n".join(
            [
                _rect(x, y, BOX_WIDTH, BOX_HEIGHT, f'rx="5" fill="{ground}" stroke="{edge}"'),
                _rect(x + 1, y + BOX_HEIGHT - 4, (BOX_WIDTH - 2) * share, 3, f'fill="{edge}"'),
                f'<text x="{x + 10:g}" y="{y + 17:g}" font-weight="bold" fill="{_INK}">{_text(kind)}</text>',
                f'<text x="{x + 10:g}" y="{y + 34:g}" fill="{_QUIET}">{_text(settings)}</text>',
                f'<text x="{right:g}" y="{y + 17:g}" text-anchor="end" fill="{_INK}">{_text(line.output)}</text>',
                f'<text x="{right:g}" y="{y + 34:g}" text-anchor="end" fill="{_QUIET}">{_text(params)}</text>',
            ]
        )


def _pill(row: Row, line: Described, x: float, y: float) -> str:
    said = f"{line.settings} · {line.output}"
    edge = _BROKEN[1] if row.error else _WIRE
    shape = _rect(x, y, PILL_WIDTH, PILL_HEIGHT, f'rx="{PILL_HEIGHT // 2}" fill="#ffffff" stroke="{edge}"')
    return f"{shape}\n{_centred(said, x + PILL_WIDTH / 2, y + 16)}"


def _frame(line: Described, x: float, y: float, width: float, height: float) -> str:
    title = _shorten(line.layer, int((width / 2 - 24) / _LETTER))
    frame = _rect(x, y, width, height, f'rx="8" fill="none" stroke="{_WIRE}" stroke-dasharray="4 3"')
    return f'{frame}\n<text x="{x + 10:g}" y="{y + 17:g}" font-style="italic" fill="{_QUIET}">{_text(title)}</text>'


def _foot(analysis: Analysis, height: int) -> list[str]:
    summed = total(analysis)
    text = _("{label}: {params} parameters, {macs} MACs (multiply-accumulates for one image)")
    written = text.format(label=summed.layer, params=summed.parameters, macs=summed.macs)
    bar = _("Bars: how many numbers come out, on a logarithmic scale.")
    return [
        f'<text x="{_MARGIN}" y="{height - 36}" font-weight="bold" fill="{_INK}">{_text(written)}</text>',
        f'<text x="{_MARGIN}" y="{height - 16}" font-size="11" fill="{_QUIET}">{_text(bar)}</text>',
    ]


def _wire(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}" stroke="{_WIRE}"/>'


def _rect(x: float, y: float, width: float, height: float, look: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" {look}/>'


def _centred(text: str, x: float, y: float) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" fill="{_INK}">{_text(text)}</text>'


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)] + "…"


def _text(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))
