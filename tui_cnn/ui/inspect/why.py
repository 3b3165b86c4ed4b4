"""Which pixels speak for a class: saliency, Grad-CAM and occlusion, laid over the image."""

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_cnn.core.network import format_path
from tui_cnn.data.rendering import enlarge
from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, scale_number, scale_of
from tui_cnn.insight.maps import occlusion_loss, square_unit
from tui_cnn.runs.inspection.figure import Figure, Panel
from tui_cnn.runs.inspection.replies import Activations, Heat, Heats, LayerInfo
from tui_cnn.runs.inspection.requests import GradCam, Occlude, Saliency
from tui_cnn.ui.inspect.actions import WHY
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import View, ViewExport, as_floats
from tui_cnn.ui.toolkit.pictures.canvas import Pixels, colours
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.legend import Legend
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_STRENGTH = 0.65
_NARROW = 32
"""Cells that an image is wide enough in, if it is larger than that."""
_WAYS = 3
_GAP = 1


class Explanation(NamedTuple):
    """A way to explain: its name, its question, the heat over the input and its colours (None: not known yet)."""

    name: str
    question: Question[Any]
    heat: npt.NDArray[np.float64] | None = None
    scale: Scale | None = None
    meaning: str = ""


class Square(NamedTuple):
    """The square of the occlusion, see `Occlude`; its size and step in units of `square_unit`."""

    size: int = 6
    step: int = 2
    grey: int | None = None


_CHOICES = {"size": (6, 8, 10, 2, 4), "step": (2, 3, 4, 1), "grey": (None, 0, 128, 255)}
"""What a key steps through, from what is set at first."""


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
    PREDICTS = True
    DEFAULT_CSS = """
    WhyView {
        & > Horizontal { height: auto; max-height: 66%; }
        & ExplanationColumn { width: 1fr; height: auto; }
        & ExplanationColumn > Picture { max-height: 50vh; }
        & ExplanationColumn > #meaning { height: 3; padding-right: 1; }
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

    _square = Square()

    _apart = False
    """Whether the Grad-CAM of each layer has a scale of its own."""

    _single = 1
    """Which of the three is shown where only one has room."""

    _all_fit = False

    def parts(self) -> ComposeResult:
        """Yield the three explanations, and Grad-CAM at every layer."""
        with Horizontal():
            for _way in range(_WAYS):
                yield ExplanationColumn()
        with Horizontal(classes="caption layers"):
            yield Static(classes="line bold", id="how")
            yield Legend(id="layers-scale")
        yield Gallery()

    def title_of(self, scene: Scene) -> str:
        """Name the class."""
        found = self.answers.get(scene.activate)
        if found is None or not scene.opened.class_names:
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

    def action_toggle_scale(self) -> None:
        """Take one scale for the Grad-CAM of all layers, or one for each."""
        self._apart = not self._apart
        self.update()

    def action_change_square(self, part: str) -> None:
        """Cover with another square: the next size, step or grey."""
        choices = _CHOICES[part]
        following = choices[(choices.index(getattr(self._square, part)) + 1) % len(choices)]
        self._square = self._square._replace(**{part: following})  # type: ignore[arg-type]
        self.show(self.scene)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to turn to where all are in view; the layers are beside each other only then."""
        if action == "toggle_scale":
            return self._all_fit
        return not self._all_fit if action == "next_explanation" else True

    def export(self) -> ViewExport | None:
        """Write the three pictures."""
        found = self.answers.get(self.scene.activate)
        if found is None:
            return None
        scene, image = self.scene, colours(found.image.numpy())
        panels, heats, about = [Panel(image, _("Image"))], {}, [scene.subject.full_title]
        for each in self._explanations(scene, found):
            if each.heat is not None and each.scale is not None:
                heats[each.name] = each.heat
                panels.append(Panel(each.scale.lay(each.heat, image), each.name, each.scale))
                about.append(f"{each.name}: {each.meaning}")
        return ViewExport("why", Figure(self.title_of(scene), panels, tuple(about)), arrays=heats)

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
            raster = None
            if each.heat is not None and each.scale is not None:
                raster = Raster(each.scale.lay(each.heat, image), each.heat)
            column.query_one(Picture).show(raster)
            column.query_one(Legend).show(each.scale)
            meaning = self.waiting(each.question) if each.heat is None else each.meaning
            column.query_one("#meaning", Static).update(meaning, layout=False)
        self._show_layers(scene, image)
        return ""

    def _look_for_room(self, image: int) -> None:
        """Offer to turn to the next way only where there is no room for all."""
        all_fit = (self.size.width + _GAP) // (min(image, _NARROW) + _GAP) >= _WAYS
        self.set_class(not all_fit, "-single")
        if all_fit != self._all_fit:
            self._all_fit = all_fit
            self.refresh_bindings()

    def _show_layers(self, scene: Scene, image: Pixels) -> None:
        """Show Grad-CAM at every layer that has maps: from small parts to all of the thing."""
        found = self.answers.get(self._questions(scene)[1])
        legend = self.query_one("#layers-scale", Legend)
        title = _("Grad-CAM by layer (↑ ↓ to select)")
        if found is None:
            self.query_one(Gallery).show(None)
            self.write("#how", title)
            legend.show(None)
            return
        size = (image.shape[0], image.shape[1])
        infos = {info.name: info for info in scene.opened.layers}
        heats = [as_floats(each.numpy()) for each in found.values]
        largest = np.array([heat.max() for heat in heats])
        scales = [self._heat_scale(each if self._apart else largest, signed=False) for each in heats]

        names = [_name(infos[layer]) for layer in found.layers]

        def tile(place: int, _cells: int) -> Tile:
            pixels = scales[place].lay(enlarge(heats[place], size), image)
            most = _("max {most}").format(most=scale_number(largest[place]))
            return Tile(pixels, (names[place], most))

        tiles = Tiles(len(heats), size, tile, words=2, narrowest=max(map(cell_len, names)), enough=len(heats))
        self.query_one(Gallery).show(tiles, self._place(scene, found))
        how = _("scale per layer") if self._apart else _("one scale for all layers")
        self.write("#how", f"{title} · {how}")
        legend.show(None if self._apart else scales[0])

    def _explanations(self, scene: Scene, found: Activations) -> list[Explanation]:
        """Gather what is known."""
        saliency, cams, occlusion = self._questions(scene)
        pixels, layers, covered = self.answers.get(saliency), self.answers.get(cams), self.answers.get(occlusion)
        height, width = found.image.numpy().shape[:2]
        by_pixel, by_layer = Explanation(_("Saliency"), saliency), Explanation(_("Grad-CAM"), cams)
        by_square = Explanation(_("Occlusion"), occlusion)
        if pixels is not None:
            heat = as_floats(pixels.values.numpy())
            meaning = _("bright: a small change of the pixel changes the score")
            by_pixel = by_pixel._replace(heat=heat, scale=self._heat_scale(heat, signed=False), meaning=meaning)
        if layers is not None:
            place = self._place(scene, layers)
            values = as_floats(layers.values[place].numpy())
            info = next(info for info in scene.opened.layers if info.name == layers.layers[place])
            by_layer = by_layer._replace(
                name=_("Grad-CAM of {layer}").format(layer=_name(info)),
                heat=as_floats(enlarge(values, (height, width))),
                scale=self._heat_scale(values, signed=False),
                meaning=_("bright: where the layer's maps support the class"),
            )
        if covered is not None and isinstance(occlusion.request, Occlude):
            square, share = occlusion.request, covered.probability
            text = _("above 0: probability falls, {share:.3f} to {least:.3f}; {size}×{size}, step {step}, {colour}")
            values, sides = as_floats(covered.values.numpy()), (square.size, square.step)
            rows, columns, _channels = scene.subject.pixels.shape
            heat = occlusion_loss(values, share, sides, (height, width), ((height - rows) // 2, (width - columns) // 2))
            by_square = by_square._replace(
                heat=heat,
                scale=self._heat_scale(heat, signed=True),
                meaning=text.format(
                    share=share,
                    least=covered.values.numpy().min(),
                    size=square.size,
                    step=square.step,
                    colour=_colour(covered.fill or (), of_background=square.grey is None),
                ),
            )
        return [by_pixel, by_layer, by_square]

    def _questions(self, scene: Scene) -> tuple[Question[Heat], Question[Heats], Question[Heat]]:
        source, image, target = scene.source, scene.subject.image, self._target
        unit, square = square_unit(scene.subject.base.shape), self._square
        covered = Occlude(
            source=source,
            image=image,
            target=target,
            size=unit * square.size,
            step=unit * square.step,
            grey=square.grey,
        )
        return (
            Question(Saliency(source=source, image=image, target=target), Heat),
            Question(GradCam(source=source, image=image, target=target), Heats),
            Question(covered, Heat),
        )

    def _heat_scale(self, values: npt.NDArray[np.float64], *, signed: bool) -> Scale:
        scale = self.scaled(scale_of(values, signed=signed))
        # In grey a light piece of the image could be taken for heat: then the heat stands alone.
        return scale if scale.palette == "grey" else scale._replace(strength=_STRENGTH)

    @staticmethod
    def _place(scene: Scene, heats: Heats) -> int:
        """Tell which of the layers with maps is that of the scene, or the last before it."""
        order = [info.name for info in scene.opened.layers]
        before = [place for place, name in enumerate(heats.layers) if order.index(name) <= scene.layer]
        return before[-1] if before else 0


def _colour(fill: tuple[int, ...], *, of_background: bool) -> str:
    """Say what the square of an occlusion is filled with."""
    if len(set(fill)) > 1:
        return _("colour {colour} (background)").format(colour=", ".join(map(str, fill)))
    text = _("grey {grey} (background)") if of_background else _("grey {grey}")
    return text.format(grey=fill[0] if fill else "")


def _name(info: LayerInfo) -> str:
    return f"{format_path(info.path)} {info.kind}"
