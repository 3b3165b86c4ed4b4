"""Show how a picture file becomes an image for the network."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui_cnn.data.image_files import fit_image, has_light_background
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.ascii_fallback import Ink
from tui_cnn.ui.toolkit.dialogs.single_result import SingleResult
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours

Image = npt.NDArray[np.uint8]
_BEFORE = (28, 40)
_GAP = 3


class FitPicture(SingleResult[Image | None]):
    """Before and after; `i` turns light and dark round, which is guessed at first by the border."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("enter", "take", show=False),
        Binding("i", "invert", show=False),
    ]

    def __init__(self, title: str, picture: Image, shape: tuple[int, int], ink: Ink) -> None:
        super().__init__()
        self._title = title
        self._picture = picture
        self._shape = shape
        self._ink = ink
        self._inverted = has_light_background(picture)

    def compose(self) -> ComposeResult:
        """Lay out both pictures."""
        with Vertical(id="dialog", classes="-picture") as dialog:
            dialog.border_title = Content(self._title)
            yield Static(id="sizes", markup=False)
            yield Pair(self._ink)
            yield Static(_("Enter open   i invert   Esc back"), classes="keys")

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

    def _fitted(self) -> Image:
        return fit_image(self._picture, self._shape, invert=self._inverted)

    def _show(self) -> None:
        sizes = _("{rows}×{columns} → {height}×{width}").format(
            rows=self._picture.shape[0],
            columns=self._picture.shape[1],
            height=self._shape[0],
            width=self._shape[1],
        )
        turned = _(", inverted") if self._inverted else ""
        self.query_one("#sizes", Static).update(sizes + turned)
        self.query_one(Pair).show(fit_image(self._picture, _BEFORE), self._fitted())


class Pair(Widget):
    """Two pictures beside each other."""

    DEFAULT_CSS = "Pair { height: 15; width: 100%; margin-top: 1; }"

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self._ink = ink
        self._pictures: tuple[Image, ...] = ()

    def show(self, before: Image, after: Image) -> None:
        """Show two pictures."""
        self._pictures = (before, after)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw a line of both."""
        canvas = Canvas(self.size.width, self.size.height, self._ink)
        x = 0
        for picture in self._pictures:
            canvas.picture(x, 0, colours(picture))
            x += picture.shape[1] + _GAP
        return Strip(canvas.lines()[y]).apply_style(self.visual_style.rich_style)
