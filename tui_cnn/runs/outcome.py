"""How a run ended, in a sentence, and what to do about it, even if its worker could not report it."""

import os
import re

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.runs.state import ACTIVE

_TAIL = 8192
_OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "Out of memory", "OOM when allocating", "Cannot allocate memory")

_UNWRITTEN = re.compile(r"\n(?:OSError|PermissionError|FileNotFoundError): (?:\[Errno \d+\] )?(?P<reason>[^\n]+)\n?\Z")
"""The last line of a log whose writer could not even write down why it ended."""


class Outcome(msgspec.Struct, frozen=True):
    """What happened, and what to do; nothing to do where all is well."""

    sentence: str
    advice: str = ""

    @property
    def line(self) -> str:
        """Both in one line."""
        stop = "" if self.sentence.endswith((".", "!", "?")) or not self.advice else "."
        return f"{self.sentence}{stop} {self.advice}".rstrip()


def outcome(run: RunDirectory, snapshot: Snapshot) -> Outcome | None:
    """Describe how a run ended; None while a worker trains it."""
    if snapshot.finished is not None:
        return Outcome(_("Finished."))
    if snapshot.state in ACTIVE:
        return None
    if not run.path.exists():
        return Outcome(
            _("The directory of the run is missing: {path}").format(path=run.path),
            _("Put it back to resume the run, or train the network again."),
        )
    if not os.access(run.path, os.W_OK):
        return Outcome(
            _("The directory of the run cannot be written: {path}").format(path=run.path),
            _("Fix its permissions or the disk, then resume the run."),
        )
    if snapshot.state == "failed" and snapshot.failed is not None:
        return Outcome(snapshot.failed.error, snapshot.failed.advice)
    if snapshot.stopped:
        return Outcome(_("Stopped."), _("Resume it from its checkpoint."))
    return _killed(run, snapshot)


def _killed(run: RunDirectory, snapshot: Snapshot) -> Outcome:
    """Describe a worker that ended without an event: killed, or crashed in native code."""
    log = _log_tail(run)
    if any(sign in log for sign in _OUT_OF_MEMORY):
        return Outcome(
            _("The worker ran out of memory."),
            _("Start a new run with a smaller batch size or a smaller network."),
        )
    if unwritten := _UNWRITTEN.search(log):
        return Outcome(
            _("The worker could no longer write: {reason}").format(reason=unwritten["reason"]),
            _("Fix the problem, then resume the run."),
        )
    lost = _("The worker was killed, or the machine shut down; everything recorded is still there.")
    if snapshot.checkpoint is not None:
        return Outcome(lost, _("Resume it from its last checkpoint."))
    return Outcome(
        _("The worker ended before its first checkpoint."),
        _("Resume it to start over; if it ends again, see {log}.").format(log=run.log_file),
    )


def _log_tail(run: RunDirectory) -> str:
    try:
        with run.log_file.open("rb") as file:
            file.seek(max(0, run.log_file.stat().st_size - _TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
