"""What the stack and the volume post to the Build screen."""

from dataclasses import dataclass

from textual.message import Message

from tui_cnn.core.network import Path


@dataclass
class LayerSelected(Message):
    """The cursor of the stack stands on a layer; an empty path is the input."""

    path: Path


@dataclass
class LayerPointed(Message):
    """A layer was pointed at beside the stack; an empty path is the input."""

    path: Path
