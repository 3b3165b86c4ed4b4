"""Hands on a cluster of Dask: each run is a task, and its directory here fills with what its node reports.

Which node trains what, and what happens when one is lost, is Dask's. This process holds the lock of each run that is
trained elsewhere and is the only writer of its directory, so that it is an ordinary run for all that reads runs. Tasks
are published under the id of their run: they go on if this process is killed, and the next one finds them.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from tui_cnn.data.files import DataError
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import held
from tui_cnn.runs.snapshot import Follower, Snapshot
from tui_cnn.search import hands_node
from tui_cnn.search.cluster import Cluster, Demand, connect
from tui_cnn.search.data_copy import DataCopy, copy_data, send
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.events import end_torn_line
from tui_cnn.search.parcel import Trained, pack, write

_STOP_EVERY = 2.0
"""Seconds after which a run is told again to stop: the node may have changed meanwhile."""
_CLOSING = 60.0
"""Seconds to wait for what was stopped."""


class _Remote:
    """A run that is trained elsewhere; its lock is held here.

    Attributes:
        node: the address of the node that has it; None: none yet.
        written: lines of this task that are in its events here.
        stopped_at: when its node was last told to stop it; None: it is to be trained.
        error: why it cannot be trained.
    """

    def __init__(self, run: RunDirectory) -> None:
        self.run = run
        self.follower = Follower(run)
        self.lock = contextlib.ExitStack()
        self.future: Any = None
        self.node: str | None = None
        self.written = 0
        self.stopped_at: float | None = None
        self.error = ""

    def append(self, first: int, lines: list[bytes] | tuple[bytes, ...]) -> None:
        """Append the lines that are not here yet; `first` counts those before."""
        new = lines[max(0, self.written - first) :]
        if first > self.written or not new:  # what is missing comes with the files
            return
        with self.run.events_file.open("ab", buffering=0) as file:
            file.write(b"".join(line + b"\n" for line in new))
        self.written = first + len(lines)


class ClusterHands:
    """The nodes of a scheduler.

    Raises:
        SearchError: the package distributed is missing, or there is no scheduler at the address.
    """

    def __init__(self, search: SearchDirectory, scheduler: str, demand: Demand, jobs: int | None) -> None:
        self._search = search
        self._cluster: Cluster = connect(scheduler)
        self._jobs = jobs
        self._demand = demand.on(self._cluster.nodes(), jobs)
        self.threads = self._demand.threads or 1
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._runs: dict[str, _Remote] = {}
        self._copies: dict[tuple[object, ...], DataCopy | None] = {}
        self._receiving: dict[str, list[_Remote]] = {}
        self._cluster.subscribe(search.id, lambda message: self._inbox.put(partial(self._receive, message)))
        self._published = self._cluster.published(search.id)

    def slots(self) -> int:
        """Return how many runs the nodes can train; 0 while there are none, or the scheduler is sought.

        Raises:
            SearchError: the scheduler has gone, or no node takes runs of this version.
        """
        self._update()
        if not self._cluster.is_connected():
            return 0
        for remote in list(self._runs.values()):
            if remote.future is None and remote.run.id not in self._waiting:
                self._submit(remote)
        slots = self._demand.slots(self._cluster.nodes())
        return slots if self._jobs is None else min(slots, self._jobs)

    @property
    def _waiting(self) -> set[str]:
        """The runs that wait for the data set of their node."""
        return {remote.run.id for remotes in self._receiving.values() for remote in remotes}

    def start(self, run: RunDirectory) -> None:
        """Submit a run, or find its task of an earlier coordinator."""
        if run.id in self._runs:
            return
        remote = _Remote(run)
        remote.lock.enter_context(held(run.lock_file))
        end_torn_line(run.events_file)
        self._runs[run.id] = remote
        if (known := self._published.pop(run.id, None)) is None:
            self._submit(remote)
            return
        self._follow(remote, known)
        for message in self._cluster.messages(self._search.id):  # those of the time when nobody was here
            self._receive(message)

    def progress(self, run: RunDirectory) -> Snapshot:
        """Return how a run stands, by what has come of it."""
        self._update()
        remote = self._runs.get(run.id)
        if remote is None:
            return Follower(run).poll()
        if remote.error:
            self._let_go(remote)
            raise RunError(remote.error)
        return remote.follower.poll()

    def stop(self, run: RunDirectory) -> bool:
        """Tell its node; a run that no node has yet is taken back."""
        if run.id in self._published:
            self.start(run)
        self._update()
        remote = self._runs.get(run.id)
        if remote is None:
            return False
        if remote.node is not None and remote.future is not None:
            self._cluster.call(remote.node, hands_node.stop, run.id)
            remote.stopped_at = time.monotonic()
            return True
        if remote.future is not None:
            remote.future.cancel()
            self._cluster.unpublish(f"{self._search.id}/{run.id}")
        self._let_go(remote)
        return True

    def close(self) -> None:
        """Wait for the runs that were stopped, with their checkpoints, and leave the cluster."""
        deadline = time.monotonic() + _CLOSING
        while self._runs and time.monotonic() < deadline:
            self._update()
            time.sleep(0.1)
        for remote in list(self._runs.values()):
            self._let_go(remote)
        for run_id, future in self._published.items():  # of an earlier coordinator, and nobody's now
            future.cancel()
            self._cluster.unpublish(f"{self._search.id}/{run_id}")
        self._cluster.close()

    def _update(self) -> None:
        """Do what has come in; repeat what was not heard."""
        with suppress(queue.Empty):
            while True:
                self._inbox.get_nowait()()
        for remote in self._runs.values():
            if remote.stopped_at is not None and time.monotonic() - remote.stopped_at > _STOP_EVERY:
                remote.stopped_at = time.monotonic()
                if remote.node is not None:
                    self._cluster.call(remote.node, hands_node.stop, remote.run.id)

    def _submit(self, remote: _Remote) -> None:
        run, remote.node, remote.written = remote.run, None, 0
        try:
            data = self._data(run)
            task = hands_node.train, run.id, pack(run), data, self._search.id
        except (FormatError, DataError, OSError) as error:
            remote.error = str(error)
            return
        future = self._cluster.submit(f"{self._search.id}/{run.id}", self._demand, *task)
        if future is not None:
            self._follow(remote, future)

    def _follow(self, remote: _Remote, future: Any) -> None:
        remote.future = future
        future.add_done_callback(lambda done: self._inbox.put(partial(self._end, remote, done)))

    def _data(self, run: RunDirectory) -> DataCopy | None:
        """Return the data set of a run as nodes take it; None: they have it with the program."""
        recipe, network = run.recipe(), run.network()
        if recipe.directory is None:
            return None
        key = recipe.directory, network.input_shape, recipe.fit
        if key not in self._copies:
            self._copies[key] = copy_data(*key)
        return self._copies[key]

    def _receive(self, message: dict[str, Any]) -> None:
        """Take a message of a node: new lines of a run, or why it takes no more runs."""
        if reason := message.get("reason"):
            self._cluster.refused(str(message["node"]), str(reason))
            return
        remote = self._runs.get(message["run"])
        if remote is None or remote.future is None or remote.future.key != message["key"]:
            return
        if remote.node != message["node"]:  # another node begins anew
            remote.node, remote.written = message["node"], 0
        lost = message["first"] > remote.written  # while the scheduler was sought: it still has what came before
        with self._writing(remote):
            for known in self._cluster.messages(self._search.id) if lost else (message,):
                if (known.get("key"), known["node"]) == (message["key"], message["node"]):
                    remote.append(known["first"], known["lines"])

    def _end(self, remote: _Remote, future: Any) -> None:
        """Take what a task came to."""
        if remote.future is not future or remote.run.id not in self._runs:
            return
        result = self._cluster.result(future)
        if result is None:  # the scheduler has gone, or the node with its result
            remote.future = None
            if remote.stopped_at is not None:
                self._let_go(remote)
        elif isinstance(result, hands_node.MissingData):
            remote.future = None
            self._send_data(remote, str(result))
        elif isinstance(result, Trained):
            with self._writing(remote):
                write(remote.run, result.files)
                remote.append(0, result.lines)
            remote.error = remote.error or result.error
            self._cluster.unpublish(f"{self._search.id}/{remote.run.id}")
            if remote.node is not None:
                self._cluster.call(remote.node, hands_node.forget, remote.run.id)
            if not remote.error:
                self._let_go(remote)
        else:
            remote.error = str(result)

    @contextlib.contextmanager
    def _writing(self, remote: _Remote) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            remote.error = f"{error.filename or remote.run.path}: {error.strerror or error}"

    def _let_go(self, remote: _Remote) -> None:
        """Release the lock of a run: nobody trains it any more."""
        self._runs.pop(remote.run.id, None)
        remote.lock.close()

    def _send_data(self, remote: _Remote, node: str) -> None:
        """Send a node the data set of a run, once, in a thread; what waits for it is submitted then."""
        waiting = self._receiving.setdefault(node, [])
        waiting.append(remote)
        if len(waiting) == 1:
            threading.Thread(target=self._send, args=(remote, node), daemon=True).start()

    def _send(self, remote: _Remote, node: str) -> None:
        problem = ""
        try:
            if (data := self._data(remote.run)) is not None:
                send(data, partial(self._cluster.write, node))
        except Exception as error:  # of the node: its disk is full, or it has gone
            problem = str(error)
        self._inbox.put(partial(self._sent, node, problem))

    def _sent(self, node: str, problem: str) -> None:
        if problem:
            self._cluster.refused(node, problem)
        self._receiving.pop(node, None)
