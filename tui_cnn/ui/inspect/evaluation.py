"""How well the network tells the test set apart: confusion, precision and recall, mistakes, calibration."""

from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_cnn.i18n import _
from tui_cnn.insight.calibration import reliability
from tui_cnn.insight.confusion import accuracy, confusion, log_loss, per_class, shares
from tui_cnn.insight.selection import most_confident_mistakes
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.ui.inspect.actions import EVALUATION
from tui_cnn.ui.inspect.canvas_widget import Tones
from tui_cnn.ui.inspect.confusion_table import CELL, draw_classes, draw_confusion, draw_reliability
from tui_cnn.ui.inspect.image_choice import Choice, mistakes, taken_for
from tui_cnn.ui.inspect.old_gallery import Tile, draw_gallery, grid
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import Output, View, heat
from tui_cnn.ui.toolkit.cells import left
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours
from tui_cnn.ui.toolkit.pictures.pixels import shrink

_PAGES = 4
_MISTAKES = 3
_BESIDE = 34
"""Cells that a second column needs."""
_NAME, _SHORT = 12, 7
_GAP = 2
_LOWEST = 8
_THUMBS, _CAPTION, _SMALLEST = 10, 15, 4


class EvaluationView(View):
    """Arrows move in the matrix; where there is no room for all tables, Space turns the page."""

    KEY = "e"
    BINDINGS: ClassVar[list[BindingType]] = [
        *EVALUATION.bindings(),
        Binding("left", "walk(0, -1)", show=False),
        Binding("right", "walk(0, 1)", show=False),
        Binding("up", "walk(-1, 0)", show=False),
        Binding("down", "walk(1, 0)", show=False),
    ]

    class Chosen(Message):
        """Images are to be walked through."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    _cell = (0, 0)
    _shares = False
    _page = 0
    _together = False

    @classmethod
    def title(cls) -> str:
        """Name the view."""
        return _("Evaluation")

    def name_of(self, scene: Scene) -> str:
        """Say how well it does."""
        found = self.desk.get(scene.evaluate, Evaluation)
        if found is None:
            return _("The whole test set")
        labels, probabilities = found.labels.numpy(), found.probabilities.numpy()
        counts = confusion(labels, probabilities.argmax(axis=1), len(scene.opened.class_names))
        told = _("{count:,} images · accuracy {accuracy:.4f} · loss {loss:.4f}")
        return told.format(count=len(labels), accuracy=accuracy(counts), loss=log_loss(labels, probabilities))

    def want(self, scene: Scene) -> None:
        """Ask for the predictions of the whole test set."""
        self.desk.want("evaluate", scene.evaluate, Evaluation)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no page to turn where all tables are in view."""
        return not self._together if action == "turn_page" else True

    def action_walk(self, down: int, right: int) -> None:
        """Move in the matrix."""
        if self.scene is not None:
            last = len(self.scene.opened.class_names) - 1
            self._cell = max(0, min(self._cell[0] + down, last)), max(0, min(self._cell[1] + right, last))
            self.redraw()

    def action_turn_page(self) -> None:
        """Show the next table, where they do not fit beside each other."""
        self._page = (self._page + 1) % _PAGES
        self.redraw()

    def action_toggle_shares(self) -> None:
        """Show counts, or shares of each class."""
        self._shares = not self._shares
        self.redraw()

    def action_open_cell(self) -> None:
        """Walk through the images of the cell, or through the mistakes where these alone are shown."""
        if self.scene is not None and self._page == _MISTAKES and not self._together:
            self.post_message(self.Chosen(mistakes()))
        elif self.scene is not None:
            self.post_message(self.Chosen(taken_for(self.scene.opened.class_names, *self._cell)))

    def output(self) -> Output | None:
        """Write the matrix."""
        scene = self.scene
        found = self.desk.get(scene.evaluate, Evaluation) if scene else None
        if scene is None or found is None:
            return None
        labels, probabilities = found.labels.numpy(), found.probabilities.numpy()
        names = scene.opened.class_names
        counts = confusion(labels, probabilities.argmax(axis=1), len(names))
        rows = [(name, *row) for name, row in zip(names, counts.tolist(), strict=True)]
        picture = heat(np.sqrt(counts), self.palette(scene))
        arrays = {"confusion": counts, "probabilities": probabilities, "labels": labels}
        return Output("confusion", picture, (_("true class"), *names), rows, arrays)

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the tables that fit."""
        found = self.desk.get(scene.evaluate, Evaluation)
        if found is None:
            self.waiting(canvas, 1, 0, scene.evaluate, tones)
            return
        lines, matrix = self._sizes(scene)
        parts = (self._draw_matrix, self._draw_classes, self._draw_calibration, self._draw_mistakes)
        if self._together:
            places = ((1, 0), (1 + matrix, 0), (1, lines), (1 + matrix, lines))
            for part, (x, y) in zip(parts, places, strict=True):
                part(canvas, x, y, matrix - _GAP if x == 1 else canvas.width - matrix - 2, scene, found, tones)
            self._draw_pictures(canvas, 2 * lines, scene, found, tones)
        else:
            parts[self._page](canvas, 1, 0, canvas.width - 2, scene, found, tones)
            told = _("Space: table {number} of {count}").format(number=self._page + 1, count=_PAGES)
            canvas.put(1, canvas.height - 1, told, tones.dim)

    @staticmethod
    def _sizes(scene: Scene) -> tuple[int, int]:
        """Tell how many lines a table takes, and how many cells the widest does."""
        classes = len(scene.opened.class_names)
        return classes + 4, _NAME + CELL * classes + _GAP

    def look_for_room(self) -> None:
        """Offer to turn the page only where there is no room for all tables."""
        lines, matrix = self._sizes(self.scene) if self.scene else (0, 0)
        together = self.size.width >= matrix + _BESIDE and self.size.height >= 2 * lines - 1
        if together != self._together:
            self._together = together
            self.refresh_bindings()
            self.redraw()

    def _draw_matrix(
        self, canvas: Canvas, x: int, y: int, width: int, scene: Scene, found: Evaluation, tones: Tones
    ) -> None:
        names = scene.opened.class_names
        said = found.probabilities.numpy().argmax(axis=1)
        counts = confusion(found.labels.numpy(), said, len(names))
        parts = shares(counts)
        shown = parts if self._shares else None
        room = _NAME if width >= _NAME + CELL * len(names) else _SHORT
        palette = self.palette(scene)
        draw_confusion(canvas, x, y, counts, shown, names, room, self._cell, palette, tones.dim, tones.chosen)
        row, column = self._cell
        told = _("{count} {true} predicted as {said}: {share:.1%}")
        if row == column:
            told = _("{count} {true} correct: {share:.1%}")
        words = told.format(count=counts[row, column], true=names[row], said=names[column], share=parts[row, column])
        canvas.put(x, y + len(names) + 1, words, tones.bold, room=width)
        canvas.put(x, y + len(names) + 2, _("rows: true class · columns: predicted class"), tones.dim, room=width)

    def _draw_classes(
        self, canvas: Canvas, x: int, y: int, width: int, scene: Scene, found: Evaluation, tones: Tones
    ) -> None:
        names = scene.opened.class_names
        counts = confusion(found.labels.numpy(), found.probabilities.numpy().argmax(axis=1), len(names))
        told = () if self._together else names
        draw_classes(canvas, x, y, per_class(counts), told, self._cell[0], (tones.dim, tones.bar, tones.chosen))

    def _draw_mistakes(
        self, canvas: Canvas, x: int, y: int, width: int, scene: Scene, found: Evaluation, tones: Tones
    ) -> None:
        names, probabilities, labels = scene.opened.class_names, found.probabilities.numpy(), found.labels.numpy()
        canvas.put(x, y, _("most confident mistakes"), tones.dim)
        room = min(_NAME - 1, (width - 17) // 2)
        for line, number in enumerate(most_confident_mistakes(probabilities, labels, len(names)).tolist()):
            said = int(probabilities[number].argmax())
            words = f"{number:>6,}  {left(names[labels[number]], room)} → {left(names[said], room)} "
            end = canvas.put(x, y + 1 + line, words, tones.text)
            canvas.put(end, y + 1 + line, f"{probabilities[number, said]:.3f}", tones.wrong)

    def _draw_pictures(self, canvas: Canvas, top: int, scene: Scene, found: Evaluation, tones: Tones) -> None:
        """Draw the images of the most confident mistakes, each with its number and what is said of it."""
        room = (canvas.height - top, canvas.width)
        probabilities = found.probabilities.numpy()
        numbers = most_confident_mistakes(probabilities, found.labels.numpy(), _THUMBS).tolist()
        if room[0] < _LOWEST or not numbers:
            return
        height, width = scene.opened.image_shape
        grids = {
            times: grid((-(-height // times), -(-width // times)), len(numbers), 0, room, _CAPTION)
            for times in range(1, _SMALLEST + 1)
        }
        # As large as all have room; else those that have room at half their size, or smaller.
        fitting = (each for each, laid in grids.items() if laid.lines <= room[0] and (each > 1 or laid.room >= _THUMBS))
        times = next(fitting, _SMALLEST)
        laid = grids[times]

        def tile(place: int) -> Tile:
            number = numbers[place]
            pixels = colours(np.asarray(shrink(scene.test.images[number], times), np.uint8))
            said = scene.opened.class_names[int(probabilities[number].argmax())]
            return Tile(pixels, tones.dim, (f"{number} → {said}",))

        draw_gallery(canvas, top, laid, len(numbers), -1, tile, tones.chosen)

    def _draw_calibration(
        self, canvas: Canvas, x: int, y: int, width: int, scene: Scene, found: Evaluation, tones: Tones
    ) -> None:
        result = reliability(found.probabilities.numpy(), found.labels.numpy())
        draw_reliability(canvas, x, y, result, width, (tones.dim, tones.bar, tones.wrong))
        told = _("expected calibration error {error:.4f}").format(error=result.error)
        canvas.put(x, y + len(result.lower) + 1, told, tones.bold, room=width)
        told = _("│ mean confidence: end of a calibrated bar")
        canvas.put(x, y + len(result.lower) + 2, told, tones.dim, room=width)
