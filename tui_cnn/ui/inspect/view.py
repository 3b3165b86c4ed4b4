"""What every part of the Inspect screen is: a panel that shows the scene; and views, panels with keys of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale
from tui_cnn.runs.inspection.figure import Figure
from tui_cnn.runs.inspection.replies import Activations
from tui_cnn.ui.inspect.answer_cache import AnswerCache, Question
from tui_cnn.ui.inspect.image_choice import ImageChoice
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.messages import LabTransfer, ShowInLab
from tui_cnn.ui.toolkit.actions import Scope
from tui_cnn.ui.toolkit.numbers import whole_parts, whole_words
from tui_cnn.ui.toolkit.pictures.drawing import scale_for
from tui_cnn.ui.toolkit.pictures.gallery import Gallery
from tui_cnn.ui.toolkit.pictures.legend import Legend
from tui_cnn.ui.workspace import workspace_of

Floats = npt.NDArray[np.float64]


@dataclass
class ShowScene(Message):
    """The screen is to show another scene."""

    scene: Scene


@dataclass
class BrowseImages(Message):
    """The keys for the next and previous image are to go through these."""

    choice: ImageChoice


class ViewExport(NamedTuple):
    """What a view can be exported as: a figure, a table (heading, rows), arrays; None or empty: not as that.

    `image` is written as it is, so that it can be opened again.
    """

    name: str
    figure: Figure | None = None
    heading: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    arrays: Mapping[str, npt.NDArray[Any]] = {}  # never changed
    image: npt.NDArray[np.uint8] | None = None


class ScenePanel(Vertical):
    """Passes what is in a scene to its widgets in `update_parts`; asks for what it needs in `want`.

    Attributes:
        scene: what is shown; it is set by the first `show`, before which nobody can do anything with the panel.
        PREDICTS: whether it is about predictions, which a network makes only if its output is a list of classes.
    """

    PREDICTS: ClassVar[bool] = False

    DEFAULT_CSS = """
    ScenePanel {
        & .line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & .dim { color: $foreground 70%; }
        & .bold { text-style: bold; }
        & .caption { height: 1; & > Legend { margin-left: 1; } }
        & > .status { display: none; width: 1fr; height: auto; text-align: center; color: $foreground 70%; }
        & > .status.-trouble { color: $text-warning; }
        &.-waiting { align: center middle; }
        &.-waiting > * { display: none; }
        &.-waiting > .status { display: block; }
    }
    """

    scene: Scene

    def __init__(self, answers: AnswerCache, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel")
        self.answers = answers
        self.has_scene = False
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
        self.scene, self.has_scene = scene, True
        if not self._lacks_classes:
            self.want(scene)
        self.update()

    def update(self) -> None:
        """Show the scene as it is now."""
        if not self.has_scene or not self.is_mounted:
            return
        self.border_title = Content(self.title_of(self.scene)).markup
        if self._lacks_classes:
            status = _("The output of this network is not a list of classes, so there are no predictions.")
        else:
            status = self.update_parts(self.scene)
        self.set_class(bool(status), "-waiting")
        if status:
            self._status.set_class(self.answers.has_troubles, "-trouble")
            self._status.update(status)

    @property
    def _lacks_classes(self) -> bool:
        return self.PREDICTS and not self.scene.opened.class_names

    def on_resize(self) -> None:
        """Pass on what fits in another size."""
        self.update()

    def activations(self, scene: Scene) -> Activations | None:
        """Return what the layers make of the image or, for the moment until that is known, of the one before."""
        found = self.answers.get(scene.activate)
        if found is None and not self.answers.trouble(scene.activate):
            return self.answers.newest(scene.activate)
        return found

    def waiting(self, question: Question[Any]) -> str:
        """Say that an answer is still being worked on, or why there is none."""
        if trouble := self.answers.trouble(question):
            return _("{trouble} (r to retry)").format(trouble=trouble)
        if waiting := self.answers.waiting:
            return waiting
        share = self.answers.share(question)
        return _("working … {share:.0%}").format(share=share) if share else _("working …")

    def write(self, selector: str, words: str | Content) -> None:
        """Write words into one of the panel's lines, whose height they do not change."""
        self.query_one(selector, Static).update(words, layout=False)

    def write_caption(self, words: str, scale: Scale | None) -> None:
        """Say in the line above pictures how they are drawn: as many of the words as stand beside the legend."""
        legend = self.query_one(Legend)
        legend.show(scale)
        width = min(legend.get_content_width(None, None), self.size.width // 2 - 1)
        legend.styles.width = width
        room = self.size.width - width - 1
        self.write("#how", Content(whole_words(whole_parts(words, room, " · "), room)))

    def scaled(self, scale: Scale) -> Scale:
        """Return a scale in grey where no colours are wanted, or where there are none."""
        return scale_for(self.app, scale, grey=self.scene.grey)


class View(ScenePanel, can_focus=True):
    """A way to look inside the network, shown one at a time; the arrows walk."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]
    SCOPE: ClassVar[Scope]
    TITLE: ClassVar[str]
    """A word for its tab."""

    def __init__(self, answers: AnswerCache) -> None:
        super().__init__(answers, id=f"view-{self.SCOPE.name}")

    def action_walk(self, down: int, right: int) -> None:
        """Go where an arrow points to."""
        raise NotImplementedError

    def action_page(self, by: int) -> None:
        """Bring other pictures into view, where not all are."""
        for gallery in self.query(Gallery):
            gallery.page(by)

    def go_to(self, scene: Scene) -> None:
        """Show another scene at once, and ask the screen to follow."""
        self.scene = scene  # the next key may come before the screen's answer
        self.post_message(ShowScene(scene))

    def export(self) -> ViewExport | None:
        """Return what there is to write to a file."""
        raise NotImplementedError

    def to_lab(self, transfer: LabTransfer) -> None:
        """Show a map or a filter in the Lab."""
        workspace_of(self).send("lab", ShowInLab(transfer))


def as_floats(values: npt.NDArray[Any]) -> Floats:
    """Take numbers out of a reply as floats of full width, so that sums do not overflow."""
    return np.asarray(values, np.float64)


def signed(number: str) -> str:
    """Write a number with a true minus."""
    return number.replace("-", "−")
