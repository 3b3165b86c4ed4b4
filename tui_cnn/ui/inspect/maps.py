"""What each layer makes of the image: its maps as a gallery, or one of them large, or its units."""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale as ColourScale
from tui_cnn.insight.colours import is_signed, scale_of
from tui_cnn.insight.maps import Scale, by_strength, statistics
from tui_cnn.runs.inspection.figure import Figure, FigureAxis, Panel
from tui_cnn.runs.inspection.replies import Array
from tui_cnn.ui.inspect.actions import MAPS
from tui_cnn.ui.inspect.lab_transfer import take_map
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.units import Units, UnitsChart
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.numbers import whole_parts
from tui_cnn.ui.toolkit.pictures.drawing import Drawing
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles, lay_out
from tui_cnn.ui.toolkit.pictures.legend import Legend, two_decimals
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_UNITS = 32
"""Units in a row of an exported picture."""

_HEAD = 2
"""Lines above the maps."""

_LARGE_MAP = 10
"""So many lines that the gallery leaves are worth a large map of the selected one."""

_AROUND = 2
"""Cells around the cursor whose values are written, on each side."""


class LargeMap(Horizontal):
    """A map as large as it fits, and beside it, or below where there is no room, the values around the cursor."""

    DEFAULT_CSS = """
    LargeMap {
        & > Picture { width: 1fr; height: 1fr; }
        & > Vertical { width: 36; height: auto; margin-left: 2; }
        & Static { height: 1; color: $foreground 70%; }
        & Matrix { height: 15; }
    }
    """

    @dataclass
    class Chosen(Message):
        """A cell of the map was clicked."""

        row: int
        column: int

    _cell = (0, 0)

    def compose(self) -> ComposeResult:
        """Lay out the map, and the values."""
        yield Picture()
        with Vertical():
            yield Static(markup=False)
            yield Matrix()

    def show(self, values: npt.NDArray[Any], scale: ColourScale, cell: tuple[int, int]) -> None:
        """Show a map (height, width) with a frame around a cell."""
        self._cell = row, column = cell
        self.query_one(Picture).show(Raster(scale.paint(values), values, [((*cell, *cell), "cursor")]))
        self.query_one(Static).update(_("row {row}, column {column}").format(row=row, column=column))
        around = np.pad(values, _AROUND, constant_values=np.nan)
        shown = around[row : row + 2 * _AROUND + 1, column : column + 2 * _AROUND + 1]
        self.query_one(Matrix).show(MatrixContent(shown, _text, scale, widest_cell=7), (_AROUND, _AROUND))

    @on(Drawing.Selected)
    @on(Drawing.Opened)
    def _select(self, event: Drawing.Selected) -> None:
        event.stop()
        row, column = event.cell
        if isinstance(event.drawing, Matrix):
            row, column = self._cell[0] + row - _AROUND, self._cell[1] + column - _AROUND
        self.post_message(self.Chosen(row, column))


def _text(value: float) -> str:
    return "·" if np.isnan(value) else two_decimals(value)


class MapsView(View):
    """Up and down walk the layers, left and right the maps; Enter makes the map large, with a cursor in it.

    The room that the gallery leaves has the selected map large as well.
    """

    SCOPE = MAPS
    TITLE = _("Maps")
    DEFAULT_CSS = """
    MapsView {
        & > Gallery, & > LargeMap, & > UnitsChart { height: 1fr; }
        & > LargeMap.-below { margin-top: 1; & > Vertical { dock: left; margin: 0 2 0 0; } }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MAPS.bindings(),
        Binding("home", "end(0)", show=False),
        Binding("end", "end(-1)", show=False),
    ]

    _large = False
    _sorted = False
    _scale: Scale = "layer"
    _held: tuple[Array, npt.NDArray[np.float64], ColourScale] | None = None
    """The maps of a layer as numbers, and the scale of all of them."""

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
        self.answers.want(scene.activate, scene.ranges)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back only where there is one, and what is about maps where there are some."""
        maps = self.has_scene and self.scene.has_maps
        if action == "close_map":
            return self._large
        if action == "open_map":
            return maps and not self._large
        return maps if action == "toggle_scale" else not (action == "toggle_order" and self._large)

    def show(self, scene: Scene) -> None:
        """Show another scene; what can be done with maps cannot with units."""
        before = self.scene if self.has_scene else None
        self._large = self._large and scene.has_maps
        if before is not None and self._stays(before, scene):
            self.scene = scene
            self.want(scene)
        else:
            super().show(scene)
        if before is None or before.has_maps != scene.has_maps:
            self.refresh_bindings()

    def action_walk(self, down: int, right: int) -> None:
        """Walk through layers and maps, or over the cells of the large map."""
        if self._large:
            self.go_to(self.scene.at(row=self.scene.row + down, column=self.scene.column + right))
        elif down:
            self.go_to(self.scene.at(layer=self.scene.layer + down))
        else:
            self._step(right)

    def action_page(self, by: int) -> None:
        """Walk by all maps that are in view at once, or by a row where none is left out."""
        if self.scene.has_maps:
            gallery = self.query_one(Gallery)
            grid = gallery.grid
            self._step(by * (grid.room if grid.room < gallery.tiles.count else grid.columns))
        else:
            self._step(by * self.query_one(UnitsChart).columns)

    def action_end(self, place: int) -> None:
        """Go to the first or the last map."""
        self.go_to(self.scene.at(channel=int(self._order(self.scene)[place])))

    def action_open_map(self) -> None:
        """Make the map large."""
        self._large = self.scene.has_maps
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
        found = self.answers.get(self.scene.activate)
        if found is not None and self.scene.has_maps:
            self.to_lab(take_map(self.scene, found))

    @on(Gallery.Selected)
    @on(Gallery.Opened)
    def _select_map(self, event: Gallery.Selected) -> None:
        self._large = isinstance(event, Gallery.Opened)
        self.go_to(self.scene.at(channel=int(self._order(self.scene)[event.index])))
        self.refresh_bindings()

    @on(UnitsChart.Chosen)
    def _select_unit(self, event: UnitsChart.Chosen) -> None:
        self.go_to(self.scene.at(channel=event.unit))

    @on(LargeMap.Chosen)
    def _select_cell(self, event: LargeMap.Chosen) -> None:
        self.go_to(self.scene.at(row=event.row, column=event.column))

    def export(self) -> ViewExport | None:
        """Write all maps of the layer."""
        scene, values = self.scene, self._values(self.scene)
        if values is None:
            return None
        found, numbers = statistics(values), range(values.shape[-1])
        rows = [(number, *(round(float(part[number]), 6) for part in found)) for number in numbers]
        scales = [self._colours(values, number) for number in numbers]
        panels = [Panel(scale.paint(values[..., n]), f"{n}", scale) for n, scale in enumerate(scales)]
        arrays = {scene.info.name: values.reshape(scene.info.shape)}
        title = f"{self.title_of(scene)} ({scene.info.name})"
        figure = Figure(title, panels, (scene.subject.full_title,))
        if not scene.has_maps:
            units = np.append(values[0, 0], np.full(-len(numbers) % _UNITS, np.nan)).reshape(-1, _UNITS)
            scale = self.scaled(scale_of(values, signed=is_signed(values)))
            begins = [f"{number}" for number in range(0, len(numbers), _UNITS)]
            axes = FigureAxis(_("unit"), names=begins), FigureAxis("+")
            figure = figure._replace(panels=[Panel(scale.paint(units), "", scale)], down=axes[0], across=axes[1])
        return ViewExport(f"maps-{scene.info.name}", figure, ("map", *found._fields), rows, arrays)

    def update_parts(self, scene: Scene) -> str:
        """Show the layer."""
        values = self._values(scene)
        if values is None:
            return self.waiting(scene.activate)
        gallery, large, units = self.query_one(Gallery), self.query_one(LargeMap), self.query_one(UnitsChart)
        room = self.size.height - _HEAD, self.size.width
        gallery.display, units.display = scene.has_maps and not self._large, not scene.has_maps
        left = 0
        if units.display:
            order = self._order(scene)
            names = scene.opened.class_names if scene.layer == len(scene.opened.layers) - 1 else ()
            chart = Units.of(scene, values[0, 0], order, names, self._dead(scene))
            units.show(chart, self.scaled(scale_of(values, signed=is_signed(values))), room)
        elif gallery.display:
            selected, tiles = int(np.flatnonzero(self._order(scene) == scene.channel)[0]), self._tiles(scene, values)
            grid = lay_out(tiles, selected, room)
            lines = grid.height(tiles.count)
            left = room[0] - lines - 1
            gallery.styles.height = lines if left >= _LARGE_MAP else "1fr"
            gallery.show(tiles, selected)
        large.display = self._large or left >= _LARGE_MAP
        large.set_class(not self._large, "-below")
        if large.display:
            colours = self._colours(values, scene.channel)
            large.show(values[..., scene.channel], colours, (scene.row, scene.column))
        self._describe(scene, values)
        return ""

    def _tiles(self, scene: Scene, values: npt.NDArray[np.float64]) -> Tiles:
        height, width, count = values.shape
        order, dead, peaks = self._order(scene), self._dead(scene), values.max(axis=(0, 1))

        def captions(digits: int) -> list[str]:
            numbers = [_("dead") if dead[each] else f"{peaks[each]:.{digits}f}" for each in range(count)]
            return [signed(f"{each} {number}") for each, number in enumerate(numbers)]

        choices = [captions(2), captions(1)]

        def tile(place: int, cells: int) -> Tile:
            channel = int(order[place])
            fitting = (each[channel] for each in choices if max(map(cell_len, each)) <= cells)
            pixels = self._colours(values, channel).paint(values[..., channel])
            return Tile(pixels, (next(fitting, f"{channel}"),), "bad" if dead[channel] else "dim")

        def describe(place: int) -> str:
            return self._numbers(scene, values, int(order[place]))

        return Tiles(count, (height, width), tile, describe)

    def _describe(self, scene: Scene, values: npt.NDArray[np.float64]) -> None:
        """Write the numbers of the selected map, and how all are drawn."""
        number = scene.channel
        name = (_("map {number}") if scene.has_maps else _("unit {number}")).format(number=number)
        dead = "  " + _("dead") if self._dead(scene)[number] else ""
        numbers = whole_parts(self._numbers(scene, values, number), self.size.width - cell_len(name + dead) - 2)
        self.write("#numbers", Content.assemble((name, "bold"), (dead, "$text-warning"), f"  {numbers}"))
        self.write_caption(self._how(scene), self._colours(values, number) if scene.has_maps else None)

    @staticmethod
    def _numbers(scene: Scene, values: npt.NDArray[np.float64], number: int) -> str:
        found = statistics(values[..., [number]])
        numbers = _("{least:.2f} to {most:.2f}  above zero {active:.0%}  mean {mean:.2f}  std {spread:.2f}")
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
        found = self.answers.get(scene.ranges)
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
        waits = self.answers.get(scene.activate) is None and not self.answers.trouble(scene.activate)
        return same and waits and self.answers.newest(scene.activate) is not None

    def _values(self, scene: Scene) -> npt.NDArray[np.float64] | None:
        """Return the maps, (height, width, maps); kept, for each key asks for them several times."""
        found = self.activations(scene)
        array = found.layers.get(scene.info.name) if found is not None else None
        if array is None:
            return None
        if self._held is None or self._held[0] is not array:
            values = as_floats(array.numpy()).reshape(scene.map_shape)
            self._held = array, values, scale_of(values, signed=is_signed(values))
        return self._held[1]

    def _dead(self, scene: Scene) -> npt.NDArray[np.bool_]:
        found = self.answers.get(scene.ranges)
        count = scene.map_shape[-1]
        return np.zeros(count, np.bool_) if found is None else found.layers[scene.layer].dead.numpy()

    def _order(self, scene: Scene) -> npt.NDArray[np.int64]:
        values = self._values(scene) if self._sorted else None
        return np.arange(scene.map_shape[-1]) if values is None else by_strength(values)

    def _colours(self, values: npt.NDArray[np.float64], number: int) -> ColourScale:
        """Return the colours of a map: those of the layer, or its own, of the layer's kind."""
        of_layer = self._held[2] if self._held is not None else scale_of(values, signed=is_signed(values))
        if self._scale == "layer":
            return self.scaled(of_layer)
        return self.scaled(scale_of(values[..., number], signed=of_layer.palette == "diverging"))

    def _step(self, by: int) -> None:
        order = self._order(self.scene)
        place = int(np.flatnonzero(order == self.scene.channel)[0]) + by
        self.go_to(self.scene.at(channel=int(order[max(0, min(place, len(order) - 1))])))

    def _refresh(self) -> None:
        self.update()
        self.refresh_bindings()
