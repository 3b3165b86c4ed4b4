"""The Train screen: set up a run, start it, watch it."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from tui_cnn.core.network import Network
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preflight import check
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.state import ACTIVE
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.about import about_fields
from tui_cnn.ui.toolkit.chart_controls import Looking
from tui_cnn.ui.toolkit.curve_actions import CURVES
from tui_cnn.ui.toolkit.curve_readout import Overlaid
from tui_cnn.ui.toolkit.curves import Curves
from tui_cnn.ui.toolkit.dialogs.text import TextDialog
from tui_cnn.ui.toolkit.help import Place
from tui_cnn.ui.toolkit.main_screen import MainScreen
from tui_cnn.ui.toolkit.overlays import Overlays, ask_overlay
from tui_cnn.ui.train.actions import RECIPE, TRAIN
from tui_cnn.ui.train.messages import RunSeen
from tui_cnn.ui.train.recipe_form import RecipeForm
from tui_cnn.ui.train.run_view import RunView
from tui_cnn.ui.train.run_watcher import RunWatcher, Watched
from tui_cnn.ui.train.setup import Setup
from tui_cnn.ui.train.worker_pool import Warm

_TICK = 0.5
"""Seconds between two looks at a run."""


class TrainScreen(Looking, MainScreen):
    """Either the setting up of a run, or a run that is or was trained."""

    MODE = "train"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*TRAIN.bindings(), *CURVES.bindings()]

    def __init__(self) -> None:
        super().__init__()
        self._watcher: RunWatcher | None = None
        self._watched: Watched | None = None
        self._overlays = Overlays()
        self._starting = False
        self._polling = Lock()
        self._warm = Warm()

    def body(self) -> Iterator[Widget]:
        """Lay out both; one is shown at a time."""
        yield Setup(Recipe(data=self.workspace.data), self._warm, id="setup")
        yield RunView(id="run")

    def on_mount(self) -> None:
        """Follow the run that the app has on display."""
        super().on_mount()
        self.workspace.subscribe(self, "shown_run", self._follow)
        self.set_interval(_TICK, self._look)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """What the curves are about."""
        return ("loss", "accuracy")

    def on_unmount(self) -> None:
        """Take the spare worker along."""
        self._warm.close()

    @property
    def curves(self) -> Curves:
        """The charts, for the keys that look at them."""
        return self.query_one(RunView).curves

    def show_design(self, design: Design) -> None:
        """Say what would be trained."""
        self.query_one(Setup).show(design)

    def place(self) -> Place:
        """The settings of a run, or a run."""
        if self._watcher is None:
            form = self.query_one(RecipeForm)
            about = Text(_("How to train the network. The test set is evaluated once, at the end."))
            return Place((RECIPE, TRAIN), _("Train"), about, (about_fields(form.value or form.original),))
        about = Text(_("A run trains in its own process and continues when you quit."))
        return Place((TRAIN,), _("Train"), about)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense for the run as it stands."""
        state = self._watched.snapshot.state if self._watched else None
        shown = self._watcher is not None
        allowed = {
            "start_run": not shown,
            "pause_run": state in ("running", "paused"),
            "hurry_run": state == "queued",
            "stop_run": state in ACTIVE,
            "resume_run": state in ("interrupted", "failed"),
            "new_run": shown and state not in ACTIVE,
            "show_log": shown,
            "next_view": shown,
            "lay_over": shown,
            "inspect_run": shown and bool(self._watched and self._watched.snapshot.epochs),
        }
        if action in self.LOOKS:
            return shown and self.query_one(RunView).view != "classes"
        return allowed.get(action, True)

    def action_start_run(self) -> None:
        """Start to train the network on the table."""
        recipe = self.query_one(Setup).form.recipe
        if recipe is not None and not self._starting:
            self._starting = True  # a second Enter would start a second run
            self._start(self.workspace.design.network, recipe)

    def action_pause_run(self) -> None:
        """Pause, or go on."""
        paused = self._watched is not None and self._watched.snapshot.state == "paused"
        self._steer(launch.unpause if paused else launch.pause)

    def action_stop_run(self) -> None:
        """Stop, with a checkpoint."""
        self._steer(launch.stop)

    def action_hurry_run(self) -> None:
        """Train now, beside the other."""
        self._steer(launch.skip_queue)

    def action_resume_run(self) -> None:
        """Go on from the checkpoint."""
        self._steer(launch.resume)

    def action_new_run(self) -> None:
        """Leave this run and set up another."""
        self.workspace.shown_run = None

    def action_inspect_run(self) -> None:
        """Look inside the network of this run."""
        if self._watcher is not None:
            self.workspace.inspect_run(self._watcher.run)

    def action_leave_form(self) -> None:
        """Leave the form, so that the screen's own keys can be used."""
        self.set_focus(None)

    def action_next_view(self) -> None:
        """Show another view of the run."""
        self.query_one(RunView).next_view()
        self.refresh_bindings()

    @work
    async def action_lay_over(self) -> None:
        """Lay another run over the curves, or take one away."""
        if self._watcher is not None:
            await ask_overlay(self.app, self.workspace, self._watcher.run)
            self._look()

    def action_show_log(self) -> None:
        """Show what the worker wrote."""
        if self._watcher is not None:
            self._read_log(self._watcher.run)

    @work(thread=True, group="log")
    def _read_log(self, run: RunDirectory) -> None:
        log = run.log_file
        try:
            text = log.read_text("utf-8", "replace")
        except OSError as error:
            text = f"{log}: {error.strerror}"
        shown = TextDialog(str(log), text or _("The log is empty."), at_end=True)
        self.app.call_from_thread(self.app.push_screen, shown)

    @on(RunSeen)
    def _show_run(self, event: RunSeen) -> None:
        watched = event.watched
        if self._watcher is None or watched.snapshot.run_id != self._watcher.run.id:
            return
        before, self._watched = self._watched, watched
        self.query_one(RunView).show(watched, event.others)
        if before is None or before.snapshot.state != watched.snapshot.state:
            self.refresh_bindings()

    def _follow(self, run: RunDirectory | None) -> None:
        self._watcher = RunWatcher(run) if run else None
        self._watched = None
        self.query_one("#setup").display = run is None
        self.query_one("#run").display = run is not None
        if run is None:
            self.query_one(Setup).form.focus_first()
        else:
            self.set_focus(None)
            self.curves.reset()
            self._look()
        self.refresh_bindings()

    def _look(self) -> None:
        if self._watcher is not None and self.is_current:
            self._poll(self._watcher, self._watched)

    @work(thread=True, group="poll")
    def _poll(self, watcher: RunWatcher, shown: Watched | None) -> None:
        if not self._polling.acquire(blocking=False):  # a long story is still being read; the next look comes soon
            return
        try:
            watched = watcher.look()
            before = self._overlays.shown
            others: tuple[Overlaid, ...] = self._overlays.look(self.workspace.marked, watcher.run.id)
        finally:
            self._polling.release()
        if watched is not shown or others != before:
            self.post_message(RunSeen(watched, others))

    @work(thread=True, group="start")
    def _start(self, network: Network, recipe: Recipe) -> None:
        try:
            checked = check(network, recipe)
            run = launch.start_checked(checked, prewarmed=self._warm.spare())
        except (RunError, ValueError) as error:
            self._starting = False
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10, markup=False)
        else:
            self._warm.used()
            self.app.call_from_thread(setattr, self.workspace, "shown_run", run)
            self._starting = False

    @work(thread=True, group="start")
    def _steer(self, command: Callable[[RunDirectory], None]) -> None:
        if self._watcher is None:
            return
        try:
            command(self._watcher.run)
        except RunError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10, markup=False)
