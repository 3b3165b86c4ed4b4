"""How the volume shrinks and deepens on its way through the network, drawn in half-blocks.

A block is as high as the image (on a root scale, so that small ones stay visible) and as wide as the logarithm of its
channels; a row of features, which has no height, is one cell wide and as high as the logarithm of its length.
"""

from collections.abc import Sequence
from math import log2, sqrt
from typing import NamedTuple

from rich.style import Style
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.core.shape import Shape, format_shape


class Stage(NamedTuple):
    """A shape on the way, and the layers that leave it so; the input's path is empty."""

    shape: Shape
    paths: tuple[Path, ...]


class Tones(NamedTuple):
    """The styles of the feature extractor, the classifier, the selected stage, and the words."""

    features: Style
    classifier: Style
    selected: Style
    words: Style


_GAP = 2


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


def volume(analysis: Analysis, selected: Path, width: int, height: int, tones: Tones) -> Text:
    """Draw the stages into `width` cells and `height` lines, the last of which names their shapes.

    Where there is no room for words there are bare blocks; where there is none for these, those next to the selected.
    """
    found = stages(analysis)
    labels = [format_shape(stage.shape) for stage in found]
    blocks = [_width(stage.shape) for stage in found]
    fields = [max(block, len(label)) + _GAP for block, label in zip(blocks, labels, strict=True)]
    if sum(fields) > width:
        found = _around(found, selected, max(1, width // 2))
        labels = ["" for _ in found]
        blocks = [max(1, min(_width(stage.shape), width // len(found) - 1)) for stage in found]
        fields = [block + 1 for block in blocks]
    tops = _heights([stage.shape for stage in found], 2 * (height - 1))
    lines = [Text() for _ in range(height)]
    for stage, label, block, field, halves in zip(found, labels, blocks, fields, tops, strict=True):
        plain = tones.features if len(stage.shape) == 3 else tones.classifier
        style = tones.selected if selected[:1] in stage.paths else plain
        left = (field - block) // 2
        for line, cell in zip(lines, _column(halves, height - 1), strict=False):
            line.append(" " * left).append(cell * block, style).append(" " * (field - block - left))
        lines[-1].append(label.center(field), style if style is tones.selected else tones.words)
    for line in lines:
        line.truncate(width)
    drawn = Text("\n").join(lines)
    drawn.no_wrap = True
    return drawn


def _around(found: list[Stage], selected: Path, count: int) -> list[Stage]:
    """Take the `count` stages that have the selected one in their middle, as far as the ends allow."""
    here = next((index for index, stage in enumerate(found) if selected[:1] in stage.paths), 0)
    start = max(0, min(here - count // 2, len(found) - count))
    return found[start : start + count]


def _width(shape: Shape) -> int:
    return 1 + round(log2(shape[2])) if len(shape) == 3 else 1


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
    return [
        {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}[pair]
        for pair in zip(filled[::2], filled[1::2], strict=True)
    ]
