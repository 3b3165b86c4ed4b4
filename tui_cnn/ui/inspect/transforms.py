"""The image shifted, rotated, zoomed: the prediction before and after, along each change, and accuracy over shifts."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_cnn.data.image_transform import UNCHANGED, ZOOM_STEPS, ImageTransform
from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale
from tui_cnn.runs.inspection.figure import Figure, FigureAxis, Panel
from tui_cnn.runs.inspection.replies import Predictions, Shifts, pack
from tui_cnn.runs.inspection.requests import Predict, Shift, Source
from tui_cnn.ui.inspect.actions import MOVES
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.transform_curve import DEGREES, CurveAxis, CurvePlot, TransformCurve, axis_of, curve_of
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.drawing import Tone
from tui_cnn.ui.toolkit.pictures.legend import Legend
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent
from tui_cnn.ui.toolkit.textual_adapter import after_layout

_NOISE = 20
_MOST_NOISE = 100
_CLASSES = 5
_NARROW = 42
_NARROW_BARS = 60
_SHORT_BAR, _LONG_BAR = 3, 60
_SHIFTS = "shifts"
_CHARTS = (_SHIFTS, "degrees", "zoom", "dx", "dy")
"""What the lower part can show: the accuracy over shifts, or the prediction along a field of the transform."""
_SHARES = Scale(0.0, 1.0, "sequential")


class ShiftChart(Vertical):
    """Accuracy over shifts of the images: a number on its colour for each; the shift of the image is marked."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static(classes="line dim", markup=False)
        yield Matrix()
        yield Static(classes="line", markup=False)
        yield Static(classes="line dim", markup=False)
        yield Legend()


class TransformsView(View):
    """Arrows shift the image by a pixel."""

    SCOPE = MOVES
    TITLE = _("Moves")
    PREDICTS = True
    DEFAULT_CSS = """
    TransformsView {
        & > #probabilities { height: 7; }
        & > #probabilities > Bars { height: 100%; margin-right: 2; }
        & > #shifts, & > #curves { height: 1fr; }
        & ShiftChart, & TransformCurve { width: 1fr; height: 100%; padding-right: 1; }
        & ShiftChart > Matrix { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES.bindings()]

    _chart = _SHIFTS

    def parts(self) -> ComposeResult:
        """Yield the probabilities before and after, and the accuracy over shifts, of both runs where there are two."""
        with Horizontal(id="probabilities"):
            for name in ("before", "after", "other"):
                yield Bars(id=name)
        with Horizontal(id="shifts"):
            yield ShiftChart(id="own-shifts")
            yield ShiftChart(id="other-shifts")
        with Horizontal(id="curves"):
            yield TransformCurve(id="own-curve")
            yield TransformCurve(id="other-curve")

    def title_of(self, scene: Scene) -> str:
        """Say how the image is transformed."""
        transform = scene.subject.transform
        parts = [_("{count} px right").format(count=transform.dx)] if transform.dx > 0 else []
        parts += [_("{count} px left").format(count=-transform.dx)] if transform.dx < 0 else []
        parts += [_("{count} px down").format(count=transform.dy)] if transform.dy > 0 else []
        parts += [_("{count} px up").format(count=-transform.dy)] if transform.dy < 0 else []
        parts += [_("rotated {degrees}°").format(degrees=transform.degrees)] if transform.degrees else []
        parts += [_("zoom {factor:.2f}").format(factor=transform.factor)] if transform.zoom else []
        parts += [_("flipped")] if transform.flipped else []
        parts += [_("noise {deviation}").format(deviation=transform.noise)] if transform.noise else []
        return " · ".join(parts) or _("Original: arrows shift the image")

    def want(self, scene: Scene) -> None:
        """Ask for the predictions of the image as it was and as it is, and for what the chart shows."""
        self.answers.want(scene.activate, _original(scene), self._charted(scene, scene.source))
        if scene.other:
            self.answers.want(self._charted(scene, scene.other), _transformed(scene, scene.other))

    def _charted(self, scene: Scene, source: Source) -> Question[Any]:
        axis = self._axis(scene)
        return _shifts(source) if axis is None else curve_of(axis, scene, source)

    def _axis(self, scene: Scene) -> CurveAxis | None:
        """What changes along the curve that is shown; None: the accuracy over shifts is."""
        return None if self._chart == _SHIFTS else axis_of(self._chart, scene)

    def action_next_chart(self) -> None:
        """Show the next chart."""
        self._chart = _CHARTS[(_CHARTS.index(self._chart) + 1) % len(_CHARTS)]
        self.show(self.scene)

    @on(CurvePlot.Picked)
    def _go_along(self, event: CurvePlot.Picked) -> None:
        """Change the image to what it is at the place that was clicked."""
        axis = self._axis(self.scene)
        if axis is not None:
            value = min(axis.values, key=lambda each: abs(each - event.place))
            self._change(**{axis.field: (value + 180) % 360 - 180 if axis.field == "degrees" else value})

    def action_walk(self, down: int, right: int) -> None:
        """Shift the image."""
        (height, width, _channels), transform = self.scene.subject.base.shape, self.scene.subject.transform
        dx, dy = transform.dx + right, transform.dy + down
        self._change(dx=max(-width, min(dx, width)), dy=max(-height, min(dy, height)))

    def action_rotate(self, steps: int) -> None:
        """Rotate it counter-clockwise, or the other way round."""
        rotated = self.scene.subject.transform.degrees + steps * DEGREES
        self._change(degrees=(rotated + 180) % 360 - 180)

    def action_zoom(self, steps: int) -> None:
        """Make it larger, or smaller."""
        self._change(zoom=max(-ZOOM_STEPS, min(self.scene.subject.transform.zoom + steps, ZOOM_STEPS)))

    def action_mirror(self) -> None:
        """Flip it left to right."""
        self._change(flipped=not self.scene.subject.transform.flipped)

    def action_add_noise(self) -> None:
        """Add noise."""
        self._change(noise=(self.scene.subject.transform.noise + _NOISE) % (_MOST_NOISE + _NOISE))

    def action_put_back(self) -> None:
        """Put it back as it was."""
        self.go_to(replace(self.scene, subject=replace(self.scene.subject, transform=UNCHANGED)))

    def export(self) -> ViewExport | None:
        """Write the accuracy over shifts, or the probabilities along the curve."""
        axis = self._axis(self.scene)
        if axis is not None:
            return self._export_curve(axis)
        found = self.answers.get(_shifts(self.scene.source))
        if found is None:
            return None
        values, reach = found.accuracy.numpy(), found.reach
        rows = [(dx - reach, dy - reach, float(value)) for (dy, dx), value in np.ndenumerate(values)]
        heading = (_("right"), _("down"), _("accuracy"))
        scale, title = self.scaled(_SHARES), _("{run}: accuracy by shift").format(run=self.scene.source.run.name)
        about = _("{sample} test images").format(sample=found.sample)
        panels = [Panel(scale.paint(values), "", scale)]
        axes = FigureAxis(_("pixels down"), -reach), FigureAxis(_("pixels to the right"), -reach)
        return ViewExport("shifts", Figure(title, panels, (about,), 1, *axes), heading, rows, {"accuracy": values})

    def _export_curve(self, axis: CurveAxis) -> ViewExport | None:
        found = self.answers.get(curve_of(axis, self.scene, self.scene.source))
        if found is None:
            return None
        values, names = found.probabilities.numpy(), self.scene.opened.class_names
        places = [axis.written(value) for value in axis.values]
        rows = [(place, *map(float, row)) for place, row in zip(places, values, strict=True)]
        scale = self.scaled(_SHARES)
        title = _("{run}: probability over {axis}").format(run=self.scene.source.run.name, axis=axis.name)
        panels = [Panel(scale.paint(values.T), "", scale)]
        axes = FigureAxis(_("class"), names=names), FigureAxis(axis.name, names=places)
        figure = Figure(title, panels, (self.scene.subject.full_title,), 1, *axes)
        return ViewExport(f"curve-{axis.field}", figure, (axis.name, *names), rows, {"probabilities": values})

    @on(Matrix.Selected, "Matrix")
    @on(Matrix.Opened, "Matrix")
    def _shift_to(self, event: Matrix.Selected) -> None:
        """Shift the image as the cell says."""
        found = self.answers.get(_shifts(self.scene.source))
        if found is not None:
            self._change(dy=event.cell[0] - found.reach, dx=event.cell[1] - found.reach)

    def update_parts(self, scene: Scene) -> str:
        """Show the probabilities before and after, and the accuracy over shifts, of both runs where there are two."""
        after, before = self.activations(scene), self.answers.get(_original(scene))
        if after is None or before is None:
            return self.waiting(scene.activate if after is None else _original(scene))
        columns = {
            "before": (_("original"), before.probabilities.numpy()[0]),
            "after": (_("moved"), after.probabilities.numpy()),
        }
        beside = self.answers.get(_transformed(scene, scene.other)) if scene.other else None
        if scene.other is not None and beside is not None:
            columns["other"] = _("in {run}").format(run=scene.other.run.name), beside.probabilities.numpy()[0]
        shares = np.max([values for _name, values in columns.values()], axis=0)
        order = np.argsort(-shares, kind="stable")[:_CLASSES].tolist()
        for bars in self.query("#probabilities > Bars").results(Bars):
            bars.display = bars.id in columns
            if bars.id in columns:
                heading, values = columns[bars.id]
                rows = [_bar(scene, number, values) for number in order]
                longest = _SHORT_BAR if self.size.width < _NARROW_BARS else _LONG_BAR  # the names have the room first
                bars.show(BarRows(rows, heading, text_first=True, longest=longest))
        axis = self._axis(scene)
        self.query_one("#shifts").display, self.query_one("#curves").display = axis is None, axis is not None
        for place, source in (("own", scene.source), ("other", scene.other)):
            shifts = self.query_one(f"#{place}-shifts", ShiftChart)
            curve = self.query_one(f"#{place}-curve", TransformCurve)
            shifts.display = curve.display = source is not None
            if source is not None and axis is None:
                self._show_shifts(shifts, scene, source)
            elif source is not None and axis is not None:
                self._show_curve(curve, scene, axis, source)
        return ""

    def _show_curve(self, curve: TransformCurve, scene: Scene, axis: CurveAxis, source: Source) -> None:
        """Draw the prediction along an axis once it is known, and there is room."""
        question = curve_of(axis, scene, source)
        found = self.answers.get(question)
        values = None if found is None else as_floats(found.probabilities.numpy())
        after_layout(curve, lambda: curve.show(scene, axis, source, values, self.waiting(question)))

    def _show_shifts(self, chart: ShiftChart, scene: Scene, source: Source) -> None:
        """Show the accuracy for each shift; the one of the image is marked."""
        found = self.answers.get(_shifts(source))
        run, summary, sample = chart.query(Static)
        run.update(_("{run}: accuracy by shift").format(run=source.run.name), layout=False)
        chart.query_one(Matrix).visible = found is not None
        if found is None:
            summary.update(self.waiting(_shifts(source)), layout=False)
            return
        values, reach = as_floats(found.accuracy.numpy()), found.reach
        transform = scene.subject.transform
        near = abs(transform.dx) <= reach and abs(transform.dy) <= reach
        here = (transform.dy + reach, transform.dx + reach) if near else None
        names = [signed(f"{shift:+d}") if shift else "0" for shift in range(-reach, reach + 1)]
        scale = self.scaled(_SHARES)
        chart.query_one(Matrix).show(
            MatrixContent(values, lambda value: f"{value * 100:.0f}", scale, row_names=names, column_names=names), here
        )
        chart.query_one(Legend).show(scale)
        text = _("here {here}   in place {middle:.2f}   worst {worst:.2f}")
        if self.size.width // (1 if scene.other is None else 2) < _NARROW:
            text = _("{middle:.2f} in place → {here}")
        text = text.format(here=f"{values[here]:.2f}" if here else "—", middle=values[reach, reach], worst=values.min())
        summary.update(text, layout=False)
        sample.update(_("{sample} test images, in %; shifts in pixels").format(sample=found.sample), layout=False)

    def _change(self, **fields: int) -> None:
        subject = self.scene.subject
        transform: ImageTransform = replace(subject.transform, **fields)  # type: ignore[arg-type]
        self.go_to(replace(self.scene, subject=replace(subject, transform=transform)))


def _bar(scene: Scene, number: int, values: npt.NDArray[np.float32]) -> Bar:
    share, first = float(values[number]), number == int(values.argmax())
    tone: Tone = "good" if number == scene.subject.label else "text"
    return Bar(scene.opened.class_names[number], share, f"{share:.3f}", tone, text_tone="bold" if first else "dim")


def _original(scene: Scene) -> Question[Predictions]:
    original = scene.subject.original
    images = (original,) if isinstance(original, int) else original
    return Question(Predict(source=scene.source, images=images), Predictions)


def _transformed(scene: Scene, source: Source) -> Question[Predictions]:
    return Question(Predict(source=source, images=pack(scene.subject.pixels)), Predictions)


def _shifts(source: Source) -> Question[Shifts]:
    return Question(Shift(source=source), Shifts)
