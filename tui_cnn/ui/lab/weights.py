"""The calculator of parameters: the tables, for the settings in the form below them."""

from typing import ClassVar

from rich.console import RenderableType
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from tui_cnn.i18n import _
from tui_cnn.lab.settings import WeightsSettings
from tui_cnn.ui.lab.actions import WEIGHTS
from tui_cnn.ui.lab.tones import tones
from tui_cnn.ui.lab.weights_drawing import EXAMPLES, weights_tables


class Weights(Widget, can_focus=True):
    """Parameters of layers that do the same work."""

    BINDINGS: ClassVar[list[BindingType]] = [*WEIGHTS.bindings()]
    DEFAULT_CSS = """
    Weights {
        height: 1fr;
        padding: 0 2;
        border-top: solid $foreground 20%;
        border-title-color: $text-muted;
        &:focus { border-title-color: $text; border-title-style: bold; }
    }
    """

    def __init__(self, settings: WeightsSettings, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.settings = settings

    def on_mount(self) -> None:
        """Name the example."""
        self.set(self.settings)

    def set(self, settings: WeightsSettings) -> None:
        """Count for other settings."""
        self.settings = settings
        name = next((name for name, example in EXAMPLES if example == settings), _("custom"))
        self.border_title = Content(_("Parameters · example: {name}").format(name=name))
        self.refresh()

    def next_example(self) -> WeightsSettings:
        """Return the example after the one that is shown."""
        names = [index for index, (_name, example) in enumerate(EXAMPLES) if example == self.settings]
        return EXAMPLES[(names[0] + 1) % len(EXAMPLES) if names else 0][1]

    def render(self) -> RenderableType:
        """Draw the tables."""
        return weights_tables(self.settings, tones(self))
