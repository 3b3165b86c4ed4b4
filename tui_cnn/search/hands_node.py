"""What a node does for a search, called by Dask in its worker process: trains a run in a directory of its own home."""

import errno
import os
import shutil
import threading
import time
from typing import Any

import tui_cnn
from tui_cnn.config import home
from tui_cnn.formats.errors import FormatError
from tui_cnn.runs import events
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import ACTIVE, LineReader
from tui_cnn.search.data_copy import DataCopy
from tui_cnn.search.hands_local import LocalRun, stop_run
from tui_cnn.search.parcel import Parcel, Trained, results, unpack

CORES = f"cnn-tui-{tui_cnn.__version__}"
"""The resource that a node has so much of as it has cores; of another version it has none, and so gets no run."""
MEMORY, GPU = "memory", "GPU"
"""The other resources, in bytes and in number."""
_INTERVAL = 0.2
_PROGRESS_EVERY = 1.0
"""Seconds between two reports within an epoch."""
_LEAST_FREE = 64 << 20
"""Bytes of disk without which a node trains nothing."""
_ENDS = (events.Finished, events.Failed, events.Stopped)
_FREQUENT = (events.Progress, events.Evaluating)
_cleaning = threading.Lock()
_is_clean = False


class MissingData(str):
    """The address of a node that does not have the data set yet."""


def node_run(run_id: str) -> RunDirectory:
    """Return where a node has a run: apart from the runs that were started there."""
    return RunDirectory(home() / "node" / run_id)


def train(run_id: str, parcel: Parcel, data: DataCopy | None, topic: str) -> Trained | MissingData:
    """Train a run to its end, and report its events under a topic.

    A node that cannot write its files, or has no space, says so, takes no more runs, and lets Dask find another one.
    """
    from distributed import Reschedule, get_worker

    worker, run = get_worker(), node_run(run_id)
    if data is not None and not data.file.exists():
        return MissingData(worker.address)
    try:
        _check_space()
        trained = _train(run, parcel, None if data is None else str(data.file), RunReport(worker, run_id, topic))
        if trained.failed:
            _check_space()  # then it is not the run that failed
        return trained
    except OSError as error:
        _refuse(worker, topic, f"{error.filename or run.path}: {error.strerror or error}")
        raise Reschedule from None


def stop(run_id: str) -> None:
    """Let a run save a checkpoint, and end."""
    stop_run(node_run(run_id))


def forget(run_id: str) -> None:
    """Delete a run, which has come home."""
    shutil.rmtree(node_run(run_id).path, ignore_errors=True)


class RunReport:
    """Reports the events of a run as the messages of a topic: `run`, `key` of the task, `node`, `first`, `lines`.

    `first` counts the lines before these. What ends the run is kept back: it comes with the files, so that a run that
    has finished is whole.
    """

    def __init__(self, worker: Any, run_id: str, topic: str) -> None:
        self.lines: list[bytes] = []
        self._worker = worker
        self._run_id = run_id
        self._topic = topic
        self._key = worker.get_current_task()
        self._sent: int | None = None
        self._ends = False
        self._reported_at = 0.0

    def send(self, lines: list[bytes]) -> None:
        """Report new lines; what comes often, only now and then."""
        for line in lines:
            try:
                event = events.decode(line)
            except ValueError:
                continue
            if isinstance(event, _FREQUENT):
                if time.monotonic() - self._reported_at < _PROGRESS_EVERY:
                    continue
                self._reported_at = time.monotonic()
            self.lines.append(line)
            self._ends = isinstance(event, _ENDS)
        first, end = self._sent or 0, len(self.lines) - self._ends
        if first < end or self._sent is None:
            message = {"run": self._run_id, "key": self._key, "node": self._worker.address, "first": first}
            self._worker.log_event(self._topic, {**message, "lines": self.lines[first:end]})
            self._sent = end

    @property
    def is_unwanted(self) -> bool:
        """Whether the task was cancelled, or its worker ends: Dask does not end what runs in a thread."""
        task = self._worker.state.tasks.get(self._key)
        return task is None or task.state == "cancelled" or self._worker.status.name not in ("running", "paused")


def _train(run: RunDirectory, parcel: Parcel, data: str | None, report: RunReport) -> Trained:
    report.send([])  # says who has the run
    try:
        _end_orphans()
        known = unpack(parcel, run, data)
        reader = LineReader(run.events_file)
        report.send(list(reader.lines())[known:])
        training = LocalRun(run)
        while True:
            snapshot = training.poll()
            ended = snapshot.state not in ACTIVE and not is_held(run.lock_file)
            report.send(list(reader.lines()))
            if ended:
                return Trained(tuple(report.lines), results(run), failed=snapshot.failed is not None)
            if report.is_unwanted:
                stop_run(run)
            time.sleep(_INTERVAL)
    except (RunError, FormatError) as error:
        return Trained(tuple(report.lines), {}, failed=True, error=str(error))


def _end_orphans() -> None:
    """Stop, once, what a worker process that was killed has left training here; it may train elsewhere by now."""
    global _is_clean
    with _cleaning:
        if _is_clean:
            return
        _is_clean = True
        left = [run for run in map(RunDirectory, node_run("").path.iterdir()) if is_held(run.lock_file)]
        for run in left:
            stop_run(run)
        while any(is_held(run.lock_file) for run in left):
            time.sleep(_INTERVAL)


def _check_space() -> None:
    """Make sure that there is some space on the disk of the home.

    Raises:
        OSError: there is not.
    """
    node_run("").path.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(home()).free < _LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(home()))


def _refuse(worker: Any, topic: str, reason: str) -> None:
    """Say why this node trains no more, and offer no cores."""
    from distributed.utils import sync

    worker.log_event(topic, {"node": worker.address, "reason": reason})
    sync(worker.loop, worker.set_resources, **{CORES: 0})
