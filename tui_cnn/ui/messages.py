"""What widgets tell the app."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tui_cnn.core.path import Path

if TYPE_CHECKING:
    from tui_cnn.ui.draw.reading import Overlaid
    from tui_cnn.ui.run_watcher import Watched


@dataclass
class LayerSelected(Message):
    """The cursor of the stack stands on a layer; an empty path is the input."""

    path: Path


@dataclass
class LayerPointed(Message):
    """A layer was pointed at beside the stack; an empty path is the input."""

    path: Path


@dataclass
class LayersDropped(Message):
    """The selected layers were dragged to the line of a layer; an empty path is the input."""

    onto: Path


@dataclass
class MenuWanted(Message):
    """A list of what can be done with the selected layers is wanted."""


@dataclass
class RunSeen(Message):
    """The run on display has moved on, or those laid over it have."""

    watched: "Watched"
    others: "tuple[Overlaid, ...]"

    def can_replace(self, message: Message) -> bool:
        """Fold a flood of them into the last."""
        return isinstance(message, RunSeen)
