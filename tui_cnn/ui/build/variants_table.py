"""Networks side by side: a line for each number, a column for each network, with the change against the first."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import memory
from tui_cnn.core.rows import Totals, flops
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.summary import Result
from tui_cnn.ui.settings import Flops
from tui_cnn.ui.toolkit.network_summary import Tones, findings, leaf_count, widest_field
from tui_cnn.ui.toolkit.numbers import change, short_count, size, training_label

N = TypeVar("N", int, float)


class Candidate(NamedTuple):
    """A network to compare: what it is called here, its numbers, and the finished runs of it, the newest first."""

    name: str
    analysis: Analysis
    results: tuple[Result, ...] = ()


class ComparisonLine(NamedTuple):
    """A line of the comparison: its label, and a cell for each network."""

    label: str
    cells: tuple[Text, ...]


def comparison(candidates: list[Candidate], convention: Flops, tone: Tones) -> Iterator[ComparisonLine]:
    """Compare all with the first: less is better for all costs, more for accuracies. What none has, has no line."""
    analyses = [candidate.analysis for candidate in candidates]

    def costs(label: str, values: list[int | None], write: Callable[[int], str]) -> ComparisonLine:
        return _compared(label, values, write, lambda first, value: change(first, value) or f"+{write(value)}", tone)

    def totals(label: str, total: Callable[[Totals], int], write: Callable[[int], str]) -> ComparisonLine:
        known = (analysis.totals for analysis in analyses)
        return costs(label, [total(numbers) if numbers.complete else None for numbers in known], write)

    def accuracies(label: str, values: list[float | None]) -> ComparisonLine:
        return _compared(label, values, "{:.4f}".format, _gain, tone._replace(better=tone.worse, worse=tone.better))

    def texts(label: str, cells: list[str], style: str = "") -> ComparisonLine:
        return ComparisonLine(label, tuple(Text(cell, style=style, justify="right") for cell in cells))

    yield totals(_("parameters"), lambda totals: totals.params, "{:,}".format)
    if any(analysis.totals.non_trainable for analysis in analyses):
        yield totals(_("non-trainable"), lambda totals: totals.non_trainable, "{:,}".format)
    yield totals(_("MACs"), lambda totals: totals.macs, short_count)
    label = _("FLOPs (2 × MACs)") if convention == "2xmacs" else _("FLOPs (TensorFlow)")
    yield totals(label, lambda totals: flops(totals, convention), short_count)
    yield costs(_("inference peak"), [memory(analysis).inference for analysis in analyses], size)
    yield costs(training_label(), [memory(analysis).training for analysis in analyses], size)
    yield texts(_("shapes"), [_shapes(analysis) for analysis in analyses])
    yield texts(_("layers"), [f"{leaf_count(analysis)}" for analysis in analyses])
    yield texts(_("RF"), [widest_field(analysis) or "—" for analysis in analyses])
    yield texts(_("checks"), [findings(analysis.checks) for analysis in analyses])
    latest = [candidate.results[0] if candidate.results else None for candidate in candidates]
    if any(latest):
        yield accuracies(_("best val. accuracy"), [result and result.validation for result in latest])
        yield accuracies(_("test accuracy"), [result and result.test for result in latest])
        yield texts(_("trained"), [_trained(candidate.results) for candidate in candidates], "dim")


def _compared(
    label: str, values: list[N | None], write: Callable[[N], str], gain: Callable[[N, N], str], tone: Tones
) -> ComparisonLine:
    """Write numbers, each with how it differs from the first; less is better."""
    first = values[0]
    cells = []
    for value in values:
        cell = Text("—" if value is None else write(value), justify="right")
        if value is not None and first is not None and value != first:
            cell.append(f" {gain(first, value):>7}", style=tone.better if value < first else tone.worse)
        cells.append(cell)
    return ComparisonLine(label, tuple(cells))


def _gain(first: float, value: float) -> str:
    return f"{value - first:+.4f}".replace("-", "−")


def _shapes(analysis: Analysis) -> str:
    output = format_shape(analysis.output_shape) if analysis.output_shape else "—"
    return f"{format_shape(analysis.network.input_shape)} → {output}"


def _trained(results: tuple[Result, ...]) -> str:
    if not results:
        return _("not yet")
    text = ngettext("{count} epoch", "{count} epochs", results[0].epochs).format(count=results[0].epochs)
    return text if len(results) == 1 else _("{epochs}, latest of {runs} runs").format(epochs=text, runs=len(results))
