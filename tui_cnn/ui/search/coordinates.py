"""Parallel coordinates: an axis a parameter and one for the accuracy, a line a trial, in cells of braille dots."""

from collections.abc import Iterable, Sequence
from math import floor, log
from typing import Any, NamedTuple

from rich.cells import cell_len

from tui_cnn.i18n import _
from tui_cnn.search.domain import Choices, Domain, label
from tui_cnn.search.follower import Trial
from tui_cnn.search.space import Space
from tui_cnn.ui.toolkit.numbers import shortened
from tui_cnn.ui.toolkit.plot import BRAILLE, AxisScale, Cell, Stroke, stroke_cells
from tui_cnn.ui.toolkit.runs import share
from tui_cnn.ui.toolkit.searches import short_keys, value_text

ACCURACY = ""
"""Stands for the key of the axis of the accuracy, the last one."""
_PARTS = 4
"""Parts of an axis without choices, of which one at a time is highlighted."""
_BEST_SHARE = 0.1
_LEAST = 11
_WIDEST_TITLE = 24
"""Cells from one axis to the next at least."""
_MOST_LINES = 400
"""Trials that are not highlighted and are drawn at most: more would fill the whole drawing."""


class TrialAxis(NamedTuple):
    """An axis: its title, where the trials lie on it, from 0 to 1, its labels from bottom to top, and its parts."""

    key: str
    title: str
    places: dict[int, float]
    labels: tuple[tuple[float, str], ...]
    parts: int


def axes(space: Space, trials: Sequence[Trial]) -> list[TrialAxis]:
    """Return the axes of the finished trials, that of the accuracy last."""
    finished = [trial for trial in trials if trial.is_finished]
    names = short_keys(tuple(parameter.key for parameter in space.parameters))
    found = []
    for parameter in space.parameters:
        values = {trial.number: trial.record.planned.values.get(parameter.key) for trial in finished}
        found.append(_axis(parameter.key, names[parameter.key], parameter.domain, values))
    accuracies = {trial.number: trial.accuracy or 0.0 for trial in finished}
    low, high = min(accuracies.values(), default=0.0), max(accuracies.values(), default=1.0)
    places = {number: (value - low) / (high - low) if high > low else 0.5 for number, value in accuracies.items()}
    ends = ((0.0, share(low)), (1.0, share(high))) if high > low else ((0.5, share(low)),)
    return [*found, TrialAxis(ACCURACY, _("val. accuracy"), places, ends, 1)]


def _axis(key: str, title: str, domain: Domain, values: dict[int, Any]) -> TrialAxis:
    if isinstance(domain, Choices):
        order = list(domain.options)
        if all(isinstance(option, int | float) and not isinstance(option, bool) for option in order):
            order.sort()
        written = [label(option) for option in order]
        most = max(1, len(order) - 1)
        places = {
            number: written.index(label(value)) / most if len(order) > 1 else 0.5
            for number, value in values.items()
            if label(value) in written
        }
        marks = tuple((place / most if len(order) > 1 else 0.5, value_text(each)) for place, each in enumerate(order))
        return TrialAxis(key, title, places, marks, len(order))
    low, high = (log(end) if domain.log else end for end in (domain.low, domain.high))

    def place(value: float) -> float:
        return min(1.0, max(0.0, ((log(value) if domain.log else value) - low) / (high - low)))

    known = {number: place(value) for number, value in values.items() if isinstance(value, int | float) and value}
    ends = ((0.0, value_text(domain.low)), (1.0, value_text(domain.high)))
    return TrialAxis(key, title, known, ends, _PARTS)


def highlighted(axis: TrialAxis, part: int) -> frozenset[int]:
    """Return the trials in a part of an axis, counted from the bottom; of the accuracy the best tenth."""
    if axis.key == ACCURACY:
        order = sorted(axis.places, key=lambda number: -axis.places[number])
        return frozenset(order[: max(1, round(len(order) * _BEST_SHARE))])
    return frozenset(number for number, place in axis.places.items() if _part(axis, place) == part)


def _part(axis: TrialAxis, place: float) -> int:
    """Return in which part of an axis a place lies: each choice is one."""
    if len(axis.labels) == axis.parts:
        return round(place * max(1, axis.parts - 1))
    return min(axis.parts - 1, floor(place * axis.parts))


def draw_coordinates(
    found: Sequence[TrialAxis], here: int, bright: Iterable[int], selected: int, size: tuple[int, int]
) -> list[list[Cell]]:
    """Draw into (columns, rows): titles in the first row, values beside the axes, the axis `here` marked.

    Where not all axes have room, those around `here` are drawn.
    """
    columns, rows = size
    lines = rows - 1
    if lines < 2 or columns < 2 * _LEAST or not found:
        return [[(" ", "")] * columns for _row in range(rows)]
    most = max(2, columns // _LEAST)
    first = max(0, min(here - most // 2, len(found) - most))
    shown = found[first : first + most]
    margin = max(cell_len(text) for _place, text in shown[0].labels) + 1
    margin = min(margin, _LEAST - 2)
    width = columns - margin - 1
    last = max(1, len(shown) - 1)
    at = [margin + round(number * (width - 1) / last) for number in range(len(shown))]
    area: list[list[Cell]] = [[(" ", "")] * columns for _row in range(lines)]
    x_axis, y_axis = AxisScale(0, last, ()), AxisScale(-0.02, 1.02, ())
    strokes = _strokes(shown, frozenset(bright), selected)
    for (line, column), (dots, style) in stroke_cells(strokes, x_axis, y_axis, width, lines).items():
        area[line][margin + column] = (chr(BRAILLE + dots), style)
    for number, axis in enumerate(shown):
        style = "bold primary" if first + number == here else "tick"
        for row in area:
            row[at[number]] = ("┃" if first + number == here else "│", style)
        _put_labels(area, axis, at, number, style)
    titles: list[Cell] = [(" ", "")] * columns
    free = columns
    for number, axis in reversed([*enumerate(shown)]):
        room = free - (at[number - 1] + 2 if number else 0)
        text = shortened(axis.title, max(1, min(room, _WIDEST_TITLE)))
        begin = max(0, min(at[number] + 1, free) - cell_len(text)) if number else 0
        _put(titles, begin, text, "bold primary" if first + number == here else "tick")
        free = begin - 1
    return [titles, *area]


def _strokes(shown: Sequence[TrialAxis], bright: frozenset[int], selected: int) -> list[Stroke]:
    numbers = [number for number in shown[-1].places if all(number in axis.places for axis in shown)]
    quiet = [number for number in numbers if number not in bright and number != selected][-_MOST_LINES:]
    order = [*quiet, *(number for number in numbers if number in bright and number != selected)]
    if selected in numbers:
        order.append(selected)
    return [
        Stroke(
            tuple((float(place), axis.places[number]) for place, axis in enumerate(shown)),
            "bold primary" if number == selected else "accent" if number in bright else "axis",
        )
        for number in order
    ]


def _put_labels(area: list[list[Cell]], axis: TrialAxis, at: Sequence[int], number: int, style: str) -> None:
    """Write the values to the left of an axis, from the bottom, as many as there are rows for."""
    room = at[number] - (at[number - 1] + 1 if number else 0)
    taken: set[int] = set()
    for place, text in (axis.labels[0], axis.labels[-1], *axis.labels[1:-1]):
        row = round((1 - place) * (len(area) - 1))
        if row not in taken:
            taken.add(row)
            written = shortened(text, min(room - 1, _LEAST - 2))
            _put(area[row], at[number] - cell_len(written), written, style)


def _put(line: list[Cell], begin: int, text: str, style: str) -> None:
    place = max(0, begin)
    for character in text:
        cells = cell_len(character)
        if place + cells > len(line):
            break
        line[place] = (character, style)
        for further in range(1, cells):
            line[place + further] = ("", style)
        place += cells
