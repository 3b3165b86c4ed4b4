"""Opening and saving, with the questions that go with it."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.ui.app import CnnTui
    from tui_cnn.ui.recovery import Copy


class Files:
    """The conversation about files; dialogs are imported when they are needed."""

    def __init__(self, app: "CnnTui") -> None:
        self._app = app

    async def save(self) -> bool:
        """Save to the network's own file, or ask for one; tell whether it is saved."""
        file = self._app.design.file
        return self._write(file) if file else await self.save_as()

    async def save_as(self) -> bool:
        """Ask for a file and save to it; tell whether it is saved."""
        from tui_cnn.ui.dialogs.path import SavePath

        design = self._app.design
        path = await self._app.push_screen_wait(SavePath(Path(f"{design.network.name}.toml"), design.file))
        return path is not None and self._write(path)

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
        from tui_cnn.formats.presets import preset_names
        from tui_cnn.ui.dialogs.pick import Item, Pick

        here = Path()
        items = [Item(path.name, _("in this directory"), f"./{path}") for path in sorted(here.glob("*.toml"))]
        items.append(Item(_("another file …"), _("look for it"), ""))
        items += [Item(name, _("preset"), name) for name in preset_names()]
        model = await self._app.push_screen_wait(Pick(_("Open a network"), items))
        return await self._look_for_file() if model == "" else model

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

    async def _look_for_file(self) -> str | None:
        from textual_fspicker import FileOpen, Filters

        filters = Filters((_("Networks"), lambda path: path.suffix == ".toml"), (_("All"), lambda _path: True))
        dialog = FileOpen(title=_("Open a network"), open_button=_("Open"), cancel_button=_("Back"), filters=filters)
        path = await self._app.push_screen_wait(dialog)
        return str(path) if path else None

    def _write(self, path: Path) -> bool:
        from tui_cnn.formats.toml import save_network

        network = self._app.design.network
        try:
            save_network(path, network)
        except FormatError as error:
            self._app.notify(str(error), severity="error", timeout=10, markup=False)
            return False
        self._app.design = self._app.design.stored(network, path)
        self._app.notify(_("Saved to {path}").format(path=path), markup=False)
        return True
