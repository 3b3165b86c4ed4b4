"""Kernels and maps at each kept checkpoint, as a film strip."""

from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.insight.colours import paint, stretch
from tui_cnn.insight.maps import per_filter
from tui_cnn.runs.inspection.replies import Activations, Weights
from tui_cnn.runs.inspection.source import Source
from tui_cnn.ui.inspect.actions import HISTORY
from tui_cnn.ui.inspect.canvas_widget import Tones, wrapped
from tui_cnn.ui.inspect.kernel_banks import banks, nearest
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import Output, View, means
from tui_cnn.ui.toolkit.pictures.canvas import Canvas
from tui_cnn.ui.toolkit.pictures.pixels import fit_into, magnify, sheet, shrink

Floats = npt.NDArray[np.float64]

_KERNEL = 5
_MAP = 12
_WORDS = 6
"""Lines of words in a frame, an empty one among them, where below the last frames it is told how they are drawn."""
_SPREAD = 8
_FEWEST = 2


class Strip(NamedTuple):
    """How frames are laid out: each `width` cells and `lines` lines, the pictures in it `times` as large."""

    columns: int
    rows: int
    width: int
    lines: int
    times: int


class Frame(NamedTuple):
    """A kept checkpoint: its kernel and map (height, width), and the probabilities; None: not known yet, or none.

    The shares are 0 to 1, to be painted.
    """

    step: int
    moment: Scene
    kernel: Floats | None
    map: Floats | None
    probabilities: npt.NDArray[Any]
    kernel_shares: Floats | None = None
    map_shares: Floats | None = None


class HistoryView(View):
    """Up and down walk the layers, left and right the maps."""

    KEY = "h"
    BINDINGS: ClassVar[list[BindingType]] = [
        *HISTORY.bindings(),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
    ]

    _apart = False
    """Whether each step has a scale of its own."""

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("History")

    def name_of(self, scene: Scene) -> str:
        """Name the map."""
        told = _("{layer} · map {map} during training") if scene.has_maps else _("{layer} · unit {map} during training")
        return told.format(layer=layer_title(scene.info), map=scene.channel)

    def want(self, scene: Scene) -> None:
        """Ask for the weights and maps of each checkpoint."""
        for moment in self._moments(scene):
            self.desk.want(_kernels_at(int(moment.source.which)), moment.kernels, Weights)
            self.desk.want(f"activations at {moment.source.which}", moment.activate, Activations)

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and maps."""
        if self.scene is not None:
            scene = self.scene.at(layer=self.scene.layer + down)
            self.look_at(scene.at(channel=scene.channel + right))

    def action_toggle_scale(self) -> None:
        """Take one scale for all steps, or one for each."""
        self._apart = not self._apart
        self.redraw()

    def output(self) -> Output | None:
        """Write the film strip."""
        scene = self.scene
        if scene is None:
            return None
        frames = self._stretch([frame for frame in self._frames(scene) if frame.kernel is not None])
        if not frames:
            return None
        palette = self.palette(scene, "diverging")
        shares = [frame.kernel_shares for frame in frames if frame.kernel_shares is not None]
        pictures = [magnify(paint(each, palette), 4) for each in shares]
        arrays = {f"step_{frame.step}": frame.kernel for frame in frames if frame.kernel is not None}
        return Output(f"history-{scene.info.name}-{scene.channel}", sheet(pictures, len(pictures)), arrays=arrays)

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw for each checkpoint the step, the kernel, the map, and the probability of what is said then."""
        if len(scene.kept) < _FEWEST:
            canvas.put(1, 1, _("This run has no saved weights of earlier steps."), tones.text)
            advice = _("To see how the kernels change, train with “keep” set to 8 (cnn-tui train --keep 8).")
            for line, words in enumerate(wrapped(advice, canvas.width - 2), start=2):
                canvas.put(1, line, words, tones.dim)
            return
        frames = self._stretch(self._frames(scene))
        strip = _strip(canvas, len(frames))
        room = strip.columns * strip.rows
        chosen = np.linspace(0, len(frames) - 1, min(room, len(frames))).astype(int).tolist()
        for place, number in enumerate(chosen):
            row, column = divmod(place, strip.columns)
            corner = (1 + column * strip.width, row * strip.lines)
            self._draw_frame(canvas, scene, frames[number], corner, strip.times, tones)
        canvas.put(1, canvas.height - 1, self._how(scene, len(chosen)), tones.dim)

    def _draw_frame(
        self,
        canvas: Canvas,
        scene: Scene,
        frame: Frame,
        corner: tuple[int, int],
        times: int,
        tones: Tones,
    ) -> None:
        x, y = corner
        canvas.put(x, y, _("step {step:,}").format(step=frame.step), tones.bold, room=_MAP)
        y += 1
        if frame.kernel is not None and frame.kernel_shares is not None:
            small = shrink(frame.kernel_shares, -(-max(frame.kernel.shape) // (_MAP * times)))
            room = (_KERNEL * times, 2 * _KERNEL * times)
            large = magnify(paint(small, self.palette(scene, "diverging")), fit_into(_size(small), room))
            canvas.picture(x, y, large)
            y += -(-len(large) // 2)
            norm = _("norm {norm:.2f}").format(norm=np.linalg.norm(frame.kernel))
            canvas.put(x, y, norm, tones.dim, room=_MAP)
            y += 1
        elif self.desk.get(frame.moment.kernels, Weights) is None:
            self.waiting(canvas, x, y, frame.moment.kernels, tones)
            return
        if frame.map is None or frame.map_shares is None:
            return
        if scene.has_maps:
            small = shrink(frame.map_shares, -(-max(frame.map.shape) // (_MAP * times)))
            fitting = fit_into(_size(small), (_MAP * times // 2, _MAP * times))
            large = magnify(paint(small, self.palette(scene)), fitting)
            canvas.picture(x, y, large)
            y += -(-len(large) // 2)
        told = _("mean {mean:.2f}") if scene.has_maps else _("value {mean:.2f}")
        told = told.format(mean=frame.map.mean()).replace("-", "−")
        canvas.put(x, y, told, tones.dim, room=_MAP)
        said = int(frame.probabilities.argmax())
        style = tones.right if scene.subject.label == said else tones.wrong
        style = tones.text if scene.subject.label is None else style
        canvas.put(x, y + 1, scene.opened.class_names[said], style, room=_MAP)
        canvas.put(x, y + 2, f"{frame.probabilities[said]:.3f}", tones.text)

    def _how(self, scene: Scene, shown: int) -> str:
        """Say which kernel is drawn, how, and how many of the steps are left out."""
        weights = self.desk.newest(_kernels_at(scene.kept[-1]), Weights)
        found = banks(scene.opened, weights) if weights else []
        bank = found[nearest(found, scene.layer)] if found else None
        parts = []
        if bank is not None and bank.place != scene.layer:
            number = min(scene.channel, bank.values.shape[-1] - 1)
            parts.append(_("kernel {number} of {layer}").format(number=number, layer=layer_title(bank.info)))
        parts.append(_("scale per step") if self._apart else _("one scale for all steps"))
        if shown < len(scene.kept):
            parts.append(_("{shown} of {count} shown").format(shown=shown, count=len(scene.kept)))
        return " · ".join(parts)

    def _frames(self, scene: Scene) -> list[Frame]:
        """Gather what is known of each step."""
        frames = []
        for moment in self._moments(scene):
            found = self.desk.get(moment.activate, Activations)
            values, probabilities = None, np.zeros(0)
            if found is not None:
                values = means(found.layers[scene.layer].numpy()).reshape(scene.map_shape)[..., scene.channel]
                probabilities = found.probabilities.numpy()
            step = int(moment.source.which)
            frames.append(Frame(step, moment, self._kernel(moment), values, probabilities))
        return frames

    @staticmethod
    def _moments(scene: Scene) -> list[Scene]:
        return [replace(scene, source=Source(scene.source.path, step)) for step in scene.kept]

    def _kernel(self, moment: Scene) -> Floats | None:
        """Return the kernel of the channel, summed over its inputs: (height, width)."""
        weights = self.desk.get(moment.kernels, Weights)
        found = banks(moment.opened, weights) if weights else []
        bank = found[nearest(found, moment.layer)] if found else None
        if bank is None:
            return None
        summed = per_filter(bank.values)
        return np.asarray(summed[..., min(moment.channel, summed.shape[-1] - 1)], np.float64)

    def _stretch(self, frames: list[Frame]) -> list[Frame]:
        """Bring kernels and maps to 0 to 1, all steps by one scale or each by its own."""
        kernels = self._shares([frame.kernel for frame in frames], around_zero=True)
        maps = self._shares([frame.map for frame in frames], around_zero=False)
        return [
            frame._replace(kernel_shares=kernel, map_shares=values)
            for frame, kernel, values in zip(frames, kernels, maps, strict=True)
        ]

    def _shares(self, steps: list[Floats | None], *, around_zero: bool) -> list[Floats | None]:
        known = [values for values in steps if values is not None]
        stacked = np.stack(known, axis=-1) if known else np.zeros((1, 1, 0))
        shares = iter(np.moveaxis(stretch(stacked, around_zero=around_zero, apart=self._apart), -1, 0))
        return [None if values is None else next(shares) for values in steps]


def _strip(canvas: Canvas, count: int) -> Strip:
    """Lay out so many frames, as large as all of them fit; the rows are filled alike."""
    strips = [
        Strip(
            columns=max(1, (canvas.width - 1) // (_MAP * times + 1)),
            rows=max(1, canvas.height // (_WORDS + (_KERNEL + _MAP // 2) * times)),
            width=_MAP * times + 1,
            lines=_WORDS + (_KERNEL + _MAP // 2) * times,
            times=times,
        )
        for times in (2, 1)
    ]
    strip = next((each for each in strips if each.columns * each.rows >= count), strips[-1])
    rows = min(strip.rows, -(-count // strip.columns))
    columns = min(strip.columns, -(-count // rows))
    return strip._replace(columns=columns, width=min((canvas.width - 1) // columns, strip.width + _SPREAD))


def _kernels_at(step: int) -> str:
    return f"kernels at {step}"


def _size(values: Floats) -> tuple[int, int]:
    return len(values), len(values[0])
