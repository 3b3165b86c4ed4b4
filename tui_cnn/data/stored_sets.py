"""What is kept of data sets that were decoded: how much of the disk it takes, and how that is freed."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import filelock
import msgspec

from tui_cnn.data.files import DataError
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.store import read_record, store_of, stores
from tui_cnn.i18n import _


class StoredSet(NamedTuple):
    """The directory of decoded images, what they take in bytes, and the path of their files; empty: not known."""

    path: Path
    size: int
    source: str


class _Summary(msgspec.Struct):
    """What `dataset.json` and `report.json` say of where the files are."""

    source: str = ""
    path: str = ""


def stored_sets(data: Path | None = None) -> list[StoredSet]:
    """List what is kept of the data set at a path, also as it was before its files changed; None: of all."""
    found = list(_all())
    if data is None:
        return found
    name = ""
    with suppress(DataError):  # its files may be gone
        name = store_of(find_source(data)).name
    same = str(data.absolute())
    return [each for each in found if each.source == same or (name and each.path.name.startswith(name))]


def delete_stored(one: StoredSet) -> None:
    """Delete it; the images are decoded again when they are needed.

    Raises:
        DataError: another process is decoding them, or it cannot be deleted.
    """
    try:
        with filelock.FileLock(one.path / "lock", timeout=0):
            shutil.rmtree(one.path)
    except filelock.Timeout:
        message = _("another process is decoding these images; stop it, or wait")
        raise DataError(f"{one.source or one.path}: {message}") from None
    except OSError as error:
        raise DataError(f"{one.path}: " + _("cannot be deleted: {reason}").format(reason=error.strerror)) from None


def _all() -> Iterator[StoredSet]:
    try:
        directories = sorted(path for path in stores().iterdir() if path.is_dir())
    except OSError:  # nothing was ever decoded
        return
    for directory in directories:
        size = 0
        for file in directory.iterdir():
            with suppress(OSError):
                size += file.stat().st_size
        yield StoredSet(directory, size, _source(directory))


def _source(directory: Path) -> str:
    for name in ("dataset.json", "report.json"):
        if summary := read_record(directory / name, _Summary):
            return summary.source or summary.path
    return ""
