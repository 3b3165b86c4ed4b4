"""The weights of each convolution, as pictures and numbers, and what they are most like."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.insight.classics import likeness
from tui_cnn.insight.colours import Palette, paint, stretch
from tui_cnn.insight.maps import Scale, per_filter, statistics
from tui_cnn.runs.inspection.replies import Activations, Weights
from tui_cnn.ui.inspect.actions import KERNELS
from tui_cnn.ui.inspect.canvas_widget import Tones
from tui_cnn.ui.inspect.kernel_banks import Bank, banks, nearest
from tui_cnn.ui.inspect.kernel_drawing import draw_kernel
from tui_cnn.ui.inspect.lab_transfer import take_filter
from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, enlargement, grid, reduction
from tui_cnn.ui.inspect.old_legend import draw_scale
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import Output, View
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels
from tui_cnn.ui.toolkit.pictures.pixels import magnify, sheet, shrink

_HEAD = 2
_DETAIL = 6
_MORE = 3
_TALL = 32
_CLASSICS = (3, 3)
_CAPTION, _NARROWEST = 9, 5


class KernelsView(View):
    """Up and down walk the layers that have kernels, left and right the filters."""

    KEY = "k"
    BINDINGS: ClassVar[list[BindingType]] = [
        *KERNELS.bindings(),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    _input: int | None = None
    """The input channel that is shown; None: the sum of all."""

    _scale: Scale = "map"
    _columns = 1
    _in_view = 0

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Kernels")

    def name_of(self, scene: Scene) -> str:
        """Name the layer."""
        bank = self._bank(scene)
        return layer_title(bank.info) if bank else self.title()

    def want(self, scene: Scene) -> None:
        """Ask for the weights, and for what goes into the layers, which the Lab may be given."""
        self.desk.want("activate", scene.activate, Activations)
        self.desk.want("kernels", scene.kernels, Weights)

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and filters."""
        bank = self._bank(self.scene) if self.scene else None
        if self.scene is None or bank is None:
            return
        if down:
            found = self._banks(self.scene)
            place = max(0, min(nearest(found, self.scene.layer) + down, len(found) - 1))
            self._input = None
            self.look_at(self.scene.at(layer=found[place].place))
        else:
            here = min(self.scene.channel, bank.values.shape[-1] - 1)
            self.look_at(self.scene.at(layer=bank.place, channel=here + right))

    def action_page(self, by: int) -> None:
        """Walk by a row of the gallery."""
        self.action_walk(0, by * self._columns)

    def action_toggle_scale(self) -> None:
        """Take one scale for the layer, or one for each filter."""
        self._scale = "map" if self._scale == "layer" else "layer"
        self.redraw()

    def action_next_input(self) -> None:
        """Show the next input channel; after the last comes the sum."""
        bank = self._bank(self.scene) if self.scene else None
        if bank is not None:
            following = 0 if self._input is None else self._input + 1
            self._input = following if following < bank.values.shape[2] else None
            self.redraw()

    def action_filter_to_lab(self) -> None:
        """Take the chosen filter to the Lab, with what it looks at."""
        scene = self.scene
        bank = self._bank(scene) if scene else None
        if scene is None or bank is None:
            return
        found, weights = self.desk.get(scene.activate, Activations), self.desk.get(scene.kernels, Weights)
        transfer = take_filter(scene, bank.place, self._input, found, weights) if found and weights else None
        if transfer is not None:
            self.to_lab(transfer)
        else:
            self.notify(_("The Lab supports filters of Conv2D, DepthwiseConv2D and FixedConv2D layers."))

    def output(self) -> Output | None:
        """Write the layer's kernels."""
        bank = self._bank(self.scene) if self.scene else None
        if self.scene is None or bank is None:
            return None
        shown = self._shown(bank)
        found = statistics(shown)
        rows = []
        for number in range(shown.shape[-1]):
            like = likeness(shown[..., number])
            numbers = (round(float(part[number]), 6) for part in found)
            rows.append((number, *numbers, like.name if like else "", round(like.cosine, 4) if like else ""))
        pictures = list(np.moveaxis(self._paint(self.scene, shown), 2, 0))
        heading = ("filter", *found._fields, "most like", "cosine")
        return Output(f"kernels-{bank.info.name}", sheet(pictures), heading, rows, {bank.info.name: bank.values})

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the layer's kernels, and the chosen one with its numbers."""
        if self.desk.get(scene.kernels, Weights) is None:
            self.waiting(canvas, 1, 0, scene.kernels, tones)
            return
        bank = self._bank(scene)
        if bank is None:
            canvas.put(1, 0, _("This network has no convolutions."), tones.dim)
            return
        shown = self._shown(bank)
        chosen = min(scene.channel, shown.shape[-1] - 1)
        palette = self.palette(scene, "diverging")
        detail = canvas.height - (_DETAIL if canvas.height < _TALL else _DETAIL + _MORE)
        self._draw_gallery(canvas, scene, shown, chosen, detail, tones)
        self._describe(canvas, bank, shown, chosen, palette, tones)
        styles = (tones.dim, tones.bold, tones.bar, tones.chosen)
        draw_kernel(canvas, detail, shown[..., chosen], shown, palette, styles)

    def _draw_gallery(
        self, canvas: Canvas, scene: Scene, shown: npt.NDArray[np.float64], chosen: int, bottom: int, tones: Tones
    ) -> None:
        size, count, room = (shown.shape[0], shown.shape[1]), shown.shape[-1], (bottom - _HEAD, canvas.width)
        words, narrowest = (2, _CAPTION) if size == _CLASSICS and canvas.height >= _TALL else (1, _NARROWEST)
        painted = self._paint(scene, shrink(shown, reduction(size, count, room)))
        painted = magnify(painted, enlargement(size, count, room, narrowest, words))
        laid = grid((painted.shape[0], painted.shape[1]), count, chosen, room, narrowest, words)
        self._columns, self._in_view = laid.columns, min(laid.room, count)

        def tile(place: int) -> Tile:
            like = likeness(shown[..., place]) if words > 1 else None
            if like is None:
                return Tile(painted[:, :, place], tones.dim, (f"{place}", *[""] * (words - 1)))
            sign = "−" if like.cosine < 0 else ""
            told = (f"{place}  {abs(like.cosine):.2f}", sign + like.short)
            return Tile(painted[:, :, place], tones.dim, told)

        draw_gallery(canvas, _HEAD, laid, count, chosen, tile, tones.chosen)

    def _describe(
        self,
        canvas: Canvas,
        bank: Bank,
        kernels: npt.NDArray[np.float64],
        chosen: int,
        palette: Palette,
        tones: Tones,
    ) -> None:
        """Say the numbers of the chosen kernel, which inputs it is about, and what the colours stand for."""
        kernel = kernels[..., chosen]
        numbers = _("mean {mean:.3f}  std {spread:.3f}  norm {norm:.3f}").format(
            mean=kernel.mean(), spread=kernel.std(), norm=np.linalg.norm(kernel)
        )
        canvas.row(
            1,
            0,
            (_("filter {number}").format(number=chosen), tones.bold),
            ("  " + numbers.replace("-", "−"), tones.text),
        )
        height, width, inputs, count = bank.values.shape
        summed = _("sum over {count} inputs").format(count=inputs)
        channel = _("input {number} of {count}").format(number=self._input, count=inputs)
        parts = [f"{height}×{width}"]
        if inputs > 1:
            parts.append(summed if self._input is None else channel)
        parts.append(_("scale per layer") if self._scale == "layer" else _("scale per filter"))
        if self._in_view < count:
            parts.append(_("{shown} of {count} shown").format(shown=self._in_view, count=count))
        x = canvas.put(1, 1, " · ".join(parts), tones.dim)
        extent = float(np.abs(kernels if self._scale == "layer" else kernels[..., chosen]).max(initial=0.0))
        draw_scale(canvas, 1, x + 2, (f"−{extent:.2f}", f"{extent:.2f}"), palette, tones.dim)

    def _banks(self, scene: Scene) -> list[Bank]:
        weights = self.desk.get(scene.kernels, Weights)
        return banks(scene.opened, weights) if weights else []

    def _bank(self, scene: Scene) -> Bank | None:
        found = self._banks(scene)
        return found[nearest(found, scene.layer)] if found else None

    def _shown(self, bank: Bank) -> npt.NDArray[np.float64]:
        """Return (height, width, filters): the sum over the inputs, or one of them."""
        if self._input is None or self._input >= bank.values.shape[2]:
            return np.asarray(per_filter(bank.values), np.float64)
        return bank.values[:, :, self._input]

    def _paint(self, scene: Scene, values: npt.NDArray[np.float64]) -> Pixels:
        """Colour values (height, width, filters), zero in the middle: (height, width, filters, 3)."""
        height, width, count = values.shape
        shares = stretch(values, around_zero=True, apart=self._scale == "map")
        painted = paint(shares.reshape(height, -1), self.palette(scene, "diverging"))
        return painted.reshape(height, width, count, 3)
