"""A network's numbers and problems as a table to read."""

from tui_cnn.cli.formulas import formula_lines
from tui_cnn.cli.table import table
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import Memory
from tui_cnn.core.network import format_path
from tui_cnn.core.rows import Convention, Row, flops
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.numbers_table import numbers, total
from tui_cnn.i18n import _


def text_report(analysis: Analysis, needs: Memory, convention: Convention, *, explained: bool = False) -> str:
    """Write an analysis as a table of layers with the totals, formulas if it is `explained`, and its checks."""
    network, totals = analysis.network, analysis.totals
    heading = _("{name}, input {shape}").format(name=network.name, shape=format_shape(network.input_shape))
    columns = ("#", _("layer"), _("settings"), _("output"), _("parameters"), _("MACs"), _("RF"))
    sums = total(analysis)
    last = ("", sums.layer, "", sums.output, sums.parameters, sums.macs, "")
    lines = table(columns, [*map(_cells, analysis.rows), last], numbers={4, 5, 6})
    counted = _("parameters: {trainable:,} trainable, {non_trainable:,} non-trainable").format(
        trainable=totals.trainable, non_trainable=totals.non_trainable
    )
    notes = [counted, _("MACs: multiply-accumulates per image, in convolution and dense kernels, without biases")]
    notes.append(_("RF: receptive field of a cell, in pixels of the input"))
    if totals.complete:
        counts = _("FLOPs: {count:,} per image, counted as {convention}")
        notes.append(counts.format(count=flops(totals, convention), convention=convention))
    notes.append(_memory(needs))
    names = {"error": _("error"), "warning": _("warning"), "info": _("info")}
    line = _("{severity}: {check}")
    checks = [line.format(severity=names[finding.severity], check=finding) for finding in analysis.checks]
    filled = [*formula_lines(analysis, needs), ""] if explained else []
    return "\n".join([heading, "", *lines, "", *notes, "", *filled, *(checks or [_("no problems found")])])


def _cells(row: Row) -> tuple[str, ...]:
    kind = type(row.layer).__name__
    label = f"{kind} “{row.layer.name}”" if row.layer.name else kind
    indent = "  " * (len(row.path) - 1)
    settings = " ".join(row.layer.settings())
    return format_path(row.path), indent + label, settings, *numbers(row)


def _memory(needs: Memory) -> str:
    if needs.inference is None or needs.training is None:
        return _("memory: parameters {weights}, float32").format(weights=_size(needs.parameters))
    message = _(
        "memory: parameters {weights}, inference peak {image} (one image), training step {step} (batch of {batch})"
    )
    return message.format(
        weights=_size(needs.parameters),
        image=_size(needs.inference),
        step=_size(needs.training),
        batch=needs.batch_size,
    )


def _size(count: int) -> str:
    """Write bytes in powers of a thousand."""
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} B"
