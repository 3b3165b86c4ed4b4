"""Try one setting of a layer over several values: a table, curves, and Enter to take one."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import DataTable, Input, Label, Static

from tui_cnn.core import edits
from tui_cnn.core.network import Network, Path, format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.core.sweep import SweepPoint, is_allowed, parse_numbers, sweep, sweepable, values_around
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame
from tui_cnn.ui.toolkit.form import Choice
from tui_cnn.ui.toolkit.network_summary import tones
from tui_cnn.ui.toolkit.numbers import change, column_part, short_count, size, training_label
from tui_cnn.ui.toolkit.textual_adapter import after_layout
from tui_cnn.ui.toolkit.whole_columns import WholeColumns
from tui_cnn.ui.workspace import Workspace

_GAP = 3
_WIDEST = 6


async def sweep_setting(app: App[object], workspace: Workspace, path: Path) -> None:
    """Show what several values of a setting would make of the network; apply the chosen one, which can be undone."""
    network = workspace.design.network
    try:
        fields = sweepable(edits.layer_at(network, path)) if path else ()
    except IndexError:  # a line of the stack that is no layer
        fields = ()
    if not fields:
        app.notify(_("This layer has no settings to sweep."))
        return
    chosen = await app.push_screen_wait(Sweep(network, path))
    if chosen is not None and workspace.is_still(network):
        setting, value = chosen
        workspace.edit(setting, lambda network: edits.change(network, path, **{setting: value}), path)


class Sweep(SingleResult[tuple[str, Any] | None]):
    """The values of a setting, a line each, with what each would make of the whole network.

    The answer is a setting and the value to give it.
    """

    AUTO_FOCUS = "DataTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False, priority=True),
        Binding("left", "field(-1)", show=False, priority=True),
        Binding("right", "field(1)", show=False, priority=True),
        Binding("r,slash", "range", show=False),
    ]

    def __init__(self, network: Network, path: Path) -> None:
        super().__init__()
        self._network = network
        self._path = path
        self._layer = edits.layer_at(network, path)
        self._fields = sweepable(self._layer)
        self._tried = ""
        self._trials: tuple[SweepPoint, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the setting and its range, the table, and the curves."""
        kind, number = type(self._layer).__name__, format_path(self._path)
        title = _("Sweep · {kind} · layer {number}").format(kind=kind, number=number)
        with frame(title, _("↑ ↓ select  Enter apply  ← → setting  r values  Esc back"), "-sweep"):
            with Horizontal(classes="line"):
                yield Label(_("setting"))
                yield Choice(self._fields, self._fields[0], id="setting")
                yield Label(_("values"))
                yield Input(compact=True, id="values")
            yield WholeColumns(cursor_type="row", cursor_foreground_priority="renderable", id="trials")
            yield Static(id="reason", markup=False)
            yield Static(id="charts", markup=False)

    def on_mount(self) -> None:
        """Begin with the first setting."""
        self._begin()

    def on_resize(self) -> None:
        """Draw the curves anew."""
        after_layout(self, self._draw)

    @property
    def _field(self) -> str:
        return self.query_one(Choice).value

    @on(Choice.Changed)
    def _begin(self) -> None:
        """Propose values of the setting, and try them."""
        values = values_around(self._layer, self._field)
        numbers = [value[0] if isinstance(value, tuple) else value for value in values]
        entry = self.query_one(Input)
        entry.disabled = not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
        with self.prevent(Input.Changed):
            entry.value = ", ".join(format_setting(number) for number in numbers)
        self._try(self._field, values)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        try:
            numbers = parse_numbers(event.value)
        except ValueError:
            self.query_one("#reason", Static).update(_("enter values such as 8, 16, 32 or 8..128 or 8..128..8"))
            return
        pair = isinstance(getattr(self._layer, self._field), tuple)
        values = [(number, number) if pair else number for number in numbers]
        self._try(self._field, tuple(value for value in values if is_allowed(self._layer, self._field, value)))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one(DataTable).focus()

    @work(thread=True, exclusive=True, group="sweep")
    def _try(self, field: str, values: tuple[Any, ...]) -> None:
        trials = sweep(self._network, self._path, field, values)
        self.app.call_from_thread(self._show, field, trials)

    def _show(self, field: str, trials: tuple[SweepPoint, ...]) -> None:
        if not self.is_mounted or self.answered or field != self._field:
            return
        self._tried, self._trials = field, trials
        table = self.query_one(DataTable)
        table.clear(columns=True)
        titles = (_("value"), _("output"), _("parameters"), _("MACs"), training_label(), _("RF"))
        table.add_columns(*(Text(title, justify="right") for title in titles))
        present = getattr(self._layer, field)
        now = next(iter(sweep(self._network, self._path, field, [present])))
        for trial in trials:
            table.add_row(*self._cells(trial, now))
        values = [trial.value for trial in trials]
        if present in values:
            table.move_cursor(row=values.index(present))
        self._explain()
        after_layout(self, self._draw)  # the table has more or fewer lines now, and the charts have the others

    def _cells(self, trial: SweepPoint, now: SweepPoint) -> list[Text]:
        mark = "● " if trial.value == now.value else ""
        value = Text(mark + format_setting(trial.value), justify="right")
        figures = trial.row.figures
        if trial.reason or figures is None:
            return [value, *(Text(cell, justify="right") for cell in ("✗ " + _("invalid"), "—", "—", "—", "—"))]
        totals, before = trial.analysis.totals, now.analysis.totals
        return [
            value,
            Text(format_shape(figures.output_shape), justify="right"),
            self._number(short_count(totals.params), before.params, totals.params),
            self._number(short_count(totals.macs), before.macs, totals.macs),
            self._number(size(trial.training or 0), now.training or 0, trial.training or 0),
            Text("—" if trial.field is None else f"{trial.field}", justify="right"),
        ]

    def _number(self, written: str, before: int, after: int) -> Text:
        tone = tones(self.app)
        text = Text(written, justify="right")
        return text.append(f" {change(before, after):>6}", style=tone.better if after < before else tone.worse)

    @on(DataTable.RowHighlighted)
    def _explain(self) -> None:
        """Say why the value under the cursor cannot be, and let its columns stand out."""
        trial = self._trial_at(self.query_one(DataTable).cursor_row)
        reason = trial.reason if trial else _("no valid value for this setting")
        self.query_one("#reason", Static).update(f"✗ {reason}" if reason else "")
        self._draw()

    def _draw(self) -> None:
        pane = self.query_one("#charts", Static)
        height, place = pane.size.height - 1, self.query_one(DataTable).cursor_row
        if height > 0 and self._trials:
            styles = theme_style(self.app, "primary"), theme_style(self.app, "accent")
            pane.update(charts(self._trials, place, pane.size.width, height, styles))
        else:
            pane.update("")

    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        trial = self._trial_at(event.cursor_row)
        if trial and self._tried == self._field:  # or else others are about to be shown
            self.dismiss((self._tried, trial.value))

    def _trial_at(self, row: int) -> SweepPoint | None:
        """Return what stands in a row of the table; None in one that it has no more: its keys may come late."""
        return self._trials[row] if 0 <= row < len(self._trials) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrows to the line of values while one types there."""
        if action == "field":
            return not isinstance(self.focused, Input | Choice)
        return super().check_action(action, parameters)

    def action_field(self, by: int) -> None:
        """Try another setting."""
        self.query_one(Choice).action_step(by)

    def action_range(self) -> None:
        """Type other values."""
        self.query_one(Input).focus()

    def action_back(self) -> None:
        """Leave the line of values, or the dialog."""
        if isinstance(self.focused, Input):
            self.query_one(DataTable).focus()
        else:
            self.dismiss(None)


def format_setting(value: Any) -> str:
    """Write a value of a setting: `3×3`, `same`, `64`."""
    if value is None:
        return _("pool_size")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def charts(trials: Sequence[SweepPoint], chosen: int, width: int, height: int, styles: tuple[Style, Style]) -> Text:
    """Draw the parameters, MACs, memory and receptive field over the values; `chosen` stands out in the second style.

    A value that breaks the network has a cross in place of a column.
    """
    numbers: list[tuple[str, Callable[[SweepPoint], int | None], Callable[[int], str]]] = [
        (_("params"), lambda trial: trial.analysis.totals.params, short_count),
        (_("MACs"), lambda trial: trial.analysis.totals.macs, short_count),
        (_("training step"), lambda trial: trial.training, size),
        (_("RF"), lambda trial: trial.field, str),
    ]
    room = (width - 3 * _GAP) // 4
    drawn = [
        _chart(title, [None if trial.reason else value(trial) for trial in trials], write, chosen, room, height, styles)
        for title, value, write in numbers
    ]
    lines = (Text(" " * _GAP).join(line) for line in zip(*drawn, strict=True))
    return Text("\n", no_wrap=True, overflow="crop").join(lines)


def _chart(
    title: str,
    values: Sequence[int | None],
    write: Callable[[int], str],
    chosen: int,
    width: int,
    height: int,
    styles: tuple[Style, Style],
) -> list[Text]:
    known = [value for value in values if value is not None]
    most = max(known, default=0)
    column = max(1, min(_WIDEST, width // max(1, len(values))))
    scale = f"{write(min(known))}–{write(most)}" if known and min(known) != most else write(most) if known else "—"
    if len(title) + 1 + len(scale) > width:
        scale = write(most)
    heading = Text(f"{title} ", style="dim").append(scale)
    heading.truncate(width, pad=True)
    lines = [heading]
    eighths = [None if value is None else max(1, round(value / most * height * 8)) if most else 0 for value in values]
    for line in range(height - 1, -1, -1):
        text = Text()
        for index, full in enumerate(eighths):
            style = styles[index == chosen]
            if full is None:
                text.append(("✗" if line == 0 else " ").ljust(column), style="dim")
            else:
                bar = column_part(full, line)
                text.append(bar * max(1, column - 1) + " " * (column > 1), style=style)
        text.truncate(width, pad=True)
        lines.append(text)
    return lines
