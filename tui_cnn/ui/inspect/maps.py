"""What each layer makes of the image: its maps as a gallery, or one of them large, or its units."""

from dataclasses import fields, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale as ColourScale
from tui_cnn.insight.colours import scale_of
from tui_cnn.insight.maps import Scale, by_strength, statistics
from tui_cnn.runs.inspection.replies import Activations, Ranges
from tui_cnn.ui.inspect.actions import MAPS
from tui_cnn.ui.inspect.lab_transfer import take_map
from tui_cnn.ui.inspect.large_map import LargeMap
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.units import Units, UnitsChart
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.pictures.canvas import sheet
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend

_HEAD = 2
"""Lines above the maps."""


class MapsView(View):
    """Up and down walk the layers, left and right the maps; Enter makes the map large, with a cursor in it."""

    KEY = "m"
    DEFAULT_CSS = """
    MapsView {
        & > .caption { height: 1; }
        & > Gallery, & > LargeMap, & > UnitsChart { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MAPS.bindings(),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(0)", show=False),
        Binding("end", "end(-1)", show=False),
    ]

    _large = False
    _sorted = False
    _scale: Scale = "layer"

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Maps")

    def parts(self) -> ComposeResult:
        """Yield the numbers of the selected map, how it is drawn, and the three ways to draw a layer."""
        yield Static(classes="line", id="numbers")
        with Horizontal(classes="caption"):
            yield Static(classes="line dim", id="how")
            yield Legend()
        yield Gallery()
        yield LargeMap()
        yield UnitsChart()

    def title_of(self, scene: Scene) -> str:
        """Name the layer."""
        return layer_title(scene.info)

    def want(self, scene: Scene) -> None:
        """Ask for the activations, and for the units that are dead."""
        self.answers.want("activate", scene.activate, Activations)
        self.answers.want("ranges", scene.ranges, Ranges)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back only where there is one, and what is about maps where there are some."""
        maps = self.scene is not None and self.scene.has_maps
        if action == "close_map":
            return self._large
        if action == "open_map":
            return maps and not self._large
        return maps if action == "toggle_scale" else not (action == "toggle_order" and self._large)

    def show(self, scene: Scene) -> None:
        """Show another scene; what can be done with maps cannot with units."""
        before, self._large = self.scene, self._large and scene.has_maps
        if before is not None and self._stays(before, scene):
            self.scene = scene
            self.want(scene)
        else:
            super().show(scene)
        if before is None or before.has_maps != scene.has_maps:
            self.refresh_bindings()

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and maps, or over the cells of the large map."""
        if self.scene is None:
            return
        if self._large:
            self.go_to(self.scene.at(row=self.scene.row + down, column=self.scene.column + right))
        elif down:
            self.go_to(self.scene.at(layer=self.scene.layer + down))
        else:
            self._step(right)

    def action_page(self, by: int) -> None:
        """Walk by a row of the gallery."""
        maps = self.scene is not None and self.scene.has_maps
        self._step(by * (self.query_one(Gallery).grid.columns if maps else self.query_one(UnitsChart).columns))

    def action_end(self, place: int) -> None:
        """Go to the first or the last map."""
        if self.scene is not None:
            self.go_to(self.scene.at(channel=int(self._order(self.scene)[place])))

    def action_open_map(self) -> None:
        """Make the map large."""
        self._large = self.scene is not None and self.scene.has_maps
        self._refresh()

    def action_close_map(self) -> None:
        """Go back to the gallery."""
        self._large = False
        self._refresh()

    def action_toggle_order(self) -> None:
        """Sort by strength, or by position."""
        self._sorted = not self._sorted
        self._refresh()

    def action_toggle_scale(self) -> None:
        """Take one scale for the layer, or one for each map."""
        self._scale = "map" if self._scale == "layer" else "layer"
        self._refresh()

    def action_map_to_lab(self) -> None:
        """Take the selected map to the Lab."""
        found = self.answers.get(self.scene.activate, Activations) if self.scene else None
        if self.scene is not None and found is not None and self.scene.has_maps:
            self.to_lab(take_map(self.scene, found))

    @on(Gallery.Selected)
    @on(Gallery.Opened)
    def _select_map(self, event: Gallery.Selected) -> None:
        if self.scene is not None:
            self._large = isinstance(event, Gallery.Opened)
            self.go_to(self.scene.at(channel=int(self._order(self.scene)[event.index])))
            self.refresh_bindings()

    @on(UnitsChart.Chosen)
    def _select_unit(self, event: UnitsChart.Chosen) -> None:
        if self.scene is not None:
            self.go_to(self.scene.at(channel=event.unit))

    @on(LargeMap.Chosen)
    def _select_cell(self, event: LargeMap.Chosen) -> None:
        if self.scene is not None:
            self.go_to(self.scene.at(row=event.row, column=event.column))

    @on(Gallery.LaidOut)
    def _describe_again(self) -> None:
        if self.scene is not None and (values := self._values(self.scene)) is not None:
            self._describe(self.scene, values)

    def export(self) -> ViewExport | None:
        """Write all maps of the layer."""
        scene = self.scene
        values = self._values(scene) if scene else None
        if scene is None or values is None:
            return None
        found = statistics(values)
        rows = [(number, *(round(float(part[number]), 6) for part in found)) for number in range(values.shape[-1])]
        pictures = [self._colours(values, number).paint(values[..., number]) for number in range(values.shape[-1])]
        arrays = {scene.info.name: values.reshape(scene.info.shape)}
        return ViewExport(f"maps-{scene.info.name}", sheet(pictures), ("map", *found._fields), rows, arrays)

    def update_parts(self, scene: Scene) -> str:
        """Show the layer."""
        values = self._values(scene)
        if values is None:
            return self.waiting(scene.activate)
        gallery, large, units = self.query_one(Gallery), self.query_one(LargeMap), self.query_one(UnitsChart)
        if not scene.has_maps:
            self.show_only(units, gallery, large)
            order = self._order(scene)
            names = scene.opened.class_names if scene.layer == len(scene.opened.layers) - 1 else ()
            chart = Units.of(scene, values[0, 0], order, names, self._dead(scene))
            room = self.size.height - _HEAD, self.size.width
            units.show(chart, self.scaled(scale_of(values[0, 0])), room)
        elif self._large:
            self.show_only(large, gallery, units)
            shown = values[..., scene.channel]
            large.show(shown, self._colours(values, scene.channel), (scene.row, scene.column))
        else:
            self.show_only(gallery, large, units)
            self._show_gallery(gallery, scene, values)
        self._describe(scene, values)
        return ""

    def _show_gallery(self, gallery: Gallery, scene: Scene, values: npt.NDArray[np.float64]) -> None:
        height, width, count = values.shape
        order, dead, peaks = self._order(scene), self._dead(scene), values.max(axis=(0, 1))

        def tile(place: int, cells: int) -> Tile:
            channel = int(order[place])
            peak = [_("dead")] if dead[channel] else [f"{peaks[channel]:.{digits}f}" for digits in (2, 1)]
            captions = (signed(f"{channel} {each}") for each in peak)
            caption = next((each for each in captions if len(each) <= cells), f"{channel}")
            pixels = self._colours(values, channel).paint(values[..., channel])
            return Tile(pixels, (caption,), "bad" if dead[channel] else "dim")

        def describe(place: int) -> str:
            return self._numbers(scene, values, int(order[place]))

        selected = int(np.flatnonzero(order == scene.channel)[0])
        gallery.show(Tiles(count, (height, width), tile, describe), selected)

    def _describe(self, scene: Scene, values: npt.NDArray[np.float64]) -> None:
        """Write the numbers of the selected map, and how all are drawn."""
        number = scene.channel
        name = _("map {number}") if scene.has_maps else _("unit {number}")
        parts: list[Content | tuple[str, str]] = [(name.format(number=number), "bold")]
        if self._dead(scene)[number]:
            parts.append(("  " + _("dead"), "$text-warning"))
        parts.append(("  " + self._numbers(scene, values, number), ""))
        self.query_one("#numbers", Static).update(Content.assemble(*parts), layout=False)
        self.query_one("#how", Static).update(Content(self._how(scene)), layout=False)
        self.query_one(Legend).show(self._colours(values, number) if scene.has_maps else None)
        self.border_subtitle = self.in_view(self.query_one(Gallery)) if scene.has_maps and not self._large else ""

    @staticmethod
    def _numbers(scene: Scene, values: npt.NDArray[np.float64], number: int) -> str:
        found = statistics(values[..., [number]])
        numbers = _("{least:.2f} to {most:.2f}  mean {mean:.2f}  above zero {active:.0%}  std {spread:.2f}")
        if not scene.has_maps:
            numbers = _("value {mean:.3f}")
        text = numbers.format(
            least=found.minimum[0],
            most=found.maximum[0],
            mean=found.mean[0],
            spread=found.spread[0],
            active=(values[..., number] > 0).mean(),
        )
        return signed(text)

    def _how(self, scene: Scene) -> str:
        """Say how the maps are drawn, and how many are dead."""
        parts = []
        found = self.answers.get(scene.ranges, Ranges)
        if found is not None:
            count = int(self._dead(scene).sum())
            parts.append(_("{count} dead in {sample:,} images").format(count=count, sample=found.sample))
        if scene.has_maps:
            parts.append(_("scale per layer") if self._scale == "layer" else _("scale per map"))
        if self._sorted:
            parts.append(_("strongest first"))
        return " · ".join(parts)

    def _stays(self, before: Scene, scene: Scene) -> bool:
        """Whether the maps of the image before stay in view, until those of the next one are known."""
        kept = replace(scene, subject=before.subject)
        same = all(getattr(kept, field.name) == getattr(before, field.name) for field in fields(before))
        waits = self.answers.get(scene.activate, Activations) is None and not self.answers.trouble(scene.activate)
        return same and waits and self.answers.newest("activate", Activations) is not None

    def _values(self, scene: Scene) -> npt.NDArray[np.float64] | None:
        found = self.activations(scene)
        return None if found is None else as_floats(found.layers[scene.layer].numpy()).reshape(scene.map_shape)

    def _dead(self, scene: Scene) -> npt.NDArray[np.bool_]:
        found = self.answers.get(scene.ranges, Ranges)
        count = scene.map_shape[-1]
        return np.zeros(count, np.bool_) if found is None else found.layers[scene.layer].dead.numpy()

    def _order(self, scene: Scene) -> npt.NDArray[np.int64]:
        values = self._values(scene)
        if values is None or not self._sorted:
            return np.arange(scene.map_shape[-1])
        return by_strength(values)

    def _colours(self, values: npt.NDArray[np.float64], number: int) -> ColourScale:
        """Return the colours of a map: those of the layer, or its own, of the layer's kind."""
        whole = scale_of(values)
        if self._scale == "layer":
            return self.scaled(whole)
        return self.scaled(scale_of(values[..., number], signed=whole.palette == "diverging"))

    def _step(self, by: int) -> None:
        if self.scene is not None:
            order = self._order(self.scene)
            place = int(np.flatnonzero(order == self.scene.channel)[0]) + by
            self.go_to(self.scene.at(channel=int(order[max(0, min(place, len(order) - 1))])))

    def _refresh(self) -> None:
        self.update()
        self.refresh_bindings()
