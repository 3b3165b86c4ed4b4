"""The Inspect screen: an image, the prediction for it, and views of all that lies between."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from tui_cnn.core.analysis import analyze
from tui_cnn.data.dataset import TestSet
from tui_cnn.data.files import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, list_runs, runs_with_weights
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.client import Inspector
from tui_cnn.runs.inspection.replies import Evaluation, OpenReply
from tui_cnn.runs.inspection.requests import Open
from tui_cnn.runs.lock import is_held
from tui_cnn.ui.inspect import prompts
from tui_cnn.ui.inspect.actions import INSPECT
from tui_cnn.ui.inspect.answer_cache import AnswerCache, Question
from tui_cnn.ui.inspect.comparison import ComparisonView
from tui_cnn.ui.inspect.evaluation import EvaluationView
from tui_cnn.ui.inspect.field import FieldView
from tui_cnn.ui.inspect.history import HistoryView
from tui_cnn.ui.inspect.image_choice import ImageChoice, everything
from tui_cnn.ui.inspect.kernels import KernelsView
from tui_cnn.ui.inspect.maps import MapsView
from tui_cnn.ui.inspect.pad import PadView
from tui_cnn.ui.inspect.scene import Scene, first_subject
from tui_cnn.ui.inspect.side_panels import LayersPanel, PredictionPanel, SubjectPanel
from tui_cnn.ui.inspect.transforms import TransformsView
from tui_cnn.ui.inspect.view import BrowseImages, ScenePanel, ShowScene, View
from tui_cnn.ui.inspect.weights import RunWeights, read_weights, source_of
from tui_cnn.ui.inspect.why import WhyView
from tui_cnn.ui.messages import ShowView
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.network_summary import header_totals
from tui_cnn.ui.toolkit.pictures.bars import Bars
from tui_cnn.ui.toolkit.runs import weights_name

_VIEWS: tuple[type[View], ...] = (
    MapsView,
    KernelsView,
    FieldView,
    WhyView,
    EvaluationView,
    TransformsView,
    PadView,
    ComparisonView,
    HistoryView,
)
"""In the order of their tabs."""

_TICK = 1.0
"""Seconds after which the weights are read again."""

_AWAY = 300.0
"""Seconds after which the inspector ends while another screen is shown."""

_KEYS = {action.id: action.keys for action in INSPECT.actions}
_OWN_COMMANDS = {(action.command or action.id).partition("(")[0] for action in INSPECT.actions}


class InspectScreen(MainScreen):
    """Shows a scene in its panels and in one view; all that changes it comes to `show_scene`."""

    MODE = "inspect"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*INSPECT.bindings()]
    HORIZONTAL_BREAKPOINTS = [*MainScreen.HORIZONTAL_BREAKPOINTS, (180, "-vast")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.answers = AnswerCache(Inspector(), self._take_answers)
        self.views = [view(self.answers) for view in _VIEWS]
        self.current_view = self.views[0]
        self._choice = everything()
        self._choice_waits = False  # for what the network says of all images
        self._number: int | None = None  # of the image of the test set that was shown last
        self._followed: RunDirectory | None = None
        self._weights: RunWeights | None = None
        self._scene_before: Scene | None = None
        self._is_due = False
        self._source_words = ""

    def body(self) -> Iterator[Widget]:
        """Lay out the tabs, the image with its prediction, and the views; or a message where there is nothing."""
        left = Vertical(
            SubjectPanel(self.answers, id="subject"),
            PredictionPanel(self.answers, id="prediction"),
            LayersPanel(self.answers, id="layers"),
            id="left",
        )
        yield Horizontal(Static(id="view-tabs"), Static(id="source"), id="head")
        yield Horizontal(left, ContentSwitcher(self.current_view, id="views", initial=self.current_view.id), id="parts")
        yield Static(id="state", markup=False)

    def on_mount(self) -> None:
        """Follow the inspected run, and its weights."""
        self._away = self.set_timer(_AWAY, self.answers.close, pause=True)
        self.workspace.subscribe(self, "inspected_run", self._take_run)
        self.set_interval(_TICK, self._check_weights)

    def on_screen_suspend(self) -> None:
        """Let the inspector go when nobody comes back for a while."""
        self._away.reset()
        self._away.resume()

    def on_screen_resume(self) -> None:
        """Show at once what is new."""
        self._away.pause()
        if self.workspace.inspected_run is None:
            self.workspace.inspected_run = self.workspace.shown_run
        self._check_weights()
        self._take_answers()

    async def on_unmount(self) -> None:
        """End the inspector with the screen."""
        await self.answers.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is about an image only where there is one."""
        if action == "choose_run":
            return self._followed is not None
        return self.scene is not None or action == "ask_again" or action not in _OWN_COMMANDS

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """The view, and the selected layer."""
        return (self.current_view.SCOPE.name, *((self.scene.info.kind,) if self.scene else ()))

    def totals(self) -> Sequence[str]:
        """Return the totals of the inspected network, once it is open."""
        if self.scene is None:
            return () if self._followed else super().totals()
        return header_totals(analyze(loads_network(self.scene.opened.network, "")))

    def shown_network(self) -> str:
        """Return the name of the inspected network."""
        if self.scene is None:
            return self._followed.name if self._followed else ""
        return loads_network(self.scene.opened.network, "").name

    def show_scene(self, scene: Scene) -> None:
        """Show another scene."""
        other_network = self.scene is None or self.scene.opened is not scene.opened
        self.scene = scene
        if scene.subject.number is not None:
            self._number = scene.subject.number
            self.workspace.inspected_images.add((Path(scene.source.path).name, scene.subject.number))
        for panel in self.query("#left > ScenePanel").results(ScenePanel):
            panel.show(scene)
        self.current_view.show(scene)
        if other_network:
            self.show_header()

    async def action_view(self, name: str) -> None:
        """Bring a view up; it is made when it is shown for the first time."""
        switcher = self.query_one(ContentSwitcher)
        self.current_view = next(view for view in self.views if view.SCOPE.name == name)
        if self.current_view.is_attached:
            switcher.current = self.current_view.id
        else:
            await switcher.add_content(self.current_view, set_current=True)
        self._draw_tabs()
        if self.scene is not None:
            self.current_view.show(self.scene)
            self.current_view.focus()

    def browse(self, choice: ImageChoice) -> None:
        """Go through these images, from the first of them on."""
        if self.scene is None or self._report_missing(self.scene.test):
            return
        self._choice = choice
        numbers = choice.numbers(self.scene.labels, self._evaluation())
        self._choice_waits = numbers is None
        if numbers is None:
            self.answers.want(self.scene.evaluate)
            self.notify(_("Available once the test set has been evaluated. Please wait."))
        elif not len(numbers):
            self.notify(_("No matching images."))
        else:
            self.show_scene(self.scene.of_number(int(numbers[0])))

    def action_step(self, by: int) -> None:
        """Go to the next of the chosen images, or the one before; from a picture of one's own, on where one was."""
        if self.scene is not None and not self._report_missing(self.scene.test):
            number = self._choice.next_to(self._number, by, self.scene.labels, self._evaluation())
            if number is not None:
                self.show_scene(self.scene.of_number(number))

    def action_walk_layers(self, by: int) -> None:
        """Go to the next layer, or the one before."""
        if self.scene is not None:
            self.show_scene(self.scene.at(layer=self.scene.layer + by))

    def action_walk_maps(self, by: int) -> None:
        """Go to the next map, or the one before."""
        if self.scene is not None:
            self.show_scene(self.scene.at(channel=self.scene.channel + by))

    def action_toggle_grey(self) -> None:
        """Draw in grey, or in colours."""
        if self.scene is not None:
            self.show_scene(replace(self.scene, grey=not self.scene.grey))

    async def action_turn_view(self, by: int) -> None:
        """Go to the next view, or the one before."""
        place = self.views.index(self.current_view) + by
        await self.action_view(self.views[place % len(self.views)].SCOPE.name)

    def action_ask_again(self) -> None:
        """Ask again what could not be answered."""
        self.answers.forget_troubles()
        self._take_answers()

    @work
    async def action_find_images(self) -> None:
        """Ask which images to go through."""
        if self.scene is not None and not self._report_missing(self.scene.test):
            self.answers.want(self.scene.evaluate)
            if choice := await prompts.ask_images(self, self.scene, self._evaluation()):
                self.browse(choice)

    @work
    async def action_own_picture(self) -> None:
        """Ask for a picture file."""
        if self.scene is not None and (subject := await prompts.ask_picture(self, self.scene)):
            self.show_scene(replace(self.scene, subject=subject))

    @work
    async def action_choose_run(self) -> None:
        """Ask for another run."""
        if run := await prompts.ask_run(self, _("Select a run to inspect"), self._followed):
            self.workspace.inspected_run = run

    @work
    async def action_write_view(self) -> None:
        """Write what is shown to a file."""
        if self.current_view.has_scene and (export := self.current_view.export()):
            await prompts.write_export(self, export, self._source_words)
        else:
            self.notify(_("Nothing to export yet."))

    @on(ComparisonView.RunWanted)
    @work
    async def choose_other(self) -> None:
        """Ask for a second run."""
        run = await prompts.ask_run(self, _("Select a run to compare with"), self._followed)
        if run is not None and self.scene is not None:
            source = await asyncio.to_thread(source_of, run)
            self.show_scene(replace(self.scene, other=source))

    @on(ShowScene)
    def _take_scene(self, event: ShowScene) -> None:
        self.show_scene(event.scene)

    @on(BrowseImages)
    def _take_choice(self, event: BrowseImages) -> None:
        self.browse(event.choice)

    @on(ShowView)
    async def _take_view(self, event: ShowView) -> None:
        await self.action_view(event.name)

    @on(Bars.Selected, "#prediction Bars")
    @on(Bars.Opened, "#prediction Bars")
    async def _explain_class(self, event: Bars.Selected) -> None:
        """Show which pixels support the class that was clicked."""
        target = self.query_one(PredictionPanel).classes_shown[event.index]
        next(view for view in self.views if isinstance(view, WhyView)).ask_about(target)
        await self.action_view("why")

    def _report_missing(self, test: TestSet) -> bool:
        """Say why there are no test images, where there are none, and what can be inspected instead."""
        if test.missing:
            message = _("{problem} · o opens an image file instead").format(problem=test.missing)
            self.notify(message, severity="warning", markup=False)
        return bool(test.missing)

    def _evaluation(self) -> Evaluation | None:
        return self.answers.get(self.scene.evaluate) if self.scene else None

    def _take_answers(self) -> None:
        """Show what has come in, once for all that comes at the same time."""
        if not self._is_due and self.is_attached:
            self._is_due = True
            self.call_later(self._show)

    def _show(self) -> None:
        self._is_due = False
        weights = self._weights
        if weights is None or not self.is_current:
            return
        if weights.stamp is None:
            self._offer_another(_("{run} has no weights yet. They are saved with the first checkpoint."), weights.run)
            return
        question = Question(Open(source=weights.source), OpenReply)
        self.answers.want(question)
        opened = self.answers.get(question)
        if opened is not None:
            self._open(weights, opened)
        elif trouble := self.answers.trouble(question):
            self._show_message(_("{trouble}\n\nr retry · i inspect another run").format(trouble=trouble))
        elif self.scene is None:
            message = _("Opening {run}: loading TensorFlow, this takes a few seconds.")
            self._show_message(self.answers.waiting or message.format(run=weights.run.id))

    def _open(self, weights: RunWeights, opened: OpenReply) -> None:
        before = self.scene or self._scene_before
        if before is None:
            first = Scene(weights.source, weights.test, first_subject(weights.test, opened), opened)
            if opened.layers[0].kind == "Input":  # what goes into a further input is of little interest
                first = first.at(layer=next((place for place, each in enumerate(opened.layers) if each.has_kernels), 0))
            before = first.at(row=first.map_shape[0] // 2, column=first.map_shape[1] // 2)
            self._report_missing(weights.test)
        is_first = self.scene is None
        self.query_one("#parts").display = True
        self.query_one("#state").display = False
        self.show_scene(
            replace(before, source=weights.source, test=weights.test, opened=opened, kept=weights.kept).at()
        )
        if is_first:
            self.current_view.focus()
            self.refresh_bindings()
        if self._choice_waits and self._evaluation() is not None:
            self.browse(self._choice)

    def _show_message(self, message: str) -> None:
        """Show a message in the place of the views; what was shown comes back when it can."""
        state = self.query_one("#state", Static)
        if self.scene is None and state.display and state.content == message:  # each second it is found anew
            return
        self._scene_before = self.scene or self._scene_before
        self.scene = None
        self.query_one("#parts").display = False
        state.display = True
        state.update(message)
        self.refresh_bindings()

    def _take_run(self, run: RunDirectory | None) -> None:
        """Inspect another run."""
        self.scene = self._scene_before = None
        self._choice, self._choice_waits, self._number = everything(), False, None
        self.answers.forget()
        self._show_message(_("Opening {run} …").format(run=run.id) if run else _("Looking for runs …"))
        self.query_one("#source", Static).update("")
        self._draw_tabs()
        self._followed, self._weights = run, None
        self.show_header()
        self._check_weights()

    def _check_weights(self) -> None:
        """Read which weights there are now, unless the screen is out of sight: a training writes new ones."""
        if self.is_current:
            self._read_weights(self._followed, self._weights.test if self._weights else None)

    @work(thread=True, exclusive=True, group="weights")
    def _read_weights(self, run: RunDirectory | None, test: TestSet | None) -> None:
        if run is None:
            training = any(is_held(each.lock_file) for each in list_runs())
            self.app.call_from_thread(self._take_runs, runs_with_weights(), training)
            return
        if not run.path.exists():
            self.app.call_from_thread(self._lose, run)
            return
        try:
            weights = read_weights(run, test)
        except (DataError, FormatError, RunError) as error:
            self.app.call_from_thread(self._show_message, str(error))
        else:
            known = self._weights
            if known is None or weights[:3] != known[:3]:
                self.app.call_from_thread(self._take_weights, weights, weights_name(weights.source))

    def _lose(self, run: RunDirectory) -> None:
        """Say that the inspected run is gone; should it come back, its weights are taken anew."""
        if run == self._followed:
            self._weights = None
            self._offer_another(_("{run} was deleted. The trash on the Runs screen may still have it."), run)

    def _offer_another(self, message: str, run: RunDirectory) -> None:
        another = _("Press i to inspect another run")
        self._show_message(f"{message.format(run=run.id)}\n\n{another}")

    def _take_runs(self, runs: list[RunDirectory], training: bool) -> None:
        if self._followed is not None:
            return
        if runs:
            self.workspace.inspected_run = runs[0]
        elif training:
            self._show_message(_("Nothing to inspect yet. The weights are saved with the first checkpoint of the run."))
        else:
            self._show_message(_("Nothing to inspect yet.\n\nPress 2 to train the network, then come back."))

    def _take_weights(self, weights: RunWeights, name: str) -> None:
        if weights.run != self._followed:
            return
        self._weights = weights
        self.answers.forget()
        self._source_words = f"{name} · {weights.run.id}"
        self.query_one("#source", Static).update(Content(self._source_words))
        self._take_answers()

    def _draw_tabs(self) -> None:
        """Name the views with their keys underlined."""
        parts = []
        for view in self.views:
            style = "bold $text-primary on $primary-muted" if view is self.current_view else "$text-muted"
            tab = Content(f" {view.TITLE} ").stylize(style)
            place = view.TITLE.lower().find(_KEYS[f"view_{view.SCOPE.name}"])
            if place >= 0:
                tab = tab.stylize("underline", place + 1, place + 2)
            parts.append(tab.stylize(f"@click=screen.view('{view.SCOPE.name}')"))
        self.query_one("#view-tabs", Static).update(Content("").join(parts))
