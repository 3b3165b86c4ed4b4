"""A network's numbers and problems as a table to read."""

from tui_cnn.cli.table import table
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import format_path
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _

_UNKNOWN = "—"


def text_report(analysis: Analysis) -> str:
    """Write an analysis as a table of layers with the totals, and its checks."""
    network, totals = analysis.network, analysis.totals
    heading = _("{name}, input {shape}").format(name=network.name, shape=format_shape(network.input_shape))
    columns = ("#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"))
    output = format_shape(analysis.output_shape) if analysis.output_shape else _UNKNOWN
    label = _("total") if totals.complete else _("total of what is known")
    total = ("", label, "", output, f"{totals.params:,}", f"{totals.macs:,}")
    lines = table(columns, [*map(_cells, analysis.rows), total], numbers={4, 5})
    counted = _("parameters: {trainable:,} trainable, {non_trainable:,} non-trainable").format(
        trainable=totals.trainable, non_trainable=totals.non_trainable
    )
    unit = _("MACs: multiply-accumulates for one image, of convolution and dense kernels, without biases")
    checks = [
        _("{severity}: {check}").format(severity=_(finding.severity), check=finding) for finding in analysis.checks
    ]
    return "\n".join([heading, "", *lines, "", counted, unit, "", *(checks or [_("no problems found")])])


def _cells(row: Row) -> tuple[str, ...]:
    kind = type(row.layer).__name__
    label = f"{kind} “{row.layer.name}”" if row.layer.name else kind
    indent = "  " * (len(row.path) - 1)
    settings = " ".join(row.layer.settings())
    if row.figures is None:
        return format_path(row.path), indent + label, settings, _UNKNOWN, _UNKNOWN, _UNKNOWN
    output = format_shape(row.figures.output_shape)
    if row.holds_layers:
        return format_path(row.path), indent + label, settings, output, "", ""
    figures = row.figures
    return (
        format_path(row.path),
        indent + label,
        settings,
        output,
        f"{figures.parameters.total:,}",
        f"{figures.macs.value:,}",
    )
