"""The Train screen: set up a run, start it, watch it."""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.core.network import Network
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.design import Design
from tui_cnn.ui.dialogs.text import TextDialog
from tui_cnn.ui.messages import SnapshotTaken
from tui_cnn.ui.screens.base import MainScreen
from tui_cnn.ui.widgets.form import RecipeForm, StructForm
from tui_cnn.ui.widgets.run_view import RunView

_TICK = 0.25
"""Seconds between two looks at a run."""


class TrainScreen(MainScreen):
    """Either the setting up of a run, or a run that is or was trained."""

    MODE = "train"
    CSS_PATH = "train.tcss"
    AUTO_FOCUS: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("train")]

    def __init__(self) -> None:
        super().__init__()
        self._follower: Follower | None = None
        self._snapshot: Snapshot | None = None
        self._starting = False
        self._polling = Lock()

    def body(self) -> Iterator[Widget]:
        """Lay out both; one is shown at a time."""
        recipe = Recipe(data=self.cnn_tui.data)
        yield Vertical(Static(id="what"), RecipeForm(recipe, id="recipe"), id="setup")
        yield RunView(id="run")

    def on_mount(self) -> None:
        """Follow the run that the app has on display."""
        super().on_mount()
        self.watch(self.app, "shown_run", self._follow)
        self.set_interval(_TICK, self._look)

    def show_design(self, design: Design) -> None:
        """Say what would be trained."""
        setup = self.query_one("#setup")
        setup.border_title = Content(_("Train {name}").format(name=design.network.name))
        errors = [check for check in design.analysis.checks if check.severity == "error"]
        what = _("Enter starts the training in a process of its own: it goes on when you leave.")
        self.query_one("#what", Static).update(Content(f"✗ {errors[0]}" if errors else what))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense for the run as it stands."""
        state = self._snapshot.state if self._snapshot else None
        allowed = {
            "start_run": self._follower is None,
            "pause_run": state in ("running", "paused"),
            "stop_run": state in ("running", "paused"),
            "resume_run": state in ("interrupted", "failed"),
            "new_run": self._follower is not None and state not in ("running", "paused"),
            "inspect_run": self._snapshot is not None and bool(self._snapshot.checkpoint or self._snapshot.epochs),
            "show_log": self._follower is not None,
        }
        return allowed.get(action, True)

    def action_start_run(self) -> None:
        """Start to train the network on the table."""
        recipe = self.query_one(RecipeForm).value
        if isinstance(recipe, Recipe) and not self._starting:
            self._starting = True  # a second Enter would start a second run
            self._start(self.cnn_tui.design.network, recipe)

    def action_pause_run(self) -> None:
        """Pause, or go on."""
        paused = self._snapshot is not None and self._snapshot.state == "paused"
        self._steer(launch.go_on if paused else launch.pause)

    def action_stop_run(self) -> None:
        """Stop, with a checkpoint."""
        self._steer(launch.stop)

    def action_resume_run(self) -> None:
        """Go on from the checkpoint."""
        self._steer(launch.resume)

    def action_new_run(self) -> None:
        """Leave this run and set up another."""
        self.cnn_tui.shown_run = None

    def action_inspect_run(self) -> None:
        """Look inside the network of this run."""
        if self._follower is not None:
            self.cnn_tui.inspect_run(self._follower.run)

    def action_leave_form(self) -> None:
        """Leave the form, so that the screen's own keys can be used."""
        self.set_focus(None)

    def action_show_log(self) -> None:
        """Show what the worker wrote."""
        if self._follower is not None:
            log = self._follower.run.log_file
            try:
                text = log.read_text("utf-8", "replace")
            except OSError as error:
                text = f"{log}: {error.strerror}"
            self.app.push_screen(TextDialog(str(log), text or _("The worker has written nothing."), at_end=True))

    @on(SnapshotTaken)
    def _show_snapshot(self, event: SnapshotTaken) -> None:
        if self._follower is None or event.snapshot.run_id != self._follower.run.id:
            return
        self._snapshot = event.snapshot
        self.query_one(RunView).show(event.snapshot)
        self.refresh_bindings()

    @on(StructForm.Changed)
    def _no_matter(self, event: StructForm.Changed) -> None:
        event.stop()

    def _follow(self, run: RunDirectory | None) -> None:
        self._follower = Follower(run) if run else None
        self._snapshot = None
        self.query_one("#setup").display = run is None
        self.query_one("#run").display = run is not None
        if run is None:
            self.query_one(RecipeForm).focus_first()
        else:
            self.set_focus(None)
            self._look()
        self.refresh_bindings()

    def _look(self) -> None:
        if self._follower is not None and self.is_current:
            self._poll(self._follower, self._snapshot)

    @work(thread=True, group="poll")
    def _poll(self, follower: Follower, shown: Snapshot | None) -> None:
        if not self._polling.acquire(blocking=False):  # a long story is still being read; the next look comes soon
            return
        try:
            snapshot = follower.poll()
        finally:
            self._polling.release()
        if snapshot is not shown:
            self.post_message(SnapshotTaken(snapshot))

    @work(thread=True, group="start")
    def _start(self, network: Network, recipe: Recipe) -> None:
        try:
            run = launch.start(network, recipe)
        except (RunError, ValueError) as error:
            self._starting = False
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10, markup=False)
        else:
            self.app.call_from_thread(setattr, self.cnn_tui, "shown_run", run)
            self._starting = False

    @work(thread=True, group="start")
    def _steer(self, command: Callable[[RunDirectory], None]) -> None:
        if self._follower is None:
            return
        try:
            command(self._follower.run)
        except RunError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10, markup=False)
