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
from tui_cnn.ui.toolkit.run_words import share

_WIDTH = 20
_SIGNS = {"changed": "~", "added": "+", "removed": "−"}


class Compared(NamedTuple):
    """A run to compare: the sign that its curve has, what it is called, its numbers, and its network's."""

    sign: str
    name: str
    summary: Summary
    analysis: Analysis | None


def comparison(runs: Sequence[Compared], accent: str) -> RenderableType:
    """Lay out a column for each run; `≠` and bold type mark the lines in which they differ."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    for _one in runs:
        table.add_column(no_wrap=True, justify="right", max_width=_WIDTH)
    heads = [Text(f"{one.sign} {one.name}"[:_WIDTH], style=f"bold {accent}") for one in runs]
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
        (_("state"), lambda one: one.state),
        (_("best validation"), lambda one: share(one.best_accuracy)),
        (_("test accuracy"), lambda one: share(one.test_accuracy)),
        (_("test loss"), lambda one: share(one.test_loss)),
        (_("epochs done"), lambda one: str(one.epochs_done)),
        (_("best epoch"), lambda one: str(one.best_epoch or "—")),
        (_("time"), lambda one: duration(one.seconds)),
        (_("per epoch"), lambda one: f"{one.seconds_per_epoch:.1f} s" if one.seconds_per_epoch else "—"),
        (_("memory"), lambda one: size(one.memory) if one.memory else "—"),
    ]
    for name, write in written:
        yield name, [write(one.summary) for one in runs]


def _networks(runs: Sequence[Compared]) -> Iterator[tuple[str, list[str]]]:
    yield _("network"), [one.summary.network for one in runs]
    yield _("parameters"), [_count(one.summary.parameters, "{:,}".format) for one in runs]
    yield _("MACs"), [_count(one.summary.macs, short_count) for one in runs]
    yield _("layers"), [_count(len(one.analysis.rows) if one.analysis else None, str) for one in runs]


def _recipes(runs: Sequence[Compared]) -> Iterator[tuple[str, list[str]]]:
    yield _("recipe"), [one.summary.recipe_name or "—" for one in runs]
    for field in fields(Recipe):
        cells = [
            format_value(field, getattr(one.summary.recipe, field.name)) or "—" if one.summary.recipe else "?"
            for one in runs
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
        found = [pair for pair in diff(first.analysis, other.analysis) if pair.change != "same"]
        for pair in found:
            row = pair.after or pair.before
            assert row is not None
            changed = ", ".join(f"{name} {was} → {now}" for name, (was, now) in pair.fields().items())
            settings = changed or " · ".join(row.layer.settings())
            yield Text(f"  {_SIGNS[pair.change]} {format_path(row.path):>5} {type(row.layer).__name__}  {settings}")
        if not found:
            yield Text("  " + _("identical"), style="dim")
        yield Text()


def _count(value: int | None, write: Callable[[int], str]) -> str:
    return "—" if value is None else write(value)
