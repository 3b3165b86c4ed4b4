"""What becomes of a network whose file was changed by another program."""

from asyncio import to_thread
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import ModalScreen

from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.i18n import _
from tui_cnn.ui.application.file_watch import FileState, FileWatch, read

if TYPE_CHECKING:
    from tui_cnn.ui.toolkit.dialogs.ask import Answer
    from tui_cnn.ui.workspace import Workspace


class ExternalChanges:
    """The conversation about changes from outside: what the user made is never lost, nor what another program did."""

    def __init__(self, app: App[Any], workspace: "Workspace", commit_pending: Callable[[], None]) -> None:
        self._app = app
        self._workspace = workspace
        self._commit_pending = commit_pending
        self._watch = FileWatch()

    async def check(self) -> None:
        """Look at the file, and settle what is new there."""
        seen = await to_thread(self._watch.look, self._workspace.design.file)
        if seen is None or seen.path != self._workspace.design.file:
            return
        if isinstance(self._app.screen, ModalScreen):
            self._watch.forget()  # not now: the user is answering something else
        elif seen.network is not None:
            await self._settle(seen.path, seen.network)
        else:
            message = _("{path} was changed by another program and cannot be read: {problem}")
            gone = _("{path} no longer exists; save to create it again")
            told = (message if seen.problem else gone).format(path=seen.path, problem=seen.problem)
            self._app.notify(told, severity="warning", timeout=10, markup=False)

    async def may_replace(self, path: Path) -> bool:
        """Ask before a file is written over that is not as it was read; tell whether the way is free."""
        from tui_cnn.ui.toolkit.dialogs.ask import Answer

        design = self._workspace.design
        seen = await to_thread(read, path)
        if seen.network in (design.saved, design.network) or seen == FileState(path):
            return True
        message = _("{name} was changed by another program after you opened it.").format(name=path.name)
        answers = [Answer("replace", "r", _("Overwrite"))]
        return await self._ask(message, answers, seen.network) == "replace"

    async def _settle(self, path: Path, theirs: Network) -> None:
        from tui_cnn.ui.toolkit.dialogs.ask import Answer

        workspace = self._workspace
        if theirs == workspace.design.saved:
            return
        self._commit_pending()
        if theirs == workspace.design.network:
            workspace.design = workspace.design.stored(theirs, path)
        elif not workspace.design.dirty:
            self._take(path, theirs)
            told = _("{path} was changed by another program and has been reloaded; undo to restore your version")
            self._app.notify(told.format(path=path), timeout=10, markup=False)
        else:
            message = _("{name} was changed by another program, and you have unsaved changes.")
            answers = [Answer("mine", "k", _("Keep mine")), Answer("theirs", "t", _("Use theirs"))]
            answer = await self._ask(message.format(name=path.name), answers, theirs)
            if answer == "theirs":
                self._take(path, theirs)
            elif answer == "mine":
                workspace.design = workspace.design.stored(theirs, path)

    async def _ask(self, message: str, answers: "list[Answer]", theirs: Network | None) -> str | None:
        """Ask, as often as the difference is looked at in between."""
        from tui_cnn.ui.toolkit.dialogs.ask import Answer, Ask
        from tui_cnn.ui.toolkit.dialogs.text import TextDialog
        from tui_cnn.ui.toolkit.layer_diff import difference, tones

        look = [Answer("look", "d", _("Difference"))] if theirs else []
        while True:
            answer = await self._app.push_screen_wait(Ask(_("Changed on disk"), message, [*answers, *look]))
            if answer != "look" or theirs is None:
                return answer
            text = difference(analyze(theirs), self._workspace.design.analysis, tones(self._app))
            await self._app.push_screen_wait(TextDialog(_("Difference: file → current network"), text))

    def _take(self, path: Path, theirs: Network) -> None:
        self._workspace.edit(_("reload"), lambda _network: theirs, self._workspace.design.select)
        self._workspace.design = self._workspace.design.stored(theirs, path)
