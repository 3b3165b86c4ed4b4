"""What widgets tell the app."""

from dataclasses import dataclass

from textual.message import Message

from tui_cnn.core.path import Path
from tui_cnn.runs.snapshot import Snapshot


@dataclass
class LayerSelected(Message):
    """The cursor of the stack stands on a layer; an empty path is the input."""

    path: Path


@dataclass
class LayerPointed(Message):
    """A layer was pointed at beside the stack; an empty path is the input."""

    path: Path


@dataclass
class SnapshotTaken(Message):
    """The run on display has moved on."""

    snapshot: Snapshot

    def can_replace(self, message: Message) -> bool:
        """Fold a flood of snapshots into the last."""
        return isinstance(message, SnapshotTaken)


@dataclass
class RunsListed(Message):
    """The runs as they stand."""

    snapshots: tuple[Snapshot, ...]
