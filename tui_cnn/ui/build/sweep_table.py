"""A sweep as curves: for each number a small chart with a column for each value."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.style import Style
from rich.text import Text

from tui_cnn.core.sweep import SweepPoint
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import short_count, size

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_GAP = 3
_WIDEST = 6


def format_setting(value: Any) -> str:
    """Write a value of a setting: `3×3`, `same`, `64`."""
    if value is None:
        return _("pool_size")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def charts(trials: Sequence[SweepPoint], chosen: int, width: int, height: int, styles: tuple[Style, Style]) -> Text:
    """Draw the parameters, MACs, memory and receptive field over the values; `chosen` stands out in the second style.

    A value that breaks the network has a cross in place of a column.
    """
    drawn = [
        _chart(title, [None if trial.reason else value(trial) for trial in trials], write, chosen, room, height, styles)
        for room in [(width - 3 * _GAP) // 4]
        for title, value, write in _numbers()
    ]
    text = Text(no_wrap=True, overflow="crop")
    for line in zip(*drawn, strict=True):
        text.append_text((Text(" " * _GAP)).join(line))
        text.append("\n")
    return text


def _numbers() -> list[tuple[str, Callable[[SweepPoint], int | None], Callable[[int], str]]]:
    return [
        (_("params"), lambda trial: trial.analysis.totals.params, short_count),
        (_("MACs"), lambda trial: trial.analysis.totals.macs, short_count),
        (_("memory"), lambda trial: trial.training, size),
        (_("RF"), lambda trial: trial.field, str),
    ]


def _chart(
    title: str,
    values: Sequence[int | None],
    write: Callable[[int], str],
    chosen: int,
    width: int,
    height: int,
    styles: tuple[Style, Style],
) -> list[Text]:
    known = [value for value in values if value is not None]
    most = max(known, default=0)
    column = max(1, min(_WIDEST, width // max(1, len(values))))
    scale = f"{write(min(known))}–{write(most)}" if known and min(known) != most else write(most) if known else "—"
    if len(title) + 1 + len(scale) > width:
        scale = write(most)
    heading = Text(f"{title} ", style="dim").append(scale)
    heading.truncate(width, pad=True)
    lines = [heading]
    eighths = [None if value is None else max(1, round(value / most * height * 8)) if most else 0 for value in values]
    for line in range(height - 1, -1, -1):
        text = Text()
        for index, full in enumerate(eighths):
            style = styles[index == chosen]
            if full is None:
                text.append(("✗" if line == 0 else " ").ljust(column), style="dim")
            else:
                bar = _EIGHTHS[max(0, min(8, full - line * 8))]
                text.append(bar * max(1, column - 1) + " " * (column > 1), style=style)
        text.truncate(width, pad=True)
        lines.append(text)
    return lines
