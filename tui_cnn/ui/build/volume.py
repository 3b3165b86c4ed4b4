"""The volume on its way through the network."""

from textual import events
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.path import Path
from tui_cnn.i18n import _
from tui_cnn.ui.build.messages import LayerPointed
from tui_cnn.ui.build.volume_drawing import Drawing, Tones, volume

_TONES = ("features", "classifier", "selected", "words")


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
            self._shown, self._drawing = shown, None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self.visual_style.rich_style
        if self._shown is None:
            return Strip.blank(width, base)
        if self._drawing is None:
            styles = (self.get_component_rich_style(f"volume--{part}") for part in _TONES)
            self._drawing = volume(*self._shown, width, self.size.height, Tones(*styles))
        lines = self._drawing.lines
        if y >= len(lines):
            return Strip.blank(width, base)
        return Strip(lines[y]).adjust_cell_length(width).apply_style(base)

    def on_resize(self) -> None:
        """Draw into the new size."""
        self._drawing = None

    def notify_style_update(self) -> None:
        """Draw in other colours."""
        self._drawing = None
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        """Select the layer under the mouse."""
        inside = event.get_content_offset(self)
        if inside is not None and self._drawing is not None:
            path = self._drawing.path_at(inside.x)
            if path is not None:
                self.post_message(LayerPointed(path))
