"""Keeping a copy of unsaved work while the program runs, and offering the copies that other sessions left."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from tui_cnn.formats.atomic import set_aside
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.ui.application.recovery import Copy, Recovery, read_copy
from tui_cnn.ui.design import Design, open_design
from tui_cnn.ui.toolkit.dialogs.ask import Answer, ask
from tui_cnn.ui.workspace import Workspace
from tui_cnn.visible import is_unicode

_PAUSE = 0.3
"""Seconds after the last edit until the copy is written."""


class UnsavedWork:
    """Writes copies in a thread, a moment after each edit."""

    def __init__(self, app: App[Any], workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace
        self._recovery = Recovery()

    def start(self) -> None:
        """Offer what an earlier session left unsaved, and keep copies of this one's."""
        self._workspace.subscribe(self._app, "design", self._write_soon, init=False)
        self._app.call_after_refresh(self._app.run_worker, self._offer())

    def end(self) -> None:
        """Remove the copy: the work was saved or discarded."""
        self._recovery.end()

    def _write_soon(self, _design: Design) -> None:
        write = partial(self._app.run_worker, self._write, thread=True, exclusive=True, group="recovery")
        self._app.set_timer(_PAUSE, write)

    def _write(self) -> None:
        design = self._workspace.design
        file = str(design.file or "")
        copy = Copy(design.network, design.saved, file if is_unicode(file) else "") if design.dirty else None
        try:
            self._recovery.keep(copy)
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
