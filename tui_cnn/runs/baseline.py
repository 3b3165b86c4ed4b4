"""The pinned baseline: the run that others are compared with. Its id is in the file `baseline` of the home."""

from pathlib import Path

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import opened
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import unwritable

_LONGEST = 4096


def baseline_file() -> Path:
    """Return where the id is."""
    return home() / "baseline"


def read_baseline() -> RunDirectory | None:
    """Return the pinned run; None where none is, or it is gone."""
    try:
        with opened(baseline_file()) as file:
            name = file.read(_LONGEST).decode("utf-8", "surrogateescape").strip()
        if name in ("", ".", "..") or "/" in name:
            return None
        run = RunDirectory(home() / "runs" / name)
        run.network_file.stat()
    except (FormatError, OSError, ValueError):  # a name that no file can have
        return None
    return run


def pin_baseline(run: RunDirectory | None) -> None:
    """Pin a run as the baseline, or none.

    Raises:
        RunError: it cannot be written.
    """
    try:
        if run is None:
            baseline_file().unlink(missing_ok=True)
        else:
            write_atomic(baseline_file(), run.id.encode("utf-8", "surrogateescape") + b"\n")
    except OSError as error:
        raise unwritable(baseline_file(), error) from None
