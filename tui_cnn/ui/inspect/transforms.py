"""The image moved a little, what becomes of the prediction, and how often the network is right on moved images."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.insight.colours import paint
from tui_cnn.runs.inspection.arrays import pack
from tui_cnn.runs.inspection.replies import Activations, Predictions, Shifts
from tui_cnn.runs.inspection.requests import Predict, Shift
from tui_cnn.runs.inspection.source import Source
from tui_cnn.ui.inspect.actions import MOVES
from tui_cnn.ui.inspect.canvas_widget import Tones
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.shift_chart import draw_shifts
from tui_cnn.ui.inspect.subject import STILL, Moved
from tui_cnn.ui.inspect.view import Output, View
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.pictures.canvas import Canvas

_DEGREES = 5
_MOST_ZOOM = 6
_NOISE = 20
_MOST_NOISE = 100
_CLASSES = 5
_NAME = 12
_SHARE = 7
_BELOW = 2
_LOW, _NARROW = 22, 42


class MovesView(View):
    """Arrows shift the image by a pixel."""

    KEY = "v"
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES.bindings(),
        Binding("left", "shift(-1, 0)", show=False),
        Binding("right", "shift(1, 0)", show=False),
        Binding("up", "shift(0, -1)", show=False),
        Binding("down", "shift(0, 1)", show=False),
    ]

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Moves")

    def name_of(self, scene: Scene) -> str:
        """Say how the image is moved."""
        moved = scene.subject.moved
        parts = [_("{count} px right").format(count=moved.dx)] if moved.dx > 0 else []
        parts += [_("{count} px left").format(count=-moved.dx)] if moved.dx < 0 else []
        parts += [_("{count} px down").format(count=moved.dy)] if moved.dy > 0 else []
        parts += [_("{count} px up").format(count=-moved.dy)] if moved.dy < 0 else []
        parts += [_("rotated {degrees}°").format(degrees=moved.degrees)] if moved.degrees else []
        parts += [_("zoom {factor:.2f}").format(factor=moved.factor)] if moved.zoom else []
        parts += [_("flipped")] if moved.flipped else []
        parts += [_("noise {deviation}").format(deviation=moved.noise)] if moved.noise else []
        return " · ".join(parts) or _("Original: arrows shift the image")

    def want(self, scene: Scene) -> None:
        """Ask for the predictions of the image as it was and as it is, and for the map of shifts."""
        self.desk.want("activate", scene.activate, Activations)
        self.desk.want("still", self._still(scene), Predictions)
        self.desk.want("shift", self._shifts(scene.source), Shifts)
        if scene.other:
            self.desk.want("shift of other", self._shifts(scene.other), Shifts)
            self.desk.want("moved of other", self._moved(scene, scene.other), Predictions)

    def action_shift(self, dx: int, dy: int) -> None:
        """Shift the image."""
        if self.scene is not None:
            height, width = self.scene.opened.image_shape
            moved = self.scene.subject.moved
            dx, dy = (
                max(-limit, min(value, limit)) for value, limit in ((moved.dx + dx, width), (moved.dy + dy, height))
            )
            self._change(dx=dx, dy=dy)

    def action_turn_left(self) -> None:
        """Turn it counter-clockwise."""
        self._turn(_DEGREES)

    def action_turn_right(self) -> None:
        """Turn it clockwise."""
        self._turn(-_DEGREES)

    def action_zoom_in(self) -> None:
        """Make it larger."""
        self._zoom(1)

    def action_zoom_out(self) -> None:
        """Make it smaller."""
        self._zoom(-1)

    def action_mirror(self) -> None:
        """Flip it left to right."""
        if self.scene is not None:
            self._change(flipped=not self.scene.subject.moved.flipped)

    def action_add_noise(self) -> None:
        """Add noise."""
        if self.scene is not None:
            self._change(noise=(self.scene.subject.moved.noise + _NOISE) % (_MOST_NOISE + _NOISE))

    def action_put_back(self) -> None:
        """Put it back as it was."""
        if self.scene is not None:
            self.look_at(replace(self.scene, subject=self.scene.subject.move(STILL)))

    def output(self) -> Output | None:
        """Write the accuracy over shifts."""
        found = self.desk.get(self._shifts(self.scene.source), Shifts) if self.scene else None
        if self.scene is None or found is None:
            return None
        values, reach = found.accuracy.numpy(), found.reach
        rows = [
            (dx - reach, dy - reach, float(values[dy, dx])) for dy in range(len(values)) for dx in range(len(values))
        ]
        heading = (_("right"), _("down"), _("accuracy"))
        return Output("shifts", paint(values, self.palette(self.scene)), heading, rows, {"accuracy": values})

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the probabilities before and after, and the map of shifts, of both runs where there are two."""
        lines = self._draw_shares(canvas, scene, tones)
        sources = [scene.source, *([scene.other] if scene.other else [])]
        field = canvas.width // len(sources)
        top = lines + (canvas.height > _LOW)
        for place, source in enumerate(sources):
            self._draw_shifts(canvas, scene, source, 1 + place * field, top, field - 1, tones)

    def _draw_shares(self, canvas: Canvas, scene: Scene, tones: Tones) -> int:
        """Write the most likely classes, before and after; return how many lines that takes."""
        after, still = self.activations(scene), self.desk.get(self._still(scene), Predictions)
        if after is None or still is None:
            self.waiting(canvas, 1, 0, scene.activate if after is None else self._still(scene), tones)
            return _CLASSES + 1
        now, before = after.probabilities.numpy(), still.probabilities.numpy()[0]
        beside = self.desk.get(self._moved(scene, scene.other), Predictions) if scene.other else None
        columns = [(_("original"), before), (_("moved"), now)]
        if scene.other is not None and beside is not None:
            columns.append((_("in {run}").format(run=scene.other.run.name), beside.probabilities.numpy()[0]))
        order = np.argsort(-np.max([values for _name, values in columns], axis=0), kind="stable")[:_CLASSES]
        field = max(_SHARE + 6, (canvas.width - _NAME - 2) // len(columns))
        for place, (title, _values) in enumerate(columns):
            canvas.put(1 + _NAME + place * field, 0, title, tones.dim, room=field - 1)
        for line, number in enumerate(order.tolist(), start=1):
            true = number == scene.subject.label
            canvas.put(1, line, scene.opened.class_names[number], tones.right if true else tones.text, room=_NAME - 1)
            for place, (_title, values) in enumerate(columns):
                x = 1 + _NAME + place * field
                said = number == int(values.argmax())
                canvas.put(x, line, f"{values[number]:.3f}", tones.bold if said else tones.dim)
                canvas.put(x + _SHARE, line, bar(float(values[number]), max(1, field - _SHARE - 2)), tones.bar)
        return _CLASSES + 1

    def _draw_shifts(
        self, canvas: Canvas, scene: Scene, source: Source, x: int, y: int, width: int, tones: Tones
    ) -> None:
        """Draw the accuracy for each shift; a frame stands where the image is now."""
        found = self.desk.get(self._shifts(source), Shifts)
        canvas.put(x, y, _("{run}: accuracy by shift").format(run=source.run.name), tones.dim, room=width)
        if found is None:
            self.waiting(canvas, x, y + 1, self._shifts(source), tones)
            return
        values = found.accuracy.numpy()
        reach, moved = found.reach, scene.subject.moved
        near = abs(moved.dx) <= reach and abs(moved.dy) <= reach
        here = (moved.dy + reach, moved.dx + reach) if near else None
        room = canvas.height - y - 1 - _BELOW, width
        palette = self.palette(scene)
        below = y + 1 + draw_shifts(canvas, x, y + 1, room, values, here, palette, tones.dim, tones.chosen)
        told = _("here {here}   in place {middle:.2f}   worst {worst:.2f}")
        if width < _NARROW:
            told = _("{middle:.2f} in place → {here}")
        told = told.format(here=f"{values[here]:.2f}" if here else "—", middle=values[reach, reach], worst=values.min())
        canvas.put(x, below, told, tones.text, room=width)
        told = _("{sample} test images, in %; shifts in pixels").format(sample=found.sample)
        canvas.put(x, below + 1, told, tones.dim, room=width)

    def _turn(self, degrees: int) -> None:
        if self.scene is not None:
            turned = self.scene.subject.moved.degrees + degrees
            self._change(degrees=(turned + 180) % 360 - 180)

    def _zoom(self, steps: int) -> None:
        if self.scene is not None:
            self._change(zoom=max(-_MOST_ZOOM, min(self.scene.subject.moved.zoom + steps, _MOST_ZOOM)))

    def _change(self, **fields: int) -> None:
        if self.scene is not None:
            moved: Moved = replace(self.scene.subject.moved, **fields)  # type: ignore[arg-type]
            self.look_at(replace(self.scene, subject=self.scene.subject.move(moved)))

    @staticmethod
    def _still(scene: Scene) -> Predict:
        unmoved = scene.subject.unmoved
        return Predict(source=scene.source, images=(unmoved,) if isinstance(unmoved, int) else unmoved)

    @staticmethod
    def _moved(scene: Scene, source: Source) -> Predict:
        return Predict(source=source, images=pack(scene.subject.pixels))

    @staticmethod
    def _shifts(source: Source) -> Shift:
        return Shift(source=source)
