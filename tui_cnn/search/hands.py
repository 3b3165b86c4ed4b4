"""What trains the runs of a search. The coordinator knows no more of a machine or a cluster than this."""

from typing import Protocol

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.survey import parallel


class Hands(Protocol):
    """Trains runs, each until it has ended by itself or is stopped, whatever happens to the processes that do it.

    What a run comes to is in its directory, so that everything that reads runs reads those of a search, too.

    Attributes:
        threads: how many threads each run computes with, where its recipe names none.
    """

    threads: int

    def slots(self) -> int:
        """Return how many runs can be trained at a time, now. Called often; 0: wait.

        Raises:
            SearchError: none ever will be.
        """

    def start(self, run: RunDirectory) -> None:
        """Train a run, from its beginning or its checkpoint; one that is trained already is followed.

        Raises:
            RunError: it cannot be started.
        """

    def progress(self, run: RunDirectory) -> Snapshot:
        """Return how a run stands that was started.

        Raises:
            RunError: it cannot be trained to its end.
        """

    def stop(self, run: RunDirectory) -> bool:
        """Let a run save a checkpoint, and end; return whether it was trained."""

    def close(self) -> None:
        """Wait for what was stopped, as far as that has to come from elsewhere."""


def open_hands(
    search: SearchDirectory, jobs: int | None = None, scheduler: str = "", memory: float | None = None
) -> Hands:
    """Return what trains the runs of a search: this machine, or the cluster of a scheduler.

    Raises:
        SearchError: a package is missing, or there is no scheduler at the address.
    """
    plan = search.plan()
    if scheduler:
        from tui_cnn.search.cluster import demand_of
        from tui_cnn.search.hands_cluster import ClusterHands

        return ClusterHands(search, scheduler, demand_of(plan, memory), jobs)
    from tui_cnn.search.hands_local import LocalHands

    return LocalHands(*parallel(plan, memory, jobs))
