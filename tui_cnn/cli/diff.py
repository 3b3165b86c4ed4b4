"""`cnn-tui diff`: what changed between two networks."""

from collections.abc import Callable
from typing import Any

import click
import msgspec

from tui_cnn.cli.arguments import ModelParam, input_shape_option, read_model
from tui_cnn.cli.checking.markdown import quiet
from tui_cnn.cli.group import SOUND, UNSOUND
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
from tui_cnn.formats.markdown import markdown_table
from tui_cnn.formats.numbers_table import numbers
from tui_cnn.i18n import _, ngettext

_SIGNS = {"same": " ", "changed": "~", "added": "+", "removed": "-"}


@click.command(
    short_help=_("Show what changed between two networks."),
    help=_(
        """Show what changed from network A to network B, layer by layer, with the change in every number.

        One of them may be - for the standard input.

        \b
        Examples:
          cnn-tui diff fashion-cnn my.toml
          git show HEAD:my.toml | cnn-tui diff - my.toml --exit-code
          cnn-tui diff old.toml new.toml --format markdown"""
    ),
)
@click.argument("before", metavar="A", type=ModelParam())
@click.argument("after", metavar="B", type=ModelParam())
@input_shape_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    help=_("Format of the output; markdown: for a comment on a pull request.  [text]"),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object."))
@click.option("--exit-code", is_flag=True, help=_("Exit with status 1 if the networks differ in more than the name."))
def diff(before: str, after: str, input_shape: Shape | None, form: str | None, as_json: bool, exit_code: bool) -> int:
    """Print the differences."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(_("--json and --format {form} exclude each other").format(form=form))
    old, new = (analyze(read_model(model, input_shape)) for model in (before, after))
    if as_json or form == "json":
        echo(_json(old, new))
    elif form == "markdown":
        echo(_markdown(old, new).encode())
    else:
        echo(_text(old, new))
    return UNSOUND if exit_code and _differ(old, new) else SOUND


def _differ(old: Analysis, new: Analysis) -> bool:
    """Tell whether two networks differ in more than the name."""
    return msgspec.structs.replace(old.network, name=new.network.name) != new.network


def _text(old: Analysis, new: Analysis) -> list[str]:
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
    return [heading, "", *table(columns, rows, numbers={5, 6, 7}), "", *legend, "", *written]


def _markdown(old: Analysis, new: Analysis) -> str:
    """Write the differences for a pull request: the numbers that changed in the heading, then all of them, folded."""
    names = dict.fromkeys(quiet(analysis.network.name) for analysis in (old, new))
    heading = "### " + " → ".join(names) + f": {_gist(old, new)}"
    figures = [
        (label, _count(a), _count(b), _change(a, b))
        for key, label, a, b in _totals(old, new)
        if key in _COMMENTED_TOTALS
    ]
    figures.append((_("receptive field (pixels)"), _last_field(old), _last_field(new), ""))
    figures.append((_("output"), _output(old), _output(new), ""))
    parts = [heading, markdown_table(("", _("before"), _("after"), _("change")), "-rrr", figures)]
    changed = [pair for pair in difference(old, new) if pair.change != "same"]
    if changed:
        rows = [[f"`{_SIGNS[pair.change]}`", *map(quiet, _cells(pair)[1:])] for pair in changed]
        summary = ngettext("{count} layer changed", "{count} layers changed", len(changed)).format(count=len(changed))
        columns = ("", "#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"), _("RF"))
        table = markdown_table(columns, "-r---rrr", rows)
        parts += [f"<details><summary>{summary}</summary>", table, "</details>"]
    problems = findings(old, new)
    for title, checks in ((_("New problems"), problems.new), (_("Resolved problems"), problems.gone)):
        if checks:
            parts += [f"**{title}**", "\n".join(f"- {quiet(line)}" for line in finding_lines(checks))]
    return "\n\n".join(parts)


_COMMENTED_TOTALS = ("params", "macs", "inference_memory", "training_memory")


def _gist(old: Analysis, new: Analysis) -> str:
    """Write the most important changes in a few words: `+12.3 % MACs, receptive field 18 → 26`."""
    if not _differ(old, new):
        return _("no differences")
    totals = {key: (label, a, b) for key, label, a, b in _totals(old, new)}
    parts = []
    for label, a, b in (totals[key] for key in ("params", "macs")):
        if change := _change(a, b):
            parts.append(f"{change} {label}")
        elif a != b:
            parts.append(f"{label} {_arrow(_count(a), _count(b))}")
    if _last_field(old) != _last_field(new):
        parts.append(_("receptive field {change}").format(change=_arrow(_last_field(old), _last_field(new))))
    if _output(old) != _output(new):
        parts.append(_("output {change}").format(change=_arrow(_output(old), _output(new))))
    return ", ".join(parts) or _("the same size and cost")


def _change(before: int | None, after: int | None) -> str:
    """Write how much a number grew or shrank, `+12.3 %`; empty where it did not, or where that cannot be known."""
    if not before or after is None or before == after:
        return ""
    percent = f"{100 * (after - before) / before:+,.1f}".removesuffix(".0")
    return f"{percent} %" if percent not in ("+0", "-0") else f"{after - before:+,}"


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
