"""Show how a picture file becomes an image for the network."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.data.image_files import fit_image, has_light_background
from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

Image = npt.NDArray[np.uint8]
_BEFORE = (28, 40)


class FitPicture(SingleResult[Image | None]):
    """Before and after; `i` turns light and dark round, which is guessed at first by the border."""

    DEFAULT_CSS = """
    FitPicture #pair { height: 15; margin-top: 1; & > #before { width: 43; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("enter", "take", show=False),
        Binding("i", "invert", show=False),
    ]

    def __init__(self, title: str, picture: Image, shape: tuple[int, int]) -> None:
        super().__init__()
        self._title = title
        self._picture = picture
        self._shape = shape
        self._inverted = has_light_background(picture)

    def compose(self) -> ComposeResult:
        """Lay out both pictures."""
        with Vertical(id="dialog", classes="-picture") as dialog:
            dialog.border_title = Content(self._title)
            yield Static(id="sizes", markup=False)
            with Horizontal(id="pair"):
                yield Picture(id="before", most=1)
                yield Picture(id="after", most=1)
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
        self.query_one("#before", Picture).show(Raster(fit_image(self._picture, _BEFORE)))
        self.query_one("#after", Picture).show(Raster(self._fitted()))
