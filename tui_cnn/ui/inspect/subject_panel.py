"""The image and what the network says of it, always in sight."""

import numpy as np

from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import Activations
from tui_cnn.ui.inspect.canvas_widget import Drawn, Tones, wrapped
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.pictures.canvas import Canvas, colours
from tui_cnn.ui.toolkit.pictures.pixels import fit_into, magnify

_NAME = 11
_SHARE = 6


class SubjectPanel(Drawn):
    """The picture."""

    def name_of(self, scene: Scene) -> str:
        """Name the image, and what it shows."""
        label = scene.subject.label
        return scene.subject.title + ("" if label is None else f" · {scene.opened.class_names[label]}")

    def want(self, scene: Scene) -> None:
        """Ask for the activations, which hold the prediction, too."""
        self.desk.want("activate", scene.activate, Activations)

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw the image as large as it fits."""
        pixels = colours(scene.subject.pixels)
        times = fit_into(pixels.shape[:2], (canvas.height, canvas.width))
        canvas.picture(max(0, (canvas.width - pixels.shape[1] * times) // 2), 0, magnify(pixels, times))


class PredictionPanel(Drawn):
    """The probabilities as bars, the largest first; the true class is marked."""

    def name_of(self, scene: Scene) -> str:
        """Say whether it is right."""
        found, label = self.desk.get(scene.activate, Activations), scene.subject.label
        if found is None or label is None:
            return _("Prediction")
        if not np.isfinite(found.probabilities.numpy()).all():
            return _("No prediction")
        right = int(found.probabilities.numpy().argmax()) == label
        return _("Prediction: correct") if right else _("Prediction: wrong")

    def draw(self, canvas: Canvas, scene: Scene, tones: Tones) -> None:
        """Draw as many classes as there is room for, the true one always among them."""
        found = self.activations(scene)
        names, label = scene.opened.class_names, scene.subject.label
        if self.desk.get(scene.activate, Activations) is None:  # these are still those of the image before
            label, tones = None, Tones(*[tones.dim] * len(tones))
        if found is None:
            self.waiting(canvas, 0, 0, scene.activate, tones)
            return
        probabilities = found.probabilities.numpy()
        if not np.isfinite(probabilities).all():
            told = _("The output is not a number (NaN): training diverged. Train again with a lower learning rate.")
            for line, words in enumerate(wrapped(told, canvas.width)):
                canvas.put(0, line, words, tones.wrong)
            return
        order = np.argsort(-probabilities, kind="stable").tolist()
        said = order[0]
        shown = order[: canvas.height]
        if label is not None and label not in shown:
            shown[-1] = label
        width = max(1, canvas.width - _NAME - _SHARE - 4)
        for line, number in enumerate(shown):
            true = number == label
            style = (tones.right if true else tones.wrong) if number == said and label is not None else tones.text
            canvas.put(0, line, "✓" if true else " ", tones.right)
            canvas.put(2, line, names[number], tones.bold if number == said else tones.text, room=_NAME)
            canvas.put(3 + _NAME, line, bar(float(probabilities[number]), width), tones.bar)
            canvas.put(canvas.width - _SHARE, line, f"{probabilities[number]:.3f}".rjust(_SHARE), style)
