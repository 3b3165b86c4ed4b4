"""What each layer makes of the image: its maps as a gallery, or one of them large, or its units as bars."""

from dataclasses import fields, replace
from math import prod
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.i18n import _
from tui_cnn.insight.colours import paint, stretch
from tui_cnn.insight.maps import Scale, by_strength, statistics
from tui_cnn.runs.inspection.replies import Activations, Ranges
from tui_cnn.ui.inspect.actions import MAPS
from tui_cnn.ui.inspect.canvas_widget import Tones
from tui_cnn.ui.inspect.lab_transfer import take_map
from tui_cnn.ui.inspect.large_map import draw_large
from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, enlargement, grid, reduction
from tui_cnn.ui.inspect.old_legend import draw_scale
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.unit_bars import Units, draw_units, unit_columns
from tui_cnn.ui.inspect.view import Output, View, means
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels
from tui_cnn.ui.toolkit.pictures.pixels import magnify, sheet, shrink

_HEAD = 2


class MapsView(View):
    """Up and down walk the layers, left and right the maps; Enter makes the map large, with a cursor in it."""

    KEY = "m"
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
    _columns = 1
    _in_view = 0

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Maps")

    def want(self, scene: Scene) -> None:
        """Ask for the activations, and for the units that are dead."""
        self.desk.want("activate", scene.activate, Activations)
        self.desk.want("ranges", scene.ranges, Ranges)

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
            self.look_at(self.scene.at(row=self.scene.row + down, column=self.scene.column + right))
        elif down:
            self.look_at(self.scene.at(layer=self.scene.layer + down))
        else:
            self._step(right)

    def action_page(self, by: int) -> None:
        """Walk by a row of the gallery."""
        self._step(by * self._columns)

    def action_end(self, place: int) -> None:
        """Go to the first or the last map."""
        if self.scene is not None:
            self.look_at(self.scene.at(channel=int(self._order(self.scene)[place])))

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
        """Take the chosen map to the Lab."""
        found = self.desk.get(self.scene.activate, Activations) if self.scene else None
        if self.scene is not None and found is not None and self.scene.has_maps:
            self.to_lab(take_map(self.scene, found))

    def output(self) -> Output | None:
        """Write all maps of the layer."""
        scene = self.scene
        values = self._values(scene) if scene else None
        if scene is None or values is None:
            return None
        found = statistics(values)
        rows = [(number, *(round(float(part[number]), 6) for part in found)) for number in range(values.shape[-1])]
        return Output(
            f"maps-{scene.info.name}",
            sheet(list(np.moveaxis(self._paint(scene, values), 2, 0))),
            ("map", *found._fields),
            rows,
            {scene.info.name: values.reshape(scene.info.shape)},
        )

    def name_of(self, scene: Scene) -> str:
        """Name the layer."""
        return layer_title(scene.info)

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the layer."""
        values = self._values(scene)
        if values is None:
            self.waiting(canvas, 1, 0, scene.activate, tones)
            return
        dead = self._dead(scene)
        if not scene.has_maps:
            self._in_view = values.shape[-1]
            units = self._units(scene, values[0, 0], dead)
            self._columns = unit_columns(canvas.width, canvas.height - _HEAD, units)
            draw_units(canvas, _HEAD, units, self.palette(scene), (tones.bar, tones.dim, tones.chosen, tones.wrong))
        elif self._large:
            self._in_view = values.shape[-1]
            pixels = self._paint(scene, values)[:, :, scene.channel]
            draw_large(
                canvas, _HEAD, pixels, values[..., scene.channel], (scene.row, scene.column), tones.dim, tones.chosen
            )
        else:
            self._draw_gallery(canvas, scene, values, dead, tones)
        self._describe(canvas, scene, values, dead, tones)

    def _units(self, scene: Scene, values: npt.NDArray[np.float64], dead: npt.NDArray[np.bool_]) -> Units:
        """Put the units in their order; those of a flattened picture stand as they did in it."""
        order = self._order(scene)
        names = scene.opened.class_names if scene.layer == len(scene.opened.layers) - 1 else ()
        before = scene.opened.layers[scene.layer - 1].shape if scene.layer else scene.opened.image_shape
        kind = LAYER_TYPES[scene.info.kind]
        row = prod(before[1:]) if kind.flattens and kind.is_reshaping and not self._sorted else 0
        if row > self.size.width - 2:  # then a cell of the maps is a line
            row = before[-1]
        chosen = int(np.flatnonzero(order == scene.channel)[0])
        return Units(values[order], order, names, dead[order], chosen, row)

    def _stays(self, before: Scene, scene: Scene) -> bool:
        """Whether the maps of the image before stay in view, until those of the next one are known."""
        kept = replace(scene, subject=before.subject)
        same = all(getattr(kept, field.name) == getattr(before, field.name) for field in fields(before))
        waits = self.desk.get(scene.activate, Activations) is None and not self.desk.trouble(scene.activate)
        return same and waits and self.desk.newest("activate", Activations) is not None

    def _draw_gallery(
        self, canvas: Canvas, scene: Scene, values: npt.NDArray[np.float64], dead: npt.NDArray[np.bool_], tones: Tones
    ) -> None:
        height, width, count = values.shape
        room = (canvas.height - _HEAD, canvas.width)
        times = reduction((height, width), count, room)
        painted = magnify(self._paint(scene, shrink(values, times)), enlargement((height, width), count, room))
        order = self._order(scene)
        chosen = int(np.flatnonzero(order == scene.channel)[0])
        laid = grid((painted.shape[0], painted.shape[1]), count, chosen, room)
        self._columns, self._in_view = laid.columns, min(laid.room, count)
        peaks = values.max(axis=(0, 1))

        def tile(place: int) -> Tile:
            channel = int(order[place])
            told = [_("dead")] if dead[channel] else [f"{peaks[channel]:.{digits}f}" for digits in (2, 1)]
            fitting = (word for peak in told if len(word := f"{channel} {peak}".replace("-", "−")) <= laid.width)
            word = next(fitting, f"{channel}")
            return Tile(painted[:, :, channel], tones.wrong if dead[channel] else tones.dim, (word,))

        draw_gallery(canvas, _HEAD, laid, count, chosen, tile, tones.chosen)

    def _describe(
        self, canvas: Canvas, scene: Scene, values: npt.NDArray[np.float64], dead: npt.NDArray[np.bool_], tones: Tones
    ) -> None:
        """Say the numbers of the chosen map."""
        found = statistics(values)
        number = scene.channel
        name = _("map {number}") if scene.has_maps else _("unit {number}")
        numbers = _("{least:.2f} to {most:.2f}  mean {mean:.2f}  above zero {active:.0%}  std {spread:.2f}")
        if not scene.has_maps:
            numbers = _("value {mean:.3f}")
        told = numbers.format(
            least=found.minimum[number],
            most=found.maximum[number],
            mean=found.mean[number],
            spread=found.spread[number],
            active=(values[..., number] > 0).mean(),
        )
        x = canvas.put(1, 1, self._how(scene), tones.dim)
        if scene.has_maps and self._scale == "layer":
            least, most = (f"{end:.2f}".replace("-", "−") for end in (values.min(), values.max()))
            draw_scale(canvas, 1, x + 2, (least, most), self.palette(scene), tones.dim)
        x = canvas.put(1, 0, name.format(number=number), tones.bold)
        if dead[number]:
            x = canvas.put(x, 0, "  " + _("dead"), tones.wrong)
        canvas.put(x, 0, "  " + told.replace("-", "−"), tones.text)

    def _how(self, scene: Scene) -> str:
        """Say how the maps are drawn, and how many are dead."""
        parts = []
        found = self.desk.get(scene.ranges, Ranges)
        if found is not None:
            count = int(self._dead(scene).sum())
            parts.append(_("{count} dead in {sample:,} images").format(count=count, sample=found.sample))
        if scene.has_maps:
            parts.append(_("scale per layer") if self._scale == "layer" else _("scale per map"))
        if self._sorted:
            parts.append(_("strongest first"))
        if self._in_view < scene.map_shape[-1]:
            parts.append(_("{shown} of {count} shown").format(shown=self._in_view, count=scene.map_shape[-1]))
        return " · ".join(parts)

    def _values(self, scene: Scene) -> npt.NDArray[np.float64] | None:
        found = self.activations(scene)
        return None if found is None else means(found.layers[scene.layer].numpy()).reshape(scene.map_shape)

    def _dead(self, scene: Scene) -> npt.NDArray[np.bool_]:
        found = self.desk.get(scene.ranges, Ranges)
        count = scene.map_shape[-1]
        return np.zeros(count, np.bool_) if found is None else found.layers[scene.layer].dead.numpy()

    def _order(self, scene: Scene) -> npt.NDArray[np.int64]:
        values = self._values(scene)
        if values is None or not self._sorted:
            return np.arange(scene.map_shape[-1])
        return by_strength(values)

    def _paint(self, scene: Scene, values: npt.NDArray[np.float64]) -> Pixels:
        """Colour values (height, width, maps): (height, width, maps, 3)."""
        height, width, count = values.shape
        shares = stretch(values, apart=self._scale == "map")
        painted = paint(shares.reshape(height, -1), self.palette(scene))
        return painted.reshape(height, width, count, 3)

    def _step(self, by: int) -> None:
        if self.scene is not None:
            order = self._order(self.scene)
            place = int(np.flatnonzero(order == self.scene.channel)[0]) + by
            self.look_at(self.scene.at(channel=int(order[max(0, min(place, len(order) - 1))])))

    def _refresh(self) -> None:
        self.redraw()
        self.refresh_bindings()
