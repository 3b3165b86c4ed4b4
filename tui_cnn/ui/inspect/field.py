"""What a cell of a map sees of the image, computed and measured, and which places excite its map most."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.i18n import _
from tui_cnn.insight.colours import overlay
from tui_cnn.runs.inspection.replies import Activations, Patches, Region, Seen
from tui_cnn.runs.inspection.requests import Look, TopPatches
from tui_cnn.ui.inspect.actions import FIELD
from tui_cnn.ui.inspect.canvas_widget import Tones
from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, enlargement, grid
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import Output, View, heat, means
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels, colours
from tui_cnn.ui.toolkit.pictures.pixels import fit_into, frame, magnify, sheet, shrink

_COMPUTED = (255, 255, 255)
_MEASURED = (255, 176, 0)
_CELL = (255, 80, 80)
_HEAD = 1
_WORD = 9
_WORDS = 20
_GAP = 2
_TOP = 9
_SAMPLE = 1000
_STRENGTH = 0.4


class FieldView(View):
    """Arrows move the cell over the map."""

    KEY = "f"
    BINDINGS: ClassVar[list[BindingType]] = [
        *FIELD.bindings(),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
    ]

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("RF")

    def name_of(self, scene: Scene) -> str:
        """Name the cell."""
        place = _("{layer} · map {map}, row {row}, column {column}") if scene.has_maps else _("{layer} · unit {map}")
        return place.format(layer=layer_title(scene.info), map=scene.channel, row=scene.row, column=scene.column)

    def want(self, scene: Scene) -> None:
        """Ask what the cell sees, and what its map likes."""
        self.desk.want("activate", scene.activate, Activations)
        self.desk.want("look", self._look(scene), Seen)
        self.desk.want("excite", self._excite(scene), Patches)

    def action_walk(self, down: int, right: int) -> None:
        """Move the cell; units have none, so the next one is taken."""
        if self.scene is None:
            return
        if self.scene.has_maps:
            self.look_at(self.scene.at(row=self.scene.row + down, column=self.scene.column + right))
        else:
            self.look_at(self.scene.at(channel=self.scene.channel + down + right))

    def output(self) -> Output | None:
        """Write the places that excite the map, and what the cell sees."""
        scene = self.scene
        seen = self.desk.get(self._look(scene), Seen) if scene else None
        patches = self.desk.get(self._excite(scene), Patches) if scene else None
        if scene is None or patches is None or seen is None:
            return None
        here = scene.channel
        regions = patches.regions.numpy()[here]
        rows = [
            (int(number), *map(int, region), float(value))
            for number, region, value in zip(
                patches.images.numpy()[here], regions, patches.values.numpy()[here], strict=True
            )
        ]
        heading = (_("image"), _("top"), _("left"), _("bottom"), _("right"), _("activation"))
        pictures = sheet([colours(patch) for patch in self._patches(scene, patches)], 3)
        arrays = {"gradient": seen.gradient.numpy(), "patches": self._patches(scene, patches)}
        return Output(f"field-{scene.info.name}-{here}", pictures, heading, rows, arrays)

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the image with its frames, the map with the cell, the words beside them, the patches below."""
        found = self.activations(scene)
        if found is None:
            self.waiting(canvas, 1, 0, scene.activate, tones)
            return
        seen = self.desk.get(self._look(scene), Seen)
        image = colours(found.image.numpy())
        size = (image.shape[0], image.shape[1])
        maps = means(found.layers[scene.layer].numpy()).reshape(scene.map_shape)
        beside = scene.has_maps and canvas.width >= 2 * size[1] + _WORDS + 2 * _GAP
        room = (canvas.width - _WORDS) // (2 if beside else 1) - _GAP
        times = fit_into(size, (canvas.height * 3 // 5, room))
        if seen is not None:
            image = overlay(image, means(seen.gradient.numpy()), _STRENGTH, self.palette(scene))
        large = magnify(image, times)
        for region, colour in ((seen and seen.measured, _MEASURED), (seen and seen.computed, _COMPUTED)):
            if region:
                large = frame(large, region, colour, times)
        canvas.picture(1, 0, large)
        x = size[1] * times + 1 + _GAP
        if beside:
            x += self._draw_map(canvas, scene, maps[..., scene.channel], large.shape[:2], x) + _GAP
        self._tell(canvas, scene, seen, maps[scene.row, scene.column, scene.channel], x, tones)
        self._draw_patches(canvas, scene, -(-size[0] * times // 2) + 1, tones)

    def _draw_map(
        self, canvas: Canvas, scene: Scene, values: npt.NDArray[np.float64], room: tuple[int, int], x: int
    ) -> int:
        """Draw the map (height, width) as large as the image, with a frame around the cell; return how wide it is."""
        reduced = -(-max(values.shape[0] - room[0], 0) // room[0]) + 1
        small = shrink(values, reduced)
        times = fit_into((len(small), len(small[0])), (room[0] // 2, room[1]))
        large = magnify(heat(small, self.palette(scene)), times)
        row, column = scene.row // reduced, scene.column // reduced
        if times > 1:
            large = frame(large, (row, column, row, column), _CELL, times)
        else:
            large[row, column] = _CELL
        canvas.picture(x, 0, large)
        return int(large.shape[1])

    def _tell(self, canvas: Canvas, scene: Scene, seen: Seen | None, value: float, x: int, tones: Tones) -> None:
        """Say how large the cell's value is, and where the frames are."""
        told = _("value {value:.3f}").format(value=value).replace("-", "−")
        canvas.put(x, 0, told, tones.text)
        if seen is None:
            self.waiting(canvas, x, 1, self._look(scene), tones)
            return
        status = {
            "exact": "",
            "full": _("whole image"),
            "unaligned": _("varies by branch"),
            None: _("unknown"),
        }[seen.status]
        measured: tuple[str, ...] = tuple(_where(seen.measured))
        if seen.measured == seen.computed:
            measured = (_("the same region"),)
        lines = (
            (_("computed (white)"), tones.bold),
            *((words, tones.text) for words in _where(seen.computed)),
            (status, tones.dim),
            (_("by gradient (amber)"), tones.bold),
            *((words, tones.text) for words in measured),
            (_("bright: gradient"), tones.dim),
        )
        for line, (words, style) in enumerate((each for each in lines if each[0]), start=2):
            canvas.put(x, line, words, style)

    def _draw_patches(self, canvas: Canvas, scene: Scene, y: int, tones: Tones) -> None:
        if canvas.height - y < 4:
            return
        request = self._excite(scene)
        told = (
            _("strongest activations of map {number}")
            if scene.has_maps
            else _("strongest activations of unit {number}")
        )
        told = told.format(number=scene.channel)
        canvas.put(1, y, f"{told} · {self._sampled(scene)}", tones.dim)
        patches = self.desk.get(request, Patches)
        if patches is None:
            self.waiting(canvas, 1, y + 1, request, tones)
            return
        pictures = self._patches(scene, patches)
        numbers = patches.images.numpy()[scene.channel]
        values = patches.values.numpy()[scene.channel]
        room = (canvas.height - y - _HEAD, canvas.width)
        names = scene.opened.class_names
        wide = max(len(f"{values[0]:.2f} {names[scene.test.labels[number]]}") for number in numbers)
        size = (pictures.shape[1], pictures.shape[2])
        # Whole names where all nine have room with them.
        word = wide if grid(size, len(pictures), 0, room, wide).room >= len(pictures) else _WORD
        times = enlargement(size, len(pictures), room, word)
        laid = grid((size[0] * times, size[1] * times), len(pictures), 0, room, word)

        def tile(place: int) -> Tile:
            label = names[scene.test.labels[numbers[place]]]
            value = f"{values[place]:.2f}".replace("-", "−")
            return Tile(magnify(colours(pictures[place]), times), tones.dim, (f"{value} {label}",))

        draw_gallery(canvas, y + _HEAD, laid, len(pictures), -1, tile, tones.chosen)

    @staticmethod
    def _sampled(scene: Scene) -> str:
        """Say how many images are searched."""
        return _("in {sample:,} test images").format(sample=min(_SAMPLE, len(scene.test.images)))

    def _patches(self, scene: Scene, patches: Patches) -> Pixels:
        """Cut the places out of their images; what a field has beyond the edge is black: (places, height, width)."""
        numbers, regions = patches.images.numpy()[scene.channel], patches.regions.numpy()[scene.channel]
        heights, widths = regions[:, 2] - regions[:, 0] + 1, regions[:, 3] - regions[:, 1] + 1
        cut: npt.NDArray[np.uint8] = np.zeros((len(numbers), int(heights.max()), int(widths.max())), np.uint8)
        top, left = scene.opened.padding
        for place, (number, region) in enumerate(zip(numbers.tolist(), regions.tolist(), strict=True)):
            padded = np.pad(scene.test.images[number], ((top, top + 1), (left, left + 1)))
            piece = padded[region[0] : region[2] + 1, region[1] : region[3] + 1]
            # What the edge of the image cuts off lies on that side of the field.
            down = cut.shape[1] - piece.shape[0] if region[0] == 0 else 0
            right = cut.shape[2] - piece.shape[1] if region[1] == 0 else 0
            cut[place, down : down + piece.shape[0], right : right + piece.shape[1]] = piece
        return cut

    @staticmethod
    def _look(scene: Scene) -> Look:
        return Look(
            source=scene.source,
            image=scene.subject.image,
            layer=scene.info.name,
            row=scene.row,
            column=scene.column,
            channel=scene.channel,
        )

    @staticmethod
    def _excite(scene: Scene) -> TopPatches:
        return TopPatches(source=scene.source, layer=scene.info.name, top=_TOP, sample=_SAMPLE)


def _where(region: Region | None) -> list[str]:
    """Say which rows and columns a region has."""
    if region is None:
        return [_("nothing")]
    top, left, bottom, right = region
    return [
        _("rows {first} to {last}").format(first=top, last=bottom),
        _("columns {first} to {last}").format(first=left, last=right),
        _("{height}×{width} pixels").format(height=bottom - top + 1, width=right - left + 1),
    ]
