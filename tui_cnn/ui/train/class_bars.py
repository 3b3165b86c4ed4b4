"""How well each class is known, and what is taken for what: a table that is read without colour."""

from collections.abc import Callable, Sequence

import numpy as np
from rich.cells import cell_len
from textual.content import Content

from tui_cnn.i18n import _, ngettext
from tui_cnn.insight.colours import Scale
from tui_cnn.ui.toolkit.numbers import left
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows
from tui_cnn.ui.toolkit.pictures.confusion import confusion_content
from tui_cnn.ui.toolkit.pictures.matrix import MOST_LINES, MatrixContent

Confusion = tuple[tuple[int, ...], ...]

_CELL, _NAME = 4, 14
"""Cells of a share in a narrow table, and of a name."""
_WIDEST_CELL = 14
_WORST = 3


def class_accuracies(confusion: Confusion) -> list[float | None]:
    """The share of each class's images that were known as such; None where there are none."""
    return [row[place] / sum(row) if sum(row) else None for place, row in enumerate(confusion)]


def confusion_table(
    confusion: Confusion, names: Sequence[str], width: int, scaled: Callable[[Scale], Scale]
) -> MatrixContent:
    """Lay out a line for each class: its name, its accuracy, and what its images were taken for, in per cent.

    Where there is room in `width` cells, the columns have names instead of numbers.
    """
    named = _named(names, len(confusion))
    number, room = len(str(len(confusion) - 1)), min(max(map(cell_len, named)), _NAME)
    accuracies = ["—" if share is None else f"{share:.3f}" for share in class_accuracies(confusion)]
    rows = [
        f"{place:>{number}} {left(name, room)} {accuracy:>5}"
        for place, (name, accuracy) in enumerate(zip(named, accuracies, strict=True))
    ]
    cell = max(_CELL, min((width - number - room - 8) // len(confusion), _WIDEST_CELL))
    heads = named if cell > room else [str(place) for place in range(len(confusion))]
    return confusion_content(
        np.array(confusion, np.int64),
        scaled,
        rows,
        heads,
        in_percent=True,
        widest_cell=cell,
        most_lines=MOST_LINES,
        describe=lambda known, taken: _confused(confusion, named, known, taken),
    )


def _confused(confusion: Confusion, named: Sequence[str], known: int, taken: int) -> str:
    count = confusion[known][taken]
    message = ngettext(
        "{known} predicted as {taken}: {count} image of {all}",
        "{known} predicted as {taken}: {count} images of {all}",
        count,
    )
    return message.format(known=named[known], taken=named[taken], count=f"{count:,}", all=f"{sum(confusion[known]):,}")


def most_confused(confusion: Confusion, names: Sequence[str]) -> Content:
    """Name the pairs of classes that are confused most."""
    named = _named(names, len(confusion))
    pairs = sorted(
        (
            (count, known, taken)
            for known, row in enumerate(confusion)
            for taken, count in enumerate(row)
            if known != taken and count
        ),
        reverse=True,
    )
    lines = [Content.styled(_("Most confused"), "bold")]
    lines += [Content("  " + _confused(confusion, named, known, taken)) for _count, known, taken in pairs[:_WORST]]
    if not pairs:
        lines.append(Content("  " + _("none: every image is correct")))
    return Content("\n").join(lines)


def class_bars(confusion: Confusion, names: Sequence[str]) -> BarRows:
    """Make a bar for the accuracy of each class; what its images are predicted as is said where it is pointed at."""
    named = _named(names, len(confusion))
    bars = [
        Bar(name, accuracy or 0.0, "—" if accuracy is None else f"{accuracy:.3f}")
        for name, accuracy in zip(named, class_accuracies(confusion), strict=True)
    ]

    def describe(place: int) -> str:
        counts = sorted(((count, named[taken]) for taken, count in enumerate(confusion[place]) if count), reverse=True)
        total = sum(confusion[place])
        return "\n".join([named[place], *(f"{name}: {count / total:.1%}" for count, name in counts)])

    return BarRows(bars, widest_name=_NAME, column=30, longest=200, describe=describe)


def _named(names: Sequence[str], count: int) -> list[str]:
    return [names[place] if place < len(names) else str(place) for place in range(count)]
