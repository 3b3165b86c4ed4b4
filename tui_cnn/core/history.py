"""Undo and redo, without end."""

from typing import NamedTuple

from tui_cnn.core.network import Network, Path


class HistoryStep(NamedTuple):
    """A network as it stood, the layer that was selected, and what was done to get there."""

    network: Network
    path: Path
    label: str


class _Link(NamedTuple):
    step: HistoryStep
    rest: "_Link | None"


class EditHistory(NamedTuple):
    """The present step, with the past and the future as linked lists: each edit costs the same, however many came."""

    present: HistoryStep
    past: _Link | None = None
    future: _Link | None = None

    def push(self, step: HistoryStep) -> "EditHistory":
        """Go on to `step`; what was undone before is given up."""
        return EditHistory(step, _Link(self.present, self.past))

    def undo(self) -> "EditHistory":
        """Go one step back, if there is one."""
        if self.past is None:
            return self
        return EditHistory(self.past.step, self.past.rest, _Link(self.present, self.future))

    def redo(self) -> "EditHistory":
        """Go one step forward again, if one was undone."""
        if self.future is None:
            return self
        return EditHistory(self.future.step, _Link(self.present, self.past), self.future.rest)
