"""The marked runs beside each other: their curves over each other, then field by field what differs."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import ClassVar, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.diff import diff
from tui_cnn.core.network import format_path
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.fields import Field, fields, format_value
from tui_cnn.i18n import _
from tui_cnn.runs.baseline import read_baseline
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.ledger import TestUse
from tui_cnn.runs.paired import Named, paired_lines
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.summary import Summary, summarize
from tui_cnn.ui.runs.actions import COMPARE
from tui_cnn.ui.toolkit.curves import Curves, Overlaid
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.numbers import duration, epoch_time, short_count, size
from tui_cnn.ui.toolkit.runs import Overlays, run_title, share, state_name, tested_weights
from tui_cnn.visible import visible

_TICK = 1.0
_CURVE_SIGNS = "123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH = 20
_CHANGE_SIGNS = {"changed": "~", "added": "+", "removed": "−"}


class _Comparison(Container):
    """The curves, which have the focus, above a table that the keys up and down scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_table('up')", show=False),
        Binding("down", "scroll_table('down')", show=False),
        Binding("pageup", "scroll_table('page_up')", show=False),
        Binding("pagedown", "scroll_table('page_down')", show=False),
    ]

    def compose(self) -> Iterator[Widget]:
        yield Curves()
        with VerticalScroll(id="fields", classes="panel", can_focus=False) as fields:
            fields.border_title = _("≠ differs")
            yield Static(id="paired", markup=False)
            yield Static(id="compared")

    def action_scroll_table(self, way: str) -> None:
        getattr(self.query_one("#fields"), f"scroll_{way}")(animate=False)


class CompareScreen(MainScreen):
    """Follows runs that are still being trained."""

    MODE = "runs"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "Curves"
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARE.bindings()]

    def __init__(self, runs: tuple[RunDirectory, ...]) -> None:
        super().__init__()
        self._directories = runs
        self._overlays = Overlays()
        self._shown: tuple[Overlaid, ...] = ()
        self._reading = Lock()

    def totals(self) -> Sequence[str]:
        """Return none: each of the runs has its own."""
        return ()

    def shown_network(self) -> str:
        """Return the names of the runs' networks."""
        return ", ".join(dict.fromkeys(run.name for run in self._directories))

    def body(self) -> Iterator[Widget]:
        """Lay out the curves and the fields."""
        yield _Comparison()

    def on_mount(self) -> None:
        """Read the runs now and then."""
        self._read()
        self.set_interval(_TICK, self._read)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()

    def action_next_pair(self) -> None:
        """Show loss and accuracy, or rates."""
        curves = self.query_one(Curves)
        curves.show_view("rates" if curves.view == "learning" else "learning")

    @work(thread=True, group="compare")
    def _read(self) -> None:
        if not self._reading.acquire(blocking=False):
            return
        try:
            shown = self._overlays.read(self._directories, first=_CURVE_SIGNS)
            if [id(run.snapshot) for run in shown] == [id(run.snapshot) for run in self._shown]:
                return
            compared = [_compare(run, overlaid) for run, overlaid in zip(self._directories, shown, strict=True)]
            named = [
                Named(visible(f"{run.sign} {run.name}"), directory)
                for run, directory in zip(shown, self._directories, strict=True)
            ]
            differences = paired_lines(named, _pinned(named))
        finally:
            self._reading.release()
        self.app.call_from_thread(self._show, shown, compared, differences)

    def _show(self, shown: tuple[Overlaid, ...], compared: list["Compared"], differences: list[str]) -> None:
        self._shown = shown
        curves = self.query_one(Curves)
        curves.show(None, shown)
        self.query_one("#paired", Static).update("\n".join([*differences, ""]))
        self.query_one("#compared", Static).update(comparison(compared, curves.overlay_colours))


def _pinned(runs: Sequence[Named]) -> Named | None:
    """Return the baseline, called as it is among the runs, if it is one of them."""
    baseline = read_baseline()
    if baseline is None:
        return None
    return next((run for run in runs if run.run == baseline), Named(run_title(baseline), baseline))


class Compared(NamedTuple):
    """A run to compare: the sign of its curve, what it and its state are called, its numbers, and its network's."""

    sign: str
    name: str
    state: str
    summary: Summary
    analysis: Analysis | None


def _compare(run: RunDirectory, overlaid: Overlaid) -> Compared:
    try:
        analysis = analyze(run.network())
    except FormatError:
        analysis = None
    snapshot = overlaid.snapshot
    return Compared(overlaid.sign, overlaid.name, state_name(snapshot), summarize(run, snapshot), analysis)


def comparison(runs: Sequence[Compared], colours: Sequence[str]) -> RenderableType:
    """Lay out a column for each run; `≠` and bold type mark the lines in which they differ.

    Each has the colour of its curve.
    """
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    for _run in runs:
        table.add_column(no_wrap=True, justify="right", max_width=_WIDTH)
    heads = (
        Text(f"{run.sign} {run.name}"[:_WIDTH], style=f"bold {colour}")
        for run, colour in zip(runs, colours, strict=True)
    )
    table.add_row("", "", *heads)
    for title, lines in COMPARED_LINES.items():
        table.add_row("", Text(title, style="bold not dim"))
        for name, write in lines:
            cells = [write(run) for run in runs]
            differs = len(set(cells)) > 1
            style = "bold" if differs else "dim"
            table.add_row("≠" if differs else " ", name, *(Text(cell, style=style) for cell in cells))
    return Group(table, Text(), *_layers(runs))


def _setting(field: Field, run: Compared) -> str:
    recipe = run.summary.recipe
    return "?" if recipe is None else format_value(field, getattr(recipe, field.name)) or "—"


def _known(value: float | None, write: Callable[..., str]) -> str:
    return "—" if value is None else write(value)


def _test_use(use: TestUse | None) -> str:
    return "—" if use is None else use.count


COMPARED_LINES: dict[str, list[tuple[str, Callable[[Compared], str]]]] = {
    _("Results"): [
        (_("state"), lambda run: run.state),
        (_("best validation"), lambda run: share(run.summary.best_accuracy)),
        (_("test accuracy"), lambda run: share(run.summary.test_accuracy)),
        (_("test loss"), lambda run: share(run.summary.test_loss)),
        (_("tested weights"), lambda run: tested_weights(run.summary.tested)),
        (_("test set evaluated"), lambda run: _test_use(run.summary.test_use)),
        (_("epochs done"), lambda run: str(run.summary.epochs_done)),
        (_("best epoch"), lambda run: _known(run.summary.best_epoch or None, str)),
        (_("time"), lambda run: duration(run.summary.seconds)),
        (_("per epoch"), lambda run: _known(run.summary.seconds_per_epoch or None, epoch_time)),
        (_("peak RAM"), lambda run: _known(run.summary.memory or None, size)),
    ],
    _("Network"): [
        (_("network"), lambda run: run.summary.network),
        (_("parameters"), lambda run: _known(run.summary.parameters, "{:,}".format)),
        (_("MACs"), lambda run: _known(run.summary.macs, short_count)),
        (_("layers"), lambda run: _known(len(run.analysis.rows) if run.analysis else None, str)),
    ],
    _("Recipe"): [
        (_("recipe"), lambda run: run.summary.recipe_name or "—"),
        *((field.name, partial(_setting, field)) for field in fields(Recipe)),
    ],
}
"""What is written of each run, under which heading, and how."""


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
            changed = ", ".join(f"{name} {was} → {now}" for name, (was, now) in pair.fields().items())
            settings = changed or " · ".join(pair.row.settings)
            sign, path = _CHANGE_SIGNS[pair.change], format_path(pair.row.path)
            yield Text(f"  {sign} {path:>5} {type(pair.row.layer).__name__}  {settings}")
        if not pairs:
            yield Text("  " + _("identical"), style="dim")
        yield Text()
