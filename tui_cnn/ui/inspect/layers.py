"""The layers that the image goes through, the one that is looked at among them: feature extractor, then classifier."""

from textual import events

from tui_cnn.core.path import format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.i18n import _
from tui_cnn.ui.inspect.canvas_widget import Drawn, Tones
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import View
from tui_cnn.ui.toolkit.cells import left, right
from tui_cnn.ui.toolkit.pictures.canvas import Canvas

_MAP_AXES = 3


class LayersPanel(Drawn):
    """A line a layer; a click goes there."""

    def name_of(self, scene: Scene) -> str:
        """Say which part of the network the layer belongs to."""
        return _("Feature extractor") if scene.layer < _features(scene) else _("Classifier")

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw as many layers as there is room for, the chosen one among them."""
        features = _features(scene)
        for line, place in enumerate(self._lines_of(scene)):
            if place is None:
                canvas.put(0, line, left(f"── {_('classifier')} ".ljust(canvas.width, "─"), canvas.width), tones.dim)
                continue
            info = scene.opened.layers[place]
            shape = format_shape(info.shape)
            room = canvas.width - len(shape) - 1
            words = left(f" {format_path(info.path)} {info.kind}", room) + right(shape, canvas.width - room)
            style = tones.chosen if place == scene.layer else tones.text if place < features else tones.dim
            canvas.put(0, line, words, style)

    def on_click(self, event: events.Click) -> None:
        """Go to the layer that was clicked on."""
        inside = event.get_content_offset(self)
        lines = self._lines_of(self.scene) if self.scene else []
        if inside is None or self.scene is None or inside.y >= len(lines):
            return
        place = lines[inside.y]
        if place is not None:
            self.post_message(View.Moved(self.scene.at(layer=place)))

    def _lines_of(self, scene: Scene) -> list[int | None]:
        """Say which layer stands on each line; None is the line between the two parts."""
        features, count = _features(scene), len(scene.opened.layers)
        lines: list[int | None] = [*range(features), *([None] if 0 < features < count else []), *range(features, count)]
        height = self.size.height
        first = max(0, min(lines.index(scene.layer) - height // 2, len(lines) - height))
        return lines[first : first + height]


def _features(scene: Scene) -> int:
    """Count the layers before the classifier, which begins where there are no maps any more."""
    maps = [place for place, info in enumerate(scene.opened.layers) if len(info.shape) == _MAP_AXES]
    return maps[-1] + 1 if maps else 0
