"""Where the parts of a network stand in a drawing: stacks go down, branches stand side by side, blocks are frames.

A piece is drawn around a vertical line, its middle, on which its input comes in at the top and its output leaves at the
bottom. Lengths are in pixels; x is counted from the middle, y from the top.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tui_cnn.core.layers import Block, Branches, Layer
from tui_cnn.core.path import Path

BOX_WIDTH, BOX_HEIGHT = 276, 44
PILL_WIDTH, PILL_HEIGHT = 190, 24
_GAP, _FORK, _BETWEEN, _PADDING, _TITLE = 16, 16, 18, 14, 20
_SKIP = 40
"""How wide a branch without layers is."""


class Box(NamedTuple):
    """A layer, with its top left corner."""

    path: Path
    x: float
    y: float


class BlockFrame(NamedTuple):
    """A block around its layers."""

    path: Path
    x: float
    y: float
    width: float
    height: float


class Pill(NamedTuple):
    """Where branches are merged."""

    path: Path
    x: float
    y: float


class Connector(NamedTuple):
    """Where numbers go."""

    x: float
    y: float
    to_x: float
    to_y: float


Mark = Box | BlockFrame | Pill | Connector


class Piece(NamedTuple):
    """A part of the drawing: how far it reaches to the left and right of its middle, how high it is, and its marks."""

    left: float
    right: float
    height: float
    marks: tuple[Mark, ...]

    def moved(self, x: float, y: float) -> tuple[Mark, ...]:
        """Return the marks at another place."""
        return tuple(_moved(mark, x, y) for mark in self.marks)


def place(layers: Sequence[Layer], prefix: Path = ()) -> Piece:
    """Place a stack: one piece below the other, joined by lines."""
    marks: list[Mark] = []
    left = right = height = 0.0
    for index, layer in enumerate(layers):
        piece = _piece(layer, (*prefix, index))
        if index:
            marks.append(Connector(0, height, 0, height + _GAP))
            height += _GAP
        marks += piece.moved(0, height)
        left, right, height = max(left, piece.left), max(right, piece.right), height + piece.height
    return Piece(left, right, height, tuple(marks))


def _piece(layer: Layer, path: Path) -> Piece:
    if isinstance(layer, Branches):
        return _branches(layer, path)
    if isinstance(layer, Block):
        return _framed(place(layer.layers, path), path)
    return Piece(BOX_WIDTH / 2, BOX_WIDTH / 2, BOX_HEIGHT, (Box(path, -BOX_WIDTH / 2, 0),))


def _framed(inner: Piece, path: Path) -> Piece:
    left, right = (max(side, BOX_WIDTH / 2) + _PADDING for side in (inner.left, inner.right))
    height = _TITLE + _PADDING + inner.height + _PADDING
    through = (Connector(0, 0, 0, _TITLE + _PADDING), Connector(0, height - _PADDING, 0, height))
    frame = BlockFrame(path, -left, 0, left + right, height)
    return Piece(left, right, height, (frame, *through, *inner.moved(0, _TITLE + _PADDING)))


def _branches(layer: Branches, path: Path) -> Piece:
    """Fork, go down each branch, and merge. A branch beside skip connections only goes straight down."""
    pieces = [place(branch, (*path, number)) for number, branch in enumerate(layer.branches)]
    widths = [max(_SKIP, piece.left + piece.right) for piece in pieces]
    width = sum(widths) + _BETWEEN * (len(widths) - 1)
    bottom = _FORK + max(piece.height for piece in pieces) + _FORK
    marks: list[Mark] = [Connector(0, 0, 0, _FORK / 2), Connector(0, bottom - _FORK / 2, 0, bottom)]
    busy = [number for number, piece in enumerate(pieces) if piece.marks]
    left = width / 2
    if len(busy) == 1:
        left = sum(widths[: busy[0]]) + _BETWEEN * busy[0] + pieces[busy[0]].left
    middles = []
    edge = -left
    for piece, wide in zip(pieces, widths, strict=True):
        middle = edge + (piece.left if piece.marks else wide / 2)
        middles.append(middle)
        marks += [Connector(middle, _FORK / 2, middle, _FORK), *piece.moved(middle, _FORK)]
        marks.append(Connector(middle, _FORK + piece.height, middle, bottom - _FORK / 2))
        edge += wide + _BETWEEN
    first, last = min(0.0, *middles), max(0.0, *middles)
    marks += [
        Connector(first, _FORK / 2, last, _FORK / 2),
        Connector(first, bottom - _FORK / 2, last, bottom - _FORK / 2),
    ]
    marks.append(Pill(path, -PILL_WIDTH / 2, bottom))
    half = PILL_WIDTH / 2
    return Piece(max(left, half), max(width - left, half), bottom + PILL_HEIGHT, tuple(marks))


def _moved(mark: Mark, x: float, y: float) -> Mark:
    if isinstance(mark, Connector):
        return Connector(mark.x + x, mark.y + y, mark.to_x + x, mark.to_y + y)
    return mark._replace(x=mark.x + x, y=mark.y + y)
