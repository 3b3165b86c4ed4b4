"""Kernels and maps at each kept checkpoint, as a film strip."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.insight.colours import paint, stretch
from tui_cnn.insight.maps import per_filter
from tui_cnn.runs.inspection.replies import Activations, Weights
from tui_cnn.runs.inspection.source import Source
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.draw.canvas import Canvas, Pixels
from tui_cnn.ui.draw.pictures import fit_into, magnify, sheet, shrink
from tui_cnn.ui.inspecting.banks import banks, nearest
from tui_cnn.ui.inspecting.scene import Scene, layer_title
from tui_cnn.ui.widgets.inspect.drawn import Tones, wrapped
from tui_cnn.ui.widgets.inspect.view import Output, View, heat, means

_FRAME = 13
_MAP = 12
_FEWEST = 2


class HistoryView(View):
    """Up and down walk the layers, left and right the maps."""

    KEY = "h"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("history"),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
    ]

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("History")

    def name_of(self, scene: Scene) -> str:
        """Name the map."""
        return _("{layer} · map {map} through time").format(layer=layer_title(scene.info), map=scene.channel)

    def want(self, scene: Scene) -> None:
        """Ask for the weights and maps of each checkpoint."""
        for moment in self._moments(scene):
            self.desk.want(f"kernels at {moment.source.which}", moment.kernels, Weights)
            self.desk.want(f"activations at {moment.source.which}", moment.activate, Activations)

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and maps."""
        if self.scene is not None:
            scene = self.scene.at(layer=self.scene.layer + down)
            self.look_at(scene.at(channel=scene.channel + right))

    def output(self) -> Output | None:
        """Write the film strip."""
        scene = self.scene
        if scene is None:
            return None
        kernels = {moment.source.which: self._kernel(moment) for moment in self._moments(scene)}
        known = {step: kernel for step, kernel in kernels.items() if kernel is not None}
        if not known:
            return None
        pictures = [magnify(self._paint(scene, kernel), 4) for kernel in known.values()]
        arrays = {f"step_{step}": kernel for step, kernel in known.items()}
        return Output(f"history-{scene.info.name}-{scene.channel}", sheet(pictures, len(pictures)), arrays=arrays)

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw a column a checkpoint: the step, the kernel, the map, and the probability of what is said now."""
        moments = self._moments(scene)
        if len(moments) < _FEWEST:
            canvas.put(1, 1, _("This run keeps no weights of earlier steps."), tones.text)
            advice = _("Train with a recipe that keeps some, to see how the kernels came about.")
            for line, words in enumerate(wrapped(advice, canvas.width - 2), start=2):
                canvas.put(1, line, words, tones.dim)
            return
        fitting = max(1, (canvas.width - 1) // _FRAME)
        chosen = [moments[place] for place in np.linspace(0, len(moments) - 1, min(fitting, len(moments))).astype(int)]
        for column, moment in enumerate(chosen):
            self._draw_moment(canvas, scene, moment, 1 + column * _FRAME, tones)

    def _draw_moment(self, canvas: Canvas, scene: Scene, moment: Scene, x: int, tones: Tones) -> None:
        canvas.put(x, 0, _("step {step:,}").format(step=moment.source.which), tones.bold, room=_FRAME - 1)
        kernel, found = self._kernel(moment), self.desk.get(moment.activate, Activations)
        y = 1
        if kernel is not None:
            size = (kernel.shape[0], kernel.shape[1])
            times = -(-max(size) // (_FRAME - 2))
            small = shrink(kernel, times)
            large = magnify(self._paint(scene, small), fit_into((len(small), len(small[0])), (5, _FRAME - 3)))
            canvas.picture(x, y, large)
            y += -(-len(large) // 2) + 1
        elif self.desk.get(moment.kernels, Weights) is None:
            self.waiting(canvas, x, y, moment.kernels, tones)
            return
        if found is None:
            return
        values = means(found.layers[scene.layer].numpy()).reshape(scene.map_shape)[..., scene.channel]
        if scene.has_maps:
            small = shrink(values, -(-max(values.shape) // _MAP))
            painted = heat(small, self.palette(scene))
            large = magnify(painted, fit_into((len(small), len(small[0])), (_MAP // 2, _MAP)))
            canvas.picture(x, y, large)
            y += -(-len(large) // 2)
        canvas.put(x, y, _("mean {mean:.2f}").format(mean=values.mean()), tones.dim, room=_FRAME - 1)
        shares = found.probabilities.numpy()
        said = int(shares.argmax())
        right = scene.subject.label in (None, said)
        canvas.put(x, y + 1, scene.opened.class_names[said], tones.right if right else tones.wrong, room=_FRAME - 1)
        canvas.put(x, y + 2, f"{shares[said]:.3f}", tones.text)

    def _moments(self, scene: Scene) -> list[Scene]:
        return [replace(scene, source=Source(scene.source.path, step)) for step in scene.kept]

    def _kernel(self, moment: Scene) -> npt.NDArray[np.float64] | None:
        """Return the kernel of the channel, summed over its inputs: (height, width)."""
        weights = self.desk.get(moment.kernels, Weights)
        found = banks(moment.opened, weights) if weights else []
        bank = found[nearest(found, moment.layer)] if found else None
        if bank is None:
            return None
        summed = per_filter(bank.values)
        return np.asarray(summed[..., min(moment.channel, summed.shape[-1] - 1)], np.float64)

    def _paint(self, scene: Scene, kernel: npt.NDArray[np.float64]) -> Pixels:
        return paint(stretch(kernel, around_zero=True), self.palette(scene, "diverging"))
