"""The layers that the image goes through, the selected one marked: feature extractor, then classifier."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.core.path import format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.inspect.panel import ScenePanel, ShowScene
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.numbers import left, right

_MAP_AXES = 3
_SIGN = "▌"


class LayersPanel(ScenePanel):
    """A line a layer, in the colour of its family; a click goes there."""

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

    _listed: object = None

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
        width = layers.scrollable_content_region.width
        if self._listed != (id(scene.opened), width):
            self._listed = id(scene.opened), width
            layers.set_options(self._options(scene, width))
        layers.highlighted = scene.layer + (0 < _features(scene) <= scene.layer)
        return ""

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        if self.scene is not None and event.option.id is not None:
            self.post_message(ShowScene(self.scene.at(layer=int(event.option.id))))

    @staticmethod
    def _options(scene: Scene, width: int) -> list[Option]:
        features, options = _features(scene), []
        for place, info in enumerate(scene.opened.layers):
            if place == features and place:
                options.append(Option(Content(f"── {_('classifier')} ".ljust(width, "─")), disabled=True))
            shape = format_shape(info.shape)
            name = left(f" {format_path(info.path)} {info.kind}", width - len(shape) - 2)
            family = f"$family-{LAYER_TYPES[info.kind].family}"
            line = Content.assemble((_SIGN, family), name, right(shape, width - 1 - len(name)))
            options.append(Option(line, id=f"{place}"))
        return options


def _features(scene: Scene) -> int:
    """Count the layers before the classifier, which begins where there are no maps any more."""
    maps = [place for place, info in enumerate(scene.opened.layers) if len(info.shape) == _MAP_AXES]
    return maps[-1] + 1 if maps else 0
