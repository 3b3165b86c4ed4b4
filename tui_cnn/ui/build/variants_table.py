"""Networks side by side: a line for each number, a column for each network, with the change against the first."""

from collections.abc import Callable
from typing import NamedTuple

from rich.style import StyleType
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.memory import memory
from tui_cnn.core.rows import flops
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.summary import Result
from tui_cnn.ui.settings import Flops
from tui_cnn.ui.toolkit.network_summary import Tones, findings, leaf_count, widest_field
from tui_cnn.ui.toolkit.numbers import change, short_count, size


class Candidate(NamedTuple):
    """A network to compare: what it is called here, its numbers, and the finished runs of it, the newest first."""

    name: str
    analysis: Analysis
    results: tuple[Result, ...] = ()


class ComparisonLine(NamedTuple):
    """A line of the comparison: its label, and a cell for each network."""

    label: str
    cells: tuple[Text, ...]


def comparison(candidates: list[Candidate], convention: Flops, tone: Tones) -> list[ComparisonLine]:
    """Compare all with the first: less is better for all costs, more for accuracies. What none has, has no line."""
    costs: list[tuple[str, Callable[[Candidate], int | None], Callable[[int], str]]] = [
        (
            _("parameters"),
            lambda candidate: candidate.analysis.totals.params if candidate.analysis.totals.complete else None,
            lambda count: f"{count:,}",
        ),
        (
            _("non-trainable"),
            lambda candidate: candidate.analysis.totals.non_trainable if candidate.analysis.totals.complete else None,
            lambda count: f"{count:,}",
        ),
        (
            _("MACs"),
            lambda candidate: candidate.analysis.totals.macs if candidate.analysis.totals.complete else None,
            short_count,
        ),
        (
            _flops_label(convention),
            lambda candidate: (
                flops(candidate.analysis.totals, convention) if candidate.analysis.totals.complete else None
            ),
            short_count,
        ),
        (_("memory, inference"), lambda candidate: memory(candidate.analysis).inference, size),
        (_("memory, train on 32"), lambda candidate: memory(candidate.analysis).training, size),
    ]
    texts: list[tuple[str, Callable[[Candidate], str]]] = [
        (_("shapes"), _shapes),
        (_("layers"), lambda candidate: f"{leaf_count(candidate.analysis)}"),
        (_("RF"), lambda candidate: widest_field(candidate.analysis) or "—"),
        (_("checks"), lambda candidate: findings(candidate.analysis.checks)),
    ]
    if not any(candidate.analysis.totals.non_trainable for candidate in candidates):
        del costs[1]
    lines = [
        *(_costs(label, [value(candidate) for candidate in candidates], write, tone) for label, value, write in costs),
        *(
            ComparisonLine(label, tuple(Text(write(candidate), justify="right") for candidate in candidates))
            for label, write in texts
        ),
    ]
    if not any(candidate.results for candidate in candidates):
        return lines
    return [
        *lines,
        _accuracies(_("best val. accuracy"), [_validation(candidate) for candidate in candidates], tone),
        _accuracies(
            _("test accuracy"),
            [candidate.results[0].test if candidate.results else None for candidate in candidates],
            tone,
        ),
        ComparisonLine(
            _("trained"), tuple(Text(_trained(candidate), style="dim", justify="right") for candidate in candidates)
        ),
    ]


def _costs(label: str, values: list[int | None], write: Callable[[int], str], tone: Tones) -> ComparisonLine:
    first = values[0]
    cells = []
    for value in values:
        if value is None:
            cells.append(_cell("—"))
        elif first is None or value == first:
            cells.append(_cell(write(value)))
        else:
            difference = change(first, value) or f"+{write(value)}"
            cells.append(_cell(write(value), difference, tone.better if value < first else tone.worse))
    return ComparisonLine(label, tuple(cells))


def _accuracies(label: str, values: list[float | None], tone: Tones) -> ComparisonLine:
    first = values[0]
    cells = []
    for value in values:
        if value is None:
            cells.append(_cell("—"))
        elif first is None or value == first:
            cells.append(_cell(f"{value:.4f}"))
        else:
            difference = f"{value - first:+.4f}".replace("-", "−")
            cells.append(_cell(f"{value:.4f}", difference, tone.better if value > first else tone.worse))
    return ComparisonLine(label, tuple(cells))


def _cell(value: str, difference: str = "", style: StyleType = "") -> Text:
    text = Text(value, justify="right")
    return text.append(f" {difference:>7}", style=style) if difference else text


def _flops_label(convention: Flops) -> str:
    return _("FLOPs (2 × MACs)") if convention == "2xmacs" else _("FLOPs (TensorFlow)")


def _shapes(candidate: Candidate) -> str:
    output = format_shape(candidate.analysis.output_shape) if candidate.analysis.output_shape else "—"
    return f"{format_shape(candidate.analysis.network.input_shape)} → {output}"


def _validation(candidate: Candidate) -> float | None:
    return candidate.results[0].validation if candidate.results else None


def _trained(candidate: Candidate) -> str:
    if not candidate.results:
        return _("not yet")
    epochs, runs = candidate.results[0].epochs, len(candidate.results)
    text = ngettext("{count} epoch", "{count} epochs", epochs).format(count=epochs)
    return text if runs == 1 else _("{epochs}, latest of {runs} runs").format(epochs=text, runs=runs)
