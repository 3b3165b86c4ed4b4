"""Deleted runs: they are moved to the home's `trash`, and can be restored until it is emptied."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_cnn.config import home
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_held


def delete(run: RunDirectory) -> None:
    """Move a run to the trash.

    Raises:
        RunError: it is being trained, or cannot be moved.
    """
    if is_held(run.lock_file):
        raise RunError(_("{run} is training; stop it first").format(run=run.id))
    _move(run.path, _trash() / run.id)


def restore(run_id: str) -> RunDirectory:
    """Restore a run from the trash.

    Raises:
        RunError: it is not there, or cannot be moved.
    """
    source, target = _trash() / run_id, home() / "runs" / run_id
    if run_id not in list_trash():
        raise RunError(_("{run} is not in the trash").format(run=run_id))
    _move(source, target)
    return RunDirectory(target)


def list_trash() -> list[str]:
    """List the ids of the deleted runs, newest first."""
    try:
        return sorted((path.name for path in _trash().iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return []


def purge(run_id: str) -> None:
    """Delete for good a run that is in the trash.

    Raises:
        RunError: it cannot be deleted.
    """
    with _move_errors(_trash() / run_id):
        shutil.rmtree(_trash() / run_id)


def empty_trash() -> int:
    """Delete for good what is in the trash; return how many runs that were.

    Raises:
        RunError: one cannot be deleted.
    """
    deleted = list_trash()
    for name in deleted:
        purge(name)
    return len(deleted)


def _trash() -> Path:
    return home() / "trash"


def _move(source: Path, target: Path) -> None:
    with _move_errors(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)


@contextmanager
def _move_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = _("{path}: cannot be moved or deleted ({reason}); check its permissions")
        raise RunError(message.format(path=path, reason=error.strerror)) from None
