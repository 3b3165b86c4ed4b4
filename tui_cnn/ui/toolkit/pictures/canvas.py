"""Pictures (height, width, 3) made larger, smaller, framed; and a grid of cells to put them and words on."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.cells import get_character_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui_cnn.ui.toolkit.ascii_fallback import Ink

Pixels = npt.NDArray[np.uint8]

_RAMP = " .:-=+*#%@"
_LUMINANCE = (0.299, 0.587, 0.114)
_LIGHT = 127.5


class Canvas:
    """Cells of `width` by `height`; what is put beyond the edges is cut off. A style of None is the background's."""

    def __init__(self, width: int, height: int, ink: Ink = "blocks") -> None:
        self.width = width
        self.height = height
        self.ink = ink
        self._signs: list[list[str]] = [[" "] * width for _ in range(height)]
        self._styles: list[list[Style | None]] = [[None] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: Style | None = None, room: int | None = None) -> int:
        """Write a line of text from a cell on, in at most `room` cells; return the cell after it."""
        if not 0 <= y < self.height:
            return x
        end = self.width if room is None else min(self.width, x + room)
        for sign in text:
            cells = get_character_cell_size(sign)
            if x + cells > end:
                break
            if x >= 0 and cells:
                self._signs[y][x], self._styles[y][x] = sign, style
                if cells == 2:
                    self._signs[y][x + 1], self._styles[y][x + 1] = "", style
            x += cells
        return x

    def row(self, x: int, y: int, *parts: tuple[str, Style | None]) -> int:
        """Write pieces of text, each in its style, one after the other."""
        for text, style in parts:
            x = self.put(x, y, text, style)
        return x

    def picture(self, x: int, y: int, pixels: Pixels) -> None:
        """Put a picture (height, width, 3): half as many lines, rounded up."""
        pixels = pixels[:, : max(0, self.width - x)]
        lines = min(-(-pixels.shape[0] // 2), self.height - y)
        if pixels.shape[1] == 0 or lines <= 0 or x < 0 or y < 0:
            return
        if self.ink == "characters":
            self._characters(x, y, pixels[: 2 * lines])
            return
        packed = (pixels[..., 0].astype(np.int32) << 16) | (pixels[..., 1].astype(np.int32) << 8) | pixels[..., 2]
        rows = packed.tolist()
        for line in range(lines):
            above = rows[2 * line]
            below = rows[2 * line + 1] if 2 * line + 1 < len(rows) else [-1] * len(above)
            self._signs[y + line][x : x + len(above)] = ["▀"] * len(above)
            self._styles[y + line][x : x + len(above)] = map(_half, above, below)

    def lines(self) -> list[list[Segment]]:
        """Give the cells as segments, those of one style joined."""
        return [_joined(signs, styles) for signs, styles in zip(self._signs, self._styles, strict=True)]

    @property
    def text(self) -> str:
        """All that can be read, without its styles."""
        return "\n".join("".join(signs).rstrip() for signs in self._signs)

    def _characters(self, x: int, y: int, pixels: Pixels) -> None:
        light = pixels @ np.array(_LUMINANCE)
        if len(light) % 2:
            light = np.concatenate([light, light[-1:]])
        cells = np.round((light[::2] + light[1::2]) / 2 / 255 * (len(_RAMP) - 1)).astype(int)
        for line, row in enumerate(cells.tolist()):
            self.put(x, y + line, "".join(_RAMP[share] for share in row))


@lru_cache(maxsize=1024)
def _half(above: int, below: int) -> Style:
    return Style(color=_color(above), bgcolor=_color(below) if below >= 0 else None)


@lru_cache(maxsize=1024)
def _color(packed: int) -> Color:
    return Color.from_rgb(packed >> 16, packed >> 8 & 255, packed & 255)


def _joined(signs: list[str], styles: list[Style | None]) -> list[Segment]:
    segments: list[Segment] = []
    begin = 0
    for end in range(1, len(signs) + 1):
        if end == len(signs) or styles[end] is not styles[begin]:
            segments.append(Segment("".join(signs[begin:end]), styles[begin]))
            begin = end
    return segments


def colours(values: Any) -> Pixels:
    """Turn grey (height, width) or (height, width, 1) into pixels (height, width, 3); colours stay as they are."""
    pixels = np.asarray(values, np.uint8)
    pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
    return pixels if pixels.shape[-1] == 3 else np.repeat(pixels, 3, axis=-1)


def on(colour: npt.NDArray[Any]) -> Style:
    """Write on a colour (red, green, blue), in black or white, whichever can be read."""
    red, green, blue = (int(part) for part in colour)
    ink = _color(0) if float(colour @ np.array(_LUMINANCE)) > _LIGHT else _color(0xFFFFFF)
    return Style(color=ink, bgcolor=_color((red << 16) | (green << 8) | blue))


Region = tuple[int, int, int, int]
"""`(top, left, bottom, right)`, all included."""


def magnify(pixels: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Make every pixel a square of `times` by `times`."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def shrink(values: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Take the mean of every square of `times` by `times` of values (height, width, ...); the last may be cut off."""
    if times == 1:
        return values
    for axis in (0, 1):
        begins = np.arange(0, values.shape[axis], times)
        sizes = np.diff(np.append(begins, values.shape[axis]))
        shape = [1] * values.ndim
        shape[axis] = len(sizes)
        values = np.add.reduceat(np.asarray(values, np.float64), begins, axis=axis) / sizes.reshape(shape)
    return values


def shrink_to(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Make a picture (height, width, channels) smaller: each pixel is the mean of the area that it stands for."""
    down, across = (_areas(*lengths) for lengths in zip(pixels.shape[:2], size, strict=True))
    return np.asarray(np.round(np.einsum("ri,ijk,cj->rck", down, pixels, across, optimize=True)), np.uint8)


def _areas(length: int, smaller: int) -> npt.NDArray[np.float64]:
    """Return how much of each of `smaller` equal parts of an axis each of its pixels is: (smaller, length)."""
    edges, pixels = np.linspace(0, length, smaller + 1)[:, np.newaxis], np.arange(length)
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.asarray(overlap.clip(0) * smaller / length)


def fit_into(size: tuple[int, int], room: tuple[int, int]) -> int:
    """Tell how many times a picture of (height, width) can be magnified in `room` (lines, cells); at least once."""
    return max(1, min(2 * room[0] // max(1, size[0]), room[1] // max(1, size[1])))


def frame(pixels: Pixels, region: Region, colour: tuple[int, int, int], times: int = 1) -> Pixels:
    """Frame a region of a picture that was magnified so many times, around it where there is room."""
    framed = pixels.copy()
    height, width = pixels.shape[:2]
    top, left = (max(0, edge * times - 1) for edge in region[:2])
    bottom, right = min(height - 1, (region[2] + 1) * times), min(width - 1, (region[3] + 1) * times)
    framed[[top, bottom], left : right + 1] = colour
    framed[top : bottom + 1, [left, right]] = colour
    return framed
