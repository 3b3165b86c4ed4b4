"""What every part of the Inspect screen is: a drawing of the scene, made anew when something has changed."""

from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import Activations
from tui_cnn.runs.inspection.requests import AnyRequest
from tui_cnn.ui.inspect.answer_cache import Desk
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.pictures.canvas import Canvas


class Tones(NamedTuple):
    """The styles of words: plain, less important, titles, what is chosen, numbers' bars, right, wrong."""

    text: Style
    dim: Style
    bold: Style
    chosen: Style
    bar: Style
    right: Style
    wrong: Style


class Drawn(Widget):
    """Draws a scene by `draw`; asks for what it needs by `want`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"drawn--{tone}" for tone in Tones._fields}
    DEFAULT_CSS = """
    Drawn {
        border-top: solid $foreground 20%;
        border-title-color: $text;
        & > .drawn--text { color: $foreground; }
        & > .drawn--dim { color: $foreground 60%; }
        & > .drawn--bold { color: $foreground; text-style: bold; }
        & > .drawn--chosen { color: $text-primary; background: $primary-muted; text-style: bold; }
        & > .drawn--bar { color: $primary; }
        & > .drawn--right { color: $text-success; }
        & > .drawn--wrong { color: $text-warning; }
    }
    """

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.desk = desk
        self.scene: Scene | None = None
        self._lines: list[Strip] | None = None
        self._tones: Tones | None = None

    def show(self, scene: Scene) -> None:
        """Show another scene, or the same when something has come in."""
        self.scene = scene
        self.want(scene)
        self.redraw()
        self.look_for_room()

    def look_for_room(self) -> None:
        """See what there is room for, in this scene and size; by default nothing hangs on it."""

    def redraw(self) -> None:
        """Draw anew."""
        if self.scene is not None:
            self.border_title = Content(self.name_of(self.scene)).markup
        self._lines = None
        self.refresh()

    def name_of(self, scene: Scene) -> str:
        """Say what is drawn, for the line above it."""
        raise NotImplementedError

    def want(self, scene: Scene) -> None:
        """Ask the desk for what the drawing needs."""

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw."""
        raise NotImplementedError

    def tones(self) -> Tones:
        """Look the styles up, once for a theme."""
        if self._tones is None:
            styles = (self.get_component_rich_style(f"drawn--{tone}", partial=True) for tone in Tones._fields)
            self._tones = Tones(*styles)
        return self._tones

    def notify_style_update(self) -> None:
        """Draw in the colours of another theme."""
        super().notify_style_update()
        self._lines = self._tones = None

    def on_resize(self) -> None:
        """Draw for another size."""
        self.redraw()
        self.look_for_room()

    def render_line(self, y: int) -> Strip:
        """Give a line of the drawing."""
        if self._lines is None:
            self._lines = self._draw_lines()
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.visual_style.rich_style)

    def activations(self, scene: Scene) -> Activations | None:
        """Return what the layers make of the image or, for the moment until that is known, of the one before."""
        found = self.desk.get(scene.activate, Activations)
        if found is None and not self.desk.trouble(scene.activate):
            return self.desk.newest("activate", Activations)
        return found

    def waiting(self, canvas: Canvas, x: int, y: int, request: AnyRequest, tones: Tones) -> None:
        """Say that an answer is still being worked on, or why there is none."""
        if trouble := self.desk.trouble(request):
            for line, words in enumerate(
                wrapped(_("{trouble} (r to retry)").format(trouble=trouble), canvas.width - x)
            ):
                canvas.put(x, y + line, words, tones.wrong)
        else:
            share = self.desk.share(request)
            canvas.put(x, y, _("working … {share:.0%}").format(share=share) if share else _("working …"), tones.dim)

    def _draw_lines(self) -> list[Strip]:
        if self.scene is None or not self.size.width:
            return []
        width, height = self.size
        canvas = Canvas(width, height, self.scene.ink)
        self.draw(canvas, self.scene, self.tones())
        below = self.rich_style  # looked up once: it is looked for in all that the widget is in
        return [Strip(line, width).apply_style(below) for line in canvas.lines()]


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines."""
    from textwrap import wrap

    return wrap(text, max(10, width))
