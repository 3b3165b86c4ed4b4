"""The network being designed: the network with its history, its analysis, and the file it belongs to."""

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NamedTuple

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import TrainingContext
from tui_cnn.core.history import EditHistory, HistoryStep
from tui_cnn.core.network import Network, Path
from tui_cnn.runs.machine import machine_memory

if TYPE_CHECKING:
    from tui_cnn.data.dataset import DatasetSummary
    from tui_cnn.data.examination import Sizes


class Design(NamedTuple):
    """An immutable state of the design.

    Attributes:
        setting: how it will be used, for its checks.
        saved: the network as it was last read or written.
        select: the layer that the last edit, undo or redo was about.
    """

    history: EditHistory
    analysis: Analysis
    saved: Network
    file: FilePath | None
    select: Path
    setting: TrainingContext = TrainingContext()

    @property
    def network(self) -> Network:
        """The network as it stands."""
        return self.history.present.network

    @property
    def dirty(self) -> bool:
        """Whether the network differs from what was read or saved."""
        return self.network != self.saved

    @property
    def just_opened(self) -> bool:
        """Whether nothing has been done to the network yet."""
        return self.history.past is None and self.history.future is None

    def edit(self, label: str, change: Callable[[Network], Network], select: Path) -> "Design":
        """Apply an edit; one that changes nothing leaves no step behind."""
        network = change(self.network)
        if network == self.network:
            return self
        return self._at(self.history.push(HistoryStep(network, select, label)), select)

    def undo(self) -> "Design":
        """Undo the last edit; the cursor goes where it was made."""
        return self._at(self.history.undo(), self.history.present.path)

    def redo(self) -> "Design":
        """Redo the edit that was undone last."""
        history = self.history.redo()
        return self._at(history, history.present.path)

    def stored(self, network: Network, file: FilePath) -> "Design":
        """Remember that `network` is what `file` now holds."""
        return self._replace(saved=network, file=file)

    def with_setting(self, setting: TrainingContext) -> "Design":
        """Check the network for another use."""
        if setting == self.setting:
            return self
        return self._replace(setting=setting, analysis=analyze(self.network, setting))

    def _at(self, history: EditHistory, select: Path) -> "Design":
        if history.present.network is self.network:
            return self
        return self._replace(history=history, analysis=analyze(history.present.network, self.setting), select=select)


def open_design(network: Network, file: FilePath | None, setting: TrainingContext = TrainingContext()) -> Design:  # noqa: B008
    """Begin a design with a network."""
    analysis = analyze(network, setting)
    return Design(EditHistory(HistoryStep(network, (0,), "")), analysis, network, file, (0,), setting)


_SIDES = 32, 64, 96, 128
"""Of inputs for images of different sizes, or large ones; networks for more are slow to train on a CPU."""


def input_for(sizes: "Sizes", *, is_grey: bool) -> tuple[int, int, int]:
    """Return the input shape that suits images: their own, or a square that is not much larger than most of them."""
    channels = 1 if is_grey else 3
    if sizes.distinct == 1 and max(sizes.largest) <= _SIDES[-1]:
        return (*sizes.largest, channels)
    side = max((side for side in _SIDES if side <= sizes.side), default=_SIDES[0])
    return side, side, channels


def input_shape_for(data: str) -> tuple[int, int, int]:
    """Return (height, width, channels) for the images of that data (empty, or unreadable: Fashion-MNIST)."""
    summary = _summary(data)
    return (28, 28, 1) if summary is None else summary.image_shape or (_SIDES[1], _SIDES[1], 3)


def setting_for(data: str) -> TrainingContext:
    """Look up the classes and the images of that data (empty: Fashion-MNIST), and the memory of this machine.

    Data that cannot be read has no classes here; what is wrong with it is reported where it is chosen.
    """
    known = TrainingContext(machine_memory=machine_memory())
    if not data:
        from tui_cnn.data.files import CLASS_NAMES

        return known._replace(classes=len(CLASS_NAMES), image_shape=(28, 28, 1))
    summary = _summary(data)
    if summary is None:
        return known
    return known._replace(classes=summary.class_count, image_shape=summary.image_shape, in_colour=summary.in_colour)


def _summary(data: str) -> "DatasetSummary | None":
    """Summarize the data; None: it cannot be read."""
    from tui_cnn.data.dataset import summarize
    from tui_cnn.data.files import DataError, data_directory

    try:
        return summarize(data_directory(data))
    except DataError:
        return None
