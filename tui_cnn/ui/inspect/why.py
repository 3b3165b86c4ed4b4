"""Which pixels speak for a class: saliency, Grad-CAM and occlusion, laid over the image."""

from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from textual.binding import Binding, BindingType

from tui_cnn.core.path import format_path
from tui_cnn.data.rendering import enlarge
from tui_cnn.i18n import _
from tui_cnn.insight.colours import overlay
from tui_cnn.runs.inspection.replies import Activations, Heat, Heats, Reply
from tui_cnn.runs.inspection.requests import AnyRequest, GradCam, Occlude, Saliency
from tui_cnn.ui.inspect.actions import WHY
from tui_cnn.ui.inspect.canvas_widget import Tones, wrapped
from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, enlargement, grid, reduction
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import Output, View, means
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, Pixels, colours
from tui_cnn.ui.toolkit.pictures.pixels import fit_into, magnify, sheet, shrink

_GAP = 1
_LINES = 4
_STRENGTH = 0.65
_WAYS = 3
_LOWEST, _CAPTION = 6, 14


class Explanation(NamedTuple):
    """A way to explain: its name, its question, the heat over the input (None: not known yet), and what it says."""

    name: str
    request: AnyRequest
    heat: npt.NDArray[np.float64] | None
    told: str


class WhyView(View):
    """Up and down walk the layers for Grad-CAM, left and right the classes."""

    KEY = "w"
    BINDINGS: ClassVar[list[BindingType]] = [
        *WHY.bindings(),
        Binding("left", "turn_class(-1)", show=False),
        Binding("right", "turn_class(1)", show=False),
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
    ]

    _target: int | None = None
    """The class that is asked about; None: the one that the network says."""

    _chosen = 1
    """Which of the three is shown where only one has room."""

    _across = False
    """Whether all have room."""

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Why")

    def name_of(self, scene: Scene) -> str:
        """Name the class."""
        found = self.desk.get(scene.activate, Activations)
        if found is None:
            return self.title()
        probabilities = found.probabilities.numpy()
        target = int(probabilities.argmax()) if self._target is None else self._target
        told = (
            _("Why {name}: probability {share:.3f}")
            if self._target is not None
            else _("Why the prediction is {name} ({share:.3f})")
        )
        return told.format(name=scene.opened.class_names[target], share=probabilities[target])

    def want(self, scene: Scene) -> None:
        """Ask all three."""
        self.desk.want("activate", scene.activate, Activations)
        for request, reply in self._requests(scene):
            self.desk.want(type(request).__name__, request, reply)

    def action_turn_class(self, by: int) -> None:
        """Ask about another class; between the last and the first comes the one that the network says."""
        if self.scene is not None:
            count = len(self.scene.opened.class_names)
            place = (-1 if self._target is None else self._target) + by
            place = (place + 1) % (count + 1) - 1
            self._target = None if place < 0 else place
            self.show(self.scene)

    def action_next_explanation(self) -> None:
        """Show the next way to explain, where all three do not fit."""
        self._chosen = (self._chosen + 1) % _WAYS
        self.redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to turn to where all are in view."""
        return not self._across if action == "next_explanation" else True

    def action_walk(self, by: int) -> None:
        """Go to the next layer that has maps, or the one before."""
        if self.scene is None:
            return
        maps = [place for place, info in enumerate(self.scene.opened.layers) if len(info.shape) == len("hwc")]
        onwards = [place for place in maps if (place - self.scene.layer) * by > 0]
        if onwards:
            self.look_at(self.scene.at(layer=onwards[0] if by > 0 else onwards[-1]))

    def output(self) -> Output | None:
        """Write the three pictures."""
        scene = self.scene
        found = self.desk.get(scene.activate, Activations) if scene else None
        if scene is None or found is None:
            return None
        known = [(each.name, each.heat) for each in self._explanations(scene, found) if each.heat is not None]
        image = colours(found.image.numpy())
        pictures = [image, *(self._laid(scene, image, heat) for _name, heat in known)]
        return Output("why", sheet(pictures, len(pictures)), arrays=dict(known))

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw as many of the three as there is room for, beside or below each other."""
        found = self.activations(scene)
        if found is None:
            self.waiting(canvas, 1, 0, scene.activate, tones)
            return
        image = colours(found.image.numpy())
        size = (image.shape[0], image.shape[1])
        explained = self._explanations(scene, found)
        across = self._has_room(canvas.width, size[1])
        columns = len(explained) if across else 1
        if not across:  # where only one has room, it is that of the layer
            explained = [explained[self._chosen]]
        field = canvas.width // columns
        room = (canvas.height - (_LINES if across else 0), field - _GAP if across else min(field, 60) - 16)
        times = fit_into(size, room)
        below = 1 + -(-size[0] * times // 2)
        for place, each in enumerate(explained):
            x = 1 + place * field
            canvas.put(x, 0, each.name, tones.bold, room=field - _GAP)
            if each.heat is None:
                self.waiting(canvas, x, 1, each.request, tones)
                continue
            canvas.picture(x, 1, magnify(self._laid(scene, image, each.heat), times))
            words = (x, below) if across else (x + size[1] * times + _GAP, 1)
            for line, told in enumerate(wrapped(each.told, (field if across else canvas.width - words[0]) - 1)):
                canvas.put(words[0], words[1] + line, told, tones.dim)
        if across:
            self._draw_layers(canvas, scene, image, below + _LINES, tones)

    def _draw_layers(self, canvas: Canvas, scene: Scene, image: Pixels, top: int, tones: Tones) -> None:
        """Draw Grad-CAM at every layer that has maps: from small parts to all of the thing."""
        found = self.desk.get(self._requests(scene)[1][0], Heats)
        room = (canvas.height - top - 1, canvas.width)
        if found is None or room[0] < _LOWEST:
            return
        canvas.put(1, top, _("Grad-CAM by layer (↑ ↓ to select)"), tones.bold)
        size, count, chosen = (image.shape[0], image.shape[1]), len(found.layers), self._place(scene, found)
        reduced = reduction(size, count, room)
        small = (-(-size[0] // reduced), -(-size[1] // reduced))
        times = enlargement(small, count, room, _CAPTION)
        laid = grid((small[0] * times, small[1] * times), count, chosen, room, _CAPTION)
        infos = {info.name: info for info in scene.opened.layers}

        def tile(place: int) -> Tile:
            heat = means(enlarge(means(found.values[place].numpy()), size))
            info = infos[found.layers[place]]
            pixels = magnify(np.asarray(shrink(self._laid(scene, image, heat), reduced), np.uint8), times)
            return Tile(pixels, tones.dim, (f"{format_path(info.path)} {info.kind}",))

        draw_gallery(canvas, top + 1, laid, count, chosen, tile, tones.chosen)

    @staticmethod
    def _has_room(width: int, image: int) -> bool:
        return width // (image + _GAP) >= _WAYS

    def look_for_room(self) -> None:
        """Offer to turn to the next way only where there is no room for all."""
        found = self.activations(self.scene) if self.scene else None
        across = found is not None and self._has_room(self.size.width, found.image.shape[1])
        if across != self._across:
            self._across = across
            self.refresh_bindings()

    def _explanations(self, scene: Scene, found: Activations) -> list[Explanation]:
        """Gather what is known."""
        saliency, cams, occlusion = (request for request, _reply in self._requests(scene))
        shape = found.image.numpy().shape[:2]
        pixels, layers, covered = (
            self.desk.get(saliency, Heat),
            self.desk.get(cams, Heats),
            self.desk.get(occlusion, Heat),
        )
        explained = []
        heat, told = None, ""
        if pixels is not None:
            heat = means(pixels.values.numpy())
            told = _("bright: a small change of the pixel changes the score; maximum {most:.2f}").format(
                most=heat.max()
            )
        explained.append(Explanation(_("Saliency"), saliency, heat, told))
        heat, told, name = None, "", _("Grad-CAM")
        if layers is not None:
            place = self._place(scene, layers)
            values = means(layers.values[place].numpy())
            heat = means(enlarge(values, (shape[0], shape[1])))
            (info,) = (info for info in scene.opened.layers if info.name == layers.layers[place])
            name = _("Grad-CAM of {layer}").format(layer=f"{format_path(info.path)} {info.kind}")
            told = _("bright: where the layer's maps support the class; maximum {most:.3f}").format(most=values.max())
        explained.append(Explanation(name, cams, heat, told))
        heat, told = None, ""
        if covered is not None and isinstance(occlusion, Occlude):
            heat = self._drop(scene, covered, occlusion, (shape[0], shape[1]))
            told = _("bright: a {size}×{size} grey square here lowers the probability, from {share:.3f} to {least:.3f}")
            told = told.format(size=occlusion.size, share=covered.probability, least=covered.values.numpy().min())
        explained.append(Explanation(_("Occlusion"), occlusion, heat, told))
        return explained

    def _requests(self, scene: Scene) -> tuple[tuple[AnyRequest, type[Reply]], ...]:
        asked = {"source": scene.source, "image": scene.subject.image, "target": self._target}
        return (Saliency(**asked), Heat), (GradCam(**asked), Heats), (Occlude(**asked), Heat)  # type: ignore[arg-type]

    def _laid(self, scene: Scene, image: Pixels, heat: npt.NDArray[np.float64]) -> Pixels:
        palette = self.palette(scene)
        # In grey a light piece of the image could be taken for heat: then the heat stands alone.
        return overlay(image, heat, 1.0 if palette == "grey" else _STRENGTH, palette)

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
        for (row, column), value in np.ndenumerate(means(covered.values.numpy())):
            y, x = top + row * asked.step, left + column * asked.step
            total[y : y + asked.size, x : x + asked.size] += covered.probability - value
            times[y : y + asked.size, x : x + asked.size] += 1
        return np.divide(total, times, out=np.zeros(shape), where=times > 0)
