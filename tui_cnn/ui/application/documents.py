"""The file of the network: opening, saving and exporting it, and asking about unsaved changes."""

from asyncio import to_thread
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from tui_cnn.core import edits
from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import MODEL_FORMATS, SUFFIXES, export_bytes
from tui_cnn.formats.kinds import is_ours
from tui_cnn.formats.models import find_network
from tui_cnn.formats.saving import save_bytes
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs import export as model_export
from tui_cnn.ui.application.external_changes import ExternalChanges
from tui_cnn.ui.design import Design, open_design
from tui_cnn.ui.toolkit.dialogs.dialog import Answer, SavePath, ask
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.workspace import Workspace


class Documents:
    """Opens and saves networks; the larger dialogs are imported when they are needed."""

    def __init__(
        self, app: App[Any], workspace: Workspace, external: ExternalChanges, commit_pending: Callable[[], None]
    ) -> None:
        self._app = app
        self._workspace = workspace
        self._external = external
        self._commit_pending = commit_pending

    async def read(self, model: str) -> tuple[Network, Path | None, list[str]] | None:
        """Read a preset or a file in a thread: the network, its file, and what of it could not be kept, a line each.

        What is wrong with it is reported; it is None then.
        """
        notes: list[str] = []
        try:
            network, file = await to_thread(find_network, model, notes.append)
        except UserError as error:
            self._workspace.report(error)
            return None
        return network, file, notes

    def replace(self, network: Network, file: Path | None) -> None:
        """Design another network."""
        self._workspace.design = open_design(network, file, self._workspace.design.setting)
        if file is not None:
            self._workspace.remember(recent=self._workspace.state.opened(file))

    async def new(self) -> bool:
        """Ask what a new network is to begin with, and design it; return whether it was begun."""
        from tui_cnn.ui.application.new_dialog import ask_new_network

        if not await self.confirm_unsaved():
            return False
        network = await ask_new_network(self._app, self._workspace)
        if network is None:
            return False
        self.replace(network, None)
        return True

    async def save(self) -> bool:
        """Save to the network's own file, or ask for one; return whether it is saved."""
        self._commit_pending()
        file = _own_file(self._workspace.design)
        if file is None:
            return await self.save_as()
        return await self._external.may_replace(file) and self._write(file, self._workspace.design.network)

    async def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it is saved."""
        from tui_cnn.ui.toolkit.dialogs.dialog import SavePath

        self._commit_pending()
        design = self._workspace.design
        name = design.file.stem if design.file else design.network.name
        proposed = design.file.with_suffix(".toml") if design.file else Path(f"{name}.toml")
        path = await self._app.push_screen_wait(SavePath(proposed, _own_file(design)))
        if path is None or (path == design.file and not await self._external.may_replace(path)):
            return False
        renamed = named_after(path, design.network) if name == design.network.name else design.network
        return self._write(path, renamed)

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

    def _write(self, path: Path, network: Network) -> bool:
        """Save the network, over the text of the file that it comes from; it may have another name than the design."""
        from tui_cnn.formats.toml_editing import save_edited

        try:
            save_edited(path, network, _own_file(self._workspace.design))
        except FormatError as error:
            self._workspace.report(error)
            return False
        self._workspace.edit(_("rename"), lambda _network: network, self._workspace.design.select)
        self._workspace.design = self._workspace.design.stored(network, path)
        self._workspace.remember(recent=self._workspace.state.opened(path))
        self._app.notify(_("Saved to {path}").format(path=path), markup=False)
        return True


def named_after(path: Path, network: Network) -> Network:
    """Give a network the name of its file, where a network can be called so."""
    try:
        convert({"name": path.stem, "input_shape": [1]}, Network)
    except InvalidError:
        return network
    return edits.rename(network, path.stem)


def _own_file(design: Design) -> Path | None:
    """Return the file that the network can be saved to; a model of another program is only read."""
    file = design.file
    return file if file is not None and is_ours(file) else None


async def export(app: App[Any], workspace: Workspace) -> None:
    """Ask for a format and a file, and write the network there in a thread, or a process where it takes one."""
    items = [Item(f"{to:9} {SUFFIXES[to]}", about, to) for to, about in _formats().items()]
    to = await app.push_screen_wait(Pick(_("Export the network as"), items))
    if to is None:
        return
    network = workspace.design.network
    proposed = Path(f"{network.name}{SUFFIXES[to]}")
    path = await app.push_screen_wait(SavePath(proposed, title=_("Export to"), suffix=SUFFIXES[to]))
    if path is not None:
        app.run_worker(partial(_write, app, workspace, network, to, path), thread=True, group="export")


def _write(app: App[Any], workspace: Workspace, network: Network, to: str, path: Path) -> None:
    """Write a network to a file; a built model takes a worker and some seconds."""
    try:
        if to in MODEL_FORMATS:
            app.notify(_("Writing {path}; this takes a few seconds").format(path=path), markup=False)
            model_export.export_model(network, to, path)
        else:
            save_bytes(path, export_bytes(network, to, like=workspace.design.file))
    except FormatError as error:
        workspace.report(error)
    else:
        app.notify(_("Exported to {path}").format(path=path), markup=False)


def _formats() -> dict[str, str]:
    return {
        "python": _("Python code that builds and trains the model in Keras"),
        "keras": _("model with newly initialized weights, for keras.models.load_model"),
        "json": _("architecture, for keras.models.model_from_json"),
        "markdown": _("table of layers and numbers, for a README"),
        "toml": _("the format of cnn-tui"),
        "svg": _("picture of the network, for papers and web pages"),
        "png": _("picture of the network, for slides"),
        "onnx": _("for other runtimes; needs the package onnx"),
    }
