"""How the prediction changes while an image is rotated, made larger, or shifted: two curves, and what is predicted."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui_cnn.data.image_transform import ZOOM_STEPS, ImageTransform, factor_of
from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import Predictions
from tui_cnn.runs.inspection.requests import Source, Transform
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import Floats, signed
from tui_cnn.ui.toolkit.chart import PlotView
from tui_cnn.ui.toolkit.numbers import whole_parts, whole_words
from tui_cnn.ui.toolkit.plot import AxisScale, LegendEntry, Plot, Rule, Sign, Stroke, ticks

DEGREES = 5
"""Between two angles of the curve, and of a key."""
_MOST_SHIFTS = 28
_TICK_CELLS, _TICK_ROWS = 8, 3
_TRUE, _PREDICTED = "success", "primary"


class CurveAxis(NamedTuple):
    """What changes along a curve: the field of the transform, its name, and the values it takes."""

    field: str
    name: str
    values: tuple[int, ...]

    def written(self, value: int) -> str:
        """Write a value as it stands at the axis."""
        match self.field:
            case "degrees":
                return signed(f"{value}°")
            case "zoom":
                return f"{factor_of(value):.2g}"
            case _:
                return signed(f"{value:+d}") if value else "0"


def axis_of(field: str, scene: Scene) -> CurveAxis:
    """Take what a field of the transform can be: all angles, half to double the size, or shifts by half the image."""
    if field == "degrees":
        return CurveAxis(field, _("angle"), tuple(range(-180, 181, DEGREES)))
    if field == "zoom":
        return CurveAxis(field, _("scale"), tuple(range(-ZOOM_STEPS, ZOOM_STEPS + 1)))
    height, width, _channels = scene.subject.base.shape
    length = width if field == "dx" else height
    step = max(1, length // _MOST_SHIFTS)
    most = length // 2 // step * step
    name = _("shift to the right") if field == "dx" else _("shift down")
    return CurveAxis(field, name, tuple(range(-most, most + 1, step)))


def curve_of(axis: CurveAxis, scene: Scene, source: Source) -> Question[Predictions]:
    """Ask for the probabilities along an axis; what else is done to the image stays as it is."""
    transforms = tuple(_changed(scene.subject.transform, axis.field, value) for value in axis.values)
    return Question(Transform(source=source, image=scene.subject.original, transforms=transforms), Predictions)


def _changed(transform: ImageTransform, field: str, value: int) -> ImageTransform:
    return replace(transform, **{field: value})  # type: ignore[arg-type]


def predicted_ranges(axis: CurveAxis, predicted: Sequence[int], names: Sequence[str]) -> str:
    """Write which class is predicted from where to where: `Bag −180° to −95°  Coat −90° to 180°`."""
    parts = []
    for number, values in groupby(zip(axis.values, predicted, strict=True), lambda pair: pair[1]):
        first, *_between = within = [axis.written(value) for value, _class in values]
        last = within[-1]
        template = _("{name} {first} to {last}") if last != first else "{name} {first}"
        parts.append(template.format(name=names[number], first=first, last=last))
    return "  ".join(parts)


class CurvePlot(PlotView):
    """A click says which place of the axis is meant."""

    class Picked(Message):
        """A place of the x axis was clicked."""

        def __init__(self, place: float) -> None:
            super().__init__()
            self.place = place

    def on_click(self, event: events.Click) -> None:
        """Pass on where the mouse points."""
        offset = event.get_content_offset(self)
        place = None if offset is None else self.value_at(offset.x)
        if place is not None:
            self.post_message(self.Picked(place))


class TransformCurve(Vertical):
    """The probability of the true class and of the predicted one along an axis; the image that is shown is marked."""

    DEFAULT_CSS = "TransformCurve > .ranges { height: auto; max-height: 3; }"

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static(classes="line dim", markup=False)
        yield CurvePlot()
        yield Static(classes="line", markup=False)
        yield Static(classes="ranges dim", markup=False)

    def show(self, scene: Scene, axis: CurveAxis, source: Source, probabilities: Floats | None, waiting: str) -> None:
        """Draw probabilities (values of the axis, classes), or say in their place what is waited for."""
        heading, here, ranges = self.query(Static)
        plot = self.query_one(CurvePlot)
        width, run = self.size.width, source.run.name
        title = _("{run}: probability over {axis}").format(run=run, axis=axis.name)
        heading.update(title if cell_len(title) <= width else f"{run}: {axis.name}", layout=False)
        plot.visible = probabilities is not None
        if probabilities is None:
            ranges.update("")
            here.update(waiting, layout=False)
            return
        names, value = scene.opened.class_names, getattr(scene.subject.transform, axis.field)
        predicted = probabilities.argmax(axis=1).tolist()
        plot.show_plot(_plot(scene, axis, probabilities, plot.columns, plot.size.height))
        if value in axis.values:
            row = axis.values.index(value)
            text = _("at {value}: {name} {share:.2f}").format(
                value=axis.written(value), name=names[predicted[row]], share=probabilities[row].max()
            )
            true = scene.subject.label
            if true is not None and true != predicted[row]:
                text += "  " + _("true class {name} {share:.2f}").format(
                    name=names[true], share=probabilities[row, true]
                )
            here.update(whole_words(whole_parts(text, width), width), layout=False)
        else:
            here.update("", layout=False)
        ranges.update(predicted_ranges(axis, predicted, names))


def _plot(scene: Scene, axis: CurveAxis, probabilities: Floats, columns: int, rows: int) -> Plot:
    curves = [(_PREDICTED, _("predicted class"), probabilities.max(axis=1))]
    true = scene.subject.label
    if true is not None:
        curves.append((_TRUE, scene.opened.class_names[true], probabilities[:, true]))
    known = [
        (style, name, [(x, float(y)) for x, y in zip(axis.values, values, strict=True) if np.isfinite(y)])
        for style, name, values in curves
    ]
    value = getattr(scene.subject.transform, axis.field)
    signs = [Sign(x, y, "●", f"bold {style}") for style, _name, points in known for x, y in points if x == value]
    low, high = axis.values[0], axis.values[-1]
    up = ticks(0.0, 1.0, max(2, rows // _TICK_ROWS))
    return Plot(
        AxisScale(low, high, _ticks(axis, columns)),
        AxisScale(-0.03, 1.03, [(place, f"{place:.1f}") for place in up]),
        rules=(Rule(value, "foreground"),),
        strokes=[Stroke(points, style) for style, _name, points in known],
        signs=signs,
        legend=[LegendEntry("━", style, name) for style, name, _points in known],
        legend_at_bottom=True,
    )


def _ticks(axis: CurveAxis, columns: int) -> list[tuple[float, str]]:
    """Mark round places: every 45 degrees, the scales 0.5, 1 and 2, shifts by a round number."""
    most = max(2, columns // _TICK_CELLS)
    low, high = axis.values[0], axis.values[-1]
    if axis.field == "zoom":
        return [(place, axis.written(place)) for place in (low, 0, high)]
    if axis.field == "degrees":
        step = next((step for step in (45, 90) if 360 // step + 1 <= most), 180)
        return [(place, axis.written(place)) for place in range(low, high + 1, step)]
    return [(place, axis.written(round(place))) for place in ticks(low, high, most, least=1)]
