"""What one part of the program hands to a screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from textual.message import Message

from tui_cnn.lab.scene import NamedArray
from tui_cnn.runs.recipe import Recipe


class LabTransfer(NamedTuple):
    """What to show on the convolution page of the Lab: the settings that change, and the arrays.

    Attributes:
        channel: the input channel to draw where there are too many to draw them all; None: that of the largest weights.
    """

    settings: Mapping[str, Any]
    map: NamedArray | None = None
    trained: NamedArray | None = None
    channel: int | None = None


@dataclass
class ShowInLab(Message):
    """Show a feature map or a filter of a trained network on the convolution page."""

    transfer: LabTransfer


@dataclass
class ShowLabLink(Message):
    """Set a page of the Lab up as a link says, `lab:...`."""

    link: str


@dataclass
class OpenLesson(Message):
    """Open a lesson, to be read now."""

    name: str


@dataclass
class FillRecipe(Message):
    """Put a recipe into the form of the Train screen; the data set, the device and its threads stay as they are."""

    recipe: Recipe


@dataclass
class ShowView(Message):
    """Show a view of the Inspect screen."""

    name: str
