"""A network in a few lines: its totals, the beginning of its stack, and what differs from another network."""

from typing import Any, NamedTuple

from rich.console import Group
from rich.style import StyleType
from rich.table import Table
from rich.text import Text
from textual.app import App

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Check
from tui_cnn.core.diff import Difference, diff
from tui_cnn.core.memory import memory
from tui_cnn.core.network import format_path
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.numbers_table import at_least
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.numbers import short_count, size, training_label


def totals_table(analysis: Analysis) -> Table:
    """List the totals, a line each."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    output = format_shape(analysis.output_shape) if analysis.output_shape else "—"
    least_params, least_macs = at_least(analysis)
    table.add_row(_("shapes"), f"{format_shape(analysis.network.input_shape)} → {output}")
    table.add_row(_("parameters"), f"{least_params}{analysis.totals.params:,}")
    table.add_row(_("MACs"), f"{least_macs}{short_count(analysis.totals.macs)}")
    needs = memory(analysis)
    table.add_row(training_label(), size(needs.training) if needs.training is not None else "—")
    table.add_row(_("RF"), widest_field(analysis) or "—")
    table.add_row(_("layers"), f"{leaf_count(analysis)}")
    table.add_row(_("checks"), findings(analysis.checks))
    return table


def header_totals(analysis: Analysis) -> tuple[str, ...]:
    """Return the totals of a network for the line at the top, the most important first."""
    totals, field = analysis.totals, widest_field(analysis)
    least_params, least_macs = at_least(analysis)
    parameters = _("{least}{params} parameters").format(least=least_params, params=f"{totals.params:,}")
    macs = _("{least}{macs} MACs").format(least=least_macs, macs=short_count(totals.macs))
    return (parameters, macs, *([_("RF {size}").format(size=field)] if field else ()))


def leaf_count(analysis: Analysis) -> int:
    """Count the layers that hold no others, each time of those that are repeated."""
    return sum(row.times for row in analysis.rows if not row.holds_layers)


def widest_field(analysis: Analysis) -> str:
    """Write the receptive field of the last feature map; empty where there is none, or it is not known."""
    last_map = analysis.last_map
    return format_field(last_map.field) if last_map else ""


def findings(checks: tuple[Check, ...]) -> str:
    """Count the errors and the warnings."""
    errors, warnings = (sum(1 for check in checks if check.severity == kind) for kind in ("error", "warning"))
    parts = []
    if errors:
        parts.append("✗ " + ngettext("{count} error", "{count} errors", errors).format(count=errors))
    if warnings:
        parts.append("⚠ " + ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings))
    return "  ".join(parts) or "✓"


def stack_lines(analysis: Analysis, most: int = 40) -> Text:
    """List the layers with their settings and output shapes, at most `most` lines."""
    rows = analysis.rows
    cut = len(rows) > most
    text = Text(no_wrap=True, overflow="ellipsis")
    for row in rows[: most - 1] if cut else rows:
        name = "  " * (len(row.path) - 1) + type(row.layer).__name__
        text.append(f"{name} ", style="bold")
        text.append(" · ".join(row.settings), style="dim")
        if row.error:
            text.append(f"  ✗ {row.error}")
        text.append("\n")
    if cut:
        text.append(_("… and {count} more").format(count=len(rows) - most + 1), style="dim")
    return text


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
        Text(", ".join(settings) or " · ".join(row.settings), style="" if settings else "dim"),
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
