"""How well the network tells the test set apart: confusion, precision and recall, mistakes, calibration."""

from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Grid, Vertical
from textual.widgets import Static

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale
from tui_cnn.insight.predictions import (
    accuracy,
    confusion,
    log_loss,
    most_confident_mistakes,
    per_class,
    reliability,
    shares,
)
from tui_cnn.runs.inspection.figure import Figure, FigureAxis, Panel
from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.ui.inspect.actions import EVALUATION
from tui_cnn.ui.inspect.image_choice import ImageChoice, mistakes, taken_for
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.view import BrowseImages, View, ViewExport
from tui_cnn.ui.toolkit.numbers import left, right
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.canvas import colours
from tui_cnn.ui.toolkit.pictures.confusion import confusion_content
from tui_cnn.ui.toolkit.pictures.drawing import Drawing
from tui_cnn.ui.toolkit.pictures.gallery import Gallery, Tile, Tiles
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent

_PAGES = ("confusion", "classes", "calibration", "mistakes")
_NAME, _SHORT_NAME = 9, 7
_CELL = 4
_WIDEST_CELL = 12
"""Cells that a column of the matrix takes at most, for the sake of its name."""
_BESIDE = 34
"""Cells that a second column needs."""

_THUMBS = 20
_LISTED = 10
"""Mistakes that are listed, as many as the bars of confidence beside them."""

_ROOMY_TITLE = 56
"""Columns from which the title says of how many images, too."""


class Measured(NamedTuple):
    """What is computed of an evaluation once: (classes, classes) counts and shares, and the answers themselves."""

    counts: npt.NDArray[np.int64]
    shares: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]


class EvaluationView(View):
    """Arrows move in the matrix; where there is no room for all tables, Space turns the page."""

    SCOPE = EVALUATION
    TITLE = _("Evaluation")
    PREDICTS = True
    DEFAULT_CSS = """
    EvaluationView {
        & > Grid {
            height: auto;
            grid-size: 2 2;
            grid-rows: auto;
            grid-columns: 4fr 3fr;
            grid-gutter: 1 2;
            & > Vertical { height: auto; }
        }
        & > Gallery { height: 1fr; margin-top: 1; }
        & > .page { display: none; }
        &.-paged {
            & > Grid { layout: vertical; height: 1fr; & > Vertical { display: none; height: 1fr; } }
            & > Gallery { display: none; }
            & > .page { display: block; }
        }
        &.-confusion #confusion, &.-classes #classes, &.-calibration #calibration, &.-mistakes #mistakes {
            display: block;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*EVALUATION.bindings()]

    _cell = (0, 0)
    _shares = False
    _page = 0
    _paged = True
    _evaluation: Evaluation | None = None
    _measured: Measured | None = None

    def parts(self) -> ComposeResult:
        """Yield the four tables, beside and below each other or one at a time, and the images of mistakes."""
        with Grid():
            with Vertical(id="confusion"):
                yield Matrix()
                yield Static(classes="line bold", id="cell", markup=False)
                yield Static(_("rows: true class · columns: predicted class"), classes="line dim")
            with Vertical(id="classes"):
                yield Bars()
            with Vertical(id="calibration"):
                yield Bars()
                yield Static(classes="line bold", id="error", markup=False)
                yield Static(_("│ mean confidence: end of a calibrated bar"), classes="line dim")
            with Vertical(id="mistakes"):
                yield Bars()
        yield Gallery()
        yield Static(classes="line dim page")

    def title_of(self, scene: Scene) -> str:
        """Say how well it does."""
        measured = self._measure(scene)
        if measured is None:
            return _("The whole test set")
        text = _("accuracy {accuracy:.4f} · loss {loss:.4f}")  # no number is to be cut
        if self.size.width >= _ROOMY_TITLE:
            text = _("{count:,} images · accuracy {accuracy:.4f} · loss {loss:.4f}")
        loss = log_loss(measured.labels, measured.probabilities)
        return text.format(count=len(measured.labels), accuracy=accuracy(measured.counts), loss=loss)

    def want(self, scene: Scene) -> None:
        """Ask for the predictions of the whole test set."""
        self.answers.want(scene.evaluate)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no page to turn where all tables are in view."""
        return self._paged if action == "turn_page" else True

    def action_walk(self, down: int, right: int) -> None:
        """Move in the matrix."""
        last = len(self.scene.opened.class_names) - 1
        self._cell = max(0, min(self._cell[0] + down, last)), max(0, min(self._cell[1] + right, last))
        self.update()

    def action_turn_page(self) -> None:
        """Show the next table, where they do not fit beside each other."""
        self._page = (self._page + 1) % len(_PAGES)
        self.update()

    def action_toggle_shares(self) -> None:
        """Show counts, or shares of each class."""
        self._shares = not self._shares
        self.update()

    def action_open_cell(self) -> None:
        """Walk through the images of the cell, or through the mistakes where these alone are shown."""
        if self._paged and _PAGES[self._page] == "mistakes":
            self.post_message(BrowseImages(mistakes()))
        elif self.scene.opened.class_names:
            self.post_message(BrowseImages(taken_for(self.scene.opened.class_names, *self._cell)))

    @on(Matrix.Selected, "#confusion Matrix")
    @on(Matrix.Opened, "#confusion Matrix")
    def _open_clicked_cell(self, event: Matrix.Selected) -> None:
        self._cell = event.cell
        self.update()
        self.post_message(BrowseImages(taken_for(self.scene.opened.class_names, *event.cell)))

    @on(Bars.Selected, "#classes Bars")
    def _select_class(self, event: Bars.Selected) -> None:
        self._cell = event.index, event.index
        self.update()

    @on(Drawing.Selected, "#mistakes Bars, Gallery")
    @on(Drawing.Opened, "#mistakes Bars, Gallery")
    def _open_mistake(self, event: Drawing.Selected) -> None:
        measured = self._measure(self.scene)
        if measured is not None:
            numbers = most_confident_mistakes(measured.probabilities, measured.labels, _THUMBS).tolist()
            listed = tuple(numbers[event.index :] + numbers[: event.index])
            self.post_message(BrowseImages(ImageChoice(mistakes().name, listed=listed)))

    def export(self) -> ViewExport | None:
        """Write the matrix."""
        measured = self._measure(self.scene)
        if measured is None:
            return None
        names, counts = self.scene.opened.class_names, measured.counts
        rows = [(name, *row) for name, row in zip(names, counts.tolist(), strict=True)]
        scale, text = self.scaled(Scale(0.0, 1.0, "sequential")), _("share of the images of the true class")
        figure = Figure(
            self.title_of(self.scene),
            [Panel(scale.paint(measured.shares), text, scale)],
            down=FigureAxis(_("true class"), names=[f"{number} {name}" for number, name in enumerate(names)]),
            across=FigureAxis(_("predicted class")),
        )
        heading = (_("true class"), *names)
        return ViewExport(
            "confusion",
            figure,
            heading,
            rows,
            {"confusion": counts, "probabilities": measured.probabilities, "labels": measured.labels},
        )

    def _look_for_room(self, classes: int) -> None:
        """Offer to turn the page only where there is no room for all tables."""
        room = self.size
        paged = room.width < _SHORT_NAME + _CELL * classes + 2 + _BESIDE or room.height < 2 * classes + 7
        self.set_class(paged, "-paged")
        if paged != self._paged:
            self._paged = paged
            self.refresh_bindings()

    def update_parts(self, scene: Scene) -> str:
        """Fill the tables."""
        measured = self._measure(scene)
        if measured is None:
            return self.waiting(scene.evaluate)
        for page in _PAGES:
            self.set_class(page == _PAGES[self._page], f"-{page}")
        text = _("Space: table {number} of {count}").format(number=self._page + 1, count=len(_PAGES))
        self.query_one(".page", Static).update(text)
        names = scene.opened.class_names
        self._look_for_room(len(names))
        self.query_one("#confusion Matrix", Matrix).show(self._confusion(measured, names), self._cell)
        self.write("#cell", _cell_text(measured, names, *self._cell))
        self.query_one("#classes Bars", Bars).show(_class_bars(measured, names if self._paged else ()), self._cell[0])
        result = reliability(measured.probabilities, measured.labels)
        parts = result.lower, result.accuracy, result.images, result.confidence
        heading = left(_("confidence"), 11) + right(_("accuracy"), 8) + right(_("images"), 8)
        bars = [
            Bar(
                f"{low:.1f}–{low + 0.1:.1f}",
                float(right_share) if images else np.nan,
                f"{right_share:>11.3f}{images:>8,}" if images else "",
                "dim",
                text_tone="text",
                mark=float(sure),
            )
            for low, right_share, images, sure in zip(*(part.tolist() for part in parts), strict=True)
        ]
        self.query_one("#calibration Bars", Bars).show(BarRows(bars, heading, text_first=True))
        self.write("#error", _("expected calibration error {error:.4f}").format(error=result.error))
        self._show_mistakes(scene, measured)
        return ""

    def _show_mistakes(self, scene: Scene, measured: Measured) -> None:
        names = scene.opened.class_names
        numbers = most_confident_mistakes(measured.probabilities, measured.labels, _THUMBS).tolist()
        room = self.size.width if self._paged else self.size.width * 3 // 7  # as the columns of the grid share it
        width = max(_NAME, min(max(map(cell_len, names)), (room - 18) // 2))
        rows = []
        for number in numbers[: max(_LISTED, len(names))]:
            predicted = int(measured.probabilities[number].argmax())
            true = left(names[int(measured.labels[number])], width)
            words = f"{number:>5,}  {true} → {left(names[predicted], width)}"
            share = float(measured.probabilities[number, predicted])
            rows.append(Bar(words, share, f"{share:.3f}", "text", text_tone="bad"))
        heading = _("most confident mistakes")
        self.query_one("#mistakes Bars", Bars).show(BarRows(rows, heading, widest_name=10 + 2 * width, longest=0))

        captions = [f"{each} → {names[int(measured.probabilities[each].argmax())]}" for each in numbers]

        def tile(place: int, _cells: int) -> Tile:
            return Tile(colours(scene.test.images[numbers[place]]), (captions[place],))

        size = (scene.test.images.shape[1], scene.test.images.shape[2])
        tiles = Tiles(len(numbers), size, tile, narrowest=max(map(cell_len, captions), default=0), enough=10)
        self.query_one(Gallery).show(tiles if numbers else None)

    def _confusion(self, measured: Measured, names: tuple[str, ...]) -> MatrixContent:
        """Show counts, or shares in per cent; mistakes are on a colour."""
        values = measured.shares * 100 if self._shares else measured.counts
        # Names get so short that there is a gap between the numbers; if they become too short, there is none.
        room = self.size.width - len(names) * (len(f"{values.max():.0f}") + 1) - 1
        row_names = [left(name, room) for name in names] if self._paged and 3 < room < _SHORT_NAME else names
        return confusion_content(
            measured.counts,
            self.scaled,
            row_names,
            names,
            in_percent=self._shares,
            widest_cell=max(6, min(_WIDEST_CELL, 1 + max(map(cell_len, names), default=0))),
            describe=lambda row, column: _cell_text(measured, names, row, column),
        )

    def _measure(self, scene: Scene) -> Measured | None:
        found = self.answers.get(scene.evaluate)
        if found is not self._evaluation:
            self._evaluation, self._measured = found, None
            if found is not None:
                labels, probabilities = found.labels.numpy(), found.probabilities.numpy()
                counts = confusion(labels, probabilities.argmax(axis=1), len(scene.opened.class_names))
                self._measured = Measured(counts, shares(counts), probabilities, labels)
        return self._measured


def _cell_text(measured: Measured, names: tuple[str, ...], row: int, column: int) -> str:
    text = _("{count} {true} predicted as {said}: {share:.1%}")
    if row == column:
        text = _("{count} {true} correct: {share:.1%}")
    count, share = measured.counts[row, column], measured.shares[row, column]
    return text.format(count=f"{count:,}", true=names[row], said=names[column], share=share)


def _class_bars(measured: Measured, names: tuple[str, ...]) -> BarRows:
    """Show precision, recall and F1; without `names` beside a table that has them already."""
    found = per_class(measured.counts)
    head = max(map(len, names)) + 1 if names else 0
    heading = " " * head + right(_("precision"), 9) + right(_("recall"), 8) + right(_("F1"), 7)
    bars = [
        Bar(name, float(f1), f"{precision:>9.3f}{recall:>8.3f}{f1:>7.3f}")
        for name, precision, recall, f1 in zip(
            names or [""] * len(found.f1), found.precision, found.recall, found.f1, strict=True
        )
    ]
    return BarRows(bars, heading, text_first=True, widest_name=head - 1)
