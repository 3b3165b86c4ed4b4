"""Directories that are named by the time and by a network, each with one process at a time: those of runs, of searches.

Where they are, the files that all of them have, making, listing and finding them.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.toml import read_network
from tui_cnn.i18n import _

_ID = re.compile(r"(?P<time>\d{8}-\d{6})-(?P<name>.+)-[0-9a-f]{4}")
_MOST_NAMED = 5


class File:
    """A file of a directory, under the name that it always has."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, directory: "DatedDirectory", owner: type["DatedDirectory"]) -> Path:
        return directory.path / self._name


@dataclass(frozen=True)
class DatedDirectory:
    """A network and what is done with it: what its process writes, its lock, the user's command and notes."""

    path: Path

    network_file = File("network.toml")
    events_file = File("events.jsonl")
    lock_file = File("lock")
    desired_file = File("desired")
    about_file = File("about.toml")

    @property
    def id(self) -> str:
        """The name of the directory: `<YYYYMMDD-HHMMSS>-<name>-<4 hex>`, the time in UTC."""
        return self.path.name

    @property
    def name(self) -> str:
        """The name of the network, as far as the name of a directory can hold it."""
        match = _ID.fullmatch(self.id)
        return match["name"] if match else self.id

    def network(self) -> Network:
        """Read the network.

        Raises:
            FormatError: the file is missing or damaged.
        """
        return read_network(self.network_file)


Directory = TypeVar("Directory", bound=DatedDirectory)


def slug(name: str) -> str:
    """Return as much of a name as the name of a directory can hold."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:40] or "network"


@contextmanager
def making(parent: str, name: str, error_type: type[UserError]) -> Iterator[Path]:
    """Make a directory for what is called so, among those in the home's directory `parent`; the body fills it.

    Nothing stays of one that cannot be filled or written, and one that is there already is never touched.

    Raises:
        UserError: it cannot be written; of the type given.
    """
    path = home() / parent
    try:
        path.mkdir(parents=True, exist_ok=True)
        path = _make_unique(path, name)
        try:
            yield path
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
    except OSError as error:
        message = _("{path}: cannot be written ({reason}); fix that, or set CNN_TUI_HOME to another directory")
        raise error_type(message.format(path=error.filename or path, reason=error.strerror)) from None


def _make_unique(parent: Path, name: str) -> Path:
    """Make a directory with a name of its own: of many that are made in one second, some draw the same digits."""
    while True:
        path = parent / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug(name)}-{os.urandom(2).hex()}"
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path


def list_dated(kind: type[Directory], parent: str, *last_files: str) -> list[Directory]:
    """List the directories of a kind, newest first. What is none, or not a whole one yet, is left out.

    One has one of `last_files`, which is written last; its time orders those of one second.
    """
    try:
        entries = list((home() / parent).iterdir())
    except OSError:
        return []
    dated = []
    for path in entries:
        if match := _ID.fullmatch(path.name):
            written = next(filter(None, (_written(path / name) for name in last_files)), None)
            if written is not None:
                dated.append((match["time"], written, kind(path)))
    return [directory for _time, _written, directory in sorted(dated, key=lambda item: item[:2], reverse=True)]


def _written(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def find_dated(
    text: str,
    directories: Sequence[Directory],
    error_type: type[UserError],
    *,
    none: str,
    unknown: str,
    ambiguous: str,
) -> Directory:
    """Find one of some directories by its id, by a part that no other id has, or the first, the newest, by `last`.

    Raises:
        UserError: there are `none`, the text is `unknown` or `ambiguous`; of the type given, with that message.
    """
    if not directories:
        raise error_type(none)
    if text == "last":
        return directories[0]
    matches = [each for each in directories if each.id == text] or [each for each in directories if text in each.id]
    if not matches:
        raise error_type(unknown.format(text=text, newest=directories[0].id))
    if len(matches) > 1:
        listed = ", ".join(each.id for each in matches[:_MOST_NAMED]) + (", …" if len(matches) > _MOST_NAMED else "")
        raise error_type(ambiguous.format(text=text, count=len(matches), listed=listed))
    return matches[0]
