"""What becomes of a network whose file was changed by another program: nothing is lost on either side."""

from asyncio import Lock, to_thread
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from textual.app import App
from textual.screen import ModalScreen

from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, ask
from tui_cnn.ui.workspace import Workspace


class FileState(NamedTuple):
    """What a file holds: a network, or what is wrong with it; neither, if the file no longer exists."""

    path: Path
    network: Network | None = None
    problem: str = ""


def read(path: Path) -> FileState:
    """Read what a file holds now."""
    try:
        return FileState(path, find_network(str(path.absolute()))[0])
    except FormatError as error:
        return FileState(path, problem=error.problem) if _signature(path) else FileState(path)


def _signature(path: Path) -> tuple[int, int, int] | None:
    """Return the time, size and place on the disk of a file; None where there is none."""
    with suppress(OSError):
        stat = path.stat()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
    return None


_EVERY = 1.5
"""Seconds between two checks of the network's file."""


class ExternalChanges:
    """Checks the file of the network now and then, and asks where both it and the design were changed."""

    def __init__(self, app: App[Any], workspace: Workspace, commit_pending: Callable[[], None]) -> None:
        self._app = app
        self._workspace = workspace
        self._commit_pending = commit_pending
        self._checking = Lock()
        self._path: Path | None = None
        self._signature: tuple[int, int, int] | None = None

    def start(self) -> None:
        """Check the file from now on."""
        self._app.set_interval(_EVERY, self.check)

    def check(self) -> None:
        """Check the file now, in a worker."""
        self._app.run_worker(self._check(), group="file")

    async def may_replace(self, path: Path) -> bool:
        """Ask before a file is overwritten that is not as it was read; return whether to overwrite it."""
        design = self._workspace.design
        state = await to_thread(read, path)
        if state.network in (design.saved, design.network) or state == FileState(path):
            return True
        question = _("{name} was changed by another program after you opened it.").format(name=path.name)
        return await self._ask(question, state.network, Answer("replace", "r", _("Overwrite"))) == "replace"

    async def _check(self) -> None:
        if self._checking.locked():
            return
        async with self._checking:
            state = await to_thread(self._changed, self._workspace.design.file)
            if state is None or state.path != self._workspace.design.file:
                return
            if isinstance(self._app.screen, ModalScreen):
                self._signature = (0, 0, 0)  # at the next check: the user is answering something else now
            elif state.network is not None:
                await self._take_over(state.path, state.network)
            else:
                unreadable = _("{path} was changed by another program and cannot be read: {problem}")
                gone = _("{path} no longer exists; save to create it again")
                self._notify((unreadable if state.problem else gone).format(path=state.path, problem=state.problem))

    def _changed(self, path: Path | None) -> FileState | None:
        """Read the file only when its signature differs from the last time."""
        signature = _signature(path) if path else None
        if (path, signature) == (self._path, self._signature):
            return None
        known = self._path == path and self._signature is not None
        self._path, self._signature = path, signature
        if path is None or (signature is None and not known):
            return None
        return read(path) if signature else FileState(path)

    async def _take_over(self, path: Path, theirs: Network) -> None:
        """Design what the file holds now, unless the user has unsaved changes and wants to keep them."""
        workspace = self._workspace
        if theirs == workspace.design.saved:
            return
        self._commit_pending()
        if theirs == workspace.design.network:
            workspace.design = workspace.design.stored(theirs, path)
        elif not workspace.design.dirty:
            self._reload(path, theirs)
            message = _("{path} was changed by another program and has been reloaded; undo to restore your version")
            self._notify(message.format(path=path), severity="information")
        else:
            question = _("{name} was changed by another program, and you have unsaved changes.").format(name=path.name)
            mine, file = Answer("mine", "k", _("Keep mine")), Answer("theirs", "t", _("Use theirs"))
            answer = await self._ask(question, theirs, mine, file)
            if answer == "theirs":
                self._reload(path, theirs)
            elif answer == "mine":
                workspace.design = workspace.design.stored(theirs, path)

    async def _ask(self, question: str, theirs: Network | None, *answers: Answer) -> str | None:
        """Ask, and again after the difference was shown."""
        from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
        from tui_cnn.ui.toolkit.network_summary import difference, tones

        compare = [Answer("difference", "d", _("Difference"))] if theirs else []
        while True:
            answer = await ask(self._app, _("Changed on disk"), question, *answers, *compare)
            if answer != "difference" or theirs is None:
                return answer
            text = difference(analyze(theirs), self._workspace.design.analysis, tones(self._app))
            await self._app.push_screen_wait(TextDialog(_("Difference: file → current network"), text))

    def _reload(self, path: Path, theirs: Network) -> None:
        self._workspace.edit(_("reload"), lambda _network: theirs, self._workspace.design.select)
        self._workspace.design = self._workspace.design.stored(theirs, path)

    def _notify(self, message: str, severity: Literal["warning", "information"] = "warning") -> None:
        self._app.notify(message, severity=severity, timeout=10, markup=False)
