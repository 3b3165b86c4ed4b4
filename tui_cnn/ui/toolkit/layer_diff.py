"""What differs between two networks: the totals with signs and colours, and layer by layer."""

from typing import Any, NamedTuple

from rich.console import Group
from rich.style import StyleType
from rich.table import Table
from rich.text import Text
from textual.app import App

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.diff import Difference, diff
from tui_cnn.core.network import format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.numbers import short_count

_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "−"}


class Tones(NamedTuple):
    """Styles for what gets better and worse, and for what is the same; the signs say it without colour."""

    better: StyleType
    worse: StyleType
    changed: StyleType
    same: StyleType = "dim"


def tones(app: App[Any]) -> Tones:
    """Take the styles from the app's theme."""
    return Tones(*(theme_style(app, name) for name in ("better", "worse", "text-warning")))


def difference(before: Analysis, after: Analysis, tone: Tones, *, whole: bool = False) -> Group:
    """List the layers whose settings or numbers differ, or with `whole` all, and what each change costs or saves."""
    pairs = diff(before, after)
    shown = [pair for pair in pairs if whole or pair.change != "same" or pair.numbers_differ]
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
    table.add_column()
    for _column in range(3):
        table.add_column(no_wrap=True, justify="right")
    titles = ("", "#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"))
    table.add_row(*(Text(title, style="dim") for title in titles))
    for pair in shown:
        _add(table, pair, tone)
    legend = Text(_("~ changed   + added   − removed"), style="dim")
    return Group(*heading, table, Text(), legend)


def _add(table: Table, pair: Difference, tone: Tones) -> None:
    row = pair.row
    style = {"same": tone.same, "changed": tone.changed, "added": tone.better, "removed": tone.worse}[pair.change]
    settings = [f"{name} {was} → {now}" for name, (was, now) in pair.field_texts().items()]
    table.add_row(
        Text(_SIGNS[pair.change], style=style),
        format_path(row.path),
        Text("  " * (len(row.path) - 1) + type(row.layer).__name__, style=style),
        Text(", ".join(settings) or " · ".join(row.layer.settings()), style="" if settings else "dim"),
        *_numbers(pair, tone),
    )


def _numbers(pair: Difference, tone: Tones) -> tuple[Text, Text, Text]:
    """Write the output shape as it is after, and how many parameters and MACs come or go; nothing where none do."""
    figures = pair.row.figures
    if any(side is not None and side.figures is None for side in pair[1:]):
        return Text("—", style="dim"), Text(""), Text("")  # what cannot be built saves nothing
    params, macs = pair.cost()
    shape = Text(format_shape(figures.output_shape) if figures else "—", style="" if pair.change != "same" else "dim")
    return shape, _signed(params, tone), _signed(macs, tone)


def _signed(count: int, tone: Tones) -> Text:
    if count == 0:
        return Text("")
    return (
        Text(f"+{short_count(count)}", style=tone.worse)
        if count > 0
        else Text(f"−{short_count(-count)}", style=tone.better)
    )
