"""What a search records, a line of JSON each, in `events.jsonl`; written by its coordinator alone."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from tui_cnn.runs.snapshot import LineReader

Outcome = Literal["finished", "pruned", "stopped", "failed"]
"""How a trial ended. `stopped`: by its user."""


class SearchEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened, at a `time` in seconds since 1970."""

    time: float = msgspec.field(default_factory=time.time)


class SearchStarted(SearchEvent, frozen=True, kw_only=True, tag="started"):
    """A coordinator began, or resumed the search: with so many runs at a time, of so many threads each.

    `scheduler`: the address of the cluster that trains them; empty: this machine.
    """

    pid: int
    jobs: int
    threads: int
    scheduler: str = ""


class TrialPlanned(SearchEvent, frozen=True, kw_only=True, tag="trial"):
    """A candidate that is trained. `draw` is its number for the brain; `params`, `macs` and `memory` are exact."""

    trial: int
    draw: int
    values: dict[str, Any]
    params: int
    macs: int
    memory: int


class TrialLaunched(SearchEvent, frozen=True, kw_only=True, tag="run"):
    """A run of a trial, with one of its seeds."""

    trial: int
    seed: int
    run: str


class TrialEnded(SearchEvent, frozen=True, kw_only=True, tag="ended"):
    """A trial ended, once and for all.

    `accuracy` is the best validation accuracy, the mean over the seeds; `epochs` and `seconds` are sums over them.
    """

    trial: int
    outcome: Outcome
    accuracy: float | None = None
    epochs: int = 0
    seconds: float = 0.0
    error: str = ""


class SearchStopped(SearchEvent, frozen=True, kw_only=True, tag="stopped"):
    """The coordinator ended on command; its trials are resumed with the search."""


class SearchFinished(SearchEvent, frozen=True, kw_only=True, tag="finished"):
    """The search ended: by its `budget`, or because no candidate is left that fits the limits."""

    reason: Literal["budget", "exhausted"]


class SearchFailed(SearchEvent, frozen=True, kw_only=True, tag="failed"):
    """The search cannot continue; `error` names why, and what to do."""

    error: str


AnySearchEvent = (
    SearchStarted | TrialPlanned | TrialLaunched | TrialEnded | SearchStopped | SearchFinished | SearchFailed
)

Ending = SearchStopped | SearchFinished | SearchFailed

_BLOCK = 1 << 20

_decoder: msgspec.json.Decoder[AnySearchEvent] = msgspec.json.Decoder(AnySearchEvent)


class SearchJournal:
    """Appends events to a file, each as one write of a whole line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        end_torn_line(path)

    def write(self, event: AnySearchEvent) -> None:
        """Append an event; readers see it at once.

        Raises:
            OSError: the file cannot be written.
        """
        with self._path.open("ab", buffering=0) as file:
            file.write(msgspec.json.encode(event) + b"\n")


def end_torn_line(path: Path) -> None:
    """Cut off what a killed writer has left of a line.

    Raises:
        OSError: the file cannot be written.
    """
    if not path.exists():
        return
    with path.open("r+b") as file:  # of a named pipe, both ends: it waits for nobody, and cannot be sought in
        end = whole = file.seek(0, os.SEEK_END)
        while whole:
            start = max(0, whole - _BLOCK)
            file.seek(start)
            newline = file.read(whole - start).rfind(b"\n")
            if newline >= 0:
                whole = start + newline + 1
                break
            whole = start
        if whole < end:
            file.truncate(whole)


def read_events(path: Path) -> list[AnySearchEvent]:
    """Read all events that are whole; what is none, or of a later version, is left out."""
    events = []
    for line in LineReader(path).lines():
        with suppress(ValueError, RecursionError):
            events.append(decode_event(line))
    return events


def decode_event(line: bytes) -> AnySearchEvent:
    """Read an event.

    Raises:
        ValueError, RecursionError: it is none, or of a later version.
    """
    return _decoder.decode(line)
