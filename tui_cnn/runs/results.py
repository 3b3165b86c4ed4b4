"""What training has shown of a network: the finished runs of the very same layers."""

from typing import NamedTuple

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.snapshot import Follower


class Result(NamedTuple):
    """A finished run: what was trained, how far, the best accuracy in validation, and that on the test images."""

    run_id: str
    network: Network
    epochs: int
    validation: float | None
    test: float


def results() -> tuple[Result, ...]:
    """List the finished runs, the newest first. A run that cannot be read is left out."""
    finished = []
    for run in list_runs():
        snapshot = Follower(run).poll()
        if snapshot.finished is None:
            continue
        try:
            network = run.network()
        except FormatError:
            continue
        validation = [epoch.val_accuracy for epoch in snapshot.epochs if epoch.val_accuracy is not None]
        best, test = max(validation, default=None), snapshot.finished.test_accuracy
        finished.append(Result(run.id, network, len(snapshot.epochs), best, test))
    return tuple(finished)


def results_of(network: Network, known: tuple[Result, ...]) -> tuple[Result, ...]:
    """Choose the runs of this network, whatever it was called then: its input and its layers make it what it is."""
    same = (network.input_shape, network.layers)
    return tuple(result for result in known if (result.network.input_shape, result.network.layers) == same)
