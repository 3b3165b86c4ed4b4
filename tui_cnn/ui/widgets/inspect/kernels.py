"""The weights of each convolution, as pictures and numbers, and what they are most like."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.insight.classics import classical_filters, cosine, likeness
from tui_cnn.insight.colours import paint, stretch
from tui_cnn.insight.maps import Histogram, histogram, per_filter, statistics
from tui_cnn.runs.inspection.replies import Activations, Weights
from tui_cnn.ui.actions import bindings
from tui_cnn.ui.draw.canvas import Canvas, Pixels
from tui_cnn.ui.draw.charts import draw_columns, draw_numbers
from tui_cnn.ui.draw.gallery import Tile, draw_gallery, enlargement, grid, reduction
from tui_cnn.ui.draw.pictures import magnify, sheet, shrink
from tui_cnn.ui.inspecting.banks import Bank, banks, nearest
from tui_cnn.ui.inspecting.scene import Scene, layer_title
from tui_cnn.ui.inspecting.taking import take_filter
from tui_cnn.ui.widgets.inspect.drawn import Tones
from tui_cnn.ui.widgets.inspect.view import Output, View

_HEAD = 2
_DETAIL = 6
_FIELD = 6
_LARGEST_TABLE = 5
_CLASSICS = (3, 3)


class KernelsView(View):
    """Up and down walk the layers that have kernels, left and right the filters."""

    KEY = "k"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("kernels"),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    _input: int | None = None
    """The input channel that is shown; None: the sum of all."""

    _columns = 1

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
        brought = take_filter(scene, bank.place, self._input, found, weights) if found and weights else None
        if brought is not None:
            self.to_lab(brought)
        else:
            self.notify(_("The Lab takes filters of Conv2D, DepthwiseConv2D and FixedConv2D layers."))

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
        pictures = [self._paint(self.scene, shown)[:, :, number] for number in range(shown.shape[-1])]
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
        self._describe(canvas, bank, shown[..., chosen], chosen, tones)
        detail = min(canvas.height, canvas.height - _DETAIL)
        self._draw_gallery(canvas, scene, shown, chosen, detail, tones)
        self._draw_detail(canvas, scene, shown, chosen, detail, tones)

    def _draw_gallery(
        self, canvas: Canvas, scene: Scene, shown: npt.NDArray[np.float64], chosen: int, bottom: int, tones: Tones
    ) -> None:
        size, count, room = (shown.shape[0], shown.shape[1]), shown.shape[-1], (bottom - _HEAD, canvas.width)
        painted = self._paint(scene, shrink(shown, reduction(size, count, room)))
        painted = magnify(painted, enlargement(size, count, room))
        laid = grid((painted.shape[0], painted.shape[1]), count, chosen, room)
        self._columns = laid.columns

        def tile(place: int) -> Tile:
            return Tile(painted[:, :, place], f"{place}", tones.dim)

        draw_gallery(canvas, _HEAD, laid, count, chosen, tile, tones.chosen)

    def _describe(self, canvas: Canvas, bank: Bank, kernel: npt.NDArray[np.float64], chosen: int, tones: Tones) -> None:
        """Say the numbers of the chosen kernel, and which inputs it is about."""
        numbers = _("mean {mean:.3f}  spread {spread:.3f}  norm {norm:.3f}").format(
            mean=kernel.mean(), spread=kernel.std(), norm=np.linalg.norm(kernel)
        )
        canvas.row(
            1,
            0,
            (_("filter {number}").format(number=chosen), tones.bold),
            ("  " + numbers.replace("-", "−"), tones.text),
        )
        height, width, inputs = bank.values.shape[:3]
        summed = _("the sum over {count} input channels").format(count=inputs)
        channel = _("input channel {number} of {count}").format(number=self._input, count=inputs)
        what = "" if inputs == 1 else " · " + (summed if self._input is None else channel)
        canvas.put(1, 1, f"{height}×{width}{what}", tones.dim)

    def _draw_detail(
        self, canvas: Canvas, scene: Scene, shown: npt.NDArray[np.float64], chosen: int, top: int, tones: Tones
    ) -> None:
        """Write the values, what they are like, and how the layer's values are spread."""
        kernel = shown[..., chosen]
        like, x = likeness(kernel), 1
        if max(kernel.shape) <= _LARGEST_TABLE:
            draw_numbers(canvas, x, top, kernel, _FIELD)
            x += kernel.shape[1] * _FIELD + 3
        bins = histogram(shown, max(8, min(40, canvas.width - x - 2)))
        if like is not None:
            self._draw_classics(canvas, scene, x, top, kernel, like.name, tones)
            told = _("most like {name}, cosine {cosine:.2f}").format(name=like.name, cosine=like.cosine)
            if like.cosine < 0:
                told = _("most like {name} with its signs turned, cosine {cosine:.2f}").format(
                    name=like.name, cosine=like.cosine
                )
            canvas.put(1, top + 4, told.replace("-", "−"), tones.bold)
            self._draw_histogram(canvas, 1, top + 5, bins, 1, tones)
        else:
            self._draw_histogram(canvas, x, top, bins, _DETAIL - 2, tones)

    def _draw_histogram(self, canvas: Canvas, x: int, y: int, bins: Histogram, height: int, tones: Tones) -> None:
        """Draw how many values of the layer are how large."""
        counts, edges = bins
        ends = [f"{edge:.2f}".replace("-", "−") for edge in (edges[0], edges[-1])]
        if height == 1:
            x = canvas.put(x, y, _("all values {least} ").format(least=ends[0]), tones.dim)
            draw_columns(canvas, x, y, counts, 1, tones.bar)
            canvas.put(x + len(counts) + 1, y, ends[1], tones.dim)
        else:
            draw_columns(canvas, x, y, counts, height, tones.bar)
            canvas.put(x, y + height, ends[0], tones.dim)
            canvas.put(x + len(counts) - len(ends[1]), y + height, ends[1], tones.dim)

    def _draw_classics(
        self,
        canvas: Canvas,
        scene: Scene,
        x: int,
        y: int,
        kernel: npt.NDArray[np.float64],
        best: str,
        tones: Tones,
    ) -> None:
        """Put the classical filters beside the kernel, the most similar first, each with its cosine."""
        similar = sorted(classical_filters().items(), key=lambda each: -abs(cosine(kernel, each[1])))
        for name, values in similar:
            field = max(9, len(name)) + 2
            if x + field > canvas.width:
                break
            pixels = magnify(paint(stretch(values, around_zero=True), self.palette(scene, "diverging")), 2)
            canvas.put(x, y, name, tones.chosen if name == best else tones.dim)
            canvas.picture(x, y + 1, pixels)
            canvas.put(x + 7, y + 2, f"{cosine(kernel, values):.2f}".replace("-", "−"), tones.text)
            x += max(field, 14)

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
        shares = stretch(values, around_zero=True).reshape(height, -1)
        return paint(shares, self.palette(scene, "diverging")).reshape(height, width, count, 3)
