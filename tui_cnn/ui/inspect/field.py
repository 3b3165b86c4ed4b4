"""The receptive field of a cell, computed and measured, and the patches that activate its map most."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import overlay, scale_of
from tui_cnn.runs.inspection.replies import Activations, FieldReply, Patches, Region
from tui_cnn.runs.inspection.requests import FieldRequest, TopPatches
from tui_cnn.ui.inspect.actions import FIELD
from tui_cnn.ui.inspect.panel import ShowScene
from tui_cnn.ui.inspect.scene import Scene, layer_title
from tui_cnn.ui.inspect.subject import of_test
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats, signed
from tui_cnn.ui.toolkit.pictures.canvas import Pixels, colours, sheet
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend
from tui_cnn.ui.toolkit.pictures.picture import FrameTone, Picture, Raster

_TOP = 9
_SAMPLE = 1000
_STRENGTH = 0.4
_CAPTION = 9
_WIDE = 60


class FieldView(View):
    """Arrows move the cell over the map."""

    KEY = "f"
    DEFAULT_CSS = """
    FieldView {
        & > Horizontal { height: 7fr; }
        & > Horizontal > Picture { width: 1fr; height: 100%; }
        & > Horizontal > Vertical { width: 28; height: 100%; }
        & Legend { margin-top: 1; }
        & > Gallery { height: 4fr; }
    }
    """
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

    def parts(self) -> ComposeResult:
        """Yield the image with its frames, the map with the cell, the words about both, and the patches."""
        with Horizontal():
            yield Picture(id="image")
            yield Picture(id="map")
            with Vertical():
                yield Static(id="regions")
                yield Legend()
        yield Static(classes="line dim", id="caption", markup=False)
        yield Gallery()

    def title_of(self, scene: Scene) -> str:
        """Name the cell."""
        place = _("{layer} · map {map}, row {row}, column {column}") if scene.has_maps else _("{layer} · unit {map}")
        return place.format(layer=layer_title(scene.info), map=scene.channel, row=scene.row, column=scene.column)

    def want(self, scene: Scene) -> None:
        """Ask for the receptive field of the cell, and for what activates its map."""
        self.answers.want("activate", scene.activate, Activations)
        self.answers.want("look", self._look(scene), FieldReply)
        self.answers.want("excite", self._top_patches(scene), Patches)

    def action_walk(self, down: int, right: int) -> None:
        """Move the cell; units have none, so the next one is taken."""
        if self.scene is None:
            return
        if self.scene.has_maps:
            self.go_to(self.scene.at(row=self.scene.row + down, column=self.scene.column + right))
        else:
            self.go_to(self.scene.at(channel=self.scene.channel + down + right))

    def export(self) -> ViewExport | None:
        """Write the patches that activate the map most, and the gradient of the cell."""
        scene = self.scene
        seen = self.answers.get(self._look(scene), FieldReply) if scene else None
        patches = self.answers.get(self._top_patches(scene), Patches) if scene else None
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
        return ViewExport(f"field-{scene.info.name}-{here}", pictures, heading, rows, arrays)

    @on(Picture.Selected, "#map")
    @on(Picture.Opened, "#map")
    def _select_cell(self, event: Picture.Selected) -> None:
        if self.scene is not None:
            self.go_to(self.scene.at(row=event.cell[0], column=event.cell[1]))

    @on(Picture.Selected, "#image")
    @on(Picture.Opened, "#image")
    def _select_place(self, event: Picture.Selected) -> None:
        """Go to the cell of the map at the same place of the image."""
        if self.scene is not None:
            height, width = self.scene.opened.image_shape
            rows, columns, _maps = self.scene.map_shape
            self.go_to(self.scene.at(row=event.cell[0] * rows // height, column=event.cell[1] * columns // width))

    @on(Gallery.Selected)
    @on(Gallery.Opened)
    def _select_patch(self, event: Gallery.Selected) -> None:
        """Show the image that a patch is from."""
        patches = self.answers.get(self._top_patches(self.scene), Patches) if self.scene else None
        if self.scene is not None and patches is not None:
            number = int(patches.images.numpy()[self.scene.channel][event.index])
            self.post_message(ShowScene(replace(self.scene, subject=of_test(self.scene.test, number))))

    def update_parts(self, scene: Scene) -> str:
        """Show the image, the map and the patches."""
        found = self.activations(scene)
        if found is None:
            return self.waiting(scene.activate)
        seen = self.answers.get(self._look(scene), FieldReply)
        pixels = colours(found.image.numpy())
        gradient, frames = None, []
        if seen is not None:
            gradient = as_floats(seen.gradient.numpy())
            pixels = overlay(pixels, gradient, _STRENGTH, self.scaled(scale_of(gradient)))
            regions: tuple[tuple[Region | None, FrameTone], ...] = (
                (seen.measured, "second-frame"),
                (seen.computed, "frame"),
            )
            frames = [(region, tone) for region, tone in regions if region]
        self.query_one("#image", Picture).show(Raster(pixels, gradient, frames))
        values = as_floats(found.layers[scene.layer].numpy()).reshape(scene.map_shape)[..., scene.channel]
        scale = self.scaled(scale_of(values))
        here = (scene.row, scene.column)
        picture = self.query_one("#map", Picture)
        picture.display = scene.has_maps
        picture.show(Raster(scale.paint(values), values, [((*here, *here), "cursor")]))
        self.query_one(Legend).show(scale if scene.has_maps else None)
        self.query_one("#regions", Static).update(self._regions(scene, seen, float(values[here])))
        self._show_patches(scene)
        return ""

    def _regions(self, scene: Scene, seen: FieldReply | None, value: float) -> Content:
        """Say how large the cell's value is, and where the frames are."""
        text = signed(_("value {value:.3f}").format(value=value))
        if seen is None:
            return Content.assemble(f"{text}\n{self.waiting(self._look(scene))}")
        status = {
            "exact": "",
            "full": _("whole image"),
            "unaligned": _("varies by branch"),
            None: _("unknown"),
        }[seen.status]
        same = seen.measured == seen.computed
        lines = (
            (text, ""),
            (" ", ""),
            (_("computed (white)"), "bold"),
            *((words, "") for words in _where(seen.computed)),
            (status, "$foreground 70%"),
            (_("by gradient (amber)"), "bold"),
            *((words, "") for words in ([_("the same region")] if same else _where(seen.measured))),
            (_("bright: gradient"), "$foreground 70%"),
        )
        return Content("\n").join(Content.styled(words, style) for words, style in lines if words)

    def _show_patches(self, scene: Scene) -> None:
        request = self._top_patches(scene)
        text = (
            _("strongest activations of map {number}")
            if scene.has_maps
            else _("strongest activations of unit {number}")
        )
        patches = self.answers.get(request, Patches)
        about = self._sampled(scene) if patches else self.waiting(request)
        caption = f"{text.format(number=scene.channel)} · {about}"
        self.query_one("#caption", Static).update(caption, layout=False)
        if patches is None:
            self.query_one(Gallery).show(None)
            return
        pictures = self._patches(scene, patches)
        numbers, values = patches.images.numpy()[scene.channel], patches.values.numpy()[scene.channel]
        names = scene.opened.class_names

        def tile(place: int, _cells: int) -> Tile:
            label = names[scene.test.labels[numbers[place]]]
            return Tile(colours(pictures[place]), (signed(f"{values[place]:.2f} {label}"),))

        def describe(place: int) -> str:
            number = int(numbers[place])
            title = _("Test image {number}").format(number=f"{number:,}")
            return signed(f"{title} · {names[scene.test.labels[number]]}: {values[place]:.3f}")

        widest = max(len(tile(place, 0).words[0]) for place in range(len(numbers)))
        size = (pictures.shape[1], pictures.shape[2])
        narrowest = widest if self.size.width >= _WIDE else _CAPTION  # whole names where there is room for them
        self.query_one(Gallery).show(Tiles(len(numbers), size, tile, describe, narrowest=narrowest))

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
    def _look(scene: Scene) -> FieldRequest:
        return FieldRequest(
            source=scene.source,
            image=scene.subject.image,
            layer=scene.info.name,
            row=scene.row,
            column=scene.column,
            channel=scene.channel,
        )

    @staticmethod
    def _top_patches(scene: Scene) -> TopPatches:
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
