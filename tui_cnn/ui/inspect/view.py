"""A way to look inside: it has the focus, and keys of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual.message import Message

from tui_cnn.insight.colours import Palette, paint, stretch
from tui_cnn.ui.inspect.canvas_widget import Drawn
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.messages import LabTransfer, ShowInLab
from tui_cnn.ui.toolkit.pictures.canvas import Pixels
from tui_cnn.ui.workspace import workspace_of


class Output(NamedTuple):
    """What a view can be written as: a picture, a table (heading, rows), arrays; what it has not is None or empty."""

    name: str
    pixels: Pixels | None = None
    heading: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    arrays: Mapping[str, npt.NDArray[Any]] = {}  # never changed


class View(Drawn, can_focus=True):
    """Shown one at a time."""

    KEY: ClassVar[str]
    """The letter that brings it up."""

    class Moved(Message):
        """The scene is to be another one."""

        def __init__(self, scene: Scene) -> None:
            super().__init__()
            self.scene = scene

    @property
    def scope(self) -> str:
        """What the registry of actions calls the view."""
        return (self.id or "").removeprefix("view-")

    @classmethod
    def title(cls) -> str:
        """Name the view in a word, for its tab."""
        raise NotImplementedError

    def look_at(self, scene: Scene) -> None:
        """Show another scene at once, and ask the screen to follow."""
        self.scene = scene  # the next key may come before the screen's answer
        self.post_message(self.Moved(scene))

    def output(self) -> Output | None:
        """Say what there is to write to a file."""
        return None

    def to_lab(self, transfer: LabTransfer) -> None:
        """Show a map or a filter in the Lab."""
        workspace_of(self).send("lab", ShowInLab(transfer))

    def palette(self, scene: Scene, palette: Palette = "sequential") -> Palette:
        """Take a palette, or grey where no colours are wanted."""
        return "grey" if scene.grey or scene.ink == "characters" or self.app.no_color else palette


def heat(values: npt.NDArray[Any], palette: Palette) -> Pixels:
    """Draw values (height, width): zero in the middle of a diverging palette, or from the smallest to the largest."""
    return paint(stretch(values, around_zero=palette == "diverging"), palette)


def means(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Take numbers out of a reply as floats of full width, so that sums do not overflow."""
    return np.asarray(values, np.float64)
