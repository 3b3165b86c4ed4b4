"""A confusion matrix as a table of numbers, in which mistakes are on a colour."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from tui_cnn.insight.colours import Scale
from tui_cnn.insight.predictions import shares
from tui_cnn.ui.toolkit.pictures.matrix import MatrixContent


def confusion_content(
    counts: npt.NDArray[np.int64],
    scaled: Callable[[Scale], Scale],
    row_names: Sequence[str],
    column_names: Sequence[str],
    *,
    in_percent: bool,
    widest_cell: int,
    most_lines: int = 1,
    describe: Callable[[int, int], str],
) -> MatrixContent:
    """Lay out counts (true class, predicted class), or shares of the images of a class in per cent.

    `scaled` makes of a scale what the terminal can show.
    """
    diagonal = np.eye(len(counts), dtype=np.bool_)
    mistaken = np.sqrt(counts * ~diagonal)
    scale = scaled(Scale(0.0, (float(mistaken.max(initial=0)) or 1.0) / 0.85, "sequential"))
    return MatrixContent(
        shares(counts) * 100 if in_percent else counts,
        lambda value: "·" if not value else "<1" if value <= 0.5 else f"{value:.0f}",
        scale,
        np.where(diagonal | (counts == 0), np.nan, mistaken),
        {"bold": diagonal, "dim": counts == 0},
        row_names=row_names,
        column_names=column_names,
        widest_cell=widest_cell,
        most_lines=most_lines,
        describe=describe,
    )
