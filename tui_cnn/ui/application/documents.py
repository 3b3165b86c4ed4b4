"""The file of the network: opening, saving, exporting, the copy of unsaved work, and changes by other programs."""

from asyncio import Lock, to_thread
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import App

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.i18n import _
from tui_cnn.ui.application.external_changes import ExternalChanges
from tui_cnn.ui.application.recovery import Copy, Recovery
from tui_cnn.ui.design import open_design

if TYPE_CHECKING:
    from tui_cnn.ui.design import Design
    from tui_cnn.ui.workspace import Workspace

_EVERY = 1.5
"""Seconds between two checks of the network's file."""

_PAUSE = 0.3
"""Seconds after the last edit until the recovery copy is written."""


class OpenedModel(NamedTuple):
    """A network that was read, its file (None for a preset), and what of it could not be kept."""

    network: Network
    file: Path | None
    notes: tuple[str, ...]


class Documents:
    """Asks the questions that go with files; its dialogs are imported when they are needed."""

    def __init__(self, app: App[Any], workspace: "Workspace", commit_pending: Callable[[], None]) -> None:
        self._app = app
        self._workspace = workspace
        self._external = ExternalChanges(app, workspace, commit_pending)
        self._checking = Lock()
        self._recovery = Recovery()

    def open(self) -> None:
        """Offer what an earlier session left unsaved, keep copies of unsaved work, and follow the file."""
        self._workspace.subscribe(self._app, "design", self._keep_copy_soon, init=False)
        self._app.call_after_refresh(self._app.run_worker, self._offer_recovery())
        self._app.set_interval(_EVERY, self.check_file)

    def close(self) -> None:
        """Remove the copy of unsaved work: it was saved or discarded."""
        self._recovery.end()

    async def read(self, model: str) -> OpenedModel | None:
        """Read a preset or a file in a thread; report what is wrong with it."""
        notes: list[str] = []
        try:
            network, file = await to_thread(find_network, model, notes.append)
        except ValueError as error:
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
        file = _own_file(self._workspace.design)
        if file is None:
            return await self.save_as()
        return await self._external.may_replace(file) and self._write(file)

    async def save_as(self) -> bool:
        """Ask for a file and save to it; return whether it is saved."""
        from tui_cnn.ui.toolkit.dialogs.path import SavePath

        design = self._workspace.design
        proposed = design.file.with_suffix(".toml") if design.file else Path(f"{design.network.name}.toml")
        path = await self._app.push_screen_wait(SavePath(proposed, _own_file(design)))
        if path is None or (path == design.file and not await self._external.may_replace(path)):
            return False
        return self._write(path)

    async def export(self) -> None:
        """Ask for a format and a file, and write the network there in a thread, or a process where it takes one."""
        from tui_cnn.formats.export import SUFFIXES
        from tui_cnn.ui.toolkit.dialogs.path import SavePath
        from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

        items = [Item(f"{to:9} {SUFFIXES[to]}", about, to) for to, about in _formats().items()]
        to = await self._app.push_screen_wait(Pick(_("Export the network as"), items))
        if to is None:
            return
        network = self._workspace.design.network
        proposed = Path(f"{network.name}{SUFFIXES[to]}")
        path = await self._app.push_screen_wait(SavePath(proposed, title=_("Export to"), suffix=SUFFIXES[to]))
        if path is not None:
            self._app.run_worker(partial(self._export, network, to, path), thread=True, group="export")

    async def confirm_unsaved(self) -> bool:
        """Ask whether to save unsaved changes, if there are any; return whether to go on."""
        from tui_cnn.ui.toolkit.dialogs.ask import Answer, Ask

        design = self._workspace.design
        if not design.dirty:
            return True
        answer = await self._app.push_screen_wait(
            Ask(
                _("Unsaved changes"),
                _("“{name}” has unsaved changes.").format(name=design.network.name),
                [Answer("save", "s", _("Save")), Answer("discard", "d", _("Discard"))],
            )
        )
        return await self.save() if answer == "save" else answer == "discard"

    async def ask_model(self) -> str | None:
        """Ask for a preset, a file of this directory, or any file."""
        from tui_cnn.ui.toolkit.dialogs.open_model import LOOK_FOR_IT, OpenModel, look_for_file

        model = await self._app.push_screen_wait(OpenModel(self._workspace.state.recent))
        return await look_for_file(self._app) if model == LOOK_FOR_IT else model

    def check_file(self) -> None:
        """Check whether another program has changed the file."""
        self._app.run_worker(self._check_file(), group="file")

    async def _check_file(self) -> None:
        if not self._checking.locked():
            async with self._checking:
                await self._external.check()

    def _export(self, network: Network, to: str, path: Path) -> None:
        """Write a network to a file; a built model takes a worker and some seconds."""
        from tui_cnn.formats.export import MODEL_FORMATS, export_bytes
        from tui_cnn.formats.saving import save_bytes
        from tui_cnn.runs.export import export_model

        try:
            if to in MODEL_FORMATS:
                message = _("Writing {path}; this takes a few seconds")
                self._app.notify(message.format(path=path), markup=False)
                export_model(network, to, path)
            else:
                save_bytes(path, export_bytes(network, to))
        except FormatError as error:
            self._workspace.report(error)
        else:
            self._app.notify(_("Exported to {path}").format(path=path), markup=False)

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

    def _keep_copy_soon(self, _design: "Design") -> None:
        keep = partial(self._app.run_worker, self._keep_copy, thread=True, exclusive=True, group="recovery")
        self._app.set_timer(_PAUSE, keep)

    def _keep_copy(self) -> None:
        design = self._workspace.design
        copy = Copy(design.network, design.saved, str(design.file or "")) if design.dirty else None
        try:
            self._recovery.keep(copy)
        except OSError as error:
            message = _("Cannot save a recovery copy: {reason}. Save often.").format(reason=error.strerror)
            self._app.notify(message, severity="warning", markup=False)

    async def _offer_recovery(self) -> None:
        for path in self._recovery.left_behind():
            copy = await self._ask_recovery(path)
            if copy is not None:
                file = Path(copy.file) if copy.file else None
                restored = open_design(copy.network, file, self._workspace.design.setting)
                self._workspace.design = restored._replace(saved=copy.saved)
                path.unlink(missing_ok=True)
                return

    async def _ask_recovery(self, path: Path) -> Copy | None:
        """Offer a copy that was left behind; one that is declined is removed, one that is put off stays."""
        from datetime import datetime

        from tui_cnn.ui.application.recovery import read_copy
        from tui_cnn.ui.toolkit.dialogs.ask import Answer, Ask

        copy = read_copy(path)
        if copy is None:
            path.unlink(missing_ok=True)
            return None
        when = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        message = _("“{name}” had unsaved changes when cnn-tui closed on {when:%Y-%m-%d at %H:%M}.")
        answer = await self._app.push_screen_wait(
            Ask(
                _("Unsaved work found"),
                message.format(name=copy.network.name, when=when),
                [Answer("restore", "r", _("Restore")), Answer("discard", "d", _("Discard"))],
            )
        )
        if answer == "discard":
            path.unlink(missing_ok=True)
        return copy if answer == "restore" else None


def _formats() -> dict[str, str]:
    return {
        "python": _("Python code that builds and trains the model in Keras"),
        "keras": _("model with newly initialized weights, for keras.models.load_model"),
        "json": _("architecture, for keras.models.model_from_json"),
        "markdown": _("table of layers and numbers, for a README"),
        "toml": _("the format of cnn-tui"),
        "svg": _("picture of the network, for papers and web pages"),
        "png": _("picture of the network, for slides"),
        "onnx": _("for other runtimes; requires cnn-tui[onnx]"),
    }


def _own_file(design: "Design") -> Path | None:
    """Return the file that the network can be saved to; a model of Keras is only read."""
    file = design.file
    return None if file is None or file.suffix.lower() in (".keras", ".json") else file
