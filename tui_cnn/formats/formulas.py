"""The numbers of a layer and of a network, and why each is what it is: formulas with the values put in."""

from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import activation, memory
from tui_cnn.core.receptive_field import ReceptiveField, format_field
from tui_cnn.core.rows import Row, Sum, field_formula
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.amounts import size
from tui_cnn.i18n import _, ngettext


class Number(NamedTuple):
    """A number with its name, and how it comes about or what it means; the name is empty for one more of the kind."""

    label: str
    value: str
    reason: str = ""


def layer_numbers(row: Row, held: Sum | None = None) -> list[Number]:
    """List a layer's numbers, each with its formula; those of a container are the sums of what it holds."""
    if row.muted:
        return [Number(_("output"), _("muted"), _("the input passes through unchanged; press m to unmute"))]
    if row.figures is None:
        reason = str(row.error) if row.error else _("an earlier layer cannot be built")
        return [Number(_("output"), "—", reason)]
    figures = row.figures
    output = Number(_("output"), format_shape(figures.output_shape), figures.size_formula)
    held_bytes = activation(figures.output_shape)
    stored = Number(
        _("activations"), size(held_bytes.value), _("{formula} bytes, one image").format(formula=held_bytes.formula)
    )
    field = _field(row)
    if held is not None:
        return [output, *held_numbers(held), *field, stored]
    trainable, fixed = figures.parameters
    formula = trainable.formula
    if fixed.value and trainable.value:
        formula = _("{trainable} + {fixed} non-trainable").format(trainable=formula, fixed=fixed.formula)
    elif fixed.value:
        formula = _("{fixed}, non-trainable").format(fixed=fixed.formula)
    macs = figures.macs
    doubled = _("2·{macs}: 2 per MAC").format(macs=f"{macs.value:,}") if macs.value else ""
    return [
        output,
        Number(_("parameters"), f"{figures.parameters.total:,}", formula),
        Number(_("MACs"), f"{macs.value:,}", macs.formula),
        *field,
        stored,
        Number(_("FLOPs"), f"{2 * macs.value:,}", doubled),
        Number(_("FLOPs, tf"), f"{figures.tf_flops:,}", _("as counted by TensorFlow's profiler")),
    ]


def held_numbers(held: Sum) -> list[Number]:
    """List what a container or a branch sums up to."""
    layers = ngettext("total of {count} layer", "total of {count} layers", held.layers).format(count=held.layers)
    return [
        Number(_("parameters"), f"{held.params:,}", layers),
        Number(_("MACs"), f"{held.macs:,}", layers),
    ]


def _field(row: Row) -> list[Number]:
    """Say what a cell sees of the image, and how that comes about."""
    formula = field_formula(row)
    if formula is None:
        return [Number(_("RF"), format_field(row.field), _seen(row.field))]
    steps = _("stride {stride}, padding {padding}").format(stride=formula.stride, padding=formula.padding)
    return [Number(_("RF"), format_field(row.field), formula.size), Number("", "", steps)]


def _seen(field: ReceptiveField | None) -> str:
    """Say what a receptive field is, in pixels of the input."""
    if field is None or field.status == "full":
        return _("each value sees the whole image")
    down, across = field.down, field.across
    if field.status == "unaligned":
        return _("pixels at most; varies by cell")
    stride = f"{down.stride}" if down.stride == across.stride else f"{down.stride}×{across.stride}"
    padding = f"{down.padding}" if down.padding == across.padding else f"{down.padding}×{across.padding}"
    message = _("pixels; stride {stride}, padding {padding}")
    return message.format(stride=stride, padding=padding)


def network_numbers(analysis: Analysis) -> list[Number]:
    """List the whole network's numbers."""
    totals = analysis.totals
    output = format_shape(analysis.output_shape) if analysis.output_shape else "—"
    layers = sum(1 for row in analysis.rows if not row.holds_layers and not row.muted)
    non_trainable = _("{count} of them non-trainable").format(count=f"{totals.non_trainable:,}")
    numbers = [
        Number(
            _("output"), output, ngettext("after {count} layer", "after {count} layers", layers).format(count=layers)
        ),
        Number(_("parameters"), f"{totals.params:,}", non_trainable if totals.non_trainable else ""),
        Number(_("MACs"), f"{totals.macs:,}", _("multiply-accumulates for one image")),
        Number(_("FLOPs"), f"{2 * totals.macs:,}", _("2 per MAC")),
        Number(_("FLOPs, tf"), f"{totals.tf_flops:,}", _("as counted by TensorFlow's profiler")),
    ]
    needs = memory(analysis)
    if needs.inference is not None and needs.training is not None:
        numbers += [
            Number(
                _("inference peak"),
                size(needs.inference),
                _("{formula} bytes, one image").format(formula=needs.formulas.inference),
            ),
            Number(
                _("training step"),
                size(needs.training),
                _("{formula} bytes, batch {batch}, adam").format(
                    formula=needs.formulas.training, batch=needs.batch_size
                ),
            ),
        ]
    return numbers
