"""The volume on its way through the network."""

from rich.text import Text
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.i18n import _
from tui_cnn.ui.draw.volume import Tones, volume


class VolumeView(Widget):
    """Draws the stages of a network, the one of the selected layer apart."""

    COMPONENT_CLASSES = {"volume--features", "volume--classifier", "volume--selected", "volume--words"}  # noqa: RUF012
    DEFAULT_CSS = """
    VolumeView {
        & > .volume--features { color: $primary 60%; }
        & > .volume--classifier { color: $secondary; }
        & > .volume--selected { color: $accent; text-style: bold; }
        & > .volume--words { color: $foreground 60%; }
    }
    """

    _shown: tuple[Analysis, Path] | None = None

    def on_mount(self) -> None:
        """Say what the drawing means."""
        self.border_title = _("Volume: height × width × channels")

    def show(self, analysis: Analysis, path: Path) -> None:
        """Draw another network, or the same with another layer selected."""
        self._shown = (analysis, path)
        self.refresh()

    def render(self) -> Text:
        """Draw."""
        if self._shown is None:
            return Text()
        tones = Tones(
            *(
                self.get_component_rich_style(f"volume--{part}")
                for part in ("features", "classifier", "selected", "words")
            )
        )
        return volume(*self._shown, self.size.width, self.size.height, tones)
