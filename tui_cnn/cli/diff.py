"""`cnn-tui diff`: what changed between two networks."""

from collections.abc import Callable
from typing import Any

import click
import msgspec

from tui_cnn.cli.arguments import input_shape_option, read_model
from tui_cnn.cli.group import SOUND
from tui_cnn.cli.reports import check_report, field_legend, figures_report, finding_lines, last_field_report
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import table
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.diff import Difference, findings
from tui_cnn.core.diff import diff as difference
from tui_cnn.core.memory import memory
from tui_cnn.core.network import format_path
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row, Totals
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.numbers_table import numbers
from tui_cnn.i18n import _

_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "-"}


@click.command(
    short_help=_("Show what changed between two networks."),
    help=_(
        """Show what changed from network A to network B, layer by layer, with the change in every number.

        \b
        Example:
          cnn-tui diff fashion-cnn my.toml"""
    ),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@input_shape_option
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object."))
def diff(before: str, after: str, input_shape: Shape | None, as_json: bool) -> int:
    """Print the differences."""
    old, new = (analyze(read_model(model, input_shape)) for model in (before, after))
    echo(_json(old, new) if as_json else _text(old, new))
    return SOUND


def _text(old: Analysis, new: Analysis) -> str:
    columns = ("", "#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"), _("RF"))
    rows = [_cells(pair) for pair in difference(old, new)]
    heading = _("{before} → {after}").format(before=old.network.name, after=new.network.name)
    legend = [_("~ changed   + added   - removed"), *field_legend(old, new)]
    totals = [(label, _arrow(_count(a), _count(b)) + _percent(a, b)) for _key, label, a, b in _totals(old, new)]
    totals.append((_("output"), _arrow(_output(old), _output(new))))
    totals.append((_("receptive field of the last feature map, in pixels"), _arrow(_last_field(old), _last_field(new))))
    line = _("{label}: {value}")
    written = [line.format(label=label, value=value) for label, value in totals]
    problems = findings(old, new)
    if any(problems):
        written += ["", _("resolved problems and new problems:")]
        written += [f"- {line}" for line in finding_lines(problems.gone)]
        written += [f"+ {line}" for line in finding_lines(problems.new)]
    return "\n".join([heading, "", *table(columns, rows, numbers={5, 6, 7}), "", *legend, "", *written])


def _output(analysis: Analysis) -> str:
    return format_shape(analysis.output_shape) if analysis.output_shape else "—"


def _last_field(analysis: Analysis) -> str:
    return format_field(analysis.last_map.field) if analysis.last_map else "—"


def _cells(pair: Difference) -> tuple[str, ...]:
    row = pair.row
    settings = ", ".join(f"{name}: {a} → {b}" for name, (a, b) in pair.field_texts().items())
    figures = map(_arrow, numbers(pair.before or row), numbers(pair.after or row))
    label = "  " * (len(row.path) - 1) + (row.layer.name or type(row.layer).__name__)
    return _SIGNS[pair.change], format_path(row.path), label, settings or " ".join(row.settings), *figures


def _totals(old: Analysis, new: Analysis) -> list[tuple[str, str, int | None, int | None]]:
    """Return each total's key, its label, and its values; None for one that cannot be known."""
    before, after = (analysis.totals if analysis.totals.complete else None for analysis in (old, new))
    counts: list[tuple[str, str, Callable[[Totals], int]]] = [
        ("params", _("parameters"), lambda totals: totals.params),
        ("trainable_params", _("trainable parameters"), lambda totals: totals.trainable),
        ("macs", _("MACs"), lambda totals: totals.macs),
        ("tf_flops", _("FLOPs (TensorFlow profiler)"), lambda totals: totals.tf_flops),
    ]
    a, b = memory(old), memory(new)
    return [
        *(
            (key, label, count(before) if before else None, count(after) if after else None)
            for key, label, count in counts
        ),
        ("inference_memory", _("inference peak memory of one image (bytes)"), a.inference, b.inference),
        ("training_memory", _("training-step memory, batch of 32 (bytes)"), a.training, b.training),
    ]


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _count(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"


def _percent(before: int | None, after: int | None) -> str:
    return f" ({(after - before) / before:+.1%})" if before and after is not None and before != after else ""


def _json(old: Analysis, new: Analysis) -> bytes:
    layers = [
        {
            "change": pair.change,
            "type": type(pair.row.layer).__name__,
            "before": _row(pair.before),
            "after": _row(pair.after),
            "fields": {name: {"before": a, "after": b} for name, (a, b) in pair.fields().items()},
        }
        for pair in difference(old, new)
    ]
    problems = findings(old, new)
    report = {
        "before": old.network.name,
        "after": new.network.name,
        "layers": layers,
        "totals": {key: {"before": a, "after": b} for key, _label, a, b in _totals(old, new)},
        "output_shape": {"before": old.output_shape, "after": new.output_shape},
        "receptive_field": {"before": last_field_report(old), "after": last_field_report(new)},
        "checks": {name: [check_report(check) for check in listed] for name, listed in problems._asdict().items()},
    }
    return msgspec.json.encode(report)


def _row(row: Row | None) -> dict[str, Any] | None:
    return {"path": row.path, "name": row.name, **figures_report(row)} if row else None
