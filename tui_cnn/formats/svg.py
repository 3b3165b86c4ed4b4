"""Networks as a standalone SVG."""

from html import escape

from tui_cnn.core.analysis import Analysis
from tui_cnn.formats.picture import Circle, Polygon, Polyline, Shape, Text, draw_network
from tui_cnn.formats.volume import Point


def dumps_svg(analysis: Analysis) -> str:
    """Draw a network: its layers as boxes in perspective with their shapes and parameters, and the totals."""
    sheet = draw_network(analysis)
    size = f'width="{sheet.width}" height="{sheet.height}" viewBox="0 0 {sheet.width} {sheet.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Helvetica, Arial, sans-serif">',
        f"<title>{_text(sheet.title)}</title>",
        f'<rect width="{sheet.width}" height="{sheet.height}" fill="#ffffff"/>',
        *map(_element, sheet.shapes),
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def _element(shape: Shape) -> str:
    match shape:
        case Polygon(points, fill, stroke, width, about):
            look = f'fill="{fill or "none"}" stroke="{stroke}" stroke-width="{width:g}" stroke-linejoin="round"'
            hint = f"<title>{_text(about)}</title>" if about else ""
            return f'<polygon points="{_points(points)}" {look}>{hint}</polygon>'
        case Polyline(points, stroke, width, dashed):
            dashes = ' stroke-dasharray="3 2"' if dashed else ""
            look = f'fill="none" stroke="{stroke}" stroke-width="{width:g}" stroke-linejoin="round"{dashes}'
            return f'<polyline points="{_points(points)}" {look}/>'
        case Circle(x, y, radius, stroke):
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#ffffff" stroke="{stroke}"/>'
        case Text(x, y, text, size, colour, bold, anchor):
            look = f'font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"'
            weight = ' font-weight="bold"' if bold else ""
            return f'<text x="{x:.1f}" y="{y:.1f}" {look}{weight}>{_text(text)}</text>'


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))
