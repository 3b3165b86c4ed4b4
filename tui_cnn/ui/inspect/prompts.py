"""The questions that the Inspect screen asks, to be awaited in a worker: which images, which picture, run, file."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from tui_cnn.atomic import write_atomic
from tui_cnn.data.files import DataError
from tui_cnn.data.images import fit_image, has_light_background, read_image
from tui_cnn.data.rendering import to_csv, to_npz
from tui_cnn.data.rendering import to_png as image_to_png
from tui_cnn.formats.shapes import to_png, to_svg
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, runs_with_weights
from tui_cnn.runs.inspection.figure import draw_figure
from tui_cnn.runs.inspection.replies import Evaluation, OpenReply
from tui_cnn.ui.inspect.image_choice import ImageChoice, choices
from tui_cnn.ui.inspect.scene import Scene, Subject
from tui_cnn.ui.inspect.view import ViewExport
from tui_cnn.ui.toolkit.dialogs.dialog import SavePath, SingleResult, frame
from tui_cnn.ui.toolkit.dialogs.file_picker import ask_image_file
from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster
from tui_cnn.ui.workspace import workspace_of

_BEFORE = (28, 40)
"""Height and width in which a picture is shown as it was."""


async def ask_images(screen: Screen[Any], scene: Scene, evaluation: Evaluation | None) -> ImageChoice | None:
    """Ask for images by their number, or by what they are and what the network says of them."""
    last = len(scene.test.images) - 1

    def numbered(text: str) -> Item[ImageChoice] | None:
        digits = text.replace(",", "").strip()
        if not digits.isdecimal() or int(digits) > last:
            return None
        name = _("image {number}").format(number=f"{int(digits):,}")
        return Item(name, _("of {count:,}").format(count=last + 1), ImageChoice(name, listed=(int(digits),)))

    items = [Item(choice.name, about, choice) for choice, about in choices(scene.opened.class_names, evaluation)]
    return await screen.app.push_screen_wait(Pick(_("Find images: a number, or words"), items, numbered))


async def ask_picture(screen: Screen[Any], scene: Scene) -> Subject | None:
    """Ask for a picture file, and show how it is fitted."""
    path = await ask_image_file(screen.app)
    if path is None:
        return None
    try:
        picture = await asyncio.to_thread(read_image, path, scene.opened.own_shape[2])
    except DataError as error:
        workspace_of(screen).report(error)
        return None
    fitted = await screen.app.push_screen_wait(FitPicture(path.name, picture, scene.opened))
    return None if fitted is None else Subject(fitted, name=path.name)


async def ask_run(screen: Screen[Any], title: str, but: RunDirectory | None) -> RunDirectory | None:
    """Ask for a run that has weights."""
    runs = [run for run in await asyncio.to_thread(runs_with_weights) if run != but]
    if not runs:
        workspace_of(screen).report(_("No other run has weights. Train one first."))
        return None
    return await screen.app.push_screen_wait(Pick(title, [Item(run.name, run.id, run) for run in runs]))


async def write_export(screen: Screen[Any], export: ViewExport, source: str) -> None:
    """Ask for a file, and write what its suffix says; pictures say which weights (`source`) they are of."""
    makers: dict[str, Callable[[], bytes]] = {}
    if export.figure is not None:
        figure = export.figure._replace(about=(*export.figure.about, source))
        makers[".svg"] = lambda: to_svg(draw_figure(figure)).encode()
        makers[".png"] = lambda: to_png(draw_figure(figure))
    image = export.image
    if image is not None:
        makers[".png"] = lambda: image_to_png(image)
    if export.rows:
        makers[".csv"] = lambda: to_csv(export.heading, export.rows)
    if export.arrays:
        makers[".npz"] = lambda: to_npz(export.arrays)
    proposed = Path(f"{export.name}{next(iter(makers))}")
    title = _("Export as {kinds}").format(kinds=", ".join(makers))
    path = await screen.app.push_screen_wait(SavePath(proposed, title=title, suffixes=tuple(makers)))
    if path is None:
        return
    try:
        data = await asyncio.to_thread(makers[path.suffix.lower()])
        await asyncio.to_thread(write_atomic, path, data)
    except OSError as error:
        workspace_of(screen).report(_("Cannot write {path}: {reason}").format(path=path, reason=error.strerror))
    else:
        screen.notify(_("Exported to {path}").format(path=path), markup=False)


class FitPicture(SingleResult[npt.NDArray[np.uint8] | None]):
    """How a picture becomes an image; `i` turns light and dark round.

    What is to be done is guessed by the border, where the images of the data set are light on black.
    """

    DEFAULT_CSS = """
    FitPicture #pair { height: 15; margin-top: 1; & > #before { width: 43; } & > #after { height: 14; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("enter", "take", show=False),
        Binding("i", "invert", show=False),
    ]

    def __init__(self, title: str, picture: npt.NDArray[np.uint8], opened: OpenReply) -> None:
        super().__init__()
        self._title = title
        self._picture = picture
        self._opened = opened
        self._inverted = opened.light_on_black and has_light_background(picture)

    def compose(self) -> ComposeResult:
        """Lay out the picture before and after."""
        with frame(self._title, _("Enter open   i invert   Esc back"), "-picture"):
            yield Static(id="sizes", markup=False)
            with Horizontal(id="pair"):
                yield Picture(id="before", most=1)
                yield Picture(id="after", most=1)

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    def action_invert(self) -> None:
        """Turn light and dark round."""
        self._inverted = not self._inverted
        self._show()

    def action_take(self) -> None:
        """Take the image as it is."""
        self.dismiss(self._fitted())

    def _fitted(self) -> npt.NDArray[np.uint8]:
        return fit_image(self._picture, self._opened.own_shape, self._opened.fit, invert=self._inverted)

    def _show(self) -> None:
        (rows, columns, channels), (height, width, _channels) = self._picture.shape, self._opened.own_shape
        sizes = _("{rows}×{columns} → {height}×{width}")
        sizes = sizes.format(rows=rows, columns=columns, height=height, width=width)
        self.query_one("#sizes", Static).update(sizes + (_(", inverted") if self._inverted else ""))
        self.query_one("#before", Picture).show(Raster(fit_image(self._picture, (*_BEFORE, channels), "pad")))
        self.query_one("#after", Picture).show(Raster(self._fitted()))
