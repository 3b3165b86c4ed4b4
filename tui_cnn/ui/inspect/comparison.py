"""Two runs on the same images: which predictions changed, both ways, and where they differ most."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.predictions import Comparison, compare
from tui_cnn.runs.inspection.figure import Figure, Panel
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.runs.inspection.requests import Evaluate, Source
from tui_cnn.ui.inspect.actions import COMPARISON
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.image_choice import ImageChoice
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import BrowseImages, View, ViewExport
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.canvas import colours
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles

_SHOWN = 60
_LISTS = 4
_CLASSES = 5


class ComparisonView(View):
    """Up and down choose the list, left and right the image in it."""

    SCOPE = COMPARISON
    TITLE = _("Compare")
    PREDICTS = True
    DEFAULT_CSS = """
    ComparisonView {
        & > #lists { height: 4; margin-bottom: 1; }
        & > Gallery { height: 1fr; }
        & > #image { height: 1; }
        & > Horizontal { height: 4; }
        & > Horizontal > Bars { height: 100%; margin-right: 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARISON.bindings()]

    class RunWanted(Message):
        """A second run is to be chosen."""

    _list = 0
    _place = 0

    def parts(self) -> ComposeResult:
        """Yield the lists with their counts, the images of one, and both predictions of the selected image."""
        yield Static(classes="line bold", id="accuracy", markup=False)
        yield Bars(id="lists")
        yield Gallery()
        yield Static(classes="line bold", id="image", markup=False)
        with Horizontal():
            yield Bars(id="first")
            yield Bars(id="second")

    def title_of(self, scene: Scene) -> str:
        """Name both runs."""
        if scene.other is None:
            return self.TITLE
        first, second = _names(scene, scene.other)
        return _("{first} and {second}").format(first=first, second=second)

    def want(self, scene: Scene) -> None:
        """Ask for the predictions of both."""
        if scene.other is not None:
            self.answers.want(scene.evaluate, _evaluate(scene.other))

    def show(self, scene: Scene) -> None:
        """Show another scene; with a second run there is a list to open."""
        before = self.has_scene and self.scene.other is not None
        super().show(scene)
        if before != (scene.other is not None):
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A list can be opened only where there are two runs."""
        return action != "open_list" or (self.has_scene and self.scene.other is not None)

    def action_choose_other(self) -> None:
        """Ask for a second run."""
        self.post_message(self.RunWanted())

    def action_walk(self, down: int, right: int) -> None:
        """Go to another list, or to another image of the list."""
        if down:
            self._show_list((self._list + down) % _LISTS)
        elif len(numbers := self._numbers()):
            self._place = max(0, min(self._place + right, len(numbers) - 1))
            self._show_image()

    def action_page(self, by: int) -> None:
        """Go to an image of the next row, or of the one before."""
        self.action_walk(0, by * self.query_one(Gallery).grid.columns)

    def action_open_list(self) -> None:
        """Walk through the list, with the keys for images."""
        numbers = self._numbers()
        if len(numbers):
            listed = tuple(numbers.tolist())
            self.post_message(BrowseImages(ImageChoice(self._titles(self.scene)[self._list], listed=listed)))

    @on(Bars.Selected, "#lists")
    def _select_list(self, event: Bars.Selected) -> None:
        self._show_list(event.index)

    @on(Bars.Opened, "#lists")
    def _open_list(self) -> None:
        self.action_open_list()

    @on(Gallery.Selected, "Gallery")
    def _select_image(self, event: Gallery.Selected) -> None:
        self._place = event.index
        self._show_image()

    def export(self) -> ViewExport | None:
        """Write where the probabilities differ."""
        found = self._compared()
        if found is None:
            return None
        compared, numbers = found[2], self._numbers()
        rows = [(int(number), float(compared.distance[number])) for number in numbers]
        scene, shown = self.scene, numbers[:_SHOWN].tolist()
        about = self._titles(scene)[self._list]
        if len(shown) < len(numbers):
            about += " · " + _("{shown} of {count} shown").format(shown=len(shown), count=len(numbers))
        panels = [Panel(scene.test.images[n], f"{n} {scene.class_of(n)}") for n in shown]
        figure = Figure(self.title_of(scene), panels, (about,), columns=10) if panels else None
        return ViewExport("comparison", figure, (_("image"), _("distance")), rows, {"distance": compared.distance})

    def update_parts(self, scene: Scene) -> str:
        """Show the comparison, or what is missing for it."""
        if scene.other is None:
            return _("Press b to choose a run to compare with, for example a dense network.")
        found = self._compared()
        if found is None:
            for question in (scene.evaluate, _evaluate(scene.other)):
                if self.answers.get(question) is None:
                    return self.waiting(question)
            return _("The two runs were tested on different images. Press b to choose another run.")
        first, second, compared = found
        labels = first.labels.numpy()
        right = [float((each.probabilities.numpy().argmax(axis=1) == labels).mean()) for each in (first, second)]
        text = _("accuracy {first:.4f} and {second:.4f}").format(first=right[0], second=right[1])
        self.write("#accuracy", text)
        lists = self._lists(compared)
        bars = [
            Bar(f"{len(numbers):>6,}  {title}", len(numbers) / len(labels), "")
            for title, numbers in zip(self._titles(scene), lists, strict=True)
        ]
        self.query_one("#lists", Bars).show(BarRows(bars, widest_name=60, longest=30), self._list)
        numbers = lists[self._list]
        self._place = max(0, min(self._place, len(numbers) - 1))
        self._show_images(scene, numbers)
        if len(numbers):
            self._show_predictions(scene, int(numbers[self._place]), first, second, compared)
        else:
            self.write("#image", _("No images."))
            for bars_of_run in self.query("#first, #second").results(Bars):
                bars_of_run.show(None)
        return ""

    def _show_images(self, scene: Scene, numbers: npt.NDArray[np.int64]) -> None:
        shown = numbers.tolist()

        def tile(place: int, _cells: int) -> Tile:
            return Tile(colours(scene.test.images[shown[place]]), (f"{shown[place]:,}",))

        height, width, _channels = scene.opened.image_shape
        tiles = Tiles(len(shown), (height, width), tile, enough=_SHOWN // 3)
        self.query_one(Gallery).show(tiles if shown else None, self._place)

    def _show_predictions(
        self, scene: Scene, number: int, first: Evaluation, second: Evaluation, compared: Comparison
    ) -> None:
        """Show the most likely classes of one image as both runs have them."""
        names, label = scene.opened.class_names, int(scene.labels[number])
        text = _("image {number:,}, {label}: probability distance {distance:.3f}")
        words = text.format(number=number, label=scene.class_of(number), distance=compared.distance[number])
        self.write("#image", words)
        both = [each.probabilities.numpy()[number] for each in (first, second)]
        order = np.argsort(-np.maximum(*both), kind="stable")[:_CLASSES].tolist()
        titles = _names(scene, scene.other or scene.source)
        for place, shares, title in zip(("first", "second"), both, titles, strict=True):
            rows = [
                Bar(
                    names[each],
                    float(shares[each]),
                    f"{shares[each]:.3f}",
                    "good" if each == label else "text",
                    text_tone="bold" if each == int(shares.argmax()) else "dim",
                )
                for each in order
            ]
            self.query_one(f"#{place}", Bars).show(BarRows(rows, title, text_first=True))

    def _compared(self) -> tuple[Evaluation, Evaluation, Comparison] | None:
        if self.scene.other is None:
            return None
        first, second = self.answers.get(self.scene.evaluate), self.answers.get(_evaluate(self.scene.other))
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

    def _show_list(self, number: int) -> None:
        self._list, self._place = number, 0
        self._show_image()

    def _show_image(self) -> None:
        numbers = self._numbers()
        if len(numbers):
            self.go_to(self.scene.of_number(int(numbers[min(self._place, len(numbers) - 1)])))
        else:
            self.update()


def _evaluate(source: Source) -> Question[Evaluation]:
    return Question(Evaluate(source=source), Evaluation)


def _names(scene: Scene, other: Source) -> tuple[str, str]:
    """Call both runs by the names of their networks or, where these are the same, by their ids."""
    first, second = scene.source.run.name, other.run.name
    return (first, second) if first != second else (scene.source.name, other.name)
