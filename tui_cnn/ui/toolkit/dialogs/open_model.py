"""Choose the network to open, with a preview of the one that is highlighted."""

import re
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.kinds import MODEL_SUFFIXES
from tui_cnn.formats.models import find_network
from tui_cnn.formats.presets import preset_names, preset_text
from tui_cnn.formats.reading import read_text
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.dialog import frame
from tui_cnn.ui.toolkit.dialogs.file_picker import FilePicker
from tui_cnn.ui.toolkit.dialogs.pick import Item, Options, Pick
from tui_cnn.ui.toolkit.network_summary import stack_lines, totals_table

BROWSE = ""
"""What is returned for a file that is not in the list: it is to be looked for."""

_NETWORK = re.compile(r"^\s*(input_shape\b|\[\[layers)", re.MULTILINE)


class OpenModel(Pick[str]):
    """Files lately opened, those of this directory, presets; and any file."""

    FITS_LIST = False

    def __init__(self, recent: tuple[str, ...]) -> None:
        super().__init__(_("Open a network"), models(recent))

    def compose(self) -> ComposeResult:
        """Lay out the filter, and the list with the preview beside it."""
        with frame(self._title, _("↑ ↓ move   Enter select   Esc back"), "-open"):
            yield Input(placeholder=self._hint, compact=True, id="filter")
            with Horizontal():
                yield Options(compact=True, id="options")
                yield Static(id="preview", markup=False)

    def show_about(self, item: Item[str]) -> None:
        """Preview the network that is highlighted."""
        self._read(item)

    def show_no_match(self) -> None:
        """Show that nothing matches."""
        self._preview(Text(_("no matches"), style="dim"))

    @work(thread=True, exclusive=True, group="preview")
    def _read(self, item: Item[str]) -> None:
        about = Text(item.about, style="dim")
        if item.value == BROWSE:
            self.app.call_from_thread(self._preview, about)
            return
        notes: list[str] = []
        try:
            network, path = find_network(item.value, notes.append)
        except FormatError as error:
            self.app.call_from_thread(self._preview, Group(about, Text(), Text(f"✗ {error.problem}")))
            return
        if path is None:
            about = Text(_(preset_text(item.value)), style="dim")
        analysis = analyze(network)
        remarks = [Text(f"⚠ {note}") for note in notes[:1]]
        words = Text("\n").join([Text(), about, *remarks, Text()])
        name = Text(network.name, style="bold")
        shown = Group(name, totals_table(analysis), words, stack_lines(analysis))
        self.app.call_from_thread(self._preview, shown)

    def _preview(self, text: Group | Text) -> None:
        if self.is_mounted and not self.answered:
            self.query_one("#preview", Static).update(text)


def models(recent: tuple[str, ...]) -> list[Item[str]]:
    """List what can be opened."""
    here = Path()
    nearby = sorted(filter(_may_be_network, here.iterdir())) if here.is_dir() else []
    others = [path for path in map(Path, recent) if path.parent != here.absolute() and path.exists()]
    return [
        *(Item(path.name, _("recent, in {place}").format(place=path.parent), str(path)) for path in others),
        *(Item(path.name, _("in this directory"), f"./{path}") for path in nearby),
        Item(_("another file …"), _("browse"), BROWSE),
        *(Item(name, _("preset"), name) for name in preset_names()),
    ]


def _may_be_network(path: Path) -> bool:
    """Whether a file is worth listing: TOML of other programs is not."""
    try:
        if path.suffix in (".keras", ".h5", ".hdf5", ".onnx"):
            return True
        return path.suffix == ".toml" and _NETWORK.search(read_text(path)) is not None
    except FormatError:
        return False


async def ask_model(app: App[Any], recent: tuple[str, ...] = ()) -> str | None:
    """Ask for a preset, a file of this directory, or any file."""
    model = await app.push_screen_wait(OpenModel(recent))
    if model != BROWSE:
        return model
    path = await app.push_screen_wait(FilePicker(_("Open a network"), MODEL_SUFFIXES))
    return str(path) if path else None
