"""The network drawn as boxes in perspective."""

from typing import ClassVar, get_args

from textual import events
from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Family
from tui_cnn.core.network import Path, format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.volume import channels_first
from tui_cnn.i18n import _
from tui_cnn.ui.build.volume_drawing import Faces, VolumeColours, VolumeDrawing, VolumePlan, draw, marked_region, plan
from tui_cnn.ui.toolkit.colours import family_colour

_FAMILIES: tuple[Family, ...] = get_args(Family)


class VolumeView(Widget):
    """Draws the layers of a network, the selected one apart; a click on one selects it, the mouse over it names it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "volume--input",
        "volume--selected",
        "volume--chosen",
        "volume--field",
        "volume--label",
        "volume--wire",
    }
    DEFAULT_CSS = """
    VolumeView {
        & > .volume--input { color: $foreground 45%; }
        & > .volume--selected { color: $accent; }
        & > .volume--chosen { color: $text-accent; text-style: bold; }
        & > .volume--field { color: $warning; }
        & > .volume--label { color: $foreground 70%; }
        & > .volume--wire { color: $foreground 35%; }
    }
    """

    class Pointed(Message):
        """A layer was clicked on; an empty path is the input."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    _shown: tuple[Analysis, Path] | None = None
    _plan: VolumePlan | None = None
    _drawing: VolumeDrawing | None = None
    _palette: VolumeColours | None = None
    _pointed: Path | None = None

    def show(self, analysis: Analysis, path: Path) -> None:
        """Draw another network, or the same with another layer selected."""
        before, self._shown = self._shown, (analysis, path)
        first = channels_first(analysis)[()]
        self.border_title = _("Volume: channels × height × width") if first else _("Volume: height × width × channels")
        self._name_pointed(None)
        if self._plan is None or before is None:
            fresh = None
        elif before[0] is not analysis or not self._plan.holds(path):
            fresh = plan(analysis, path, *self.size)
            if fresh == self._plan and before[1] == path and marked_region(*before) == marked_region(analysis, path):
                return  # an edit of what is not drawn
        else:
            fresh = self._plan
        self._plan, self._drawing = fresh, None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, base = self.size.width, self.visual_style.rich_style
        if self._shown is None:
            return Strip.blank(width, base)
        if self._drawing is None:
            analysis, path = self._shown
            self._plan = self._plan or plan(analysis, path, width, self.size.height)
            self._palette = self._palette or self._make_palette()
            self._drawing = draw(self._plan, analysis, path, self._palette)
        lines = self._drawing.lines
        if y >= len(lines):
            return Strip.blank(width, base)
        return Strip(lines[y]).adjust_cell_length(width, base)  # it may have been drawn for another size

    def on_resize(self) -> None:
        """Draw into the new size."""
        self._plan = self._drawing = None

    def notify_style_update(self) -> None:
        """Draw in other colours."""
        self._palette = self._drawing = None
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        """Select the layer under the mouse."""
        path = self._path_at(event)
        if path is not None:
            self.post_message(self.Pointed(path))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Name the layer under the mouse, with its shape."""
        self._name_pointed(self._path_at(event))

    def on_leave(self) -> None:
        """Name none."""
        self._name_pointed(None)

    def _path_at(self, event: events.MouseEvent) -> Path | None:
        inside = event.get_content_offset(self)
        return self._drawing.path_at(inside.x, inside.y) if inside is not None and self._drawing is not None else None

    def _name_pointed(self, path: Path | None) -> None:
        if path == self._pointed:
            return
        self._pointed = path
        if path is None or self._shown is None:
            self.border_subtitle = ""
            return
        analysis = self._shown[0]
        row = next((row for row in analysis.rows if row.path == path), None)
        if row is None:
            self.border_subtitle = Content(f"{_('Input')} · {format_shape(analysis.network.input_shape)}")
        else:
            shape = format_shape(row.figures.output_shape) if row.figures else "—"
            where = _("layer {number}").format(number=format_path(path))
            self.border_subtitle = Content(f"{type(row.layer).__name__} · {where} · {shape}")

    def _make_palette(self) -> VolumeColours:
        families: dict[Family | None, Faces] = {None: self._faces(self._colour("input"))}
        families |= {family: self._faces(family_colour(self.app, family)) for family in _FAMILIES}
        field = self._colour("field").rich_color
        parts = ("wire", "label", "chosen")
        wire, label, chosen = (self.get_component_rich_style(f"volume--{part}") for part in parts)
        ground = self.visual_style.rich_style
        styles = (ground, ground + wire, ground + label, ground + chosen)
        return VolumeColours(families, self._faces(self._colour("selected")), field, *styles)

    def _colour(self, part: str) -> Color:
        return self.get_component_styles(f"volume--{part}").color

    def _faces(self, colour: Color) -> Faces:
        """Shade a colour; where the terminal's own 16 are used, greys stand for what lies in the light or the shade."""
        if colour.ansi is not None:
            light, shade = Color.parse("ansi_white"), Color.parse("ansi_bright_black")
        else:
            background = self.background_colors[1]
            colour = background.blend(colour, colour.a).with_alpha(1) if colour.a < 1 else colour
            white = Color(255, 255, 255)
            if background.brightness > 0.5:  # its colours are made for text, so they are dark
                return Faces(
                    *(tone.rich_color for tone in (colour.blend(white, 0.35), colour.blend(white, 0.7), colour))
                )
            light, shade = colour.blend(white, 0.4), colour.blend(Color(0, 0, 0), 0.38)
        return Faces(colour.rich_color, light.rich_color, shade.rich_color)
