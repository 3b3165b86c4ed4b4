"""What there is to say about one run beside its line in the list, and its learning curves."""

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_cnn.i18n import _
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.ui.toolkit.curves import Curves
from tui_cnn.ui.toolkit.numbers import duration, size
from tui_cnn.ui.toolkit.runs import Listed

_GAP = "   "


class RunDetail(Vertical):
    """The selected run: in words at once, its curves as soon as its events are read."""

    DEFAULT_CSS = """
    RunDetail {
        & > .panel { height: auto; min-height: 5; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._listed: Listed | None = None
        self._follower: Follower | None = None

    def compose(self) -> ComposeResult:
        """Lay out the words above the curves."""
        yield Static(classes="panel")
        curves = Curves()
        curves.can_focus = False
        yield curves

    def show(self, listed: Listed) -> None:
        """Show a run, or how it has moved on."""
        if listed is self._listed:
            return
        if self._listed is None or self._listed.run != listed.run:
            self._follower = Follower(listed.run)
            self.query_one(Curves).show(None)
        self._listed = listed
        words = self.query_one(".panel", Static)
        words.border_title = Content.styled(listed.run.id, "bold")
        words.update(run_detail(listed))
        if self._follower is not None and self.query_one(Curves).display:
            self._read(listed, self._follower)

    @work(thread=True, exclusive=True, group="detail")
    def _read(self, listed: Listed, follower: Follower) -> None:
        snapshot = follower.poll()
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._draw, listed, snapshot)

    def _draw(self, listed: Listed, snapshot: Snapshot) -> None:
        if listed is self._listed:
            self.query_one(Curves).show(snapshot)


def run_detail(listed: Listed) -> Content:
    """Say what was said about a run, how it was trained, and how it ended."""
    summary = listed.summary
    about, recipe = summary.about, summary.recipe
    lines = []
    if about.title or about.tags or about.note:
        tags = " ".join(about.tags)
        parts = [Content.styled(about.title, "bold"), Content.styled(tags, "$text-accent"), Content(about.note)]
        lines.append(Content(_GAP).join(part for part in parts if part))
    if recipe is not None:
        message = _("{optimizer}, batch {batch}, lr {rate:g}")
        training = [message.format(optimizer=recipe.optimizer, batch=recipe.batch_size, rate=recipe.learning_rate)]
        if recipe.schedule != "constant":
            training.append(recipe.schedule)
        if summary.precision:
            training.append(summary.precision)
        if summary.seconds_per_epoch is not None:
            time = _time_an_epoch(summary.seconds_per_epoch, summary.predicted_seconds)
            training.append(_("{time} per epoch").format(time=time))
        if summary.memory:
            training.append(size(summary.memory))
        lines.append(Content.styled(_GAP.join(training), "dim"))
    if summary.outcome is not None and summary.state != "finished":
        lines.append(Content(summary.outcome.line))
    return Content("\n").join(lines)


def _time_an_epoch(seconds: float, predicted: float | None) -> str:
    taken = f"{seconds:.1f} s" if seconds < 60 else duration(seconds)
    if predicted is None:
        return taken
    return _("{taken} (predicted {predicted:.1f})").format(taken=taken, predicted=predicted)
