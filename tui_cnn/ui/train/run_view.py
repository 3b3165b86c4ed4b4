"""A run that is watched: its curves, where it is, its epochs and classes, and what can be done to it."""

from collections.abc import Sequence
from functools import partial
from threading import Lock
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_cnn.core.analysis import Analysis
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_tail
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import MOST_CONFUSED
from tui_cnn.runs.recipe import recipe_name
from tui_cnn.runs.snapshot import ACTIVE, Snapshot
from tui_cnn.ui.toolkit.curves import Curves, CurveView, Overlaid
from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
from tui_cnn.ui.toolkit.headline import HeadlineNumber
from tui_cnn.ui.toolkit.pictures.bars import Bars
from tui_cnn.ui.toolkit.pictures.drawing import scale_for
from tui_cnn.ui.toolkit.pictures.matrix import MOST_LINES, Matrix
from tui_cnn.ui.toolkit.runs import STATE_COLORS, Further, Overlays, ask_further, ask_overlay, epochs_table, state_name
from tui_cnn.ui.train.actions import RUN_BINDINGS
from tui_cnn.ui.train.class_bars import Confusion, class_bars, confusion_table, most_confused
from tui_cnn.ui.train.progress import headlines, progress_lines
from tui_cnn.ui.train.run_watcher import RunWatcher, Watched
from tui_cnn.ui.workspace import workspace_of

_TICK = 0.5
"""Seconds between two readings of a run."""
View = CurveView | Literal["classes"]
_VIEWS: tuple[View, ...] = ("learning", "rates", "classes")
_AROUND_LINES = 14
"""Lines of the panel above the classes, of the borders, and of what is confused most."""
_LOW = 32
"""Rows of the terminal below which there is no room for large digits and for what does not change."""


class _FittedText(Static):
    """A text that is fitted to its room."""

    class Resized(Message):
        """It has another size."""

    def on_resize(self) -> None:
        """Ask for another text."""
        self.post_message(self.Resized())


class RunView(Vertical):
    """Reads the run again and again, and draws only what has changed."""

    BINDINGS: ClassVar[list[BindingType]] = [*RUN_BINDINGS]
    DEFAULT_CSS = """
    RunView {
        height: 100%;
        & #state { height: auto; min-height: 3; }
        & #headlines { width: auto; height: 4; margin-right: 3; }
        & #accuracy Digits { color: $text-primary; text-style: bold; }
        & #progress { width: 1fr; height: auto; }
        & #below { height: 14; }
        & #epochs { width: 1fr; min-width: 66; height: 100%; }
        & #classes { width: 1fr; height: 100%; }
        & #classes Bars { height: auto; max-height: 100%; }
        & #confused { height: 1fr; padding-top: 1; display: none; }
        & #confusion { height: 1fr; display: none; }
        & #confusion Static { width: auto; padding-top: 1; }
        &.-classes Curves, &.-classes #below { display: none; }
        &.-classes #confusion { display: block; }
    }
    """

    class Opened(Message):
        """Another run is on display, and read."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.view: View = "learning"
        self.run: RunDirectory | None = None
        self._watcher: RunWatcher | None = None
        self._watched: Watched | None = None
        self._others: tuple[Overlaid, ...] = ()
        self._overlays = Overlays()
        self._reading = Lock()
        self._shown_curves: tuple[Snapshot, tuple[Overlaid, ...]] | None = None
        self._shown_lines = Content()
        self._shown_epochs: object = None
        self._shown_classes: object = None

    def compose(self) -> ComposeResult:
        """Lay out the state of the run, its curves, and its epochs and classes."""
        with Horizontal(id="state", classes="panel"):
            with Horizontal(id="headlines"):
                yield HeadlineNumber(id="accuracy")
                yield HeadlineNumber(id="epoch")
                yield HeadlineNumber(id="time")
            yield _FittedText(id="progress")
        yield Curves()
        with VerticalScroll(id="confusion", classes="panel"):
            yield Matrix()
            yield Static()
        with Horizontal(id="below"):
            epochs = _FittedText(id="epochs", classes="panel")
            epochs.border_title = _("Epochs")
            yield epochs
            with Vertical(id="classes", classes="panel"):
                yield Bars()
                yield Static(id="confused")

    def on_mount(self) -> None:
        """Read the run again and again."""
        self.set_interval(_TICK, self.update)

    @property
    def analysis(self) -> Analysis | None:
        """The network of the run; None until it is read, or where it cannot be."""
        return self._watched.analysis if self._watched else None

    def follow(self, run: RunDirectory) -> None:
        """Show another run, and take the focus."""
        self.run = run
        self._watcher = RunWatcher(run)
        self._watched = None
        self.query_one(Curves).action_show_all()
        self._focus_view()
        self.update()

    def update(self) -> None:
        """Read what is new of the run, while it is on display."""
        if self._watcher is not None and self.display and self.screen.is_current:
            self._read(self._watcher)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense for the run as it stands."""
        state = self._watched.snapshot.state if self._watched else None
        match action, *parameters:
            case "steer", "pause":
                return state in ("running", "paused")
            case "steer", "skip_queue":
                return state == "queued"
            case "steer", "stop":
                return state in ACTIVE
            case "steer", "resume":
                return state in ("interrupted", "failed") and not self._is_foreign
            case ("train_further",):
                return state == "finished" and not self._is_foreign
            case ("show_log",):
                return not self._is_foreign
            case ("inspect_run",):
                return bool(self._watched and (self._watched.snapshot.epochs or self._watched.snapshot.imported))
            case _:
                return True

    @property
    def _is_foreign(self) -> bool:
        """Whether it was not trained here, so that only the program that did can go on with it."""
        return self._watched is not None and self._watched.origin is not None

    @work(thread=True, group="steer")
    def action_steer(self, command: Literal["pause", "skip_queue", "stop", "resume"]) -> None:
        """Pause the run or let it continue, start it although another is being trained, stop it, resume it."""
        if self.run is None:
            return
        if command == "pause" and self._watched is not None and self._watched.snapshot.state == "paused":
            steer = launch.unpause
        else:
            steer = getattr(launch, command)
        if command == "resume":  # the worker has to begin first
            self.app.call_from_thread(self.notify, _("Resuming …"))
        try:
            steer(self.run)
        except RunError as error:
            workspace_of(self).report(error)
        self.app.call_from_thread(self.update)  # that it was heard is shown at once

    def action_new_run(self) -> None:
        """Leave this run, which goes on if it trains, and set up another."""
        workspace_of(self).shown_run = None

    @work
    async def action_train_further(self) -> None:
        """Ask how, and train the run for more epochs, in a new run."""
        if (run := self.run) and (how := await ask_further(self.app, workspace_of(self), run)):
            self.notify(_("Starting …"))
            self._train_further(run, how)

    @work(thread=True, group="steer")
    def _train_further(self, run: RunDirectory, how: Further) -> None:
        workspace = workspace_of(self)
        try:
            longer = launch.train_further(run, how.epochs, restarted=how.restarted)
        except (RunError, FormatError) as error:
            workspace.report(error)
        else:
            self.app.call_from_thread(setattr, workspace, "shown_run", longer)

    def action_inspect_run(self) -> None:
        """Look inside the network of this run."""
        if self.run is not None:
            workspace_of(self).inspect_run(self.run)

    def action_next_view(self) -> None:
        """Show loss and accuracy, then rates, then classes."""
        self.view = _VIEWS[(_VIEWS.index(self.view) + 1) % len(_VIEWS)]
        self.set_class(self.view == "classes", "-classes")
        if self.view != "classes":
            self.query_one(Curves).show_view(self.view)
        self._focus_view()
        if self._watched is not None:
            self._show_texts(self._watched)

    @work
    async def action_overlay(self) -> None:
        """Lay another run over the curves, or take one away."""
        if self.run is not None:
            await ask_overlay(self.app, workspace_of(self), self.run)
            self.update()

    @work(thread=True, group="log")
    def action_show_log(self) -> None:
        """Show what the worker wrote."""
        if self.run is None:
            return
        log = self.run.log_file
        try:
            text = read_tail(log)
        except OSError as error:
            text = f"{log}: {error.strerror}"
        dialog = TextDialog(str(log), text or _("The log is empty."), at_end=True)
        self.app.call_from_thread(self.app.push_screen, dialog)

    @work(thread=True, group="read")
    def _read(self, watcher: RunWatcher) -> None:
        if not self._reading.acquire(blocking=False):  # a long file is still being read; the next reading comes soon
            return
        try:
            watched = watcher.read()
            others = self._overlays.read(workspace_of(self).marked, watcher.run.id)
        finally:
            self._reading.release()
        if watched is not self._watched or others != self._others:
            self.app.call_from_thread(self._show, watcher, watched, others)

    def _show(self, watcher: RunWatcher, watched: Watched, others: tuple[Overlaid, ...]) -> None:
        if watcher is not self._watcher:
            return
        before, self._watched, self._others = self._watched, watched, others
        if (
            self._shown_curves is None
            or self._shown_curves[0] is not watched.snapshot
            or self._shown_curves[1] != others
        ):
            self._shown_curves = watched.snapshot, others
            self.query_one(Curves).show(watched.snapshot, others)
        self._show_texts(watched)
        if before is None or before.snapshot.state != watched.snapshot.state:
            self.refresh_bindings()
        if before is None:
            self.post_message(self.Opened())

    def _focus_view(self) -> None:
        self.query_one("#confusion" if self.view == "classes" else Curves).focus()

    @on(_FittedText.Resized)
    def _fit(self, event: _FittedText.Resized) -> None:
        event.stop()
        if self._watched is not None:
            self._show_texts(self._watched)

    def _show_texts(self, watched: Watched) -> None:
        snapshot = watched.snapshot
        state, progress, epochs = self.query_one("#state"), self.query_one("#progress"), self.query_one("#epochs")
        state.border_title = _title(watched)
        has_room = self.app.size.height >= _LOW
        self.query_one("#headlines").display = has_room
        for number, headline in zip(self.query(HeadlineNumber), headlines(watched), strict=True):
            number.show(headline)
        lines = progress_lines(watched, progress.size.width, beside_headlines=has_room)
        if lines != self._shown_lines:
            heights = [text.get_height({}, max(1, progress.size.width)) for text in (lines, self._shown_lines)]
            self.query_one("#progress", Static).update(lines, layout=heights[0] != heights[1])
            self._shown_lines = lines
        drawn_epochs = (snapshot.epochs, epochs.size)
        if drawn_epochs != self._shown_epochs:
            self._shown_epochs = drawn_epochs
            self.query_one("#epochs", Static).update(epochs_table(snapshot, max(2, epochs.size.height)))
        self._show_classes(watched)

    def _show_classes(self, watched: Watched) -> None:
        confusion, title = _newest_confusion(watched.snapshot)
        panel, bars, table = self.query_one("#classes"), self.query_one(Bars), self.query_one("#confusion")
        confused = self.query_one("#confused", Static)
        drawn = (confusion, title, self.size, watched.class_names)
        if drawn == self._shown_classes:
            return
        self._shown_classes = drawn
        panel.border_title = Content.styled(title, "bold")
        axes = _("accuracy · columns: predicted, in %")
        table.border_title = Content.assemble((title, "bold"), ("   " + axes, "not bold") if confusion else "")
        if confusion:
            bars.show(class_bars(confusion, watched.class_names))
            confused.update(most_confused(confusion, watched.class_names))
            self._show_confusion(confusion, watched.class_names)
            table.query_one(Static).update(most_confused(confusion, watched.class_names))
        else:
            text = _("No results yet: classes are evaluated on the validation images after each epoch.")
            if len(watched.class_names) > MOST_CONFUSED:
                text = _("Runs of more than {count} classes do not record them one by one; evaluate it on Inspect.")
            later = Content.styled(text.format(count=MOST_CONFUSED), "dim")
            bars.show(None)
            table.query_one(Matrix).display = False
            confused.update(later)
            table.query_one(Static).update(later)

    def _show_confusion(self, confusion: Confusion, names: Sequence[str]) -> None:
        matrix, (width, height) = self.query_one(Matrix), self.size
        lines = max(1, min(MOST_LINES, (height - _AROUND_LINES) // len(confusion)))
        matrix.display = True
        matrix.styles.height = lines * len(confusion) + 1
        matrix.show(confusion_table(confusion, names, width - 4, partial(scale_for, self.app)), matrix.selected)


def _newest_confusion(snapshot: Snapshot) -> tuple[tuple[tuple[int, ...], ...], str]:
    """Return the newest confusion matrix, and say on which images and when it was made."""
    if snapshot.finished is not None and snapshot.finished.confusion:
        return snapshot.finished.confusion, _("Classes, test images")
    for epoch in reversed(snapshot.epochs):
        if epoch.confusion:
            return epoch.confusion, _("Classes, validation after epoch {epoch}").format(epoch=epoch.epoch)
    return (), _("Classes")


def _title(watched: Watched) -> Content:
    snapshot = watched.snapshot
    state = Content.styled(state_name(snapshot), f"bold $text-{STATE_COLORS[snapshot.state]}")
    recipe = recipe_name(watched.recipe) if watched.recipe and not watched.snapshot.imported else ""
    name = Content.styled(watched.title or snapshot.name, "bold")
    parts = [name, Content.styled(recipe or "", "not bold"), state, Content.styled(snapshot.run_id, "not bold")]
    return Content(" · ").join(part for part in parts if part)
