"""Networks as a PNG, twice as large as the SVG, for slides and for chats that take no SVG."""

from contextlib import suppress
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from tui_cnn.core.analysis import Analysis
from tui_cnn.formats.picture import Circle, Polygon, Polyline, Shape, Text, draw_network
from tui_cnn.formats.volume import Point

_SCALE = 2
_SMOOTH = 2
"""Everything is drawn so many times larger, and then shrunk: Pillow's lines have no smooth edges."""

_MOST_PIXELS = 60_000_000
"""Above this the picture is drawn without smoothing."""

_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def dumps_png(analysis: Analysis) -> bytes:
    """Draw what the SVG has."""
    sheet = draw_network(analysis)
    smooth = _SMOOTH if sheet.width * sheet.height * (_SCALE * _SMOOTH) ** 2 <= _MOST_PIXELS else 1
    times = _SCALE * smooth
    image = Image.new("RGB", (sheet.width * times, sheet.height * times), "#ffffff")
    draw = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        _draw(draw, shape, times)
    if smooth > 1:
        image = image.reduce(smooth)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, times: int) -> None:
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
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in _FONTS:
        with suppress(OSError):
            return ImageFont.truetype(name, size)
    return ImageFont.load_default(size)


def _legible(text: str) -> str:
    """Replace what the font that comes with Pillow, the last resort, does not have."""
    font = _font(10)
    return text if isinstance(font, ImageFont.FreeTypeFont) and isinstance(font.path, str) else text.replace("×", "x")
