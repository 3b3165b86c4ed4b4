"""The image and the prediction for it, always in sight."""

import numpy as np
from textual import on
from textual.app import ComposeResult

from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import Activations
from tui_cnn.ui.inspect.panel import ScenePanel, ShowScene
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.drawing import Tone
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster


class SubjectPanel(ScenePanel):
    """The image as large as it fits; a click goes to the cell of the maps at the same place."""

    DEFAULT_CSS = "SubjectPanel > Picture { height: 1fr; content-align: center middle; }"

    def parts(self) -> ComposeResult:
        """Yield the picture."""
        yield Picture()

    def title_of(self, scene: Scene) -> str:
        """Name the image, and what it shows."""
        label = scene.subject.label
        return scene.subject.title + ("" if label is None else f" · {scene.opened.class_names[label]}")

    def want(self, scene: Scene) -> None:
        """Ask for the activations, which hold the prediction, too."""
        self.answers.want("activate", scene.activate, Activations)

    def update_parts(self, scene: Scene) -> str:
        """Show the image."""
        self.query_one(Picture).show(Raster(scene.subject.pixels))
        return ""

    @on(Picture.Selected)
    @on(Picture.Opened)
    def _select(self, event: Picture.Selected) -> None:
        if self.scene is not None and self.scene.has_maps:
            height, width = self.scene.subject.pixels.shape[:2]
            rows, columns, _maps = self.scene.map_shape
            row, column = event.cell[0] * rows // height, event.cell[1] * columns // width
            self.post_message(ShowScene(self.scene.at(row=row, column=column)))


class PredictionPanel(ScenePanel):
    """The probabilities as bars, the largest first; the true class is marked."""

    DEFAULT_CSS = "PredictionPanel > Bars { height: 1fr; }"

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.classes_shown: list[int] = []
        """The classes of the bars, in their order."""

    def parts(self) -> ComposeResult:
        """Yield the bars."""
        yield Bars()

    def title_of(self, scene: Scene) -> str:
        """Say whether it is right."""
        found, label = self.answers.get(scene.activate, Activations), scene.subject.label
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
        stale = self.answers.get(scene.activate, Activations) is None
        label = None if stale else scene.subject.label
        order = np.argsort(-probabilities, kind="stable").tolist()
        bars = self.query_one(Bars)
        self.classes_shown = order[: max(1, self.size.height)]
        if label is not None and label not in self.classes_shown:
            self.classes_shown[-1] = label

        def bar(number: int) -> Bar:
            name, share = scene.opened.class_names[number], float(probabilities[number])
            if stale:
                return Bar(name, share, f"{share:.3f}", "dim", "dim", sign=" ")
            first, true = number == order[0], number == label
            verdict: Tone = ("good" if true else "bad") if first and label is not None else "text"
            return Bar(
                name, share, f"{share:.3f}", "bold" if first else "text", "bar", verdict, sign="✓" if true else " "
            )

        bars.show(BarRows([bar(number) for number in self.classes_shown], widest_name=12))
        return ""
