"""What differs between two networks: the totals with signs and colours, and layer by layer."""

from typing import Any, NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import App

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.diff import Difference, diff
from tui_cnn.core.path import format_path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.draw.numbers import short_count

_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "−"}


class Tones(NamedTuple):
    """Styles for what gets better and worse, and for what is the same; the signs say it without colour."""

    better: str
    worse: str
    changed: str
    same: str = "dim"


def tones(app: App[Any]) -> Tones:
    """Take the styles from the app's theme."""
    colors = app.theme_variables
    return Tones(colors["text-success"], colors["text-error"], colors["text-warning"])


def difference(before: Analysis, after: Analysis, tone: Tones, *, whole: bool = False) -> Group:
    """List the layers that differ, or with `whole` all of them, with what was and what is."""
    found = diff(before, after)
    shown = [pair for pair in found if whole or pair.change != "same"]
    if before.network.input_shape != after.network.input_shape:
        shapes = [format_shape(analysis.network.input_shape) for analysis in (before, after)]
        heading = [Text(_("input {before} → {after}").format(before=shapes[0], after=shapes[1]), style=tone.changed)]
    else:
        heading = []
    if not shown:
        return Group(*heading, Text(_("The layers are the same."), style="dim") if not heading else Text())
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for _column in range(3):
        table.add_column(no_wrap=True, justify="right")
    titles = ("", "#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"))
    table.add_row(*(Text(title, style="dim") for title in titles))
    for pair in shown:
        _add(table, pair, tone)
    legend = Text(_("~ changed   + added   − removed"), style="dim")
    return Group(*heading, table, Text(), legend)


def _add(table: Table, pair: Difference, tone: Tones) -> None:
    row = pair.after or pair.before
    assert row is not None
    style = {"same": tone.same, "changed": tone.changed, "added": tone.better, "removed": tone.worse}[pair.change]
    settings = [f"{name} {_brief(was)} → {_brief(now)}" for name, (was, now) in pair.fields().items()]
    table.add_row(
        Text(_SIGNS[pair.change], style=style),
        format_path(row.path),
        Text("  " * (len(row.path) - 1) + type(row.layer).__name__, style=style),
        Text(", ".join(settings) or " · ".join(row.layer.settings()), style="" if settings else "dim"),
        *(Text(_arrow(*pair_of), style=_tone_of(pair, pair_of)) for pair_of in _numbers(pair)),
    )


def _tone_of(pair: Difference, numbers: tuple[str, str]) -> str:
    return "dim" if pair.change in ("same", "removed") or numbers[0] == numbers[1] else ""


def _numbers(pair: Difference) -> list[tuple[str, str]]:
    """Return what was and what is, of the output, the parameters and the MACs; the same twice where one has no row."""
    was, now = (_cells(row) if row else None for row in (pair.before, pair.after))
    return list(zip(was or now or (), now or was or (), strict=True))


def _cells(row: Row) -> tuple[str, str, str]:
    if row.figures is None:
        return "—", "—", "—"
    params, macs = row.figures.parameters.total, row.figures.macs.value
    counts = [short_count(number) if number else "" for number in (params, macs)]
    return format_shape(row.figures.output_shape), counts[0], counts[1]


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before or 0} → {after or 0}"


def _brief(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)
