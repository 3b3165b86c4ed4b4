"""Look for a file in a tree of directories; loaded late, as the library that shows the tree is not light."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual_fspicker import FileOpen, Filters
from textual_fspicker.parts import DirectoryNavigation

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.pick import Options

DirectoryNavigation.__bases__ = (Options,)  # the dialog makes its tree itself: so it bears every key


class FilePicker(FileOpen):
    """The dialog in our words."""

    def __init__(self, title: str, kind: str, fits: Callable[[Path], bool]) -> None:
        filters = Filters((kind, fits), (_("All"), lambda _path: True))
        super().__init__(title=title, open_button=_("Open"), cancel_button=_("Back"), filters=filters)


async def ask_image_file(app: App[Any]) -> Path | None:
    """Ask for an image file."""
    kinds = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
    return await app.push_screen_wait(
        FilePicker(_("Open an image"), _("Images"), lambda path: path.suffix.lower() in kinds)
    )
