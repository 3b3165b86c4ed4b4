"""Two runs on the same images: which predictions changed, both ways, and where they differ most."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_cnn.i18n import _
from tui_cnn.insight.comparison import Comparison, compare
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.runs.inspection.requests import Evaluate
from tui_cnn.runs.inspection.source import Source
from tui_cnn.ui.inspect.actions import COMPARISON
from tui_cnn.ui.inspect.canvas_widget import Tones, wrapped
from tui_cnn.ui.inspect.evaluation import EvaluationView
from tui_cnn.ui.inspect.image_choice import Choice
from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, grid, reduction
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.subject import of_test
from tui_cnn.ui.inspect.view import Output, View
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours
from tui_cnn.ui.toolkit.pictures.pixels import sheet, shrink

_SHOWN = 60
_LISTS = 4
_CLASSES = 3
_HEAD = 8


class ComparisonView(View):
    """Up and down choose the list, left and right the image in it."""

    KEY = "c"
    BINDINGS: ClassVar[list[BindingType]] = [
        *COMPARISON.bindings(),
        Binding("left", "walk(-1)", show=False),
        Binding("right", "walk(1)", show=False),
        Binding("up", "turn_list(-1)", show=False),
        Binding("down", "turn_list(1)", show=False),
    ]

    class Wanted(Message):
        """A second run is to be chosen."""

    _list = 0
    _place = 0

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Compare")

    def name_of(self, scene: Scene) -> str:
        """Name both runs."""
        if scene.other is None:
            return self.title()
        first, second = _names(scene, scene.other)
        return _("{first} and {second}").format(first=first, second=second)

    def want(self, scene: Scene) -> None:
        """Ask for the predictions of both."""
        if scene.other is not None:
            self.desk.want("evaluate", scene.evaluate, Evaluation)
            self.desk.want("evaluate other", Evaluate(source=scene.other), Evaluation)

    def show(self, scene: Scene) -> None:
        """Show another scene; with a second run there is a list to open."""
        before = self.scene
        super().show(scene)
        if before is None or (before.other is None) != (scene.other is None):
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A list can be opened only where there are two runs."""
        return self.scene is not None and self.scene.other is not None if action == "open_list" else True

    def action_choose_other(self) -> None:
        """Ask for a second run."""
        self.post_message(self.Wanted())

    def action_turn_list(self, by: int) -> None:
        """Go to another list."""
        self._list = (self._list + by) % _LISTS
        self._place = 0
        self._show_image()

    def action_walk(self, by: int) -> None:
        """Go to another image of the list."""
        numbers = self._numbers()
        if len(numbers):
            self._place = max(0, min(self._place + by, len(numbers) - 1))
            self._show_image()

    def action_open_list(self) -> None:
        """Walk through the list, with the keys for images."""
        numbers = self._numbers()
        if self.scene is not None and len(numbers):
            listed = tuple(numbers.tolist())
            self.post_message(EvaluationView.Chosen(Choice(self._titles(self.scene)[self._list], listed=listed)))

    def output(self) -> Output | None:
        """Write where the probabilities differ."""
        found = self._compared()
        if self.scene is None or found is None:
            return None
        _first, _second, compared = found
        numbers = self._numbers()
        rows = [(int(number), float(compared.distance[number])) for number in numbers]
        pictures = [self.scene.test.images[number] for number in numbers[:_SHOWN].tolist()]
        picture = sheet(pictures, 10) if pictures else None
        return Output("comparison", picture, (_("image"), _("distance")), rows, {"distance": compared.distance})

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the lists with their counts, the images of the chosen one, and both predictions of the chosen image."""
        if scene.other is None:
            told = _("Press b to choose a run to compare with, for example a dense network.")
            self._say(canvas, told, tones.text)
            return
        found = self._compared()
        if found is None:
            asked = (scene.evaluate, Evaluate(source=scene.other))
            missing = [request for request in asked if self.desk.get(request, Evaluation) is None]
            if missing:
                self.waiting(canvas, 1, 0, missing[0], tones)
            else:
                self._say(
                    canvas,
                    _("The two runs were tested on different images. Press b to choose another run."),
                    tones.wrong,
                )
            return
        first, second, compared = found
        labels = first.labels.numpy()
        right = [float((each.probabilities.numpy().argmax(axis=1) == labels).mean()) for each in (first, second)]
        told = _("accuracy {first:.4f} and {second:.4f}").format(first=right[0], second=right[1])
        canvas.put(1, 0, told, tones.bold)
        lists = self._lists(compared)
        for line, (title, numbers) in enumerate(zip(self._titles(scene), lists, strict=True), start=1):
            style = tones.chosen if line - 1 == self._list else tones.text
            canvas.put(1, line, f"{len(numbers):>6,}  {title}", style)
        numbers = lists[self._list]
        if not len(numbers):
            canvas.put(1, _HEAD - 2, _("No images."), tones.dim)
            return
        self._place = min(self._place, len(numbers) - 1)
        self._draw_images(canvas, scene, numbers, tones)
        number = int(numbers[self._place])
        self._draw_shares(canvas, scene, number, first, second, compared, tones)

    @staticmethod
    def _say(canvas: Canvas, told: str, style: Style) -> None:
        for line, words in enumerate(wrapped(told, canvas.width - 2), start=1):
            canvas.put(1, line, words, style)

    def _draw_images(self, canvas: Canvas, scene: Scene, numbers: npt.NDArray[np.int64], tones: Tones) -> None:
        shown = numbers[:_SHOWN].tolist() if self._place < _SHOWN else numbers.tolist()
        room = (canvas.height - _HEAD - _CLASSES - 3 + 2, canvas.width)
        height, width = scene.opened.image_shape
        times = max(2, reduction((height, width), len(shown), room))
        laid = grid((-(-height // times), -(-width // times)), len(shown), self._place, room)

        def tile(place: int) -> Tile:
            pixels = colours(np.asarray(shrink(scene.test.images[shown[place]], times), np.uint8))
            return Tile(pixels, tones.dim, (f"{shown[place]:,}",))

        draw_gallery(canvas, _HEAD - 2, laid, len(shown), self._place, tile, tones.chosen)

    def _draw_shares(
        self,
        canvas: Canvas,
        scene: Scene,
        number: int,
        first: Evaluation,
        second: Evaluation,
        compared: Comparison,
        tones: Tones,
    ) -> None:
        """Write the most likely classes of one image as both runs have them."""
        y = canvas.height - _CLASSES - 3
        label = scene.opened.class_names[scene.test.labels[number]]
        told = _("image {number:,}, {label}: probability distance {distance:.3f}")
        canvas.put(1, y, told.format(number=number, label=label, distance=compared.distance[number]), tones.bold)
        both = [each.probabilities.numpy()[number] for each in (first, second)]
        field = (canvas.width - 14) // 2
        for place, name in enumerate(_names(scene, scene.other or scene.source)):
            canvas.put(14 + place * field, y + 1, name, tones.dim, room=field - 2)
        order = np.argsort(-np.maximum(*both), kind="stable")[:_CLASSES]
        for line, each in enumerate(order.tolist(), start=y + 2):
            true = each == scene.test.labels[number]
            canvas.put(1, line, scene.opened.class_names[each], tones.right if true else tones.text, room=12)
            for place, shares in enumerate(both):
                x = 14 + place * field
                canvas.put(x, line, f"{shares[each]:.3f}", tones.bold if each == shares.argmax() else tones.dim)
                canvas.put(x + 6, line, bar(float(shares[each]), max(1, field - 8)), tones.bar)

    def _compared(self) -> tuple[Evaluation, Evaluation, Comparison] | None:
        if self.scene is None or self.scene.other is None:
            return None
        first = self.desk.get(self.scene.evaluate, Evaluation)
        second = self.desk.get(Evaluate(source=self.scene.other), Evaluation)
        if first is None or second is None or not np.array_equal(first.labels.numpy(), second.labels.numpy()):
            return None
        probabilities = first.probabilities.numpy(), second.probabilities.numpy()
        return first, second, compare(*probabilities, first.labels.numpy())

    def _numbers(self) -> npt.NDArray[np.int64]:
        found = self._compared()
        return self._lists(found[2])[self._list] if found else np.zeros(0, np.int64)

    @staticmethod
    def _lists(compared: Comparison) -> list[npt.NDArray[np.int64]]:
        return [compared.gained, compared.lost, compared.both_wrong, compared.furthest]

    @staticmethod
    def _titles(scene: Scene) -> list[str]:
        first, second = _names(scene, scene.other or scene.source)
        return [
            _("only {run} is correct").format(run=second),
            _("only {run} is correct").format(run=first),
            _("both wrong, different predictions"),
            _("all, largest difference first"),
        ]

    def _show_image(self) -> None:
        numbers = self._numbers()
        if self.scene is not None and len(numbers):
            number = int(numbers[min(self._place, len(numbers) - 1)])
            self.look_at(replace(self.scene, subject=of_test(self.scene.test, number)))
        else:
            self.redraw()


def _names(scene: Scene, other: Source) -> tuple[str, str]:
    """Call both runs by the names of their networks or, where these are the same, by their ids."""
    first, second = scene.source.run.name, other.run.name
    return (first, second) if first != second else (scene.source.name, other.name)
