"""A pad to draw on, with the mouse or the keys; the prediction follows each stroke."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui_cnn.data.images import Cell, stroke
from tui_cnn.i18n import _
from tui_cnn.insight.maps import square_unit
from tui_cnn.ui.inspect.actions import PAD
from tui_cnn.ui.inspect.scene import Scene, Subject
from tui_cnn.ui.inspect.view import View, ViewExport
from tui_cnn.ui.toolkit.pictures.picture import FrameTone, Picture, Raster

_WIDTHS = (2, 4, 7)
"""Pixels of a pen; on an image that is so many times as large as one of 28×28, so many times as many."""
_MORE = 2
"""By so many an eraser is wider, so that it wipes out the soft rim as well."""
_MOST_KEPT = 100
_GROUND = 24
"""The pad is a little lighter than black, so that its edges are seen."""


class PadView(View):
    """Arrows move the pen; while it is down it draws. The mouse draws with its button."""

    SCOPE = PAD
    TITLE = _("Draw")
    DEFAULT_CSS = """
    PadView > Picture {
        height: 1fr;
        & > .drawing--cursor { color: #787878; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*PAD.bindings()]

    _drawing: npt.NDArray[np.uint8] | None = None
    _before: tuple[npt.NDArray[np.uint8], ...] = ()
    """The pad before each stroke, the last one last."""

    _pen = (14, 14)
    _down = False
    _erasing = False
    _width = 0

    def parts(self) -> ComposeResult:
        """Yield a line about the keys, one about the pen, and the pad."""
        yield Static(_("Draw with the mouse, or Space and the arrows."), classes="line")
        yield Static(classes="line dim", id="pen", markup=False)
        yield Picture()

    def title_of(self, scene: Scene) -> str:
        """Say what the pen does."""
        pen = (_("erasing") if self._erasing else _("drawing")) if self._down else _("lifted")
        text = _("Pad · pen at row {row}, column {column}: {pen}")
        return text.format(row=self._pen[0], column=self._pen[1], pen=pen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be taken back before something was drawn."""
        return bool(self._before) if action == "undo_stroke" else True

    def action_walk(self, down: int, right: int) -> None:
        """Move the pen."""
        (height, width, _channels), unit = self._pad.shape, self._unit
        begin = self._pen
        self._pen = (begin[0] + unit * down) % height, (begin[1] + unit * right) % width
        wraps = abs(begin[0] - self._pen[0]) > unit or abs(begin[1] - self._pen[1]) > unit
        if self._down:
            self._stroke(self._pen if wraps else begin, erase=self._erasing)
        else:
            self.update()

    def action_set_pen(self) -> None:
        """Put the pen down, or lift it."""
        self._down = not self._down
        if self._down:
            self._remember()
            self._stroke(self._pen, erase=self._erasing)
        else:
            self.update()

    def action_toggle_eraser(self) -> None:
        """Draw, or erase."""
        self._erasing = not self._erasing
        self.update()

    def action_change_width(self) -> None:
        """Take a broader pen; after the broadest comes the finest."""
        self._width = (self._width + 1) % len(_WIDTHS)
        self.update()

    def action_undo_stroke(self) -> None:
        """Take back the last stroke, or what was done to all of the pad."""
        if self._before:
            *before, self._drawing = self._before
            self._before = tuple(before)
            self._down = False
            self._show_drawing()
            self.refresh_bindings()

    def action_clear_pad(self) -> None:
        """Begin anew."""
        self._remember()
        self._drawing = np.zeros(self.scene.opened.own_shape, np.uint8)
        self._down = self._erasing = False
        self._show_drawing()

    def action_take_image(self) -> None:
        """Put the image on the pad, as the network takes it where that is larger."""
        pixels = self.scene.subject.pixels
        if pixels.shape != self._pad.shape:
            found = self.answers.get(self.scene.activate)
            if found is None:
                return
            pixels = found.image.numpy().reshape(self._pad.shape)
        self._remember()
        self._drawing = pixels.copy()
        self._show_drawing()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Draw where the mouse is; another button than the left one erases."""
        cell = self.query_one(Picture).cell_under(event)
        if cell is not None:
            self.capture_mouse()
            self._remember()
            self._pen, self._down = cell, False
            self._stroke(cell, erase=self._erasing or event.button > 1)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw along, from where the mouse was: a terminal tells only some of the cells that it passes."""
        cell = self.query_one(Picture).cell_under(event)
        if event.button and cell is not None and self.app.mouse_captured is self:
            begin, self._pen = self._pen, cell
            self._stroke(begin, erase=self._erasing or event.button > 1)

    def on_mouse_up(self) -> None:
        """Let the mouse go."""
        self.release_mouse()

    def export(self) -> ViewExport | None:
        """Write the drawing."""
        return ViewExport("drawing", image=self._pad, arrays={"drawing": self._pad})

    def update_parts(self, scene: Scene) -> str:
        """Show the pad with the pen."""
        pad = self._pad
        self.write(
            "#pen", _("pen width {width} · prediction on the left").format(width=self._unit * _WIDTHS[self._width])
        )
        tone: FrameTone = "second-frame" if self._down else "cursor"
        raster = Raster(np.maximum(pad, _GROUND), pad, [((*self._pen, *self._pen), tone)])
        self.query_one(Picture).show(raster)
        return ""

    @property
    def _pad(self) -> npt.NDArray[np.uint8]:
        shape = self.scene.opened.own_shape
        if self._drawing is None or self._drawing.shape != shape:
            self._drawing, self._before = np.zeros(shape, np.uint8), ()
            self._pen = shape[0] // 2, shape[1] // 2
        return self._drawing

    @property
    def _unit(self) -> int:
        return square_unit(self.scene.opened.own_shape)

    def _stroke(self, begin: Cell, *, erase: bool) -> None:
        """Draw from a pixel to where the pen is now."""
        width = self._unit * (_WIDTHS[self._width] + (_MORE if erase else 0))
        self._drawing = stroke(self._pad, begin, self._pen, width, erase=erase)
        self._show_drawing()

    def _remember(self) -> None:
        """Keep the pad as it is, to come back to."""
        self._before = (*self._before, self._pad)[-_MOST_KEPT:]
        self.refresh_bindings()

    def _show_drawing(self) -> None:
        self.update()
        self.go_to(replace(self.scene, subject=Subject(self._pad, name=_("Your drawing"))))
