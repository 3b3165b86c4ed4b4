"""Opening and saving, with the questions that go with it."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.ui.app import CnnTui
    from tui_cnn.ui.design import Design
    from tui_cnn.ui.outside import Outside
    from tui_cnn.ui.recovery import Copy


class Files:
    """The conversation about files; dialogs are imported when they are needed."""

    def __init__(self, app: "CnnTui", outside: "Outside") -> None:
        self._app = app
        self._outside = outside

    async def save(self) -> bool:
        """Save to the network's own file, or ask for one; tell whether it is saved."""
        file = _own_file(self._app.design)
        if file is None:
            return await self.save_as()
        return await self._outside.may_replace(file) and self._write(file)

    async def save_as(self) -> bool:
        """Ask for a file and save to it; tell whether it is saved."""
        from tui_cnn.ui.dialogs.path import SavePath

        design = self._app.design
        proposed = design.file.with_suffix(".toml") if design.file else Path(f"{design.network.name}.toml")
        path = await self._app.push_screen_wait(SavePath(proposed, _own_file(design)))
        if path is None or (path == design.file and not await self._outside.may_replace(path)):
            return False
        return self._write(path)

    async def export(self) -> None:
        """Ask for a format and a file, and write the network there in a thread, or a process where it takes one."""
        from tui_cnn.formats.export import SUFFIXES
        from tui_cnn.ui.dialogs.path import SavePath
        from tui_cnn.ui.dialogs.pick import Item, Pick

        items = [Item(f"{to:9} {SUFFIXES[to]}", about, to) for to, about in _formats().items()]
        to = await self._app.push_screen_wait(Pick(_("Export the network as"), items))
        if to is None:
            return
        design = self._app.design
        proposed = Path(f"{design.network.name}{SUFFIXES[to]}")
        path = await self._app.push_screen_wait(SavePath(proposed, title=_("Export to"), suffix=SUFFIXES[to]))
        if path is not None:
            self._app.write_export(design.network, to, path)

    async def settle_unsaved(self) -> bool:
        """Ask what becomes of unsaved changes, if there are any; tell whether the way is free."""
        from tui_cnn.ui.dialogs.ask import Answer, Ask

        if not self._app.design.dirty:
            return True
        name = self._app.design.network.name
        answer = await self._app.push_screen_wait(
            Ask(
                _("Unsaved changes"),
                _("“{name}” has changes that are not saved.").format(name=name),
                [Answer("save", "s", _("Save")), Answer("discard", "d", _("Discard"))],
            )
        )
        return await self.save() if answer == "save" else answer == "discard"

    async def ask_model(self) -> str | None:
        """Ask for a preset, a file of this directory, or any file."""
        from tui_cnn.ui.dialogs.open import LOOK_FOR_IT, OpenModel, look_for_file

        model = await self._app.push_screen_wait(OpenModel(self._app.state.recent))
        return await look_for_file(self._app) if model == LOOK_FOR_IT else model

    async def ask_recovery(self, path: Path) -> "Copy | None":
        """Offer a copy that was left behind; one that is declined is removed, one that is put off stays."""
        from datetime import datetime

        from tui_cnn.ui.dialogs.ask import Answer, Ask
        from tui_cnn.ui.recovery import read_copy

        copy = read_copy(path)
        if copy is None:
            path.unlink(missing_ok=True)
            return None
        when = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        message = _("“{name}” was not saved when cnn-tui ended on {when:%Y-%m-%d at %H:%M}.")
        answer = await self._app.push_screen_wait(
            Ask(
                _("Unsaved work found"),
                message.format(name=copy.network.name, when=when),
                [Answer("restore", "r", _("Restore it")), Answer("discard", "d", _("Discard it"))],
            )
        )
        if answer == "discard":
            path.unlink(missing_ok=True)
        return copy if answer == "restore" else None

    def _write(self, path: Path) -> bool:
        from tui_cnn.formats.toml import save_network

        network = self._app.design.network
        try:
            save_network(path, network)
        except FormatError as error:
            self._app.notify(str(error), severity="error", timeout=10, markup=False)
            return False
        self._app.design = self._app.design.stored(network, path)
        self._app.remember(recent=self._app.state.opened(path))
        self._app.notify(_("Saved to {path}").format(path=path), markup=False)
        return True


def _formats() -> dict[str, str]:
    return {
        "python": _("a file that builds the model in Keras and trains it"),
        "keras": _("a model with fresh weights, for keras.models.load_model"),
        "json": _("what keras.models.model_from_json reads"),
        "markdown": _("a table of layers and numbers, for a README"),
        "toml": _("this program's own format"),
        "svg": _("a drawing"),
        "onnx": _("for other runtimes; needs the packages of cnn-tui[onnx]"),
    }


def _own_file(design: "Design") -> Path | None:
    """Return the file that the network can be saved to; a model of Keras is only read."""
    file = design.file
    return None if file is None or file.suffix.lower() in (".keras", ".json") else file
