"""The state of a run: derived from its events and its lock, never stored."""

from typing import Literal

from tui_cnn.runs.history import History

State = Literal["queued", "running", "paused", "finished", "failed", "interrupted"]

ACTIVE: tuple[State, ...] = ("queued", "running", "paused")
"""The states in which a worker trains the run, or waits to."""


def derive_state(history: History, *, held: bool) -> State:
    """Derive the state of a run from its events, and from whether a worker holds its lock.

    The lock has precedence over a failure, so that a failed run that was resumed counts as running at once, although
    its worker takes seconds to load TensorFlow and report it. Only `interrupted` and `failed` can be resumed.
    """
    if history.finished:
        return "finished"
    if held:
        if history.queued:
            return "queued"
        return "paused" if history.paused else "running"
    return "failed" if history.failed else "interrupted"
