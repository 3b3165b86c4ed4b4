"""A run to look at: its curves, where it is, and its epochs."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.ui.draw.run import STATE_COLORS, epochs_table, progress_lines, state_name
from tui_cnn.ui.widgets.curves import Curves


class RunView(Vertical):
    """Shows snapshots of one run."""

    DEFAULT_CSS = """
    RunView {
        & Curves { height: 1fr; }
        & Static { padding: 0 2; border-top: solid $foreground 20%; border-title-color: $text; }
        & #progress { height: auto; min-height: 4; max-height: 9; }
        & #epochs { height: 8; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the curves above the words."""
        yield Curves()
        yield Static(id="progress")
        yield Static(id="epochs")

    _shown: Snapshot | None = None

    def on_resize(self) -> None:
        """Fit the words to the new width."""
        if self._shown is not None:
            self.call_after_refresh(self.show, self._shown)

    def show(self, snapshot: Snapshot) -> None:
        """Show a run as it stands."""
        self._shown = snapshot
        self.query_one(Curves).show(snapshot)
        progress, epochs = self.query_one("#progress", Static), self.query_one("#epochs", Static)
        state = Content.styled(state_name(snapshot), f"bold $text-{STATE_COLORS[snapshot.state]}")
        progress.border_title = Content.assemble((snapshot.run_id, "bold"), " · ", state).markup
        progress.update(progress_lines(snapshot, self.size.width - 4))
        epochs.update(epochs_table(snapshot, max(2, epochs.size.height)))
