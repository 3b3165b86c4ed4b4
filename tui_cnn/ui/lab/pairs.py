"""Networks worth comparing, two by two: what they cost, and what to look for when both are trained."""

from asyncio import to_thread
from functools import cache
from typing import ClassVar, NamedTuple

import msgspec
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Column, Table
from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.presets import preset
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs import launch
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import TUTORIAL
from tui_cnn.ui.lab.actions import PAIRS
from tui_cnn.ui.lab.bench import Bench, ShareBar
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, Ask
from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.workspace import workspace_of


class Pair(NamedTuple):
    """Two presets, and the question that training both answers."""

    title: str
    presets: tuple[str, str]
    question: str


PAIRS_OF_NETWORKS = (
    Pair(
        _("Dense vs. convolutional"),
        ("fashion-dnn", "fashion-cnn"),
        _("Which has more parameters, and which is more accurate on new images?"),
    ),
    Pair(
        _("Pooling vs. strides"),
        ("fashion-cnn", "fashion-cnn-strides"),
        _(
            "Strided convolutions learn how to shrink the image; pooling has no "
            "weights. Which costs less, which is more accurate?"
        ),
    ),
    Pair(
        _("Fixed vs. learned filters"),
        ("fashion-classical", "fashion-learned"),
        _("The first layer is frozen or trained. Which is more accurate? Compare the kernels: what has been learned?"),
    ),
    Pair(
        _("With and without a dense classifier"),
        ("fashion-cnn", "all-conv"),
        _("Global average pooling needs no weights. How accurate is a network with convolutions only?"),
    ),
)
_NAMES = [name for pair in PAIRS_OF_NETWORKS for name in pair.presets]

_LINES = 6 * len(PAIRS_OF_NETWORKS)
"""A heading, two networks, a question that may be broken, a blank line, for each pair."""
_FEWEST_LAYERS = 8
"""Lines for the layers of the selected pair, or else they are left out."""
_WIDE = 96
"""Cells from which on MACs have bars, and layers their settings."""


class Pairs(Bench[None]):
    """A line a network, two of them under each heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *PAIRS.bindings(),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
    ]
    BORDER_TITLE = _("Train both and compare them on the Runs screen")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pairs--cursor"}

    auto_links = False

    selected: reactive[int] = reactive(0)
    """Which line."""

    @property
    def name_selected(self) -> str:
        """The preset on the selected line."""
        return _NAMES[self.selected]

    def validate_selected(self, selected: int) -> int:
        """Stay among the lines."""
        return max(0, min(selected, len(_NAMES) - 1))

    def action_move(self, by: int) -> None:
        """Select another line."""
        self.selected += by

    def action_pick(self, line: int) -> None:
        """Select a line."""
        self.selected = line

    def action_open(self, mode: str) -> None:
        """Open the selected network on the Build or the Train screen."""
        workspace_of(self).open_model(self.name_selected, "train" if mode == "train" else "build")

    @work
    async def action_train_both(self) -> None:
        """Train both networks of the selected pair, once the user agrees; then show the list of runs."""
        workspace = workspace_of(self)
        one, other = PAIRS_OF_NETWORKS[self.selected // 2].presets
        recipe = msgspec.structs.replace(TUTORIAL, data=workspace.data)
        question = _("{epochs} epochs each, in the background, one after the other.").format(epochs=recipe.epochs)
        title = _("Train {one} and {other}").format(one=one, other=other)
        if await self.app.push_screen_wait(Ask(title, question, [Answer("train", "t", _("Train"))])) is None:
            return
        try:
            for name in (one, other):
                await to_thread(launch.start, preset(name), recipe)
        except RunError as error:
            workspace.report(error)
        else:
            workspace.go_to("runs")

    def render(self) -> RenderableType:
        """Draw the list."""
        cursor = self.get_component_rich_style("pairs--cursor")
        bar = self.get_component_rich_style("bench--bar", partial=True)
        return pairs_table(self.selected, cursor, bar, self.content_size)


@cache
def _analysis(name: str) -> Analysis:
    return analyze(preset(name))


def pairs_table(selected: int, cursor: Style, bar: Style, room: tuple[int, int]) -> Group:
    """Draw the pairs in (columns, lines), a line a network, which runs `pick` when it is clicked.

    `selected` counts these lines. Where there are fewer lines than all take, only the selected pair has its question;
    where there are more, the layers of its networks stand below.
    """
    width, lines = room
    most = max(_analysis(name).totals.macs for name in _NAMES)
    parts: list[RenderableType] = []
    for number, pair in enumerate(PAIRS_OF_NETWORKS):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, width=max(map(len, _NAMES)) + 2)
        for _column in range(3):
            table.add_column(justify="right", no_wrap=True, width=16)
        if width >= _WIDE:
            table.expand = True
            table.add_column(ratio=1)
        for line, name in enumerate(pair.presets, start=2 * number):
            analysis, here = _analysis(name), line == selected
            totals = analysis.totals
            table.add_row(
                Text(("▌ " if here else "  ") + name),
                _("{count} layers").format(count=sum(not row.holds_layers for row in analysis.rows)),
                f"{totals.params:,} " + _("params"),
                f"{short_count(totals.macs)} " + _("MACs"),
                *([ShareBar(totals.macs / most, bar)] if table.expand else []),
                style=(cursor if here else Style()) + Style(meta={"@click": f"pick({line})"}),
            )
        asked = [Text(pair.question, "dim")] if lines >= _LINES or selected // 2 == number else []
        parts += [Text(pair.title, "bold"), table, *asked, Text()]
    if lines - _LINES > _FEWEST_LAYERS:
        both = Table.grid(Column(ratio=1), Column(ratio=1), padding=(0, 2, 0, 0), expand=True)
        names = PAIRS_OF_NETWORKS[selected // 2].presets
        both.add_row(*(_layers(name, lines - _LINES, whole=width >= _WIDE) for name in names))
        parts.append(both)
    return Group(*parts)


def _layers(name: str, lines: int, *, whole: bool) -> Table:
    """List the layers of a network under its name, as many as there are lines for, perhaps with their settings."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for _column in range(3):
        table.add_column(no_wrap=True)
    table.add_row(Text(name, "bold"))
    rows = [row for row in _analysis(name).rows if not row.holds_layers]
    shown = rows if len(rows) < lines else rows[: lines - 2]
    for row in shown:
        output = format_shape(row.figures.output_shape) if row.figures else ""
        settings = [Text(" · ".join(row.settings), "dim")] if whole else []
        table.add_row(type(row.layer).__name__, *settings, output)
    if more := len(rows) - len(shown):
        table.add_row(Text(ngettext("and {count} more", "and {count} more", more).format(count=more), "dim"))
    return table
