"""Copies of unsaved designs, so that a crash or a closed terminal loses nothing; and the offer to restore them."""

import os
import time
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from textual.app import App

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.formats.saving import set_aside
from tui_cnn.i18n import _
from tui_cnn.ui.design import Design, open_design
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, ask
from tui_cnn.ui.workspace import Workspace
from tui_cnn.visible import is_unicode

_PAUSE = 0.3
"""Seconds after the last edit until the copy is written."""


class Copy(msgspec.Struct, frozen=True):
    """An unsaved design: the network, what its file held (or the preset), and the file, empty if it had none."""

    network: Network
    saved: Network
    file: str


class Recovery:
    """The recovery copy of this process, and those that other processes left behind."""

    def __init__(self) -> None:
        self._directory = home() / "recovery"
        self.path = self._directory / f"{os.getpid()}-{time.time_ns()}.json"
        self._lock = Lock()
        self._ended = False

    def keep(self, copy: Copy | None) -> None:
        """Write the copy of an unsaved design, or remove it where there is nothing to lose.

        Raises:
            OSError: it cannot be written.
        """
        with self._lock:
            if copy is None or self._ended:
                self.path.unlink(missing_ok=True)
                return
            self._directory.mkdir(parents=True, exist_ok=True)
            write_atomic(self.path, msgspec.json.encode(copy))

    def end(self) -> None:
        """Remove the copy, and keep none that a thread may still be about to write."""
        self._ended = True
        with suppress(OSError):
            self.keep(None)

    def left_behind(self) -> list[Path]:
        """List the copies of processes that no longer live, the newest first."""
        paths = sorted(self._directory.glob("*-*.json"), key=lambda path: path.name.partition("-")[2], reverse=True)
        return [path for path in paths if path != self.path and not _belongs_to_a_process(path)]


def read_copy(path: Path) -> Copy | None:
    """Read a copy; None where it is damaged or gone."""
    try:
        return read_json(path, Copy)
    except FormatError:
        return None


def _belongs_to_a_process(path: Path) -> bool:
    import psutil

    pid = path.name.partition("-")[0]
    try:
        return pid.isdecimal() and psutil.pid_exists(int(pid))
    except OverflowError:  # no process has such a number
        return False


class UnsavedWork:
    """Writes copies in a thread, a moment after each edit."""

    def __init__(self, app: App[Any], workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace
        self._recovery = Recovery()
        self.end = self._recovery.end

    def start(self) -> None:
        """Offer what an earlier session left unsaved, and keep copies of this one's."""
        self._workspace.subscribe(self._app, "design", self._write_soon, init=False)
        self._app.call_after_refresh(self._app.run_worker, self._offer)

    def _write_soon(self, _design: Design) -> None:
        write = partial(self._app.run_worker, self._write, thread=True, exclusive=True, group="recovery")
        self._app.set_timer(_PAUSE, write)

    def keep(self) -> Path | None:
        """Write the copy now; return where it is, None where nothing is unsaved.

        Raises:
            OSError: it cannot be written.
        """
        design = self._workspace.design
        file = str(design.file or "")
        copy = Copy(design.network, design.saved, file if is_unicode(file) else "") if design.dirty else None
        self._recovery.keep(copy)
        return self._recovery.path if copy else None

    def _write(self) -> None:
        try:
            self.keep()
        except OSError as error:
            message = _("Cannot save a recovery copy: {reason}. Save often.").format(reason=error.strerror)
            self._app.notify(message, severity="warning", markup=False)

    async def _offer(self) -> None:
        """Offer the copies, until one is restored; one that is declined is removed, one that is put off stays."""
        for path in self._recovery.left_behind():
            copy = read_copy(path)
            if copy is None:
                self._set_aside(path)
                continue
            answer = await self._ask(copy, path)
            if answer == "restore":
                file = Path(copy.file) if copy.file else None
                restored = open_design(copy.network, file, self._workspace.design.setting)
                self._workspace.design = restored._replace(saved=copy.saved)
            if answer is not None:
                path.unlink(missing_ok=True)
            if answer == "restore":
                return

    def _set_aside(self, path: Path) -> None:
        try:
            message = _("A recovery copy cannot be read; it is kept as {path}").format(path=set_aside(path))
        except FormatError as error:
            message = str(error)
        self._app.notify(message, severity="warning", markup=False)

    async def _ask(self, copy: Copy, path: Path) -> str | None:
        when = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        message = _("“{name}” had unsaved changes when cnn-tui closed on {when:%Y-%m-%d at %H:%M}.")
        restore, discard = Answer("restore", "r", _("Restore")), Answer("discard", "d", _("Discard"))
        question = message.format(name=copy.network.name, when=when)
        return await ask(self._app, _("Unsaved work found"), question, restore, discard)
