"""The calculator of parameters: the tables, for the settings in the form beside them."""

from typing import ClassVar

import msgspec
from rich.console import RenderableType
from textual.binding import BindingType
from textual.content import Content

from tui_cnn.i18n import _
from tui_cnn.lab.settings import WeightsSettings
from tui_cnn.ui.lab.actions import WEIGHTS
from tui_cnn.ui.lab.bench import Bench
from tui_cnn.ui.lab.images import ImageStore
from tui_cnn.ui.lab.weights_drawing import EXAMPLES, weights_tables


class WeightsCalculator(Bench):
    """Parameters of layers that do the same work."""

    BINDINGS: ClassVar[list[BindingType]] = [*WEIGHTS.bindings()]

    settings: WeightsSettings

    def __init__(self, settings: WeightsSettings, images: ImageStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(settings, images, id=id)
        self.apply(settings)

    def apply(self, settings: msgspec.Struct) -> None:
        """Count for other settings."""
        if isinstance(settings, WeightsSettings):
            self.settings = settings
            name = next((name for name, example in EXAMPLES if example == settings), _("custom"))
            self.border_title = Content(_("Parameters · example: {name}").format(name=name))
            self.refresh()

    def action_next_example(self) -> None:
        """Show the next worked example."""
        examples = [example for _name, example in EXAMPLES]
        shown = examples.index(self.settings) if self.settings in examples else -1
        self.set_settings(examples[(shown + 1) % len(examples)])

    def render(self) -> RenderableType:
        """Draw the tables."""
        return weights_tables(self.settings)
