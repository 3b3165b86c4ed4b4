"""A way to look inside the network: a panel that has the focus, and keys of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual.message import Message

from tui_cnn.ui.inspect.image_choice import ImageChoice
from tui_cnn.ui.inspect.panel import ScenePanel, ShowScene
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.messages import LabTransfer, ShowInLab
from tui_cnn.ui.toolkit.pictures.canvas import Pixels
from tui_cnn.ui.workspace import workspace_of


class ViewExport(NamedTuple):
    """What a view can be exported as: a picture, a table (heading, rows), arrays; None or empty: not as that."""

    name: str
    pixels: Pixels | None = None
    heading: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    arrays: Mapping[str, npt.NDArray[Any]] = {}  # never changed


class BrowseImages(Message):
    """The keys for the next and previous image are to go through these."""

    def __init__(self, choice: ImageChoice) -> None:
        super().__init__()
        self.choice = choice


class View(ScenePanel, can_focus=True):
    """Shown one at a time."""

    KEY: ClassVar[str]
    """The letter that brings it up."""

    @property
    def scope(self) -> str:
        """What the registry of actions calls the view."""
        return (self.id or "").removeprefix("view-")

    @classmethod
    def title(cls) -> str:
        """Name the view in a word, for its tab."""
        raise NotImplementedError

    def go_to(self, scene: Scene) -> None:
        """Show another scene at once, and ask the screen to follow."""
        self.scene = scene  # the next key may come before the screen's answer
        self.post_message(ShowScene(scene))

    def export(self) -> ViewExport | None:
        """Return what there is to write to a file."""
        return None

    def to_lab(self, transfer: LabTransfer) -> None:
        """Show a map or a filter in the Lab."""
        workspace_of(self).send("lab", ShowInLab(transfer))


def as_floats(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Take numbers out of a reply as floats of full width, so that sums do not overflow."""
    return np.asarray(values, np.float64)


def signed(number: str) -> str:
    """Write a number with a true minus."""
    return number.replace("-", "−")
