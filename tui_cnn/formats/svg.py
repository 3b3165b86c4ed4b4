"""Networks as a drawing: a box for each layer, from the image down to the classes, as a standalone SVG.

The height of a box says nothing; its width follows how many numbers come out of it, so that the funnel can be seen.
"""

from html import escape
from math import log2

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Branches, family
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import elements, format_shape
from tui_cnn.formats.numbers_table import Line, lines, total
from tui_cnn.i18n import _

_WIDTH, _STEP, _HEIGHT, _TOP, _MARGIN = 780, 44, 32, 64, 24
_NARROWEST, _WIDEST = 250, 460
_INDENT = 28

_COLOURS = {
    "convolution": "#cfe3fb",
    "separable": "#cfe3fb",
    "pooling": "#d9f0d4",
    "dense": "#fbe3c8",
    "normalization": "#ebe0f7",
    "activation": "#fdf3bf",
    "merging": "#ececec",
    "opaque": "#f7cdcd",
}
_PLAIN = "#f4f4f4"


def dumps_svg(analysis: Analysis) -> str:
    """Draw a network: its layers with their shapes and parameters, and the totals."""
    network = analysis.network
    height = _TOP + _STEP * (len(analysis.rows) + 2)
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
        f"<title>{_text(network.name)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="34" font-size="18" font-weight="bold" fill="#222222">{_text(network.name)}</text>',
    ]
    source = Line("", 0, _("input"), "", format_shape(network.input_shape), "", "")
    largest = max(elements(shape) for shape in (network.input_shape, *_outputs(analysis)))
    parts += _box(source, _PLAIN, elements(network.input_shape) / largest, _TOP)
    for place, (row, line) in enumerate(zip(analysis.rows, lines(analysis), strict=True), start=1):
        share = elements(row.figures.output_shape) / largest if row.figures else 0
        parts += _box(line, _COLOURS.get(family(row.layer), _PLAIN), share, _TOP + _STEP * place, dashed=_is_fork(row))
    return "\n".join([*parts, _totals(analysis, height), "</svg>", ""])


def _box(line: Line, colour: str, share: float, top: int, *, dashed: bool = False) -> list[str]:
    """Draw a layer: its name and settings in a box, its shape and its parameters to the right."""
    left = _MARGIN + _INDENT * min(line.depth, 6)
    width = _NARROWEST + (_WIDEST - _NARROWEST) * max(0.0, 1 + log2(share) / 12 if share else 0.0)
    width = min(width, _MARGIN + _WIDEST - left)
    middle = top + 21
    frame = f'x="{left}" y="{top}" width="{width:.0f}" height="{_HEIGHT}" rx="5" fill="{colour}" stroke="#888888"'
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    label = " ".join(part for part in (line.number, line.layer, line.settings) if part)
    numbers = line.output
    if line.parameters not in ("", "0"):
        numbers += " · " + _("{count} parameters").format(count=line.parameters)
    return [
        f"<rect {frame}{dashes}/>",
        f'<text x="{left + 10}" y="{middle}" fill="#222222">{_text(_shorten(label, int(width / 7)))}</text>',
        f'<text x="{_WIDTH - _MARGIN}" y="{middle}" text-anchor="end" fill="#555555">{_text(numbers)}</text>',
    ]


def _totals(analysis: Analysis, height: int) -> str:
    summed = total(analysis)
    text = _("{label}: {params} parameters, {macs} MACs (multiply-accumulates for one image)")
    written = text.format(label=summed.layer, params=summed.parameters, macs=summed.macs)
    return f'<text x="{_MARGIN}" y="{height - 26}" font-weight="bold" fill="#222222">{_text(written)}</text>'


def _outputs(analysis: Analysis) -> list[tuple[int, ...]]:
    return [row.figures.output_shape for row in analysis.rows if row.figures]


def _is_fork(row: Row) -> bool:
    return isinstance(row.layer, Branches)


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))
