"""The list of networks to compare."""

from asyncio import to_thread
from typing import ClassVar

import msgspec
from rich.console import RenderableType
from textual import work
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.formats.presets import preset
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.lab.actions import PAIRS
from tui_cnn.ui.lab.bench import Bench
from tui_cnn.ui.lab.images import ImageStore
from tui_cnn.ui.lab.pairs_drawing import pairs, pairs_table
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, Ask
from tui_cnn.ui.workspace import workspace_of


class Pairs(Bench):
    """A line a network, two of them under each heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *PAIRS.bindings(),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pairs--cursor"}

    auto_links = False
    settings = None

    selected: reactive[int] = reactive(0)
    """Which line."""

    def __init__(self, settings: msgspec.Struct | None, images: ImageStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(settings, images, id=id)
        self._names = [name for pair in pairs() for name in pair.presets]
        self._analyses: dict[str, Analysis] = {}
        self.border_title = _("Train both and compare them on the Runs screen")

    @property
    def name_selected(self) -> str:
        """The preset on the selected line."""
        return self._names[self.selected]

    def validate_selected(self, selected: int) -> int:
        """Stay among the lines."""
        return max(0, min(selected, len(self._names) - 1))

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
        names = pairs()[self.selected // 2].presets
        recipe = Recipe(data=workspace.data)
        question = _("{epochs} epochs each, in the background, one after the other.").format(epochs=recipe.epochs)
        title = _("Train {one} and {other}").format(one=names[0], other=names[1])
        if await self.app.push_screen_wait(Ask(title, question, [Answer("train", "t", _("Train"))])) is None:
            return
        try:
            for name in names:
                await to_thread(launch.start, preset(name), recipe)
        except RunError as error:
            workspace.report(error)
        else:
            workspace.go_to("runs")

    def render(self) -> RenderableType:
        """Draw the list."""
        if not self._analyses:
            self._analyses = {name: analyze(preset(name)) for name in self._names}
        cursor = self.get_component_rich_style("pairs--cursor")
        return pairs_table(self._analyses, self.selected, cursor, self.content_size.height)
