"""The file of the network: opening and saving it, and asking about unsaved changes."""

from asyncio import to_thread
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from textual.app import App

from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.ui.application.external_changes import ExternalChanges
from tui_cnn.ui.design import Design, open_design
from tui_cnn.ui.toolkit.dialogs.ask import Answer, ask
from tui_cnn.ui.workspace import Workspace


class OpenedModel(NamedTuple):
    """A network that was read, its file (None for a preset), and what of it could not be kept."""

    network: Network
    file: Path | None
    notes: tuple[str, ...]


class Documents:
    """Opens and saves networks; the larger dialogs are imported when they are needed."""

    def __init__(
        self, app: App[Any], workspace: Workspace, external: ExternalChanges, commit_pending: Callable[[], None]
    ) -> None:
        self._app = app
        self._workspace = workspace
        self._external = external
        self._commit_pending = commit_pending

    async def read(self, model: str) -> OpenedModel | None:
        """Read a preset or a file in a thread; report what is wrong with it."""
        notes: list[str] = []
        try:
            network, file = await to_thread(find_network, model, notes.append)
        except UserError as error:
            self._workspace.report(error)
            return None
        return OpenedModel(network, file, tuple(notes))

    def replace(self, network: Network, file: Path | None) -> None:
        """Design another network."""
        self._workspace.design = open_design(network, file, self._workspace.design.setting)
        if file is not None:
            self._workspace.remember(recent=self._workspace.state.opened(file))

    async def save(self) -> bool:
        """Save to the network's own file, or ask for one; return whether it is saved."""
        self._commit_pending()
        file = _own_file(self._workspace.design)
        if file is None:
            return await self.save_as()
        return await self._external.may_replace(file) and self._write(file)

    async def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it is saved."""
        from tui_cnn.ui.toolkit.dialogs.path import SavePath

        self._commit_pending()
        design = self._workspace.design
        proposed = design.file.with_suffix(".toml") if design.file else Path(f"{design.network.name}.toml")
        path = await self._app.push_screen_wait(SavePath(proposed, _own_file(design)))
        if path is None or (path == design.file and not await self._external.may_replace(path)):
            return False
        return self._write(path)

    async def confirm_unsaved(self) -> bool:
        """Ask whether to save unsaved changes, if there are any; return whether to go on."""
        self._commit_pending()
        design = self._workspace.design
        if not design.dirty:
            return True
        question = _("“{name}” has unsaved changes.").format(name=design.network.name)
        save, discard = Answer("save", "s", _("Save")), Answer("discard", "d", _("Discard"))
        answer = await ask(self._app, _("Unsaved changes"), question, save, discard)
        return await self.save() if answer == "save" else answer == "discard"

    async def ask_model(self) -> str | None:
        """Ask for a preset, a file of this directory, or any file."""
        from tui_cnn.ui.toolkit.dialogs.open_model import ask_model

        self._commit_pending()
        return await ask_model(self._app, self._workspace.state.recent)

    def _write(self, path: Path) -> bool:
        from tui_cnn.formats.toml import save_network

        network = self._workspace.design.network
        try:
            save_network(path, network)
        except FormatError as error:
            self._workspace.report(error)
            return False
        self._workspace.design = self._workspace.design.stored(network, path)
        self._workspace.remember(recent=self._workspace.state.opened(path))
        self._app.notify(_("Saved to {path}").format(path=path), markup=False)
        return True


def _own_file(design: Design) -> Path | None:
    """Return the file that the network can be saved to; a model of Keras is only read."""
    file = design.file
    return None if file is None or file.suffix.lower() in (".keras", ".json") else file
