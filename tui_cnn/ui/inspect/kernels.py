"""The weights of each convolution, as pictures and numbers, and what they are most like."""

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale as ColourScale
from tui_cnn.insight.colours import scale_of
from tui_cnn.insight.filters import candidates, likeness
from tui_cnn.insight.maps import Scale, per_filter, statistics
from tui_cnn.runs.inspection.figure import Figure, Panel
from tui_cnn.ui.inspect.actions import KERNELS
from tui_cnn.ui.inspect.kernel_banks import Bank, bank_near, kernel_places, nearest
from tui_cnn.ui.inspect.kernel_detail import KernelDetail
from tui_cnn.ui.inspect.lab_transfer import take_filter
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import View, ViewExport, signed
from tui_cnn.ui.toolkit.numbers import whole_parts
from tui_cnn.ui.toolkit.pictures.canvas import Pixels
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend

_TALL = 32
_CAPTION, _NARROWEST = 9, 5

Shown = Literal["colours", "sum"] | int
"""What a picture of a kernel shows: its three inputs as red, green and blue; the sum of all; or one of them."""


class KernelsView(View):
    """Up and down walk the layers that have kernels, left and right the filters."""

    SCOPE = KERNELS
    TITLE = _("Kernels")
    DEFAULT_CSS = "KernelsView > Gallery { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [*KERNELS.bindings()]

    _chosen = 0
    """Which of what can be shown of a kernel is."""

    _scale: Scale = "map"

    def parts(self) -> ComposeResult:
        """Yield the numbers of the selected kernel, how it is drawn, all kernels, and the selected one in full."""
        yield Static(classes="line", id="numbers")
        with Horizontal(classes="caption"):
            yield Static(classes="line dim", id="how")
            yield Legend()
        yield Gallery(id="filters")
        yield KernelDetail()

    def title_of(self, scene: Scene) -> str:
        """Name the layer."""
        bank = self._bank
        return layer_title(bank.info) if bank else self.TITLE

    def want(self, scene: Scene) -> None:
        """Ask for the weights, and for what goes into the layers, which the Lab may be given."""
        self.answers.want(scene.activate, scene.kernels)

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and filters."""
        places, bank = kernel_places(self.scene.opened), self._bank
        if down and places:
            place = max(0, min(nearest(places, self.scene.layer) + down, len(places) - 1))
            self._chosen = 0
            self.go_to(self.scene.at(layer=places[place]))
        elif bank is not None:
            here = min(self.scene.channel, bank.values.shape[-1] - 1)
            self.go_to(self.scene.at(layer=bank.place, channel=here + right))

    def action_page(self, by: int) -> None:
        """Walk by a row of the gallery."""
        self.action_walk(0, by * self.query_one("#filters", Gallery).grid.columns)

    def action_toggle_scale(self) -> None:
        """Take one scale for the layer, or one for each filter."""
        self._scale = "map" if self._scale == "layer" else "layer"
        self.update()

    def action_next_input(self) -> None:
        """Show the next input channel; after the last come the colours, where there are some, and the sum."""
        bank = self._bank
        if bank is not None:
            self._chosen = (self._chosen + 1) % len(self._choices(bank))
            self.update()

    def action_filter_to_lab(self) -> None:
        """Take the selected filter to the Lab, with its input."""
        scene, bank = self.scene, self._bank
        if bank is None:
            return
        found, weights = self.answers.get(scene.activate), self.answers.get(scene.kernels)
        choice = self._choice(bank)
        channel = choice if isinstance(choice, int) else None
        transfer = take_filter(scene, bank.place, channel, found, weights) if found and weights else None
        if transfer is not None:
            self.to_lab(transfer)
        else:
            self.notify(_("The Lab supports filters of Conv2D, DepthwiseConv2D and FixedConv2D layers."))

    @on(Gallery.Selected, "#filters")
    @on(Gallery.Opened, "#filters")
    def _select(self, event: Gallery.Selected) -> None:
        bank = self._bank
        if bank is not None:
            self.go_to(self.scene.at(layer=bank.place, channel=event.index))

    def export(self) -> ViewExport | None:
        """Write the layer's kernels."""
        bank = self._bank
        if bank is None:
            return None
        shown = self._shown(bank)
        found = statistics(shown)
        rows, panels = [], []
        for number in range(shown.shape[-1]):
            like = likeness(shown[..., number])
            numbers = (_rounded(part[number]) for part in found)
            said = (like.classic.name if like.named else "", *map(_rounded, like[1:])) if like else ("", "", "")
            rows.append((number, *numbers, *said))
            pixels, scale = self._picture(bank, shown, number)
            title = f"{number}  {said[0]}" if said[0] else f"{number}"
            panels.append(Panel(pixels, title, scale))
        heading = ("filter", *found._fields, "most like", "cosine", "chance level")
        figure = Figure(f"{self.title_of(self.scene)} ({bank.info.name})", panels, (self._how(bank),))
        return ViewExport(f"kernels-{bank.info.name}", figure, heading, rows, {bank.info.name: bank.values})

    def update_parts(self, scene: Scene) -> str:
        """Show the layer's kernels, and the selected one with its numbers."""
        if self.answers.get(scene.kernels) is None:
            return self.waiting(scene.kernels)
        bank = self._bank
        if bank is None:
            return _("This network has no convolutions.")
        shown = self._shown(bank)
        selected = min(scene.channel, shown.shape[-1] - 1)
        named = bool(candidates(shown.shape[:2])) and self.size.height >= _TALL

        def tile(place: int, _cells: int) -> Tile:
            pixels, _scale = self._picture(bank, shown, place)
            like = likeness(shown[..., place]) if named else None
            if like is None:
                return Tile(pixels, (f"{place}",))
            sign = "−" if like.cosine < 0 else ""
            name = sign + like.classic.short if like.named else ""
            return Tile(pixels, (f"{place}  {abs(like.cosine):.2f}", name))

        def describe(place: int) -> str:
            like = likeness(shown[..., place])
            words = _numbers(shown[..., place])
            return f"{place}  {words}" + (f"\n{like.words()}" if like else "")

        words, narrowest = (2, _CAPTION) if named else (1, _NARROWEST)
        tiles = Tiles(shown.shape[-1], (shown.shape[0], shown.shape[1]), tile, describe, words, narrowest)
        self.query_one("#filters", Gallery).show(tiles, selected)
        self._describe(scene, bank)
        self.query_one(KernelDetail).show(shown[..., selected], shown, self._colours(shown, selected), self.size.width)
        return ""

    def _describe(self, scene: Scene, bank: Bank) -> None:
        """Write the numbers of the selected kernel, which inputs it is about, and what the colours stand for."""
        shown = self._shown(bank)
        selected = min(scene.channel, shown.shape[-1] - 1)
        name = _("filter {number}").format(number=selected)
        numbers = whole_parts(_numbers(shown[..., selected]), self.size.width - cell_len(name) - 2)
        self.write("#numbers", Content.assemble((name, "bold"), f"  {numbers}"))
        self.write_caption(self._how(bank), self._picture(bank, shown, selected)[1])

    def _how(self, bank: Bank) -> str:
        """Say which part of the kernels is drawn, and how."""
        height, width, inputs, _count = bank.values.shape
        parts = [f"{height}×{width}"]
        if inputs > 1:
            choice = self._choice(bank)
            text = {"colours": _("red, green and blue; numbers: sum"), "sum": _("sum over {count} inputs")}
            words = text.get(str(choice)) or _("input {number} of {count}")
            parts.append(words.format(number=choice, count=inputs))
        parts.append(_("scale per layer") if self._scale == "layer" else _("scale per filter"))
        return " · ".join(parts)

    @property
    def _bank(self) -> Bank | None:
        weights = self.answers.get(self.scene.kernels)
        return None if weights is None else bank_near(self.scene.opened, weights, self.scene.layer)

    def _choices(self, bank: Bank) -> list[Shown]:
        """List what can be shown of kernels, first what is at first; colours only where there are colours."""
        inputs = bank.values.shape[2]
        in_colours = bank.coloured and self.scaled(_ANY).palette != "grey"
        colours: list[Shown] = ["colours"] if in_colours else []
        return [*colours, "sum", *(range(inputs) if inputs > 1 else ())]

    def _choice(self, bank: Bank) -> Shown:
        choices = self._choices(bank)
        return choices[self._chosen % len(choices)]

    def _shown(self, bank: Bank) -> npt.NDArray[np.float64]:
        """Return (height, width, filters): one of the inputs, or the sum over them."""
        choice = self._choice(bank)
        return bank.values[:, :, choice] if isinstance(choice, int) else np.asarray(per_filter(bank.values), np.float64)

    def _picture(self, bank: Bank, shown: npt.NDArray[np.float64], number: int) -> tuple[Pixels, ColourScale]:
        """Draw a filter, and say by which scale: in colours black is the least and white the most of each colour."""
        if self._choice(bank) != "colours":
            scale = self._colours(shown, number)
            return scale.paint(shown[..., number]), scale
        values = bank.colours_of(number, blue_first=self.scene.opened.scaling.scale == "imagenet-bgr")
        scale = scale_of(bank.values if self._scale == "layer" else values, signed=True)._replace(palette="grey")
        return scale.mix(values), scale

    def _colours(self, shown: npt.NDArray[np.float64], number: int) -> ColourScale:
        """Return the colours of a filter: those of the layer, or its own."""
        return self.scaled(scale_of(shown if self._scale == "layer" else shown[..., number], signed=True))


_ANY = scale_of(np.zeros(1), signed=True)


def _rounded(value: float) -> float:
    return round(float(value), 6)


def _numbers(kernel: npt.NDArray[np.float64]) -> str:
    text = _("mean {mean:.3f}  std {spread:.3f}  norm {norm:.3f}")
    return signed(text.format(mean=kernel.mean(), spread=kernel.std(), norm=np.linalg.norm(kernel)))
