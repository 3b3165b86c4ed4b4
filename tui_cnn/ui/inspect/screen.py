"""The Inspect screen: one image, what the network says of it, and views of all that lies between."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from tui_cnn.data.errors import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.inspection.client import Inspector
from tui_cnn.runs.inspection.replies import OpenReply
from tui_cnn.runs.inspection.requests import Open
from tui_cnn.ui.inspect.actions import INSPECT
from tui_cnn.ui.inspect.answer_cache import Desk
from tui_cnn.ui.inspect.image_choice import everything
from tui_cnn.ui.inspect.layers import LayersPanel
from tui_cnn.ui.inspect.navigation import InspectKeys
from tui_cnn.ui.inspect.run_weights import Weights, look, with_weights
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.subject import of_test
from tui_cnn.ui.inspect.subject_panel import PredictionPanel, SubjectPanel
from tui_cnn.ui.inspect.views import all_views
from tui_cnn.ui.toolkit.ascii_fallback import ink

_TICK = 1.0
"""Seconds between two looks at whether the weights have changed."""

_AWAY = 300.0
"""Seconds after which the inspector ends when nobody looks at its screen."""


class InspectScreen(InspectKeys):
    """Finds the run, opens its weights, and follows them."""

    MODE = "inspect"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*INSPECT.bindings()]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide"), (160, "-vast")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(Inspector(), self._come_in)
        self._weights: Weights | None = None
        self._scene_before: Scene | None = None
        self._due = False

    def body(self) -> Iterator[Widget]:
        """Lay out the tabs, the image with its prediction, and the views; or a word for when there is nothing."""
        views = all_views(self.desk)
        self.view = views[0]
        panels = (SubjectPanel(self.desk, id="subject"), PredictionPanel(self.desk, id="prediction"))
        left = Vertical(*panels, LayersPanel(self.desk, id="layers"), id="left")
        yield Horizontal(Static(id="view-tabs"), Static(id="source"), id="head")
        yield Horizontal(left, ContentSwitcher(*views, id="views", initial=views[0].id), id="parts")
        yield Static(id="state", markup=False)

    def on_mount(self) -> None:
        """Follow the run that the app has on display, and its weights."""
        super().on_mount()
        self._away = self.set_timer(_AWAY, self.desk.close, pause=True)
        self.workspace.subscribe(self, "inspected_run", self._take_run)
        self.set_interval(_TICK, self._look)

    def on_screen_suspend(self) -> None:
        """Let the inspector go when nobody comes back for a while."""
        self._away.reset()
        self._away.resume()

    def on_screen_resume(self) -> None:
        """Look at once when the screen comes up."""
        self._away.pause()
        if self.workspace.inspected_run is None:
            self.workspace.inspected_run = self.workspace.shown_run
        self._look()
        self._come_in()

    async def on_unmount(self) -> None:
        """End the inspector with the screen."""
        await self.desk.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about an image only where there is one."""
        if action == "choose_run":
            return self.run is not None
        if action == "ask_again":
            return True
        return self.scene is not None or all(action != own.id for own in INSPECT.actions)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """The view, and the layer that is looked at."""
        return (self.view.scope, *((self.scene.info.kind,) if self.scene else ()))

    def action_ask_again(self) -> None:
        """Ask again what could not be answered."""
        self.desk.forget_troubles()
        self._come_in()

    def _come_in(self) -> None:
        """Show what has come in, once for all that comes at the same time."""
        if not self._due and self.is_attached:
            self._due = True
            self.call_later(self._show)

    def _show(self) -> None:
        self._due = False
        if self._weights is None or not self.is_current:
            return
        if self._weights.stamp is None:
            message = _(
                "{run} has no weights yet. They are saved with the first checkpoint.\n\nPress i to inspect another run"
            )
            self._say(message.format(run=self._weights.run.id))
            return
        request = Open(source=self._weights.source)
        self.desk.want("open", request, OpenReply)
        opened = self.desk.get(request, OpenReply)
        if opened is not None:
            self._show_scene(self._weights, opened)
        elif trouble := self.desk.trouble(request):
            self._say(_("{trouble}\n\nr retry · i inspect another run").format(trouble=trouble))
        elif self.scene is None:
            message = _("Opening {run}: loading TensorFlow, this takes a few seconds.")
            self._say(message.format(run=self._weights.run.id))

    def _show_scene(self, weights: Weights, opened: OpenReply) -> None:
        before = self.scene or self._scene_before
        if before is None:
            first = Scene(weights.source, weights.test, of_test(weights.test, 0), opened, ink=ink(self.app))
            before = first.at(row=first.map_shape[0] // 2, column=first.map_shape[1] // 2)
        scene = replace(before, source=weights.source, test=weights.test, opened=opened, kept=weights.kept).at()
        if self.scene is None:
            self.query_one("#parts").display = True
            self.query_one("#state").display = False
            self.scene = scene
            self.view.focus()
            self.refresh_bindings()
        self.go(scene)
        self.choose_now()

    def _say(self, message: str) -> None:
        """Show a message in the place of the views; what was shown comes back when it can."""
        self._scene_before = self.scene or self._scene_before
        self.scene = None
        self.query_one("#parts").display = False
        state = self.query_one("#state", Static)
        state.display = True
        state.update(message)
        self.refresh_bindings()

    def _take_run(self, run: RunDirectory | None) -> None:
        """Look into another run."""
        self.run = run
        self._weights = self.scene = self._scene_before = None
        self.choice = everything()
        self.desk.forget()
        self._say(_("Opening {run} …").format(run=run.id) if run else _("Looking for runs …"))
        self.query_one("#source", Static).update("")
        self.draw_tabs()
        self._look()

    def _look(self) -> None:
        if self.is_current:
            self._find(self.run)

    @work(thread=True, exclusive=True, group="look")
    def _find(self, run: RunDirectory | None) -> None:
        """See which weights there are."""
        if run is None:
            self.app.call_from_thread(self._found_runs, with_weights())
            return
        try:
            weights = look(run, self._weights.test if self._weights and self._weights.run == run else None)
        except (DataError, FormatError) as error:
            self.app.call_from_thread(self._say, str(error))
        else:
            self.app.call_from_thread(self._found, weights)

    def _found_runs(self, runs: list[RunDirectory]) -> None:
        if self.run is None:
            if runs:
                self.workspace.inspected_run = runs[0]
            else:
                self._say(_("Nothing to inspect yet.\n\nPress 2 to train the network, then come back."))

    def _found(self, weights: Weights) -> None:
        if weights.run != self.run or (self._weights and weights[:3] == self._weights[:3]):
            return
        self._weights = weights
        self.desk.forget()
        which = _("best weights") if weights.source.which == "best" else _("last checkpoint")
        source = Content.assemble(f"{which} · ", weights.run.id)
        self.query_one("#source", Static).update(source)
        self._come_in()
