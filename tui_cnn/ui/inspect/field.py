"""The receptive field of a cell, computed and measured, and the patches that activate its map most."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import is_signed, scale_number, scale_of
from tui_cnn.runs.inspection.figure import Figure, Panel
from tui_cnn.runs.inspection.replies import FieldReply, Patches, Region
from tui_cnn.runs.inspection.requests import FieldRequest, TopPatches
from tui_cnn.ui.inspect.actions import FIELD
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.view import ShowScene, View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.numbers import whole_parts
from tui_cnn.ui.toolkit.pictures.canvas import Pixels, colours
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend, two_decimals
from tui_cnn.ui.toolkit.pictures.picture import FrameTone, Picture, Raster

_TOP = 9
_STRENGTH = 0.4
_CAPTION = 9
_WIDE = 60


class FieldView(View):
    """Arrows move the cell over the map."""

    SCOPE = FIELD
    TITLE = _("RF")
    DEFAULT_CSS = """
    FieldView {
        & > Horizontal { height: auto; max-height: 75%; }
        & > Horizontal > Picture { width: 3fr; max-height: 60vh; margin-right: 1; }
        & > Horizontal > #map { width: 2fr; }
        & > Horizontal > Vertical { width: 22; height: auto; }
        & Legend { width: 100%; }
        & #map-scale { height: auto; margin-top: 1; }
        & > #caption { margin-top: 1; }
        & > Gallery { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*FIELD.bindings()]

    def parts(self) -> ComposeResult:
        """Yield the image with its frames, the map with the cell, the words about both, and the patches."""
        with Horizontal():
            yield Picture(id="image")
            yield Picture(id="map")
            with Vertical():
                yield Static(id="regions")
                yield Legend(id="heat-scale")
                with Vertical(id="map-scale"):
                    yield Static(_("map"), classes="line bold")
                    yield Legend()
        yield Static(classes="line dim", id="caption", markup=False)
        yield Gallery()

    def title_of(self, scene: Scene) -> str:
        """Name the cell."""
        place = _("{layer} · map {map}, row {row}, column {column}") if scene.has_maps else _("{layer} · unit {map}")
        return place.format(layer=layer_title(scene.info), map=scene.channel, row=scene.row, column=scene.column)

    def want(self, scene: Scene) -> None:
        """Ask for the receptive field of the cell, and for what activates its map."""
        self.answers.want(scene.activate, self._look(scene), self._top_patches(scene))

    def action_walk(self, down: int, right: int) -> None:
        """Move the cell; units have none, so the next one is taken."""
        if self.scene.has_maps:
            self.go_to(self.scene.at(row=self.scene.row + down, column=self.scene.column + right))
        else:
            self.go_to(self.scene.at(channel=self.scene.channel + down + right))

    def export(self) -> ViewExport | None:
        """Write the patches that activate the map most, and the gradient of the cell."""
        scene = self.scene
        seen, patches = self.answers.get(self._look(scene)), self.answers.get(self._top_patches(scene))
        if patches is None or seen is None:
            return None
        numbers, regions, values = (
            part.numpy()[scene.channel].tolist() for part in (patches.images, patches.regions, patches.values)
        )
        rows = [(number, *region, value) for number, region, value in zip(numbers, regions, values, strict=True)]
        heading = (_("image"), _("top"), _("left"), _("bottom"), _("right"), _("activation"))
        cut = self._patches(scene, patches)
        arrays = {"gradient": seen.gradient.numpy(), "patches": cut}
        title = _("strongest activations of map {number}")
        panels = [
            Panel(patch, f"{number} {scene.class_of(number)}: {scale_number(value)}")
            for patch, number, value in zip(cut, numbers, values, strict=True)
        ]
        figure = Figure(layer_title(scene.info), panels, (title.format(number=scene.channel),), columns=3)
        return ViewExport(f"field-{scene.info.name}-{scene.channel}", figure, heading, rows, arrays)

    @on(Picture.Selected, "#map")
    @on(Picture.Opened, "#map")
    def _select_cell(self, event: Picture.Selected) -> None:
        self.go_to(self.scene.at(row=event.cell[0], column=event.cell[1]))

    @on(Picture.Selected, "#image")
    @on(Picture.Opened, "#image")
    def _select_place(self, event: Picture.Selected) -> None:
        """Go to the cell of the map at the same place of the image."""
        self.go_to(self.scene.at_pixel(*event.cell))

    @on(Gallery.Selected, "Gallery")
    @on(Gallery.Opened, "Gallery")
    def _select_patch(self, event: Gallery.Selected) -> None:
        """Show the image that a patch is from."""
        patches = self.answers.get(self._top_patches(self.scene))
        if patches is not None:
            number = int(patches.images.numpy()[self.scene.channel][event.index])
            self.post_message(ShowScene(self.scene.of_number(number)))

    def update_parts(self, scene: Scene) -> str:
        """Show the image, the map and the patches."""
        found = self.activations(scene)
        if found is None:
            return self.waiting(scene.activate)
        seen = self.answers.get(self._look(scene))
        pixels = colours(found.image.numpy())
        gradient, frames, heat = None, [], None
        if seen is not None:
            gradient = as_floats(seen.gradient.numpy())
            heat = self.scaled(scale_of(gradient, signed=False)._replace(strength=_STRENGTH))
            pixels = heat.lay(gradient, pixels)
            regions: tuple[tuple[Region | None, FrameTone], ...] = (
                (seen.measured, "second-frame"),
                (seen.computed, "frame"),
            )
            frames = [(region, tone) for region, tone in regions if region]
        self.query_one("#image", Picture).show(Raster(pixels, gradient, frames))
        self.query_one("#heat-scale", Legend).show(heat)
        if scene.info.name not in found.layers:  # those of the layer before
            return self.waiting(scene.activate)
        layer = as_floats(found.layers[scene.info.name].numpy()).reshape(scene.map_shape)
        values = layer[..., scene.channel]
        scale = self.scaled(scale_of(values, signed=is_signed(layer)))
        here = (scene.row, scene.column)
        picture = self.query_one("#map", Picture)
        picture.display = scene.has_maps and self.size.width >= _WIDE
        picture.show(Raster(scale.paint(values), values, [((*here, *here), "cursor")]))
        self.query_one("#map-scale").display = picture.display
        self.query_one("#map-scale Legend", Legend).show(scale)
        self.query_one("#regions", Static).update(self._regions(scene, seen, float(values[here])))
        self._show_patches(scene)
        return ""

    def _regions(self, scene: Scene, seen: FieldReply | None, value: float) -> Content:
        """Say how large the cell's value is, and where the frames are."""
        text = signed(_("value {value:.3f}").format(value=value))
        if seen is None:
            return Content(f"{text}\n{self.waiting(self._look(scene))}")
        status = {"exact": "", "full": _("whole image"), "unaligned": _("varies by branch"), None: _("unknown")}
        same = seen.measured == seen.computed
        lines = (
            (text, ""),
            (" ", ""),
            (_("computed (white)"), "bold"),
            *((words, "") for words in _where(seen.computed)),
            (status[seen.status], "$foreground 70%"),
            (_("gradient (amber)"), "bold"),
            *((words, "") for words in ([_("the same region")] if same else _where(seen.measured))),
            (_("gradient, absolute"), "$foreground 70%"),
        )
        return Content("\n").join(Content.styled(words, style) for words, style in lines if words)

    def _show_patches(self, scene: Scene) -> None:
        question = self._top_patches(scene)
        text = _("strongest activations of map {number}")
        if not scene.has_maps:
            text = _("strongest activations of unit {number}")
        patches = self.answers.get(question)
        about = self.waiting(question)
        if patches is not None:
            about = _("in {sample:,} test images").format(sample=scene.sample)
        self.write("#caption", whole_parts(f"{text.format(number=scene.channel)} · {about}", self.size.width, " · "))
        if patches is None:
            self.query_one(Gallery).show(None)
            return
        pictures = self._patches(scene, patches)
        numbers, values = patches.images.numpy()[scene.channel], patches.values.numpy()[scene.channel]

        def tile(place: int, _cells: int) -> Tile:
            words = f"{two_decimals(values[place])} {scene.class_of(int(numbers[place]))}"
            return Tile(colours(pictures[place]), (words,))

        def describe(place: int) -> str:
            number = int(numbers[place])
            title = _("Test image {number}").format(number=f"{number:,}")
            return f"{title} · {scene.class_of(number)}: {two_decimals(values[place])}"

        widest = max(len(tile(place, 0).words[0]) for place in range(len(numbers)))
        size = (pictures.shape[1], pictures.shape[2])
        narrowest = widest if self.size.width >= _WIDE else _CAPTION  # whole names where there is room for them
        self.query_one(Gallery).show(Tiles(len(numbers), size, tile, describe, narrowest=narrowest))

    def _patches(self, scene: Scene, patches: Patches) -> Pixels:
        """Cut the places out of their images; what is beyond the edge is black: (places, height, width, channels)."""
        numbers, regions = patches.images.numpy()[scene.channel], patches.regions.numpy()[scene.channel]
        heights, widths = regions[:, 2] - regions[:, 0] + 1, regions[:, 3] - regions[:, 1] + 1
        shape = len(numbers), int(heights.max()), int(widths.max()), scene.opened.image_shape[2]
        cut: npt.NDArray[np.uint8] = np.zeros(shape, np.uint8)
        top, left = scene.opened.padding
        for place, (number, region) in enumerate(zip(numbers.tolist(), regions.tolist(), strict=True)):
            padded = np.pad(scene.test.images[number], ((top, top + 1), (left, left + 1), (0, 0)))
            piece = padded[region[0] : region[2] + 1, region[1] : region[3] + 1]
            # What the edge of the image cuts off lies on that side of the field.
            down = cut.shape[1] - piece.shape[0] if region[0] == 0 else 0
            right = cut.shape[2] - piece.shape[1] if region[1] == 0 else 0
            cut[place, down : down + piece.shape[0], right : right + piece.shape[1]] = piece
        return cut

    @staticmethod
    def _look(scene: Scene) -> Question[FieldReply]:
        image, layer = scene.subject.image, scene.info.name
        request = FieldRequest(
            source=scene.source, image=image, layer=layer, row=scene.row, column=scene.column, channel=scene.channel
        )
        return Question(request, FieldReply)

    @staticmethod
    def _top_patches(scene: Scene) -> Question[Patches]:
        request = TopPatches(source=scene.source, layer=scene.info.name, top=_TOP, sample=scene.sample)
        return Question(request, Patches)


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
