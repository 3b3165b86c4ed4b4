"""A drawing as plain shapes (polygons, lines, circles, text, pictures), and written as SVG and as PNG."""

from base64 import b64encode
from contextlib import suppress
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from tui_cnn.formats.volume import Point

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

INK = "#1f2328"


class Polygon(NamedTuple):
    """A filled area; without a fill only its outline."""

    points: tuple[Point, ...]
    fill: str | None
    stroke: str
    width: float = 0.8
    about: str = ""


class Polyline(NamedTuple):
    """A line."""

    points: tuple[Point, ...]
    stroke: str
    width: float = 1.0
    dashed: bool = False


class Circle(NamedTuple):
    """A circle, white inside."""

    x: float
    y: float
    radius: float
    stroke: str


class Text(NamedTuple):
    """A line of text; `anchor` is what of it stands at `x`."""

    x: float
    y: float
    text: str
    size: float = 10
    colour: str = INK
    bold: bool = False
    anchor: str = "middle"


class EmbeddedImage(NamedTuple):
    """A picture as the bytes of a PNG, stretched to its place."""

    x: float
    y: float
    width: int
    height: int
    png: bytes


Shape = Polygon | Polyline | Circle | Text | EmbeddedImage


class Sheet(NamedTuple):
    """The picture as a whole, white below."""

    title: str
    width: int
    height: int
    shapes: tuple[Shape, ...]


def to_svg(sheet: Sheet) -> str:
    """Write a drawing as a standalone SVG."""
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
        case EmbeddedImage(x, y, width, height, png):
            place = f'x="{x:.1f}" y="{y:.1f}" width="{width}" height="{height}" preserveAspectRatio="none"'
            data = f"data:image/png;base64,{b64encode(png).decode()}"
            return f'<image {place} style="image-rendering:pixelated" href="{data}"/>'


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))


_SCALE = 2
_SMOOTH = 2
"""Everything is drawn so many times larger, and then shrunk: Pillow's lines have no smooth edges."""

_MOST_PIXELS = 60_000_000
"""Above this the picture is drawn without smoothing."""

_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def to_png(sheet: Sheet) -> bytes:
    """Write a drawing as PNG, twice as large as the SVG, for slides and for chats that take no SVG."""
    from PIL import Image, ImageDraw

    smooth = _SMOOTH if sheet.width * sheet.height * (_SCALE * _SMOOTH) ** 2 <= _MOST_PIXELS else 1
    times = _SCALE * smooth
    image = Image.new("RGB", (sheet.width * times, sheet.height * times), "#ffffff")
    draw = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        if isinstance(shape, EmbeddedImage):
            with Image.open(BytesIO(shape.png)) as picture:
                large = picture.resize((shape.width * times, shape.height * times), Image.Resampling.NEAREST)
            image.paste(large, (round(shape.x * times), round(shape.y * times)))
        else:
            _draw(draw, shape, times)
    if smooth > 1:
        image = image.reduce(smooth)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw(draw: "ImageDraw.ImageDraw", shape: Polygon | Polyline | Circle | Text, times: int) -> None:
    match shape:
        case Polygon(points, fill, stroke, width, _about):
            corners = _scaled(points, times)
            if fill:
                draw.polygon(corners, fill)
            draw.line([*corners, corners[0]], stroke, max(1, round(width * times)), "curve")
        case Polyline(points, stroke, width, _dashed):
            draw.line(_scaled(points, times), stroke, max(1, round(width * times)))
        case Circle(x, y, radius, stroke):
            draw.circle((x * times, y * times), radius * times, "#ffffff", stroke, times)
        case Text(x, y, text, size, colour, bold, anchor):
            place, font = (x * times, y * times), _font(size * times)
            draw.text(place, _legible(text), colour, font, _ANCHORS[anchor], stroke_width=times / 4 if bold else 0)


def _scaled(points: tuple[Point, ...], times: int) -> list[Point]:
    return [(x * times, y * times) for x, y in points]


_FONTS = ("NotoSansCJK-Regular.ttc", "AppleSDGothicNeo.ttc", "malgun.ttf", "DejaVuSans.ttf", "Arial.ttf", "arial.ttf")
"""Fonts that have × and Korean, or at least ×; the first that the system has is taken."""


@lru_cache
def _font(size: float) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    for name in _FONTS:
        with suppress(OSError):
            return ImageFont.truetype(name, size)
    return ImageFont.load_default(size)


def _legible(text: str) -> str:
    """Replace what the font that comes with Pillow, the last resort, does not have."""
    from PIL import ImageFont

    font = _font(10)
    return text if isinstance(font, ImageFont.FreeTypeFont) and isinstance(font.path, str) else text.replace("×", "x")
