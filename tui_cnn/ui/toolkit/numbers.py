"""Numbers as people read them, small drawings of them, and text brought to a width in cells."""

import re
from collections.abc import Sequence
from math import isnan

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui_cnn.formats.amounts import short_count as short_count
from tui_cnn.formats.amounts import size as size
from tui_cnn.i18n import _, ngettext


def change(before: int, after: int) -> str:
    """Write a change in per cent: `−15 %`, `+0.4 %`; nothing where there is none."""
    if before == after or before == 0:
        return ""
    percent = (after - before) / before * 100
    sign = "+" if percent > 0 else "−"
    size = abs(percent)
    if size >= 1000:
        return f"×{after / before:.0f}"
    return f"{sign}{size:.1f} %" if size < 10 else f"{sign}{size:.0f} %"


def duration(seconds: float) -> str:
    """Write a time span: `14 s`, `3 min 05 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return _("{minutes} min {seconds:02} s").format(minutes=minutes, seconds=rest)
    hours, minutes = divmod(minutes, 60)
    return _("{hours} h {minutes:02} min").format(hours=hours, minutes=minutes)


def epoch_time(seconds: float) -> str:
    """Write how long an epoch takes: `2.4 s`, and from ten seconds on as `duration` does."""
    return _("{seconds} s").format(seconds=f"{seconds:.1f}") if seconds < 9.95 else duration(seconds)


_LAST_NUMBER = re.compile(r"\s*[-+−±]?\d[^\s]*$")
"""With what is joined to it, as in `3×3×`."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int) -> str:
    """Draw a share of 0 to 1 as a bar of `width` cells; anything above nothing shows at least an eighth of a cell.

    What is no number, as after a training that diverged, shows nothing.
    """
    if isnan(share):
        return " " * width
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)[:width]


def level(share: float, width: int) -> Content:
    """Draw a share of 0 to 1 as a thin line: heavy as far as it goes, light for the rest."""
    full = round(min(max(share, 0.0), 1.0) * width)
    return Content.assemble(("━" * full, "$primary"), ("─" * (width - full), "$foreground 30%"))


def training_label(batch_size: int = 32) -> str:
    """Name the memory of a training step; `batch_size` is what `core.memory` assumes."""
    return _("training step, batch {batch}").format(batch=batch_size)


def left(text: str, width: int) -> str:
    """Put a text at the left of `width` cells; one that is wider is cut."""
    return set_cell_size(text, width)


def shortened(text: str, width: int) -> str:
    """Cut a text that is wider than `width` cells, with `…` at its end; a number that does not fit is left out."""
    if cell_len(text) <= width:
        return text
    kept = left(text, max(0, width - 1)).rstrip()
    if kept[-1:].isdecimal() or text[len(kept) :][:1].isdecimal():
        kept = _LAST_NUMBER.sub("", kept)
    return kept + "…" * (width > 0)


def right(text: str, width: int) -> str:
    """Put a text at the right of `width` cells; one that is wider stays as it is."""
    return " " * (width - cell_len(text)) + text


_HEIGHTS = " ▁▂▃▄▅▆▇█"


def column_part(eighths: int, line: int) -> str:
    """Draw what stands in a line, counted from below, of a column that is so many eighths of a line high."""
    return _HEIGHTS[max(0, min(8, eighths - 8 * line))]


def spark(values: Sequence[float], width: int, bounds: tuple[float, float] | None = None) -> str:
    """Draw numbers, the newest last, in at most `width` cells: from the smallest as `▁` to the largest as `█`.

    `bounds` are those of several such drawings that are to be compared.
    """
    if not values or width < 1:
        return ""
    every = -(-len(values) // width)
    groups = [values[max(0, end - every) : end] for end in range(len(values), 0, -every)][::-1]
    means = [sum(group) / len(group) for group in groups]
    low, high = bounds or (min(means), max(means))
    if high == low:
        return _HEIGHTS[4] * len(means)
    return "".join(_HEIGHTS[1 + round((mean - low) / (high - low) * 7)] for mean in means)


def whole_parts(text: str, width: int, between: str = "  ") -> str:
    """Leave the last parts of a line out, so that none of them is cut in `width` cells."""
    while cell_len(text) > width and between in text:
        text = text.rpartition(between)[0]
    return text


def whole_words(text: str, width: int) -> str:
    """Leave the last words of a caption out where they do not fit in `width` cells; a single one ends in `…`.

    No number is cut: one that does not fit is left out.
    """
    text = whole_parts(text, width, " ")
    if cell_len(text) <= width:
        return text
    return "" if any(map(str.isdecimal, text)) else left(text, max(0, width - 1)).rstrip() + "…" * (width > 0)


def threads(count: int) -> str:
    """Count threads: `2 threads`."""
    return ngettext("{count} thread", "{count} threads", count).format(count=count)


def images(count: int) -> str:
    """Count images: `60,000 images`."""
    return ngettext("{count} image", "{count} images", count).format(count=f"{count:,}")
