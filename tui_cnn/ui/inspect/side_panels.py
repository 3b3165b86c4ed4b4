"""What is always in sight beside the views: the image, the prediction for it, and the layers that it goes through."""

import numpy as np
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.core.network import Path, format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import OpenReply
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import ScenePanel, ShowScene
from tui_cnn.ui.toolkit.numbers import left, right, whole_parts
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.drawing import Tone
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_SIGN = "▌"
_EDGES = 6
"""Cells of the border that a title leaves."""


class SubjectPanel(ScenePanel):
    """The image as large as it fits; a click goes to the cell of the maps at the same place."""

    DEFAULT_CSS = "SubjectPanel > Picture { height: 1fr; content-align: center middle; }"

    def parts(self) -> ComposeResult:
        """Yield the picture."""
        yield Picture()

    def title_of(self, scene: Scene) -> str:
        """Name the image, and what it shows."""
        subject = scene.subject
        known = subject.number is not None and subject.shown_class
        if known and cell_len(subject.full_title) > self.outer_size.width - _EDGES:
            number = _("image {number}").format(number=f"{subject.number:,}")
            return f"{number.capitalize()} · {subject.shown_class}"
        return subject.full_title

    def want(self, scene: Scene) -> None:
        """Ask for the activations, which hold the prediction, too."""
        self.answers.want(scene.activate)

    def update_parts(self, scene: Scene) -> str:
        """Show the image."""
        self.query_one(Picture).show(Raster(scene.subject.pixels))
        return ""

    @on(Picture.Selected)
    @on(Picture.Opened)
    def _select(self, event: Picture.Selected) -> None:
        if self.scene.has_maps:
            self.post_message(ShowScene(self.scene.at_pixel(*event.cell)))


class PredictionPanel(ScenePanel):
    """The probabilities as bars, the largest first; the true class is marked."""

    PREDICTS = True
    DEFAULT_CSS = "PredictionPanel > Bars { height: 1fr; }"

    classes_shown: tuple[int, ...] = ()
    """The classes of the bars, in their order."""

    def parts(self) -> ComposeResult:
        """Yield the bars."""
        yield Bars()

    def title_of(self, scene: Scene) -> str:
        """Say whether it is right."""
        found, label = self.answers.get(scene.activate), scene.subject.label
        if found is None or label is None:
            return _("Prediction")
        if not np.isfinite(found.probabilities.numpy()).all():
            return _("No prediction")
        right = int(found.probabilities.numpy().argmax()) == label
        return _("Prediction: correct") if right else _("Prediction: wrong")

    def update_parts(self, scene: Scene) -> str:
        """Show as many classes as there is room for, the true one always among them."""
        found = self.activations(scene)
        if found is None:
            return self.waiting(scene.activate)
        probabilities = found.probabilities.numpy()
        if not np.isfinite(probabilities).all():
            return _("The output is not a number (NaN): training diverged. Train again with a lower learning rate.")
        # Until the answer for this image has come, those of the image before are shown, dimmed.
        stale = self.answers.get(scene.activate) is None
        label = None if stale else scene.subject.label
        order = np.argsort(-probabilities, kind="stable").tolist()
        shown = order[: max(1, self.size.height)]
        if label is not None and label not in shown:
            shown[-1] = label
        self.classes_shown = tuple(shown)

        def bar(number: int) -> Bar:
            name, share = scene.opened.class_names[number], float(probabilities[number])
            if stale:
                return Bar(name, share, f"{share:.3f}", "dim", "dim", sign=" ")
            first, true = number == order[0], number == label
            verdict: Tone = ("good" if true else "bad") if first and label is not None else "text"
            tone: Tone = "bold" if first else "text"
            return Bar(name, share, f"{share:.3f}", tone, text_tone=verdict, sign="✓" if true else " ")

        self.query_one(Bars).show(BarRows([bar(number) for number in shown], widest_name=12))
        return ""


class LayersPanel(ScenePanel):
    """A line a layer, in the colour of its family, the selected one marked; a click goes there.

    Where there is room for more, the settings of each stand below it, and its parameters below them.
    """

    DEFAULT_CSS = """
    LayersPanel > OptionList {
        height: 1fr;
        padding: 0;
        border: none;
        background: transparent;
        scrollbar-size: 1 1;
        & > .option-list--option { padding: 0; }
        & > .option-list--option-highlighted { color: $text-primary; background: $primary-muted; text-style: bold; }
    }
    """

    _listed: tuple[OpenReply, Size] | None = None

    def parts(self) -> ComposeResult:
        """Yield the list; the keys stay with the view."""
        layers = OptionList(compact=True)
        layers.can_focus = False
        yield layers

    def title_of(self, scene: Scene) -> str:
        """Say which part of the network the layer belongs to."""
        return _("Feature extractor") if scene.layer < _features(scene) else _("Classifier")

    def update_parts(self, scene: Scene) -> str:
        """List the layers, where these are others, and mark the selected one."""
        layers = self.query_one(OptionList)
        room = layers.scrollable_content_region.size
        if self._listed is None or self._listed[0] is not scene.opened or self._listed[1] != room:
            self._listed = scene.opened, room
            layers.set_options(_options(scene, room))
        layers.highlighted = scene.layer + (0 < _features(scene) <= scene.layer)
        return ""

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self.post_message(ShowScene(self.scene.at(layer=int(event.option.id))))


def _options(scene: Scene, room: Size) -> list[Option]:
    features, width, options = _features(scene), room.width, []
    more = min(2, (room.height - 1) // max(1, len(scene.opened.layers)) - 1)
    details = _details(scene) if more > 0 else {}
    for place, info in enumerate(scene.opened.layers):
        if place == features and place:
            heading = f"── {_('classifier')} "
            options.append(Option(Content(heading + "─" * (width - cell_len(heading))), disabled=True))
        shape = format_shape(info.shape)
        name = left(f" {format_path(info.path)} {info.kind}", width - len(shape) - 2)
        family = f"$family-{ALL_TYPES[info.kind].family}"
        line = Content.assemble((_SIGN, family), name, right(shape, width - 1 - len(name)))
        for text in filter(None, details.get(info.path, ())[:more]):
            below = f"   {whole_parts(text, width - 4, ' · ')}"
            line = Content.assemble(line, "\n", (_SIGN, family), (below, "$text-muted"))
        options.append(Option(line, id=f"{place}"))
    return options


def _details(scene: Scene) -> dict[Path, tuple[str, str]]:
    """Write the settings of each layer, and its parameters; empty where it has none."""
    found = {}
    for row in analyze(loads_network(scene.opened.network, "")).rows:
        count = row.figures.parameters.total if row.figures else 0
        total = _("{count} parameters").format(count=f"{count:,}") if count else ""
        found[row.path] = " · ".join(row.settings), total
    return found


def _features(scene: Scene) -> int:
    """Count the layers before the classifier, which begins where there are no maps any more."""
    return max(scene.layers_with_maps, default=-1) + 1
