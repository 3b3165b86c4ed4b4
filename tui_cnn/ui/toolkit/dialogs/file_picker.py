"""Look for a file, directory by directory."""

from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_cnn.config import expanded
from tui_cnn.confinement import ConfinementError, confined
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.numbers import size
from tui_cnn.ui.toolkit.textual_adapter import after_layout

_UP = "../"


class FilePicker(Pick[Path]):
    """The files of a directory that have one of the suffixes; Enter on a directory shows what is in that one.

    Typing finds all files, also hidden ones, by a part of their name; a path that is typed leads to its directory.
    """

    FITS_LIST = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("backspace", "leave_directory", show=False, priority=True)]

    def __init__(self, title: str, suffixes: tuple[str, ...]) -> None:
        super().__init__(title, [], hint=_("type to filter, or a path"))
        self._suffixes = suffixes
        self._directory = Path.cwd()

    def on_mount(self) -> None:
        """Show the directory in which the program was started."""
        dialog = self.query_one("#dialog")
        dialog.add_class("-files")
        dialog.border_subtitle = _("↑ ↓ move   Enter open   Backspace up   Esc back")
        self._show_directory(self._directory)

    def on_resize(self) -> None:
        """Show as much of the path as there is room for now."""
        after_layout(self, self._show_title)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Backspace delete what was typed, as long as there is something."""
        if action == "leave_directory" and self.query_one(Input).value:
            return False
        return super().check_action(action, parameters)

    def action_leave_directory(self) -> None:
        """Show the directory above."""
        self._show_directory(self._directory.parent)

    def choose(self, value: Path) -> None:
        """Show a directory; return a file."""
        if value.is_dir():
            self._show_directory(value)
        else:
            self.dismiss(value)

    def show_about(self, item: Item[Path]) -> None:
        """Show the whole path of the highlighted file."""
        self.show_line(str(item.value))

    def matching(self, text: str) -> list[Item[Path]]:
        """Return the directories and the files that fit; those that do not, and hidden ones, only if they are typed."""
        named = [item for item in self._items if text.lower() in item.name.lower()]
        usual = [item for item in named if self._is_usual(item)]
        return [*usual, *(item for item in named if text and item not in usual)]

    def _is_usual(self, item: Item[Path]) -> bool:
        fits = item.name.endswith("/") or item.value.suffix.lower() in self._suffixes
        return fits and (item.name == _UP or not item.name.startswith("."))

    def _filter(self, text: str) -> None:
        directory, slash, name = text.rpartition("/")
        if slash:
            typed = directory + slash
            try:
                place = expanded(typed if typed.startswith("~") else str(self._directory / typed))
            except ConfinementError as error:
                self.show_line(f"✗ {error}")
            else:
                self._show_directory(place, name)
        else:
            super()._filter(text)

    def _show_directory(self, directory: Path, name: str = "") -> None:
        """Show what is in a directory, filtered by a name; one that cannot be read is not entered."""
        try:
            directory = confined(directory.resolve())
            items = self.list_directory(directory)
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links that go in a circle
            self.show_line(f"✗ {error.strerror if isinstance(error, OSError) else error}")
            return
        self._directory = directory
        self._items = items
        after_layout(self, self._show_title)
        with self.prevent(Input.Changed):
            self.query_one(Input).value = name
        super()._filter(name)

    def list_directory(self, directory: Path) -> list[Item[Path]]:
        """List what is in a directory, the directory above it first.

        Raises:
            OSError: it cannot be read.
        """
        inside = [_item(path) for path in directory.iterdir()]
        above = [Item(_UP, "", directory.parent)] if directory != directory.parent else []
        return above + sorted(inside, key=lambda item: (not item.name.endswith("/"), item.name.lower()))

    def _show_title(self) -> None:
        """Show the directory, or as much of the end of its path as there is room for."""
        for dialog in self.query("#dialog"):  # it is gone where the picker was closed meanwhile
            room = dialog.size.width - cell_len(self._title) - 6
            dialog.border_title = f"{self._title} · {_end_of_path(str(self._directory), room)}"


def _end_of_path(path: str, room: int) -> str:
    """Leave out directories at the beginning of a path, as long as it is wider than there is room."""
    while cell_len(path) > room and "/" in path[2:]:
        path = "…/" + path.removeprefix("…/").partition("/")[2]
    return path


def _item(path: Path) -> Item[Path]:
    """Describe a file by its size and when it was written."""
    if path.is_dir():
        return Item(f"{path.name}/", "", path)
    try:
        status = path.stat()
    except OSError:  # a link that leads nowhere
        return Item(path.name, "", path)
    return Item(
        path.name, f"{size(status.st_size):>9}   {datetime.fromtimestamp(status.st_mtime):%Y-%m-%d %H:%M}", path
    )


async def ask_image_file(app: App[Any]) -> Path | None:
    """Ask for an image file."""
    kinds = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
    return await app.push_screen_wait(FilePicker(_("Open an image"), kinds))


class DataPicker(FilePicker):
    """Directories and files; the first line takes the directory that is shown, and the second the built-in data set."""

    def __init__(self) -> None:
        super().__init__(_("Open a data set"), (".npz", ".csv", ".tsv", ".toml", ".parquet"))

    def choose(self, value: Path) -> None:
        """Return the directory that is shown, or what is built in; show another directory; return a file."""
        if value in (_BUILT_IN, self._directory):
            self.dismiss(value)
        else:
            super().choose(value)

    def list_directory(self, directory: Path) -> list[Item[Path]]:
        """Put what can be taken at once before the rest."""
        here = Item(_("use this folder"), _("a folder for each class, or the files of a data set"), directory)
        built_in = Item("Fashion-MNIST", _("built-in"), _BUILT_IN)
        return [here, built_in, *super().list_directory(directory)]

    def _is_usual(self, item: Item[Path]) -> bool:
        return item.value in (_BUILT_IN, self._directory) or super()._is_usual(item)


_BUILT_IN = Path()
"""Stands for the data set that comes with the program."""


async def ask_data(app: App[Any]) -> str | None:
    """Ask for a data set: its path, or an empty text for Fashion-MNIST."""
    path = await app.push_screen_wait(DataPicker())
    return None if path is None else "" if path == _BUILT_IN else str(path)
