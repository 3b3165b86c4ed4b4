"""Kernels and maps at each kept checkpoint, as a film strip."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, scale_of
from tui_cnn.insight.maps import per_filter
from tui_cnn.runs.inspection.replies import Activations, WeightsReply
from tui_cnn.runs.inspection.source import Source
from tui_cnn.ui.inspect.actions import HISTORY
from tui_cnn.ui.inspect.kernel_banks import banks, nearest
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.pictures.canvas import magnify, sheet
from tui_cnn.ui.toolkit.pictures.drawing import Tone
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend

Floats = npt.NDArray[np.float64]

_CAPTION = 12
_FEWEST = 2
_NOT_KNOWN = np.full((1, 1), np.nan)


class Frame(NamedTuple):
    """A kept checkpoint: its kernel and map (height, width), and the probabilities; None: not known yet, or none."""

    step: int
    moment: Scene
    kernel: Floats | None
    map: Floats | None
    probabilities: Floats


class HistoryView(View):
    """Up and down walk the layers, left and right the maps."""

    KEY = "h"
    DEFAULT_CSS = """
    HistoryView {
        & > .caption { height: 1; }
        & > Gallery { height: 1fr; }
    }
    """
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
            self.answers.want(_kernels_at(int(moment.source.which)), moment.kernels, WeightsReply)
            self.answers.want(f"activations at {moment.source.which}", moment.activate, Activations)

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and maps."""
        if self.scene is not None:
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
        kernels = (
            {frame.step: frame.kernel for frame in self._frames(scene) if frame.kernel is not None} if scene else {}
        )
        if scene is None or not kernels:
            return None
        scales = self._scales(list(kernels.values()), signed=True)
        pictures = [magnify(scale.paint(kernel), 4) for scale, kernel in zip(scales, kernels.values(), strict=True)]
        arrays = {f"step_{step}": kernel for step, kernel in kernels.items()}
        return ViewExport(f"history-{scene.info.name}-{scene.channel}", sheet(pictures, len(pictures)), arrays=arrays)

    def update_parts(self, scene: Scene) -> str:
        """Show for each checkpoint the kernel, the map, and the probability of what is predicted then."""
        if len(scene.kept) < _FEWEST:
            reason = _("This run has no saved weights of earlier steps.")
            advice = _("To see how the kernels change, train with “keep” set to 8 (cnn-tui train --keep 8).")
            return f"{reason}\n{advice}"
        frames = self._frames(scene)

        def kernel_words(frame: Frame) -> tuple[tuple[str, ...], Tone]:
            if frame.kernel is None:
                known = self.answers.get(frame.moment.kernels, WeightsReply) is not None
                return ("" if known else self.waiting(frame.moment.kernels),), "dim"
            return (_("norm {norm:.2f}").format(norm=np.linalg.norm(frame.kernel)),), "dim"

        def map_words(frame: Frame) -> tuple[tuple[str, ...], Tone]:
            if frame.map is None:
                return (self.waiting(frame.moment.activate),), "dim"
            mean = _("mean {mean:.2f}") if scene.has_maps else _("value {mean:.2f}")
            predicted = int(frame.probabilities.argmax())
            right = scene.subject.label == predicted
            tone: Tone = "text" if scene.subject.label is None else "good" if right else "bad"
            share = f"{frame.probabilities[predicted]:.3f}"
            words = (signed(mean.format(mean=frame.map.mean())), scene.opened.class_names[predicted], share)
            return words, tone

        self._show_strip("kernels", frames, [frame.kernel for frame in frames], kernel_words, signed_values=True)
        maps = [frame.map for frame in frames]
        self._show_strip("maps", frames, maps, map_words, signed_values=None)
        self.query_one("#kernels-caption Static", Static).update(self._how(scene), layout=False)
        return ""

    def _show_strip(
        self,
        name: str,
        frames: list[Frame],
        arrays: list[Floats | None],
        words: Callable[[Frame], tuple[tuple[str, ...], Tone]],
        *,
        signed_values: bool | None,
    ) -> None:
        known = [values for values in arrays if values is not None]
        size = known[0].shape if known else _NOT_KNOWN.shape
        scales = self._scales(known, signed=signed_values)
        by_step = dict(
            zip(
                [frame.step for frame, each in zip(frames, arrays, strict=True) if each is not None],
                scales,
                strict=True,
            )
        )

        def tile(place: int, _cells: int) -> Tile:
            frame, values = frames[place], arrays[place]
            texts, tone = words(frame)
            pixels = np.full((*size, 3), 96, np.uint8) if values is None else by_step[frame.step].paint(values)
            return Tile(pixels, (_("step {step:,}").format(step=frame.step), *texts), tone)

        lines = 1 + max(len(words(frame)[0]) for frame in frames)
        gallery, selected = self.query_one(f"#{name}", Gallery), self.query_one("#kernels", Gallery).selected
        tiles = Tiles(len(frames), (size[0], size[1]), tile, words=lines, narrowest=_CAPTION, enough=len(frames))
        gallery.show(tiles, selected[0] if selected else None)
        legend = self.query_one(f"#{name}-caption Legend", Legend)
        legend.show(scales[0] if scales and not self._apart else None)

    def _how(self, scene: Scene) -> str:
        """Say which kernel is drawn, and how."""
        weights = self.answers.newest(_kernels_at(scene.kept[-1]), WeightsReply)
        found = banks(scene.opened, weights) if weights else []
        bank = found[nearest(found, scene.layer)] if found else None
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
            found = self.answers.get(moment.activate, Activations)
            values, probabilities = None, np.zeros(0)
            if found is not None:
                values = as_floats(found.layers[scene.layer].numpy()).reshape(scene.map_shape)[..., scene.channel]
                probabilities = as_floats(found.probabilities.numpy())
            frames.append(Frame(int(moment.source.which), moment, self._kernel(moment), values, probabilities))
        return frames

    @staticmethod
    def _moments(scene: Scene) -> list[Scene]:
        return [replace(scene, source=Source(scene.source.path, step)) for step in scene.kept]

    def _kernel(self, moment: Scene) -> Floats | None:
        """Return the kernel of the channel, summed over its inputs: (height, width)."""
        weights = self.answers.get(moment.kernels, WeightsReply)
        found = banks(moment.opened, weights) if weights else []
        bank = found[nearest(found, moment.layer)] if found else None
        if bank is None:
            return None
        summed = per_filter(bank.values)
        return np.asarray(summed[..., min(moment.channel, summed.shape[-1] - 1)], np.float64)

    def _scales(self, arrays: list[Floats], *, signed: bool | None) -> list[Scale]:
        """Return the colours of each step: one scale for all, or one each."""
        if not arrays:
            return []
        whole = scale_of(np.stack(arrays), signed=signed)
        if not self._apart:
            return [self.scaled(whole)] * len(arrays)
        return [self.scaled(scale_of(each, signed=whole.palette == "diverging")) for each in arrays]


def _kernels_at(step: int) -> str:
    return f"kernels at {step}"
