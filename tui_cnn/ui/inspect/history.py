"""Kernels and maps at each kept checkpoint, as a film strip."""

from dataclasses import replace
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, is_signed, scale_of
from tui_cnn.insight.maps import per_filter
from tui_cnn.runs.inspection.figure import Figure, Panel
from tui_cnn.runs.inspection.requests import Source
from tui_cnn.ui.inspect.actions import HISTORY
from tui_cnn.ui.inspect.kernel_banks import Bank, bank_near
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.pictures.drawing import Tone
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend

Floats = npt.NDArray[np.float64]
Words = tuple[tuple[str, ...], Tone]
"""The lines below a picture, and their style."""

_CAPTION = 12
_FEWEST = 2


class Frame(NamedTuple):
    """A kept checkpoint: its kernel and map (height, width), and the probabilities; None: not known yet, or none.

    `is_signed` tells whether the layer of the map goes below zero.
    """

    step: int
    moment: Scene
    kernel: Floats | None
    map: Floats | None
    probabilities: Floats
    is_signed: bool


class HistoryView(View):
    """Up and down walk the layers, left and right the maps."""

    SCOPE = HISTORY
    TITLE = _("History")
    DEFAULT_CSS = "HistoryView > Gallery { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [*HISTORY.bindings()]

    _apart = False
    """Whether each step has a scale of its own."""

    def parts(self) -> ComposeResult:
        """Yield the kernels of all steps, then the maps, each with what their colours stand for."""
        for name in ("kernels", "maps"):
            with Horizontal(classes="caption", id=f"{name}-caption"):
                yield Static(classes="line dim", markup=False)
                yield Legend()
            yield Gallery(id=name)

    def title_of(self, scene: Scene) -> str:
        """Name the map."""
        text = _("{layer} · map {map} during training") if scene.has_maps else _("{layer} · unit {map} during training")
        return text.format(layer=layer_title(scene.info), map=scene.channel)

    def want(self, scene: Scene) -> None:
        """Ask for the weights and maps of each checkpoint."""
        for moment in self._moments(scene):
            self.answers.want(moment.kernels, moment.activate)

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and maps."""
        scene = self.scene.at(layer=self.scene.layer + down)
        self.go_to(scene.at(channel=scene.channel + right))

    def action_toggle_scale(self) -> None:
        """Take one scale for all steps, or one for each."""
        self._apart = not self._apart
        self.update()

    @on(Gallery.Selected)
    def _select_step(self, event: Gallery.Selected) -> None:
        """Mark a step in both strips."""
        for gallery in self.query(Gallery):
            gallery.select(event.cell)

    def export(self) -> ViewExport | None:
        """Write the film strip."""
        scene = self.scene
        kernels = {frame.step: frame.kernel for frame in self._frames(scene) if frame.kernel is not None}
        if not kernels:
            return None
        scales = self._scales(list(kernels.values()), signed=True)
        panels = [
            Panel(scale.paint(kernel), _("step {step:,}").format(step=step), scale)
            for scale, (step, kernel) in zip(scales, kernels.items(), strict=True)
        ]
        arrays = {f"step_{step}": kernel for step, kernel in kernels.items()}
        figure = Figure(self.title_of(scene), panels, (self._how(scene),))
        return ViewExport(f"history-{scene.info.name}-{scene.channel}", figure, arrays=arrays)

    def update_parts(self, scene: Scene) -> str:
        """Show for each checkpoint the kernel, the map, and the probability of what is predicted then."""
        if len(scene.kept) < _FEWEST:
            reason = _("This run has no saved weights of earlier steps.")
            advice = _("To see how the kernels change, train with “keep” set to 8 (cnn-tui train --keep 8).")
            return f"{reason}\n{advice}"
        frames = self._frames(scene)

        kernels = [self._kernel_words(frame) for frame in frames]
        self._show_strip("kernels", [frame.kernel for frame in frames], frames, kernels, signed_values=True)
        maps = [self._map_words(scene, frame) for frame in frames]
        signed_maps = any(frame.is_signed for frame in frames)
        self._show_strip("maps", [frame.map for frame in frames], frames, maps, signed_values=signed_maps)
        self.write("#kernels-caption Static", self._how(scene))
        return ""

    def _kernel_words(self, frame: Frame) -> Words:
        if frame.kernel is not None:
            return ((_("norm {norm:.2f}").format(norm=np.linalg.norm(frame.kernel)),), "dim")
        known = self.answers.get(frame.moment.kernels) is not None
        return (("" if known else self.waiting(frame.moment.kernels),), "dim")

    def _map_words(self, scene: Scene, frame: Frame) -> Words:
        if frame.map is None:
            return ((self.waiting(frame.moment.activate),), "dim")
        mean = _("mean {mean:.2f}") if scene.has_maps else _("value {mean:.2f}")
        if not scene.opened.class_names:
            return ((signed(mean.format(mean=frame.map.mean())),), "text")
        predicted, label = int(frame.probabilities.argmax()), scene.subject.label
        tone: Tone = "text" if label is None else "good" if label == predicted else "bad"
        share = f"{frame.probabilities[predicted]:.3f}"
        return ((signed(mean.format(mean=frame.map.mean())), scene.opened.class_names[predicted], share), tone)

    def _show_strip(
        self,
        name: str,
        arrays: list[Floats | None],
        frames: list[Frame],
        words: list[Words],
        *,
        signed_values: bool,
    ) -> None:
        known = [values for values in arrays if values is not None]
        height, width = known[0].shape if known else (1, 1)
        scales = self._scales(known, signed=signed_values)
        painted = iter([scale.paint(values) for scale, values in zip(scales, known, strict=True)])
        unknown = np.full((height, width, 3), 96, np.uint8)
        pictures = [unknown if values is None else next(painted) for values in arrays]

        def tile(place: int, _cells: int) -> Tile:
            texts, tone = words[place]
            return Tile(pictures[place], (_("step {step:,}").format(step=frames[place].step), *texts), tone)

        lines = 1 + max(len(texts) for texts, _tone in words)
        gallery, selected = self.query_one(f"#{name}", Gallery), self.query_one("#kernels", Gallery).selected
        tiles = Tiles(len(frames), (height, width), tile, words=lines, narrowest=_CAPTION, enough=len(frames))
        gallery.show(tiles, selected[0] if selected else None)
        self.query_one(f"#{name}-caption Legend", Legend).show(scales[0] if scales and not self._apart else None)

    def _how(self, scene: Scene) -> str:
        """Say which kernel is drawn, and how."""
        bank = self._bank(self._moments(scene)[-1])
        parts = []
        if bank is not None and bank.place != scene.layer:
            number = min(scene.channel, bank.values.shape[-1] - 1)
            parts.append(_("kernel {number} of {layer}").format(number=number, layer=layer_title(bank.info)))
        parts.append(_("scale per step") if self._apart else _("one scale for all steps"))
        return " · ".join(parts)

    def _frames(self, scene: Scene) -> list[Frame]:
        """Gather what is known of each step."""
        frames = []
        for moment in self._moments(scene):
            found = self.answers.get(moment.activate)
            values, probabilities, negative = None, np.zeros(0), False
            if found is not None:
                layer = as_floats(found.layers[scene.info.name].numpy()).reshape(scene.map_shape)
                values, negative = layer[..., scene.channel], is_signed(layer)
                probabilities = as_floats(found.probabilities.numpy())
            step, kernel = int(moment.source.which), self._kernel(moment)
            frames.append(Frame(step, moment, kernel, values, probabilities, negative))
        return frames

    @staticmethod
    def _moments(scene: Scene) -> list[Scene]:
        return [replace(scene, source=Source(scene.source.path, step)) for step in scene.kept]

    def _bank(self, moment: Scene) -> Bank | None:
        weights = self.answers.get(moment.kernels)
        return None if weights is None else bank_near(moment.opened, weights, moment.layer)

    def _kernel(self, moment: Scene) -> Floats | None:
        """Return the kernel of the channel, summed over its inputs: (height, width)."""
        bank = self._bank(moment)
        if bank is None:
            return None
        summed = per_filter(bank.values)
        return np.asarray(summed[..., min(moment.channel, summed.shape[-1] - 1)], np.float64)

    def _scales(self, arrays: list[Floats], *, signed: bool) -> list[Scale]:
        """Return the colours of each step: one scale for all, or one each."""
        if not arrays:
            return []
        return [self.scaled(scale_of(each if self._apart else np.stack(arrays), signed=signed)) for each in arrays]
