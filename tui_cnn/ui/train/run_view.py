"""A run to look at: its curves, where it is, its epochs, and what it takes for what."""

from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.runs.recipes import recipe_name
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.toolkit.curve_readout import Overlaid
from tui_cnn.ui.toolkit.curves import Curves
from tui_cnn.ui.toolkit.run_words import STATE_COLORS, epochs_table, state_name
from tui_cnn.ui.train.class_bars import class_bars, confusion_table
from tui_cnn.ui.train.progress import progress_lines
from tui_cnn.ui.train.run_watcher import Watched

View = Literal["learning", "pace", "classes"]

_LOW = 32
"""Rows of the terminal below which the lines that say the least are left out."""


class _Part(Static):
    """Words that are fitted to their room, and tell when that has changed."""

    class Fitted(Message):
        """It has another size."""

    def on_resize(self) -> None:
        """Tell of it."""
        self.post_message(self.Fitted())


class RunView(Vertical):
    """Shows a run as it was last seen; draws only what has changed."""

    DEFAULT_CSS = """
    RunView {
        & Curves { height: 1fr; }
        & .part { padding: 0 2; border-top: solid $foreground 20%; border-title-color: $text; }
        & #progress { height: auto; min-height: 3; max-height: 8; }
        & #below { height: 12; }
        & #epochs { width: auto; min-width: 64; height: 100%; padding: 0 4 0 2; }
        & #classes { width: 1fr; height: 100%; }
        & #confusion { height: 1fr; display: none; scrollbar-size: 1 1; }
        & #confusion Static { width: auto; }
        &.-classes Curves, &.-classes #below { display: none; }
        &.-classes #confusion { display: block; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.view: View = "learning"
        self._shown: Watched | None = None
        self._drawn: tuple[Snapshot, tuple[Overlaid, ...]] | None = None
        self._lines = Content()
        self._told_epochs: object = None
        self._told_classes: object = None

    def compose(self) -> ComposeResult:
        """Lay out the curves above the words."""
        yield Curves()
        with VerticalScroll(id="confusion", classes="part", can_focus=False):
            yield Static()
        yield _Part(id="progress", classes="part")
        with Horizontal(id="below"):
            yield _Part(id="epochs", classes="part")
            yield _Part(id="classes", classes="part")

    @property
    def curves(self) -> Curves:
        """The charts."""
        return self.query_one(Curves)

    @on(_Part.Fitted)
    def _fit(self, event: _Part.Fitted) -> None:
        event.stop()
        if self._shown is not None:
            self._show_words(self._shown)

    def next_view(self) -> None:
        """Show loss and accuracy, then rates, then classes."""
        order: tuple[View, ...] = ("learning", "pace", "classes")
        self.view = order[(order.index(self.view) + 1) % len(order)]
        self.set_class(self.view == "classes", "-classes")
        if self.view != "classes":
            self.curves.change(self.curves.look._replace(view=self.view))
        if self._shown is not None:
            self._show_words(self._shown)

    def show(self, watched: Watched, others: tuple[Overlaid, ...] = ()) -> None:
        """Show a run as it stands, with others laid over its curves."""
        self._shown = watched
        if self._drawn is None or self._drawn[0] is not watched.snapshot or self._drawn[1] != others:
            self._drawn = watched.snapshot, others
            self.curves.show(watched.snapshot, others)
        self._show_words(watched)

    def _show_words(self, watched: Watched) -> None:
        snapshot = watched.snapshot
        progress, epochs = self.query_one("#progress", Static), self.query_one("#epochs", Static)
        progress.border_title = _title(watched)
        lines = progress_lines(watched, self.size.width - 4, brief=self.app.size.height < _LOW)
        if lines != self._lines:
            progress.update(lines, layout=len(lines.split()) != len(self._lines.split()))
            self._lines = lines
        told = (snapshot.epochs, epochs.size)
        if told != self._told_epochs:
            self._told_epochs = told
            epochs.update(epochs_table(snapshot, max(2, epochs.size.height)))
        self._show_classes(watched)

    def _show_classes(self, watched: Watched) -> None:
        snapshot = watched.snapshot
        told, after = _confusion(snapshot)
        drawn = (told, after, self.view, self.size, self.query_one("#classes").size, watched.class_names)
        if drawn == self._told_classes:
            return
        self._told_classes = drawn
        scroll, bars = self.query_one("#confusion"), self.query_one("#classes", Static)
        bars.border_title = Content.styled(after, "bold")
        about = _("columns: predicted class, in %")
        scroll.border_title = Content.assemble((after, "bold"), "   ", about if told else "")
        if not told:
            told_later = _("No results yet: classes are evaluated on the validation images after each epoch.")
            nothing = Content.styled(told_later, "$text-muted")
            scroll.query_one(Static).update(nothing)
            bars.update("")
            return
        if self.view == "classes":
            scroll.query_one(Static).update(confusion_table(told, watched.class_names, self.size.width - 4))
        else:
            bars.update(class_bars(told, watched.class_names, bars.size.width, max(1, bars.size.height)))


def _confusion(snapshot: Snapshot) -> tuple[tuple[tuple[int, ...], ...], str]:
    """Find the newest count of what was taken for what, and say when it was made."""
    if snapshot.finished is not None and snapshot.finished.confusion:
        return snapshot.finished.confusion, _("Classes, test images")
    for epoch in reversed(snapshot.epochs):
        if epoch.confusion:
            return epoch.confusion, _("Classes, validation after epoch {epoch}").format(epoch=epoch.epoch)
    return (), _("Classes")


def _title(watched: Watched) -> Content:
    snapshot = watched.snapshot
    state = Content.styled(state_name(snapshot), f"bold $text-{STATE_COLORS[snapshot.state]}")
    recipe = recipe_name(watched.recipe) if watched.recipe else ""
    parts = [Content.styled(watched.title or snapshot.name, "bold"), Content(recipe), state, Content(snapshot.run_id)]
    return Content(" · ").join(part for part in parts if part)
