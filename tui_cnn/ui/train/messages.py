"""What a look at a run found."""

from dataclasses import dataclass

from textual.message import Message

from tui_cnn.ui.toolkit.curve_readout import Overlaid
from tui_cnn.ui.train.run_watcher import Watched


@dataclass
class RunSeen(Message):
    """The run on display has moved on, or those laid over it have."""

    watched: Watched
    others: tuple[Overlaid, ...]

    def can_replace(self, message: Message) -> bool:
        """Fold a flood of them into the last."""
        return isinstance(message, RunSeen)
