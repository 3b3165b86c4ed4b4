"""A network in a few lines: its totals, and the beginning of its stack."""

from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.checks import Check
from tui_cnn.core.memory import memory
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.toolkit.numbers import short_count, size


def totals_table(analysis: Analysis) -> Table:
    """List the totals, a line each."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    output = format_shape(analysis.output_shape) if analysis.output_shape else "—"
    least = at_least(analysis)
    table.add_row(_("shapes"), f"{format_shape(analysis.network.input_shape)} → {output}")
    table.add_row(_("parameters"), f"{least}{analysis.totals.params:,}")
    table.add_row(_("MACs"), f"{least}{short_count(analysis.totals.macs)}")
    needs = memory(analysis)
    training = _("{size} to train, batch {batch}").format(size=size(needs.training or 0), batch=needs.batch_size)
    table.add_row(_("memory"), training if needs.training is not None else "—")
    table.add_row(_("RF"), widest_field(analysis) or "—")
    table.add_row(_("layers"), f"{leaf_count(analysis)}")
    table.add_row(_("checks"), findings(analysis.checks))
    return table


def header_totals(analysis: Analysis) -> tuple[str, ...]:
    """Return the totals of a network for the line at the top, the most important first."""
    totals, least, field = analysis.totals, at_least(analysis), widest_field(analysis)
    parameters = _("{least}{params} parameters").format(least=least, params=f"{totals.params:,}")
    macs = _("{least}{macs} MACs").format(least=least, macs=short_count(totals.macs))
    return (parameters, macs, *([_("RF {size}").format(size=field)] if field else ()))


def at_least(analysis: Analysis) -> str:
    """Write what stands before totals of which more is not known: nothing, if all is."""
    return "" if analysis.totals.complete or not analysis.rows else "≥ "


def leaf_count(analysis: Analysis) -> int:
    """Count the layers that hold no others."""
    return sum(1 for row in analysis.rows if not row.holds_layers)


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


def stack_lines(analysis: Analysis, most: int) -> Text:
    """List the layers with their settings and output shapes, at most `most` lines."""
    rows = analysis.rows
    cut = len(rows) > most
    text = Text(no_wrap=True, overflow="ellipsis")
    for row in rows[: most - 1] if cut else rows:
        name = "  " * (len(row.path) - 1) + type(row.layer).__name__
        text.append(f"{name} ", style="bold")
        text.append(" · ".join(row.layer.settings()), style="dim")
        if row.error:
            text.append(f"  ✗ {row.error}")
        text.append("\n")
    if cut:
        text.append(_("… and {count} more").format(count=len(rows) - most + 1), style="dim")
    return text
