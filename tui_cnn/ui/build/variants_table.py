"""Networks side by side: a line for each number, a column for each network, with the change against the first."""

from collections.abc import Callable
from typing import NamedTuple

from rich.style import StyleType
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.flops import flops
from tui_cnn.core.memory import memory
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.results import Result
from tui_cnn.ui.settings import Flops
from tui_cnn.ui.toolkit.layer_diff import Tones
from tui_cnn.ui.toolkit.network_summary import findings, leaf_count, widest_field
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
            lambda one: one.analysis.totals.params if one.analysis.totals.complete else None,
            lambda count: f"{count:,}",
        ),
        (
            _("non-trainable"),
            lambda one: one.analysis.totals.non_trainable if one.analysis.totals.complete else None,
            lambda count: f"{count:,}",
        ),
        (_("MACs"), lambda one: one.analysis.totals.macs if one.analysis.totals.complete else None, short_count),
        (
            _flops_label(convention),
            lambda one: flops(one.analysis.totals, convention) if one.analysis.totals.complete else None,
            short_count,
        ),
        (_("memory, inference"), lambda one: memory(one.analysis).inference, size),
        (_("memory, train on 32"), lambda one: memory(one.analysis).training, size),
    ]
    said: list[tuple[str, Callable[[Candidate], str]]] = [
        (_("shapes"), _shapes),
        (_("layers"), lambda one: f"{leaf_count(one.analysis)}"),
        (_("RF"), lambda one: widest_field(one.analysis) or "—"),
        (_("checks"), lambda one: findings(one.analysis.checks)),
    ]
    if not any(one.analysis.totals.non_trainable for one in candidates):
        del costs[1]
    lines = [
        *(_costs(label, [value(one) for one in candidates], write, tone) for label, value, write in costs),
        *(ComparisonLine(label, tuple(Text(say(one), justify="right") for one in candidates)) for label, say in said),
    ]
    if not any(one.results for one in candidates):
        return lines
    return [
        *lines,
        _accuracies(_("best val. accuracy"), [_validation(one) for one in candidates], tone),
        _accuracies(_("test accuracy"), [one.results[0].test if one.results else None for one in candidates], tone),
        ComparisonLine(_("trained"), tuple(Text(_trained(one), style="dim", justify="right") for one in candidates)),
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
            said = change(first, value) or f"+{write(value)}"
            cells.append(_cell(write(value), said, tone.better if value < first else tone.worse))
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
            said = f"{value - first:+.4f}".replace("-", "−")
            cells.append(_cell(f"{value:.4f}", said, tone.better if value > first else tone.worse))
    return ComparisonLine(label, tuple(cells))


def _cell(value: str, said: str = "", style: StyleType = "") -> Text:
    text = Text(value, justify="right")
    return text.append(f" {said:>7}", style=style) if said else text


def _flops_label(convention: Flops) -> str:
    return _("FLOPs (2 × MACs)") if convention == "2xmacs" else _("FLOPs (TensorFlow)")


def _shapes(one: Candidate) -> str:
    output = format_shape(one.analysis.output_shape) if one.analysis.output_shape else "—"
    return f"{format_shape(one.analysis.network.input_shape)} → {output}"


def _validation(one: Candidate) -> float | None:
    return one.results[0].validation if one.results else None


def _trained(one: Candidate) -> str:
    if not one.results:
        return _("not yet")
    epochs, runs = one.results[0].epochs, len(one.results)
    said = ngettext("{count} epoch", "{count} epochs", epochs).format(count=epochs)
    return said if runs == 1 else _("{epochs}, latest of {runs} runs").format(epochs=said, runs=runs)
