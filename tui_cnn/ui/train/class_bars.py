"""How well each class is known, and what is taken for what: a table that is read without colour."""

from collections.abc import Sequence

from textual.content import Content

from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.toolkit.numbers import level, right
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows

Confusion = tuple[tuple[int, ...], ...]

_BAR, _CELL, _NAME = 8, 4, 14
"""Cells of a bar and of a share in a narrow table, and of a name."""
_WIDEST_CELL = 14
_WORST = 3


def class_accuracies(confusion: Confusion) -> list[float | None]:
    """The share of each class's images that were known as such; None where there are none."""
    return [row[place] / sum(row) if sum(row) else None for place, row in enumerate(confusion)]


def confusion_table(confusion: Confusion, names: Sequence[str], width: int, height: int = 0) -> Content:
    """Lay out a line for each class: its name, its accuracy, and what its images were taken for, in per cent.

    Where there is room, the columns have names instead of numbers, and there are blank lines between the classes.
    """
    named = _named(names, len(confusion))
    room = min(max(map(len, named)), _NAME)
    number = len(str(len(confusion) - 1))
    left_over = width - number - room - 12
    cell = max(_CELL, min(left_over // len(confusion) - 1, _WIDEST_CELL))
    graph = max(0, min(_BAR * cell // _CELL, left_over - cell * len(confusion)))
    heads = (name[: cell - 1] for name in named) if cell > room else map(str, range(len(confusion)))
    above = f"{'':{number + room + 2}}{right(_('acc.'), 6)} {'':{graph}}  "
    lines = [Content.assemble((above + "".join(right(head, cell) for head in heads), "dim"))]
    for place, (row, accuracy) in enumerate(zip(confusion, class_accuracies(confusion), strict=True)):
        lines.append(
            Content.assemble(
                (f"{place:>{number}} ", "dim"),
                f"{named[place][:room]:{room}} ",
                f"{'—' if accuracy is None else f'{accuracy:.3f}':>6} ",
                level(accuracy or 0.0, graph),
                "  ",
                *(_cell(count, sum(row), cell, here=place == column) for column, count in enumerate(row)),
            )
        )
    between = Content("\n\n" if height >= 2 * len(lines) + _WORST + 2 else "\n")
    return Content("\n").join([between.join(lines), Content(""), most_confused(confusion, names)])


def _cell(count: int, total: int, width: int, *, here: bool) -> tuple[str, str]:
    share = count / total if total else 0.0
    if not count:
        return f"{'·':>{width}}", "$foreground 30%"
    text = f"{100 * share:>{width}.0f}" if share >= 0.005 else f"{'<1':>{width}}"
    if here:
        return text, "bold $text-primary"
    return text, "bold $text-warning" if share >= 0.1 else "" if share >= 0.02 else "dim"


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
    for count, known, taken in pairs[:_WORST]:
        message = ngettext(
            "{known} predicted as {taken}: {count} image of {all}",
            "{known} predicted as {taken}: {count} images of {all}",
            count,
        )
        line = message.format(known=named[known], taken=named[taken], count=count, all=sum(confusion[known]))
        lines.append(Content("  " + line))
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
