"""A photograph to try filters on, drawn by arithmetic: houses, a clock tower, wires, a fence, a tree, a paved street.

It has what the classical filters look for: lines that stand, lie and slope, curves, fine texture, soft light and noise.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(height, width, 3), 0 to 255."""

HEIGHT, WIDTH = 427, 640

_Plane = NDArray[np.float64]
_Colour = tuple[int, int, int]
_Texture = Callable[[_Plane, _Plane], _Plane]
"""Makes of the rows and columns of an area how light each of its pixels is: 1 is the colour itself."""
_Point = tuple[float, float]
"""(row, column)."""


@cache
def townscape() -> Pixels:
    """Draw the picture, (427, 640, 3); the same each time."""
    random = np.random.default_rng(7)
    drawn = _Drawn(np.zeros((HEIGHT, WIDTH, 3)), random)
    _draw_sky(drawn)
    _draw_hills(drawn)
    _draw_tower(drawn)
    _draw_house(drawn, left=58, right=282, eaves=168, ridge=92, wall=(168, 104, 78), roof=(96, 58, 52))
    _draw_house(drawn, left=548, right=700, eaves=214, ridge=150, wall=(206, 192, 160), roof=(74, 80, 92))
    _draw_tree(drawn)
    _draw_street(drawn)
    _draw_fence(drawn)
    _draw_lamp_and_wires(drawn)
    light = drawn.pixels + random.normal(scale=2.5, size=(HEIGHT, WIDTH, 1))
    made: Pixels = np.round(light.clip(0, 255)).astype(np.uint8)
    made.flags.writeable = False  # it is kept
    return made


class _Drawn(NamedTuple):
    """The picture while it is drawn, and what its noise comes from."""

    pixels: _Plane
    random: np.random.Generator

    def fill(self, box: tuple[float, float, float, float], cover: _Texture, colour: _Colour, light: _Texture) -> None:
        """Lay a colour over the part of (top, left, bottom, right) that `cover` says, 0 to 1, as `light` as it is."""
        top, left = (max(0, int(edge) - 1) for edge in box[:2])
        bottom, right = min(HEIGHT, int(box[2]) + 2), min(WIDTH, int(box[3]) + 2)
        if bottom <= top or right <= left:
            return
        rows, columns = np.mgrid[top:bottom, left:right].astype(float)
        share = cover(rows, columns).clip(0, 1)[..., np.newaxis]
        part = self.pixels[top:bottom, left:right]
        part += share * (light(rows, columns)[..., np.newaxis] * np.array(colour, float) - part)

    def polygon(self, corners: list[_Point], colour: _Colour, light: _Texture | None = None) -> None:
        """Fill a convex polygon; its corners go around it clockwise."""

        def cover(rows: _Plane, columns: _Plane) -> _Plane:
            inside = np.full(rows.shape, np.inf)
            for (row, column), (next_row, next_column) in zip(corners, corners[1:] + corners[:1], strict=True):
                down, across = next_row - row, next_column - column
                distance = ((rows - row) * across - (columns - column) * down) / np.hypot(down, across)
                inside = np.minimum(inside, distance)
            return inside + 0.5

        rows, columns = zip(*corners, strict=True)
        self.fill((min(rows), min(columns), max(rows), max(columns)), cover, colour, light or _plain)

    def rectangle(
        self, top: float, left: float, bottom: float, right: float, colour: _Colour, light: _Texture | None = None
    ) -> None:
        """Fill a rectangle."""
        self.polygon([(top, left), (top, right), (bottom, right), (bottom, left)], colour, light)

    def disc(self, centre: _Point, radius: float, colour: _Colour, light: _Texture | None = None) -> None:
        """Fill a disc."""
        row, column = centre
        box = (row - radius, column - radius, row + radius, column + radius)
        self.fill(box, lambda r, c: radius - np.hypot(r - row, c - column) + 0.5, colour, light or _plain)

    def line(self, start: _Point, end: _Point, thick: float, colour: _Colour) -> None:
        """Draw a straight line."""
        down, across = end[0] - start[0], end[1] - start[1]
        length = np.hypot(down, across)
        row, column = across / length * thick / 2, -down / length * thick / 2
        corners = [
            (start[0] - row, start[1] - column), (end[0] - row, end[1] - column),
            (end[0] + row, end[1] + column), (start[0] + row, start[1] + column),
        ]  # fmt: skip
        self.polygon(corners, colour)


def _plain(rows: _Plane, _columns: _Plane) -> _Plane:
    return np.ones_like(rows)


def _smooth_noise(random: np.random.Generator, shape: tuple[int, int], grain: int) -> _Plane:
    """Make noise of -1 to 1 whose spots are so many pixels large: random numbers on a grid, joined smoothly."""
    rows, columns = (length // grain + 2 for length in shape)
    grid = random.uniform(-1, 1, (rows, columns))
    for axis, length in enumerate(shape):
        at = np.arange(length) / grain
        low = at.astype(int)
        share = at - low
        share = np.expand_dims(share * share * (3 - 2 * share), 1 - axis)
        grid = np.take(grid, low, axis) * (1 - share) + np.take(grid, low + 1, axis) * share
    return grid


def _noise(drawn: _Drawn, grain: int, strength: float) -> _Texture:
    field = 1 + strength * _smooth_noise(drawn.random, (HEIGHT, WIDTH), grain)
    return lambda rows, columns: field[rows.astype(int), columns.astype(int)]


def _below(top: _Plane) -> _Texture:
    """Cover what is below a line whose row is given for each column."""
    return lambda rows, columns: rows - top[columns.astype(int)] + 0.5


def _wire(row: _Plane) -> _Texture:
    """Cover a wire whose row is given for each column."""
    slope = np.hypot(1, np.gradient(row))
    return lambda rows, columns: 1.1 - np.abs(rows - row[columns.astype(int)]) / slope[columns.astype(int)]


def _ragged_disc(centre: _Point, radius: float, ragged: _Plane) -> _Texture:
    """Cover a disc whose edge is moved by so many pixels."""
    return lambda rows, columns: (
        radius - np.hypot(rows - centre[0], columns - centre[1]) + ragged[rows.astype(int), columns.astype(int)]
    )


def _lit_from_above(texture: _Texture, middle: float) -> _Texture:
    return lambda rows, columns: texture(rows, columns) * (1.01 - 0.006 * (rows - middle))


def _bricks(rows: _Plane, columns: _Plane) -> _Plane:
    """Lay bricks of 8×18 with light joints, every other row moved by half a brick."""
    layer = rows // 8
    joint = (rows % 8 < 1.2) | ((columns + 9 * (layer % 2)) % 18 < 1.2)
    shade = 0.94 + 0.12 * np.modf(np.abs(np.sin(layer * 12.9 + (columns + 9 * (layer % 2)) // 18 * 78.2)) * 437.5)[0]
    return np.where(joint, 1.25, shade)


def _tiles(rows: _Plane, columns: _Plane) -> _Plane:
    """Lay rows of round tiles."""
    bow = 2.5 * np.abs(np.sin(columns * np.pi / 10))
    return 0.8 + 0.4 * (((rows + bow) % 9) / 9)


def _draw_sky(drawn: _Drawn) -> None:
    rows = np.arange(HEIGHT, dtype=float)[:, np.newaxis, np.newaxis]
    share = (rows / 260).clip(0, 1)
    drawn.pixels[:] = (1 - share) * (104, 148, 206) + share * (222, 226, 224)
    shape = HEIGHT, WIDTH
    clouds = sum(_smooth_noise(drawn.random, shape, grain) * grain / 90 for grain in (90, 45, 20, 9))
    cover = (np.asarray(clouds) * 1.1 - 0.25).clip(0, 0.85)[..., np.newaxis]
    drawn.pixels[:] = drawn.pixels * (1 - cover) + cover * (246, 244, 240)
    drawn.disc((62, 372), 20, (252, 248, 226))


def _draw_hills(drawn: _Drawn) -> None:
    for base, height, wave, colour in ((252, 26, 120.0, (128, 148, 160)), (284, 18, 71.0, (92, 120, 96))):
        top = base - height * np.sin(np.arange(WIDTH) / wave + base) - height / 3 * np.sin(np.arange(WIDTH) / wave * 3)
        drawn.fill((200, 0, HEIGHT, WIDTH), _below(top), colour, _noise(drawn, 6, 0.12))


def _draw_tower(drawn: _Drawn) -> None:
    left, right, top = 424, 502, 120
    middle = (left + right) / 2

    def stones(rows: _Plane, columns: _Plane) -> _Plane:
        joint = (rows % 26 < 1.5) | ((columns + 20 * (rows // 26 % 2)) % 40 < 1.3)
        return np.where(joint, 0.8, 1.0) * (1.12 - 0.45 * ((columns - left) / (right - left)) ** 2)

    drawn.rectangle(top, left, 340, right, (186, 174, 150), stones)
    drawn.polygon([(34, middle), (top, right + 8), (top, left - 8)], (88, 108, 104), _tiles)
    drawn.line((14, middle), (36, middle), 2.2, (50, 50, 54))
    drawn.rectangle(top - 3, left - 9, top + 4, right + 9, (150, 138, 118))
    drawn.disc((164, middle), 27, (70, 62, 54))
    drawn.disc((164, middle), 23, (236, 230, 212))
    for hour in range(12):
        angle = hour * np.pi / 6
        down, across = -np.cos(angle), np.sin(angle)
        drawn.line((164 + 18 * down, middle + 18 * across), (164 + 22 * down, middle + 22 * across), 2, (60, 52, 48))
    drawn.line((164, middle), (150, middle + 9), 2.6, (30, 28, 30))
    drawn.line((164, middle), (178, middle + 14), 2, (30, 28, 30))
    drawn.disc((232, middle), 14, (58, 62, 74))
    drawn.rectangle(232, middle - 14, 276, middle + 14, (58, 62, 74))
    for row in range(232, 276, 8):
        drawn.rectangle(row, middle - 13, row + 3, middle + 13, (120, 116, 104))


def _draw_house(drawn: _Drawn, left: int, right: int, eaves: int, ridge: int, wall: _Colour, roof: _Colour) -> None:
    drawn.rectangle(ridge - 6, left + 34, eaves, left + 60, (128, 76, 62), _bricks)
    drawn.rectangle(ridge - 10, left + 31, ridge - 4, left + 63, (96, 84, 78))
    drawn.rectangle(eaves, left, 345, right, wall, _bricks)
    drawn.polygon([(ridge, left + 40), (ridge, right - 40), (eaves, right + 12), (eaves, left - 12)], roof, _tiles)
    drawn.rectangle(eaves - 3, left - 13, eaves + 3, right + 13, (226, 220, 206))
    for top in (eaves + 22, eaves + 92):
        for column in range(left + 20, right - 40, 66):
            if top > eaves + 50 and column == left + 86:
                _draw_door(drawn, column)
            else:
                _draw_window(drawn, top, column)


def _draw_window(drawn: _Drawn, top: int, left: int) -> None:
    drawn.rectangle(top - 4, left - 4, top + 52, left + 42, (238, 234, 224))

    def sheen(rows: _Plane, columns: _Plane) -> _Plane:
        return np.where((rows - top + columns - left) % 60 < 22, 1.3, 0.7)

    drawn.rectangle(top, left, top + 48, left + 38, (70, 88, 108), sheen)
    for row in (16, 32):
        drawn.rectangle(top + row - 1.2, left, top + row + 1.2, left + 38, (238, 234, 224))
    drawn.rectangle(top, left + 17.5, top + 48, left + 20.5, (238, 234, 224))
    drawn.rectangle(top + 52, left - 7, top + 57, left + 45, (176, 170, 160))


def _draw_door(drawn: _Drawn, left: int) -> None:
    middle = left + 22
    for grow, colour in ((5, (232, 226, 212)), (0, (58, 84, 72))):
        drawn.disc((278, middle), 22 + grow, colour)
        drawn.rectangle(278, middle - 22 - grow, 345, middle + 22 + grow, colour)
    for column in range(left + 6, left + 44, 8):
        drawn.line((264, column), (344, column), 1.2, (34, 52, 46))
    drawn.disc((308, left + 38), 2.5, (230, 200, 90))


def _draw_tree(drawn: _Drawn) -> None:
    drawn.polygon([(220, 357), (220, 367), (346, 374), (346, 350)], (84, 64, 48), _noise(drawn, 4, 0.3))
    ragged = 7 * _smooth_noise(drawn.random, (HEIGHT, WIDTH), 7)
    for row, column, radius in ((206, 336, 30), (212, 386, 32), (176, 362, 36), (226, 362, 30), (160, 346, 22)):
        colour = (58 + radius // 2, 98 + (row - 160) // 4, 50)
        box = (row - radius - 9, column - radius - 9, row + radius + 9, column + radius + 9)
        light = _lit_from_above(_noise(drawn, 5, 0.35), row)
        drawn.fill(box, _ragged_disc((row, column), radius, ragged), colour, light)


def _draw_street(drawn: _Drawn) -> None:
    """Draw stones in rows that grow towards the eye, and a kerb."""
    drawn.rectangle(340, 0, HEIGHT, WIDTH, (150, 146, 140), _noise(drawn, 3, 0.06))

    def stones(rows: _Plane, columns: _Plane) -> _Plane:
        near = (rows - 318) / 109  # 1 at the lower edge; stones are as large as they are near
        depth = 9 / near
        layer = np.floor(depth)
        across = (columns - 300) / near / 62 + 0.5 * (layer % 2)
        joint = (depth - layer < 0.12) | (across - np.floor(across) < 0.05)
        return np.where(joint, 0.62, 0.88 + 0.2 * np.abs(np.sin(layer * 7.1 + np.floor(across) * 3.3)))

    drawn.polygon([(362, 0), (362, WIDTH), (HEIGHT, WIDTH), (HEIGHT, 0)], (128, 122, 118), stones)
    drawn.rectangle(356, 0, 364, WIDTH, (196, 190, 180))
    drawn.rectangle(364, 0, 366, WIDTH, (70, 66, 64))


def _draw_fence(drawn: _Drawn) -> None:
    for row in (312, 334):
        drawn.rectangle(row, 296, row + 4, 560, (222, 216, 204))
    for column in range(298, 558, 12):
        drawn.polygon([(298, column + 3), (303, column + 6), (352, column + 6), (352, column), (303, column)],
                      (240, 236, 226))  # fmt: skip


def _draw_lamp_and_wires(drawn: _Drawn) -> None:
    for pole, height, thick in ((26, 60, 6.0), (530, 78, 5.0)):
        drawn.rectangle(height, pole - thick / 2, 362, pole + thick / 2, (66, 54, 46))
        drawn.rectangle(height + 8, pole - 26, height + 12, pole + 26, (66, 54, 46))
    for side in (-22, 22):
        columns = np.arange(WIDTH, dtype=float)
        share = (columns - 26 - side) / 504
        sag = 76 + 18 * share + 82 * share * (1 - share)
        drawn.fill((0, 0, 150, WIDTH), _wire(sag), (46, 44, 48), _plain)
    drawn.rectangle(196, 308, 358, 313, (44, 46, 52))
    drawn.polygon([(188, 300), (188, 321), (214, 317), (214, 304)], (250, 236, 178))
    drawn.polygon([(178, 310.5), (189, 324), (189, 297)], (44, 46, 52))
    drawn.rectangle(352, 300, 360, 321, (44, 46, 52))
