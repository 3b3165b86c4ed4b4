"""How the volume shrinks and deepens on its way through the network, drawn in half-blocks.

A block is as high as the image (on a root scale, so that small ones stay visible) and as wide as the logarithm of its
channels; a row of features, which has no height, is one cell wide and as high as the logarithm of its length.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import log2, sqrt
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.core.shape import Shape, format_shape


class Stage(NamedTuple):
    """A shape on the way, and the layers that leave it so; the input's path is empty."""

    shape: Shape
    paths: tuple[Path, ...]

    @property
    def is_image(self) -> bool:
        """Whether it has a height and a width: it belongs to the feature extractor, not to the classifier."""
        return len(self.shape) == 3


class Tones(NamedTuple):
    """The styles of the feature extractor, the classifier, the selected stage, and the words."""

    features: Style
    classifier: Style
    selected: Style
    words: Style


class Drawing(NamedTuple):
    """Lines, and for each stage the column where its place ends and the layer that it stands for."""

    lines: tuple[tuple[Segment, ...], ...]
    places: tuple[tuple[int, Path], ...]

    def path_at(self, column: int) -> Path | None:
        """Return the layer drawn at a column, if there is one."""
        return next((path for end, path in self.places if column < end), None)


_GAP = 2
_WIDEST = 12


def stages(analysis: Analysis) -> list[Stage]:
    """Follow the shape through the top of the stack; layers that keep it share a stage."""
    found = [Stage(analysis.network.input_shape, ((),))]
    for row in analysis.rows:
        if row.figures is None or len(row.path) > 1:
            continue
        if row.figures.output_shape == found[-1].shape:
            found[-1] = found[-1]._replace(paths=(*found[-1].paths, row.path))
        else:
            found.append(Stage(row.figures.output_shape, (row.path,)))
    return found


def volume(analysis: Analysis, selected: Path, width: int, height: int, tones: Tones) -> Drawing:
    """Draw the stages into `width` cells and `height` lines, the last of which names their shapes.

    Where there is room, blocks are twice as wide. Where there is none for all words, only the shape of the selected
    stage is named; where there is none for all blocks, those next to the selected are drawn.
    """
    found = stages(analysis)
    here = next((index for index, stage in enumerate(found) if selected[:1] in stage.paths), 0)
    labels = [format_shape(stage.shape) for stage in found]
    for wide in (2, 1):
        blocks = [wide * _width(stage.shape) for stage in found]
        fields = [max(block, len(label)) + _GAP for block, label in zip(blocks, labels, strict=True)]
        named = sum(fields) <= width
        if named:
            break
    if not named:
        count = max(1, width // 2)
        start = max(0, min(here - count // 2, len(found) - count))
        found, here = found[start : start + count], here - start
        labels = labels[start : start + count]
        blocks = [max(1, min(_width(stage.shape), width // len(found) - 1)) for stage in found]
        fields = [block + 1 for block in blocks]
    tops = _heights([stage.shape for stage in found], 2 * (height - 1))
    lines: list[list[Segment]] = [[] for _ in range(height)]
    for index, (stage, block, field, halves) in enumerate(zip(found, blocks, fields, tops, strict=True)):
        style = tones.selected if index == here else tones.features if stage.is_image else tones.classifier
        before, after = _blank((field - block) // 2), _blank(field - block - (field - block) // 2)
        for line, cell in zip(lines, _column(halves, height - 1), strict=False):
            line += (before, Segment(cell * block, style), after)
        if named:
            lines[-1].append(Segment(labels[index].center(field), style if index == here else tones.words))
    if not named:
        label = labels[here]
        start = max(0, min(sum(fields[:here]) + (fields[here] - len(label)) // 2, width - len(label)))
        lines[-1] += (_blank(start), Segment(label, tones.selected))
    ends = accumulate(fields)
    cut = tuple(tuple(Segment.adjust_line_length(line, width)) for line in lines)
    return Drawing(cut, tuple((end, stage.paths[0]) for end, stage in zip(ends, found, strict=True)))


def _width(shape: Shape) -> int:
    return min(_WIDEST, 1 + round(log2(shape[2]))) if len(shape) == 3 else 1


def _heights(shapes: Sequence[Shape], most: int) -> list[int]:
    """Give each shape its height in half lines."""
    images = [shape[0] for shape in shapes if len(shape) == 3]
    rows = [shape[-1] for shape in shapes if len(shape) != 3]
    tallest, longest = max(images, default=1), max(rows, default=1)
    return [
        max(1, round(most * (sqrt(shape[0] / tallest) if len(shape) == 3 else log2(shape[-1] + 1) / log2(longest + 1))))
        for shape in shapes
    ]


def _column(halves: int, height: int) -> list[str]:
    """Draw a bar of `halves` half lines in the middle of `height` lines."""
    top = (2 * height - halves) // 2
    filled = [top <= half < top + halves for half in range(2 * height)]
    return [_HALVES[upper, lower] for upper, lower in zip(filled[::2], filled[1::2], strict=True)]


_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def _blank(width: int) -> Segment:
    return Segment(" " * width)
