"""A pad to draw on, with the mouse or the keys; the prediction follows each stroke."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual import events
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.draw.canvas import Canvas, colours
from tui_cnn.ui.draw.pictures import fit_into, frame, magnify
from tui_cnn.ui.inspecting.scene import Scene
from tui_cnn.ui.inspecting.subject import Subject
from tui_cnn.ui.widgets.inspect.drawn import Tones
from tui_cnn.ui.widgets.inspect.view import Output, View

_TOP = 2
_LEFT = 1
_SOFT = 140
_PEN, _PEN_UP = (255, 176, 0), (120, 120, 120)


class PadView(View):
    """Arrows move the pen; while it is down it draws. The mouse draws with its button."""

    KEY = "d"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("pad"),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
    ]

    _drawing: npt.NDArray[np.uint8] | None = None
    _pen = (14, 14)
    _down = False
    _erasing = False
    _times = 1

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Draw")

    def name_of(self, scene: Scene) -> str:
        """Say what the pen does."""
        pen = _("it erases") if self._erasing and self._down else _("it draws") if self._down else _("lifted")
        return _("Pad · pen at row {row}, column {column}: {pen}").format(
            row=self._pen[0], column=self._pen[1], pen=pen
        )

    def action_walk(self, down: int, right: int) -> None:
        """Move the pen."""
        if self.scene is not None:
            height, width = self._pad(self.scene).shape
            self._pen = (self._pen[0] + down) % height, (self._pen[1] + right) % width
            self._stroke() if self._down else self.redraw()

    def action_set_pen(self) -> None:
        """Put the pen down, or lift it."""
        self._down = not self._down
        self._stroke() if self._down else self.redraw()

    def action_toggle_eraser(self) -> None:
        """Draw, or erase."""
        self._erasing = not self._erasing
        self.redraw()

    def action_clear_pad(self) -> None:
        """Begin anew."""
        if self.scene is not None:
            self._drawing = np.zeros(self.scene.opened.image_shape, np.uint8)
            self._down = self._erasing = False
            self._show_drawing()

    def action_take_image(self) -> None:
        """Put the image on the pad."""
        if self.scene is not None:
            self._drawing = self.scene.subject.pixels.copy()
            self._show_drawing()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Draw where the mouse is; another button than the left one erases."""
        self.capture_mouse()
        self._draw_at(event, erasing=event.button > 1)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw along."""
        if event.button:
            self._draw_at(event, erasing=event.button > 1)

    def on_mouse_up(self) -> None:
        """Let the mouse go."""
        self.release_mouse()

    def output(self) -> Output | None:
        """Write the drawing."""
        if self.scene is None:
            return None
        pad = self._pad(self.scene)
        return Output("drawing", colours(pad), arrays={"drawing": pad})

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the pad with the pen."""
        pad = self._pad(scene)
        canvas.put(1, 0, _("Draw with the mouse, or Space and the arrows."), tones.text)
        canvas.put(1, 1, _("What the network says of it stands at the left."), tones.dim)
        self._times = fit_into((pad.shape[0], pad.shape[1]), (canvas.height - _TOP, canvas.width - _LEFT))
        pixels = magnify(colours(np.maximum(pad, 24)), self._times)
        colour = _PEN if self._down else _PEN_UP
        if self._times > 1:
            pixels = frame(pixels, (*self._pen, *self._pen), colour, self._times)
        else:
            pixels[self._pen] = colour
        canvas.picture(_LEFT, _TOP, pixels)

    def _draw_at(self, event: events.MouseEvent, *, erasing: bool) -> None:
        inside = event.get_content_offset(self)
        if inside is None or self.scene is None:
            return
        row, column = (inside.y - _TOP) * 2 // self._times, (inside.x - _LEFT) // self._times
        height, width = self._pad(self.scene).shape
        if 0 <= row < height and 0 <= column < width:
            self._pen = row, column
            self._stroke(erasing=erasing)

    def _pad(self, scene: Scene) -> npt.NDArray[np.uint8]:
        if self._drawing is None or self._drawing.shape != scene.opened.image_shape:
            self._drawing = np.zeros(scene.opened.image_shape, np.uint8)
            self._pen = scene.opened.image_shape[0] // 2, scene.opened.image_shape[1] // 2
        return self._drawing

    def _stroke(self, *, erasing: bool = False) -> None:
        """Colour the pixel under the pen, and those next to it a little."""
        if self.scene is None:
            return
        pad = self._pad(self.scene).copy()
        row, column = self._pen
        if erasing or self._erasing:
            pad[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = 0
        else:
            for y, x in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if 0 <= y < pad.shape[0] and 0 <= x < pad.shape[1]:
                    pad[y, x] = max(pad[y, x], _SOFT)
            pad[row, column] = 255
        self._drawing = pad
        self._show_drawing()

    def _show_drawing(self) -> None:
        if self.scene is not None and self._drawing is not None:
            self.redraw()
            self.look_at(replace(self.scene, subject=Subject(self._drawing, name=_("Your drawing"))))
