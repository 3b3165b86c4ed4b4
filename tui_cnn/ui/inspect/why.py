"""Which pixels speak for a class: saliency, Grad-CAM and occlusion, laid over the image."""

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_cnn.core.network import format_path
from tui_cnn.data.rendering import enlarge
from tui_cnn.i18n import _
from tui_cnn.insight.colours import overlay, scale_of
from tui_cnn.runs.inspection.replies import Activations, Heat, Heats, LayerInfo
from tui_cnn.runs.inspection.requests import GradCam, Occlude, Saliency
from tui_cnn.ui.inspect.actions import WHY
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats
from tui_cnn.ui.toolkit.pictures.canvas import Pixels, colours, sheet
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_STRENGTH = 0.65
_WAYS = 3
_GAP = 1
_CAPTION = 14


class Explanation(NamedTuple):
    """A way to explain: its name, its question, the heat over the input (None: not known yet), and what it means."""

    name: str
    question: Question[Any]
    heat: npt.NDArray[np.float64] | None = None
    meaning: str = ""


class ExplanationColumn(Vertical):
    """One explanation: its name, the image under the heat, what the colours stand for, and what that means."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static(classes="line bold", id="name", markup=False)
        yield Picture()
        yield Legend()
        yield Static(classes="dim", id="meaning", markup=False)


class WhyView(View):
    """Up and down walk the layers for Grad-CAM, left and right the classes."""

    SCOPE = WHY
    TITLE = _("Why")
    DEFAULT_CSS = """
    WhyView {
        & > Horizontal { height: auto; max-height: 66%; }
        & ExplanationColumn { width: 1fr; height: auto; }
        & ExplanationColumn > Picture { max-height: 50vh; }
        & ExplanationColumn > #meaning { height: 3; padding-right: 1; }
        & > .layers { height: 1; }
        & > Gallery { height: 1fr; }
        &.-single {
            & > Horizontal, & ExplanationColumn { height: 100%; max-height: 100%; }
            & ExplanationColumn > Picture { height: 1fr; max-height: 100%; }
            & > .layers, & > Gallery { display: none; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*WHY.bindings()]

    _target: int | None = None
    """The class that is asked about; None: the one that the network says."""

    _single = 1
    """Which of the three is shown where only one has room."""

    _all_fit = False

    def parts(self) -> ComposeResult:
        """Yield the three explanations, and Grad-CAM at every layer."""
        with Horizontal():
            for _way in range(_WAYS):
                yield ExplanationColumn()
        yield Static(_("Grad-CAM by layer (↑ ↓ to select)"), classes="line bold layers")
        yield Gallery()

    def title_of(self, scene: Scene) -> str:
        """Name the class."""
        found = self.answers.get(scene.activate)
        if found is None:
            return self.TITLE
        probabilities = found.probabilities.numpy()
        target = int(probabilities.argmax()) if self._target is None else self._target
        text = _("Why the prediction is {name} ({share:.3f})")
        if self._target is not None:
            text = _("Why {name}: probability {share:.3f}")
        return text.format(name=scene.opened.class_names[target], share=probabilities[target])

    def want(self, scene: Scene) -> None:
        """Ask all three."""
        self.answers.want(scene.activate, *self._questions(scene))

    def action_walk(self, down: int, right: int) -> None:
        """Go to another layer that has maps, or ask about another class.

        Between the last class and the first comes the one that the network says.
        """
        if down:
            onwards = [place for place in self.scene.layers_with_maps if (place - self.scene.layer) * down > 0]
            if onwards:
                self.go_to(self.scene.at(layer=onwards[0] if down > 0 else onwards[-1]))
        else:
            place = (-1 if self._target is None else self._target) + right
            place = (place + 1) % (len(self.scene.opened.class_names) + 1) - 1
            self._target = None if place < 0 else place
            self.show(self.scene)

    def ask_about(self, target: int) -> None:
        """Explain a class."""
        self._target = target

    def action_next_explanation(self) -> None:
        """Show the next way to explain, where all three do not fit."""
        self._single = (self._single + 1) % _WAYS
        self.update()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to turn to where all are in view."""
        return not self._all_fit if action == "next_explanation" else True

    def export(self) -> ViewExport | None:
        """Write the three pictures."""
        found = self.answers.get(self.scene.activate)
        if found is None:
            return None
        known = [(each.name, each.heat) for each in self._explanations(self.scene, found) if each.heat is not None]
        image = colours(found.image.numpy())
        pictures = [image, *(self._laid(image, heat) for _name, heat in known)]
        return ViewExport("why", sheet(pictures, len(pictures)), arrays=dict(known))

    @on(Gallery.Selected, "Gallery")
    @on(Gallery.Opened, "Gallery")
    def _select_layer(self, event: Gallery.Selected) -> None:
        found = self.answers.get(self._questions(self.scene)[1])
        if found is not None:
            names = [info.name for info in self.scene.opened.layers]
            self.go_to(self.scene.at(layer=names.index(found.layers[event.index])))

    def update_parts(self, scene: Scene) -> str:
        """Show as many of the three as there is room for."""
        found = self.activations(scene)
        if found is None:
            return self.waiting(scene.activate)
        image = colours(found.image.numpy())
        self._look_for_room(image.shape[1])
        explanations = self._explanations(scene, found)
        for place, column in enumerate(self.query(ExplanationColumn)):
            column.display = self._all_fit or place == self._single
            each = explanations[place]
            column.query_one("#name", Static).update(each.name, layout=False)
            raster, scale = None, None
            if each.heat is not None:
                raster, scale = Raster(self._laid(image, each.heat), each.heat), self.scaled(scale_of(each.heat))
            column.query_one(Picture).show(raster)
            column.query_one(Legend).show(scale)
            meaning = self.waiting(each.question) if each.heat is None else each.meaning
            column.query_one("#meaning", Static).update(meaning, layout=False)
        self._show_layers(scene, image)
        return ""

    def _look_for_room(self, image: int) -> None:
        """Offer to turn to the next way only where there is no room for all."""
        all_fit = (self.size.width + _GAP) // (image + _GAP) >= _WAYS
        self.set_class(not all_fit, "-single")
        if all_fit != self._all_fit:
            self._all_fit = all_fit
            self.refresh_bindings()

    def _show_layers(self, scene: Scene, image: Pixels) -> None:
        """Show Grad-CAM at every layer that has maps: from small parts to all of the thing."""
        found = self.answers.get(self._questions(scene)[1])
        if found is None:
            self.query_one(Gallery).show(None)
            return
        size = (image.shape[0], image.shape[1])
        infos = {info.name: info for info in scene.opened.layers}

        def tile(place: int, _cells: int) -> Tile:
            heat = as_floats(enlarge(as_floats(found.values[place].numpy()), size))
            return Tile(self._laid(image, heat), (_name(infos[found.layers[place]]),))

        tiles = Tiles(len(found.layers), size, tile, narrowest=_CAPTION, enough=len(found.layers))
        self.query_one(Gallery).show(tiles, self._place(scene, found))

    def _explanations(self, scene: Scene, found: Activations) -> list[Explanation]:
        """Gather what is known."""
        saliency, cams, occlusion = self._questions(scene)
        pixels, layers, covered = self.answers.get(saliency), self.answers.get(cams), self.answers.get(occlusion)
        height, width = found.image.numpy().shape[:2]
        by_pixel, by_layer = Explanation(_("Saliency"), saliency), Explanation(_("Grad-CAM"), cams)
        by_square = Explanation(_("Occlusion"), occlusion)
        if pixels is not None:
            heat = as_floats(pixels.values.numpy())
            meaning = _("bright: a small change of the pixel changes the score; maximum {most:.2f}")
            by_pixel = by_pixel._replace(heat=heat, meaning=meaning.format(most=heat.max()))
        if layers is not None:
            place = self._place(scene, layers)
            values = as_floats(layers.values[place].numpy())
            info = next(info for info in scene.opened.layers if info.name == layers.layers[place])
            meaning = _("bright: where the layer's maps support the class; maximum {most:.3f}")
            by_layer = by_layer._replace(
                name=_("Grad-CAM of {layer}").format(layer=_name(info)),
                heat=as_floats(enlarge(values, (height, width))),
                meaning=meaning.format(most=values.max()),
            )
        if covered is not None and isinstance(occlusion.request, Occlude):
            text = _("bright: a {size}×{size} grey square here lowers the probability, from {share:.3f} to {least:.3f}")
            size, share = occlusion.request.size, covered.probability
            by_square = by_square._replace(
                heat=self._drop(scene, covered, occlusion.request, (height, width)),
                meaning=text.format(size=size, share=share, least=covered.values.numpy().min()),
            )
        return [by_pixel, by_layer, by_square]

    def _questions(self, scene: Scene) -> tuple[Question[Heat], Question[Heats], Question[Heat]]:
        source, image, target = scene.source, scene.subject.image, self._target
        return (
            Question(Saliency(source=source, image=image, target=target), Heat),
            Question(GradCam(source=source, image=image, target=target), Heats),
            Question(Occlude(source=source, image=image, target=target), Heat),
        )

    def _laid(self, image: Pixels, heat: npt.NDArray[np.float64]) -> Pixels:
        scale = self.scaled(scale_of(heat))
        # In grey a light piece of the image could be taken for heat: then the heat stands alone.
        return overlay(image, heat, 1.0 if scale.palette == "grey" else _STRENGTH, scale)

    @staticmethod
    def _place(scene: Scene, heats: Heats) -> int:
        """Tell which of the layers with maps is that of the scene, or the last before it."""
        order = [info.name for info in scene.opened.layers]
        before = [place for place, name in enumerate(heats.layers) if order.index(name) <= scene.layer]
        return before[-1] if before else 0

    @staticmethod
    def _drop(scene: Scene, covered: Heat, asked: Occlude, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
        """Give each pixel the mean loss of probability over the squares that cover it, (height, width)."""
        total, times = np.zeros(shape), np.zeros(shape)
        top, left = scene.opened.padding
        for (row, column), value in np.ndenumerate(as_floats(covered.values.numpy())):
            y, x = top + row * asked.step, left + column * asked.step
            total[y : y + asked.size, x : x + asked.size] += covered.probability - value
            times[y : y + asked.size, x : x + asked.size] += 1
        return np.divide(total, times, out=np.zeros(shape), where=times > 0)


def _name(info: LayerInfo) -> str:
    return f"{format_path(info.path)} {info.kind}"
