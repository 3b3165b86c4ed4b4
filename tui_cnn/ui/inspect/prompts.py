"""The questions that the Inspect screen asks: which images, which picture, which run, which file."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.screen import Screen

from tui_cnn.data.errors import DataError
from tui_cnn.data.rendering import to_csv, to_npz, to_png, to_svg
from tui_cnn.formats.atomic import write_atomic
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.ui.inspect.fit_dialog import FitPicture
from tui_cnn.ui.inspect.image_choice import ImageChoice, choices
from tui_cnn.ui.inspect.run_weights import runs_with_weights
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.subject import Subject
from tui_cnn.ui.inspect.view import ViewExport
from tui_cnn.ui.toolkit.dialogs.dialog import SavePath
from tui_cnn.ui.toolkit.dialogs.file_picker import ask_image_file
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.workspace import workspace_of

_MAGNIFY = 8


class Prompts:
    """Asks by dialogs; to be used in a worker."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen

    async def ask_images(self, scene: Scene, evaluation: Evaluation | None) -> ImageChoice | None:
        """Ask for images by their number, or by what they are and what the network says of them."""
        last = len(scene.test.images) - 1

        def numbered(text: str) -> Item[ImageChoice] | None:
            digits = text.replace(",", "").strip()
            if not digits.isdecimal() or int(digits) > last:
                return None
            name = _("image {number}").format(number=f"{int(digits):,}")
            return Item(name, _("of {count:,}").format(count=last + 1), ImageChoice(name, listed=(int(digits),)))

        items = [Item(choice.name, about, choice) for choice, about in choices(scene.opened.class_names, evaluation)]
        return await self._screen.app.push_screen_wait(Pick(_("Find images: a number, or words"), items, numbered))

    async def ask_picture(self, scene: Scene) -> Subject | None:
        """Ask for a picture file, and show how it is fitted."""
        path = await ask_image_file(self._screen.app)
        if path is None:
            return None
        try:
            from tui_cnn.data.image_files import read_image

            picture = await asyncio.to_thread(read_image, path)
        except DataError as error:
            workspace_of(self._screen).report(error)
            return None
        fitted = await self._screen.app.push_screen_wait(FitPicture(path.name, picture, scene.opened.image_shape))
        return None if fitted is None else Subject(fitted, name=path.name)

    async def ask_run(self, title: str, but: RunDirectory | None) -> RunDirectory | None:
        """Ask for a run that has weights."""
        runs = [run for run in await asyncio.to_thread(runs_with_weights) if run != but]
        if not runs:
            workspace_of(self._screen).report(_("No other run has weights. Train one first."))
            return None
        return await self._screen.app.push_screen_wait(Pick(title, [Item(run.name, run.id, run) for run in runs]))

    async def write(self, export: ViewExport) -> None:
        """Ask for a file, and write what its suffix says."""
        makers = _makers(export)
        proposed = Path(f"{export.name}{next(iter(makers))}")
        title = _("Export as {kinds}").format(kinds=", ".join(makers))
        path = await self._screen.app.push_screen_wait(SavePath(proposed, title=title, suffixes=tuple(makers)))
        if path is None:
            return
        try:
            data = await asyncio.to_thread(makers[path.suffix.lower()])
            await asyncio.to_thread(write_atomic, path, data)
        except OSError as error:
            workspace_of(self._screen).report(
                _("Cannot write {path}: {reason}").format(path=path, reason=error.strerror)
            )
        else:
            self._screen.notify(_("Exported to {path}").format(path=path), markup=False)


def _makers(export: ViewExport) -> dict[str, Callable[[], bytes]]:
    """Say by their suffixes which files can be made."""
    found: dict[str, Callable[[], bytes]] = {}
    pixels = export.pixels
    if pixels is not None:
        found[".svg"] = lambda: to_svg(pixels, export.name)
        found[".png"] = lambda: to_png(pixels, _MAGNIFY)
    if export.rows:
        found[".csv"] = lambda: to_csv(export.heading, export.rows)
    if export.arrays:
        found[".npz"] = lambda: to_npz(export.arrays)
    return found
