"""The list of networks to compare."""

from typing import ClassVar

from rich.console import RenderableType
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.formats.presets import preset
from tui_cnn.i18n import _
from tui_cnn.ui.lab.actions import PAIRS
from tui_cnn.ui.lab.pairs_drawing import pairs, pairs_table
from tui_cnn.ui.lab.tones import tones


class Pairs(Widget, can_focus=True):
    """A line a network, two of them under each heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *PAIRS.bindings(),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
    ]
    DEFAULT_CSS = """
    Pairs {
        height: 1fr;
        padding: 1 2 0 2;
        border-top: solid $foreground 20%;
        border-title-color: $text-muted;
        &:focus { border-title-color: $text; border-title-style: bold; }
    }
    """

    auto_links = False

    selected: reactive[int] = reactive(0)
    """Which line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names = [name for pair in pairs() for name in pair.presets]
        self._analyses: dict[str, Analysis] = {}
        self.border_title = _("Train both and compare them on the Runs screen")

    @property
    def name_selected(self) -> str:
        """The preset on the selected line."""
        return self._names[self.selected]

    @property
    def pair_selected(self) -> tuple[str, str]:
        """The presets of the pair that it belongs to."""
        return pairs()[self.selected // 2].presets

    def validate_selected(self, selected: int) -> int:
        """Stay among the lines."""
        return max(0, min(selected, len(self._names) - 1))

    def action_move(self, by: int) -> None:
        """Select another line."""
        self.selected += by

    def action_pick(self, line: int) -> None:
        """Select a line."""
        self.selected = line

    def render(self) -> RenderableType:
        """Draw the list."""
        if not self._analyses:
            self._analyses = {name: analyze(preset(name)) for name in self._names}
        return pairs_table(self._analyses, self.selected, tones(self), focus=self.has_focus, lines=self.size.height)
