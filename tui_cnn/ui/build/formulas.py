"""Why a number is what it is: the formulas of one layer with the values put in."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import activation, memory
from tui_cnn.core.receptive_field import ReceptiveField, format_field
from tui_cnn.core.rows import Row, Sum, field_formula
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.build.tree import StackLine
from tui_cnn.ui.toolkit.numbers import left, right, shortened, size


class Number(NamedTuple):
    """A number with its name, and how it comes about or what it means; the name is empty for one more of the kind."""

    label: str
    value: str
    reason: str = ""


_SIDE_BY_SIDE = 64
"""From this width on a number and its formula stand in one line."""

_LABEL, _VALUE = 15, 13


def written(numbers: Sequence[Number], width: int, quiet: Style) -> list[list[Segment]]:
    """Write numbers with their formulas, `width` cells wide.

    Where it is wide, formulas stand after the numbers; else before them, or below them where they are too long.
    """
    beside = width >= _SIDE_BY_SIDE
    lines: list[list[Segment]] = []
    for label, value, reason in numbers:
        if beside:
            after = "  " + shortened(reason, width - _LABEL - _VALUE - 2) if reason else ""
            lines.append([Segment(left(label, _LABEL), quiet), Segment(right(value, _VALUE)), Segment(after)])
            continue
        room = max(_VALUE, width - _LABEL)
        short = reason if value and cell_len(reason) + cell_len(value) + 2 <= room else ""
        if label or value:
            rest = room - cell_len(short)
            lines.append([Segment(left(label, _LABEL) + short, quiet), Segment(right(value, rest))])
        if reason and not short:
            lines += [[Segment(f"  {part.plain}", quiet)] for part in Content(reason).wrap(max(10, width - 2))]
    return lines


def write(numbers: Sequence[Number], width: int, quiet: Style) -> Text:
    """Write numbers as one text."""
    lines = written(numbers, width, quiet)
    return Text("\n").join(Text.assemble(*((part.text, part.style or "") for part in line)) for line in lines)


def numbers_of(line: StackLine, analysis: Analysis) -> tuple[str, list[Number]]:
    """Return a title for what stands on a line of the stack, and its numbers."""
    if not line.path:
        name, numbers = _("the whole network"), network_numbers(analysis)
    elif line.is_branch or line.row is None:
        name = _("branch {number}").format(number=line.path[-1] + 1)
        numbers = held_numbers(line.held) if line.held else []
    else:
        name, numbers = line.row.name, layer_numbers(line.row, line.held)
    return _("Formulas · {name}").format(name=name), numbers


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


class FormulasView(Widget):
    """Shows the numbers of what is selected, each with its formula; what does not fit scrolls."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"formulas--quiet"}
    DEFAULT_CSS = """
    FormulasView > .formulas--quiet { color: $foreground 70%; }
    """

    _title = ""
    _numbers: Sequence[Number] = ()
    _lines: list[list[Segment]] | None = None
    _top = 0

    def show(self, title: str, numbers: Sequence[Number]) -> None:
        """Show other numbers."""
        if title != self._title:  # assigned, it is drawn anew
            self._title, self.border_title = title, Content(title)
        if numbers != self._numbers:
            self._numbers, self._lines, self._top = numbers, None, 0
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base, place = self.size.width, self.visual_style.rich_style, y + self._top
        if self._lines is None:
            self._lines = written(self._numbers, width, self.get_component_rich_style("formulas--quiet"))
        if place >= len(self._lines):
            return Strip.blank(width, base)
        return Strip(self._lines[place]).adjust_cell_length(width).apply_style(base)

    def on_resize(self) -> None:
        """Write into the new width."""
        self._lines, self._top = None, 0

    def notify_style_update(self) -> None:
        """Write in other colours."""
        self._lines = None
        super().notify_style_update()

    def on_mouse_scroll_down(self) -> None:
        """Show what is below."""
        self._scroll(1)

    def on_mouse_scroll_up(self) -> None:
        """Show what is above."""
        self._scroll(-1)

    def _scroll(self, by: int) -> None:
        self._top = max(0, min(self._top + by, len(self._lines or ()) - self.size.height))
        self.refresh()
