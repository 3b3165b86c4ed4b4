"""Runs beside each other: what came of them, how they were trained, and what differs in their networks."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.diff import diff
from tui_cnn.core.path import format_path
from tui_cnn.formats.fields import fields, format_value
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.summary import Summary
from tui_cnn.ui.toolkit.numbers import duration, short_count, size
from tui_cnn.ui.toolkit.runs import share

_WIDTH = 20
_SIGNS = {"changed": "~", "added": "+", "removed": "−"}


class Compared(NamedTuple):
    """A run to compare: the sign that its curve has, what it is called, its numbers, and its network's."""

    sign: str
    name: str
    summary: Summary
    analysis: Analysis | None


def comparison(runs: Sequence[Compared], colours: Sequence[str]) -> RenderableType:
    """Lay out a column for each run; `≠` and bold type mark the lines in which they differ.

    Each has the colour of its curve.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    for _run in runs:
        table.add_column(no_wrap=True, justify="right", max_width=_WIDTH)
    heads = [
        Text(f"{run.sign} {run.name}"[:_WIDTH], style=f"bold {colour}")
        for run, colour in zip(runs, colours, strict=True)
    ]
    table.add_row("", "", *heads)
    for title, lines in (
        (_("Results"), _results(runs)),
        (_("Network"), _networks(runs)),
        (_("Recipe"), _recipes(runs)),
    ):
        table.add_row("", Text(title, style="bold not dim"))
        for name, cells in lines:
            differs = len(set(cells)) > 1
            style = "bold" if differs else "dim"
            table.add_row("≠" if differs else " ", name, *(Text(cell, style=style) for cell in cells))
    return Group(table, Text(), *_layers(runs))


def _results(runs: Sequence[Compared]) -> Iterator[tuple[str, list[str]]]:
    written: list[tuple[str, Callable[[Summary], str]]] = [
        (_("state"), lambda run: run.state),
        (_("best validation"), lambda run: share(run.best_accuracy)),
        (_("test accuracy"), lambda run: share(run.test_accuracy)),
        (_("test loss"), lambda run: share(run.test_loss)),
        (_("epochs done"), lambda run: str(run.epochs_done)),
        (_("best epoch"), lambda run: str(run.best_epoch or "—")),
        (_("time"), lambda run: duration(run.seconds)),
        (_("per epoch"), lambda run: f"{run.seconds_per_epoch:.1f} s" if run.seconds_per_epoch else "—"),
        (_("memory"), lambda run: size(run.memory) if run.memory else "—"),
    ]
    for name, write in written:
        yield name, [write(run.summary) for run in runs]


def _networks(runs: Sequence[Compared]) -> Iterator[tuple[str, list[str]]]:
    yield _("network"), [run.summary.network for run in runs]
    yield _("parameters"), [_count(run.summary.parameters, "{:,}".format) for run in runs]
    yield _("MACs"), [_count(run.summary.macs, short_count) for run in runs]
    yield _("layers"), [_count(len(run.analysis.rows) if run.analysis else None, str) for run in runs]


def _recipes(runs: Sequence[Compared]) -> Iterator[tuple[str, list[str]]]:
    yield _("recipe"), [run.summary.recipe_name or "—" for run in runs]
    for field in fields(Recipe):
        cells = [
            format_value(field, getattr(run.summary.recipe, field.name)) or "—" if run.summary.recipe else "?"
            for run in runs
        ]
        yield field.name, cells


def _layers(runs: Sequence[Compared]) -> Iterator[RenderableType]:
    """List the layers in which the networks differ from the first."""
    first, *others = runs
    for other in others:
        if first.analysis is None or other.analysis is None:
            continue
        heading = _("Layers: {first} → {other}").format(first=first.name, other=other.name)
        yield Text(heading, style="bold")
        pairs = [pair for pair in diff(first.analysis, other.analysis) if pair.change != "same"]
        for pair in pairs:
            row = pair.after or pair.before
            assert row is not None
            changed = ", ".join(f"{name} {was} → {now}" for name, (was, now) in pair.fields().items())
            settings = changed or " · ".join(row.layer.settings())
            yield Text(f"  {_SIGNS[pair.change]} {format_path(row.path):>5} {type(row.layer).__name__}  {settings}")
        if not pairs:
            yield Text("  " + _("identical"), style="dim")
        yield Text()


def _count(value: int | None, write: Callable[[int], str]) -> str:
    return "—" if value is None else write(value)
