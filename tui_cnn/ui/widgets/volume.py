"""The volume on its way through the network."""

from rich.text import Text
from textual import events
from textual.content import Content
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.i18n import _
from tui_cnn.ui.draw.volume import Drawing, Tones, volume
from tui_cnn.ui.messages import LayerPointed


class VolumeView(Widget):
    """Draws the stages of a network, the one of the selected layer apart; a click on one selects its layer."""

    COMPONENT_CLASSES = {"volume--features", "volume--classifier", "volume--selected", "volume--words"}  # noqa: RUF012
    DEFAULT_CSS = """
    VolumeView {
        & > .volume--features { color: $primary 55%; }
        & > .volume--classifier { color: $foreground 40%; }
        & > .volume--selected { color: $accent; text-style: bold; }
        & > .volume--words { color: $foreground 60%; }
    }
    """

    _shown: tuple[Analysis, Path] | None = None
    _drawing: Drawing | None = None

    def on_mount(self) -> None:
        """Say what the drawing means."""
        features = Content.styled("▪ " + _("features"), "$primary")
        classifier = Content.styled("▪ " + _("classifier"), "$foreground 60%")
        self.border_title = Content("  ").join([Content(_("Volume: height × width × channels")), features, classifier])

    def show(self, analysis: Analysis, path: Path) -> None:
        """Draw another network, or the same with another layer selected."""
        shown = (analysis, path[:1])
        if self._shown is None or self._shown[0] is not analysis or self._shown[1] != shown[1]:
            self._shown = shown
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
        self._drawing = volume(*self._shown, self.size.width, self.size.height, tones)
        return self._drawing.text

    def on_click(self, event: events.Click) -> None:
        """Select the layer under the mouse."""
        inside = event.get_content_offset(self)
        if inside is not None and self._drawing is not None:
            path = self._drawing.path_at(inside.x)
            if path is not None:
                self.post_message(LayerPointed(path))
