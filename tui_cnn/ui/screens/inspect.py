"""The Inspect screen: one image, what the network says of it, and views of all that lies between."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from tui_cnn.data.dataset import TestSet, load_test
from tui_cnn.data.errors import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.inspection.client import Inspector
from tui_cnn.runs.inspection.replies import Evaluation, Opened
from tui_cnn.runs.inspection.requests import Open
from tui_cnn.runs.inspection.source import Source, stamp
from tui_cnn.ui.actions import VIEWS, bindings
from tui_cnn.ui.inspecting.choosing import Choice, everything
from tui_cnn.ui.inspecting.desk import Desk
from tui_cnn.ui.inspecting.runs import source_of, with_weights
from tui_cnn.ui.inspecting.scene import Scene
from tui_cnn.ui.inspecting.subject import Subject, of_test
from tui_cnn.ui.plain import ink
from tui_cnn.ui.screens.base import MainScreen
from tui_cnn.ui.widgets.inspect.evaluation import EvaluationView
from tui_cnn.ui.widgets.inspect.subject import PredictionPanel, SubjectPanel
from tui_cnn.ui.widgets.inspect.view import View
from tui_cnn.ui.widgets.inspect.views import all_views

_TICK = 1.0
"""Seconds between two looks at whether the weights have changed."""

_AWAY = 300.0
"""Seconds after which the inspector ends when nobody looks at its screen."""


class InspectScreen(MainScreen):
    """Shows a scene; whatever changes it goes through `_go`."""

    MODE = "inspect"
    CSS_PATH = "inspect.tcss"
    AUTO_FOCUS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inspect")]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide"), (160, "-vast")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(Inspector(), self._come_in)
        self.scene: Scene | None = None
        self._run: RunDirectory | None = None
        self._source: Source | None = None
        self._stamp: int | None = None
        self._test: TestSet | None = None
        self._subject: Subject | None = None
        self._choice = everything()
        self._view: View
        self._due = False

    def body(self) -> Iterator[Widget]:
        """Lay out the tabs, the image with its prediction, and the views; or a word for when there is nothing."""
        views = all_views(self.desk)
        self._view = views[0]
        left = Vertical(SubjectPanel(self.desk, id="subject"), PredictionPanel(self.desk, id="prediction"), id="left")
        yield Static(id="view-tabs")
        yield Horizontal(left, ContentSwitcher(*views, id="views", initial=views[0].id), id="parts")
        yield Static(_("looking for runs …"), id="state", markup=False)

    def on_mount(self) -> None:
        """Follow the run that the app has on display, and its weights."""
        super().on_mount()
        self._say(_("looking for runs …"))
        self._draw_tabs()
        self.watch(self.app, "inspected_run", self._take_run)
        self.set_interval(_TICK, self._look)
        self._away = self.set_timer(_AWAY, self._leave, pause=True)

    def on_screen_suspend(self) -> None:
        """Let the inspector go when nobody comes back for a while."""
        self._away.reset()
        self._away.resume()

    def on_screen_resume(self) -> None:
        """Look at once when the screen comes up."""
        self._away.pause()
        if self.cnn_tui.inspected_run is None:
            self.cnn_tui.inspected_run = self.cnn_tui.shown_run
        self._look()
        self._come_in()

    async def on_unmount(self) -> None:
        """End the inspector with the screen."""
        await self.desk.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a run only another one can be chosen."""
        if action == "choose_run":
            return self._run is not None
        mine = {binding.id for binding in bindings("inspect")}
        return self.scene is not None if action in mine else True

    def action_next_image(self) -> None:
        """Go to the next of the chosen images."""
        self._step(1)

    def action_previous_image(self) -> None:
        """Go to the one before."""
        self._step(-1)

    def action_next_layer(self) -> None:
        """Go to the next layer."""
        if self.scene is not None:
            self._go(self.scene.at(layer=self.scene.layer + 1))

    def action_previous_layer(self) -> None:
        """Go to the layer before."""
        if self.scene is not None:
            self._go(self.scene.at(layer=self.scene.layer - 1))

    def action_next_map(self) -> None:
        """Go to the next map."""
        if self.scene is not None:
            self._go(self.scene.at(channel=self.scene.channel + 1))

    def action_previous_map(self) -> None:
        """Go to the map before."""
        if self.scene is not None:
            self._go(self.scene.at(channel=self.scene.channel - 1))

    def action_toggle_grey(self) -> None:
        """Draw in grey, or in colours."""
        if self.scene is not None:
            self._go(replace(self.scene, grey=not self.scene.grey))

    def action_ask_again(self) -> None:
        """Ask again what could not be answered."""
        self.desk.forget_troubles()
        self._come_in()

    def action_next_view(self) -> None:
        """Go to the next view."""
        self._turn(1)

    def action_previous_view(self) -> None:
        """Go to the view before."""
        self._turn(-1)

    def action_view_maps(self) -> None:
        """Show the maps."""
        self.show_view("maps")

    def action_view_kernels(self) -> None:
        """Show the kernels."""
        self.show_view("kernels")

    def action_view_evaluation(self) -> None:
        """Show the numbers over the test set."""
        self.show_view("evaluation")

    def show_view(self, name: str) -> None:
        """Bring a view up."""
        switcher = self.query_one(ContentSwitcher)
        switcher.current = name
        self._view = switcher.get_child_by_id(name, View)
        self._draw_tabs()
        if self.scene is not None:
            self._view.show(self.scene)
            self._view.focus()

    @on(View.Moved)
    def _moved(self, event: View.Moved) -> None:
        self._go(event.scene)

    @on(EvaluationView.Chosen)
    def _choose(self, event: EvaluationView.Chosen) -> None:
        self.choose(event.choice)

    def choose(self, choice: Choice) -> None:
        """Walk through these images, from the first of them on."""
        if self.scene is None:
            return
        self._choice = choice
        self.desk.want("evaluate", self.scene.evaluate, Evaluation)
        numbers = choice.numbers(self.scene.test, self.desk.get(self.scene.evaluate, Evaluation))
        if numbers is not None and not len(numbers):
            self.notify(_("No image is like that."))
        elif numbers is not None:
            self._go(replace(self.scene, subject=of_test(self.scene.test, int(numbers[0]))))

    def _go(self, scene: Scene) -> None:
        """Show another scene."""
        self.scene = scene
        self._subject = scene.subject
        self.query_one(SubjectPanel).show(scene)
        self.query_one(PredictionPanel).show(scene)
        self._view.show(scene)

    def _come_in(self) -> None:
        """Show what has come in, once for all that comes at the same time."""
        if not self._due and self.is_attached:
            self._due = True
            self.call_later(self._show_again)

    def _show_again(self) -> None:
        self._due = False
        if self._source is None or self._test is None or not self.is_current:
            return
        request = Open(source=self._source)
        self.desk.want("open", request, Opened)
        opened = self.desk.get(request, Opened)
        if opened is None:
            if trouble := self.desk.trouble(request):
                self._say(_("{trouble}\n\nr asks again · i looks into another run").format(trouble=trouble))
            elif self.scene is None:
                self._say(
                    _("Opening {run}: the inspector loads TensorFlow, a few seconds.").format(run=self._source.name)
                )
            return
        subject = self._subject or of_test(self._test, 0)
        if self.scene is None:
            self.scene = Scene(self._source, self._test, subject, opened, ink=ink(self.app))
            self.query_one("#parts").display = True
            self.query_one("#state").display = False
            self._view.focus()
            self.refresh_bindings()
            self._draw_tabs()
        self._go(replace(self.scene, source=self._source, opened=opened).at())

    def _say(self, message: str) -> None:
        """Show a message in the place of the views."""
        self.scene = None
        self.query_one("#parts").display = False
        state = self.query_one("#state", Static)
        state.display = True
        state.update(message)
        self.refresh_bindings()
        self._draw_tabs()

    def _take_run(self, run: RunDirectory | None) -> None:
        """Look into another run."""
        if run != self._run:
            self._run = run
            self._source = self._stamp = self._test = self._subject = None
            self._choice = everything()
            self.desk.forget()
            self._say(_("Opening {run} …").format(run=run.id) if run else _("looking for runs …"))
        self._look()

    def _look(self) -> None:
        if self.is_current:
            self._find(self._run)

    @work(thread=True, exclusive=True, group="look")
    def _find(self, run: RunDirectory | None) -> None:
        """See which weights there are."""
        if run is None:
            runs = with_weights()
            self.app.call_from_thread(self._found_none if not runs else self._found_first, runs)
            return
        source = source_of(run)
        try:
            test = self._test or load_test(run.recipe().directory)
        except (DataError, FormatError) as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._found, run, source, stamp(source), test)

    def _found_none(self, _runs: list[RunDirectory]) -> None:
        if self._run is None:
            self._say(_("There is nothing to look into yet.\n\nPress 2 to train the network, then come back."))

    def _found_first(self, runs: list[RunDirectory]) -> None:
        if self.cnn_tui.inspected_run is None:
            self.cnn_tui.inspected_run = runs[0]

    def _found(self, run: RunDirectory, source: Source, written: int | None, test: TestSet) -> None:
        if run != self._run or (self._source, self._stamp) == (source, written):
            return
        self._source, self._stamp, self._test = source, written, test
        self.desk.forget()
        self._draw_tabs()
        self._come_in()

    def _step(self, by: int) -> None:
        """Walk through the chosen images."""
        if self.scene is None:
            return
        numbers = self._choice.numbers(self.scene.test, self.desk.get(self.scene.evaluate, Evaluation))
        if numbers is None or not len(numbers):
            return
        place = self._choice.place_after(numbers, self.scene.subject.number, by)
        self._go(replace(self.scene, subject=of_test(self.scene.test, int(numbers[place]))))

    def _turn(self, by: int) -> None:
        place = VIEWS.index(self._view.id or "maps")  # type: ignore[arg-type]
        names = [view.id for view in self.query_one(ContentSwitcher).query(View)]
        self.show_view(names[(names.index(self._view.id) + by) % len(names)] or VIEWS[place])

    async def _leave(self) -> None:
        await self.desk.close()

    def _draw_tabs(self) -> None:
        """Name the views with their keys, and the run."""
        parts: list[Content] = []
        for view in self.query_one(ContentSwitcher).query(View):
            here = view is self._view
            title, key = view.title(), view.KEY
            place = title.lower().find(key)
            word = Content(f" {title} ").stylize("bold $text-primary on $primary-muted" if here else "$text-muted")
            if place >= 0:
                word = word.stylize("underline", place + 1, place + 2)
            parts.append(word.stylize(f"@click=screen.view_{view.id}"))
        run = "" if self._source is None else f"  {self._source.name} · {self._source.which}"
        self.query_one("#view-tabs", Static).update(Content("").join([*parts, Content.styled(run, "$text-muted")]))
