"""All runs as they stand, read in a thread: what has not changed since the last time is not read again."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import ACTIVE, Follower
from tui_cnn.runs.summary import Summary, summarize
from tui_cnn.ui.toolkit.run_words import epochs_done, marked_state, started_at

_BATCH = 40
"""How many new runs are read before the list is shown: hundreds come piece by piece."""


class Listed(NamedTuple):
    """A run in the list, with its columns."""

    run: RunDirectory
    summary: Summary
    state: str
    begun: str
    epochs: str

    @property
    def words(self) -> str:
        """All that a filter searches, in small letters."""
        about = self.summary.about
        texts = (self.summary.network, self.state, self.summary.recipe_name or "", about.title, about.note, self.run.id)
        return " ".join((*texts, *about.tags)).lower()


class _Known(NamedTuple):
    signature: tuple[object, ...]
    listed: Listed


class RunList:
    """Reads the runs, from one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._followers: dict[str, Follower] = {}

    def read(self) -> Iterator[tuple[Listed, ...]]:
        """Yield the runs, newest first; more of them each time where many have to be read."""
        runs = list_runs()
        known: dict[str, _Known] = {}
        read = 0
        for run in runs:
            known[run.id], is_new = self._read_run(run)
            read += is_new
            if read == _BATCH:
                read = 0
                yield tuple(entry.listed for entry in known.values())
        self._known = known
        self._followers = {name: follower for name, follower in self._followers.items() if name in known}
        yield tuple(entry.listed for entry in known.values())

    def _read_run(self, run: RunDirectory) -> tuple[_Known, bool]:
        signature = (_written(run.events_file), _written(run.about_file), is_held(run.lock_file))
        before = self._known.get(run.id)
        if before is not None and before.signature == signature:
            return before, False
        follower = self._followers.pop(run.id, None) or Follower(run)
        snapshot = follower.poll()
        if snapshot.state in ACTIVE:  # others are read again from their beginning, should they ever change
            self._followers[run.id] = follower
        summary = summarize(run, snapshot)
        state = marked_state(snapshot, damaged=bool(summary.damage))
        listed = Listed(run, summary, state, started_at(snapshot), epochs_done(snapshot))
        return _Known(signature, listed), before is None


def _written(path: Path) -> tuple[int, int]:
    """When a file was last written, and how long it is; zeros where there is none."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
