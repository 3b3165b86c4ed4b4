"""What every part of the Inspect screen is: a panel whose widgets show the scene, and that asks for what it needs."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale
from tui_cnn.runs.inspection.replies import Activations
from tui_cnn.runs.inspection.requests import AnyRequest
from tui_cnn.ui.inspect.answer_cache import AnswerCache
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.pictures.drawing import scale_for
from tui_cnn.ui.toolkit.pictures.gallery import Gallery


class ShowScene(Message):
    """The screen is to show another scene."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene


class ScenePanel(Vertical):
    """Passes what is in a scene to its widgets in `update_parts`; asks for what it needs in `want`."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    ScenePanel {
        & .line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & .dim { color: $foreground 70%; }
        & .bold { text-style: bold; }
        & > .status { display: none; width: 1fr; height: auto; color: $foreground 70%; }
        & > .status.-trouble { color: $text-warning; }
        &.-waiting > * { display: none; }
        &.-waiting > .status { display: block; }
    }
    """

    def __init__(self, answers: AnswerCache, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel")
        self.answers = answers
        self.scene: Scene | None = None
        self._status = Static(classes="status", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the status, which stands in the place of all else while something is missing, and the parts."""
        yield self._status
        yield from self.parts()

    def parts(self) -> ComposeResult:
        """Yield the widgets of the panel."""
        raise NotImplementedError

    def title_of(self, scene: Scene) -> str:
        """Name what is shown, for the border."""
        raise NotImplementedError

    def want(self, scene: Scene) -> None:
        """Ask for what the panel needs."""

    def update_parts(self, scene: Scene) -> str:
        """Pass a scene to the widgets; return what is to be said in their place, or nothing."""
        raise NotImplementedError

    def show(self, scene: Scene) -> None:
        """Show another scene, or the same when something has come in."""
        self.scene = scene
        self.want(scene)
        self.update()

    def update(self) -> None:
        """Show the scene as it is now."""
        if self.scene is None or not self.is_mounted:
            return
        self.border_title = Content(self.title_of(self.scene)).markup
        status = self.update_parts(self.scene)
        self.set_class(bool(status), "-waiting")
        if status:
            self._status.set_class(self.answers.has_troubles, "-trouble")
            self._status.update(status)

    def on_resize(self) -> None:
        """Pass on what fits in another size."""
        self.update()

    def activations(self, scene: Scene) -> Activations | None:
        """Return what the layers make of the image or, for the moment until that is known, of the one before."""
        found = self.answers.get(scene.activate, Activations)
        if found is None and not self.answers.trouble(scene.activate):
            return self.answers.newest("activate", Activations)
        return found

    def waiting(self, request: AnyRequest) -> str:
        """Say that an answer is still being worked on, or why there is none."""
        if trouble := self.answers.trouble(request):
            return _("{trouble} (r to retry)").format(trouble=trouble)
        share = self.answers.share(request)
        return _("working … {share:.0%}").format(share=share) if share else _("working …")

    def scaled(self, scale: Scale) -> Scale:
        """Return a scale in grey where no colours are wanted, or where there are none."""
        return scale_for(self.app, scale, grey=self.scene is not None and self.scene.grey)

    @staticmethod
    def in_view(gallery: Gallery) -> str:
        """Say how many pictures of a gallery are in view, if not all are."""
        shown, count = gallery.in_view, gallery.tiles.count
        return _("{shown} of {count} shown").format(shown=shown, count=count) if shown < count else ""

    @staticmethod
    def show_only(shown: Widget, *others: Widget) -> None:
        """Show one of several widgets in the same place."""
        for widget in (shown, *others):
            widget.display = widget is shown
