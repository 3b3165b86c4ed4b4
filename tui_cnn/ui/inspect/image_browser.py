"""Which images of the test set the keys go through, and where among them one is."""

from tui_cnn.runs.inspection.replies import Evaluation
from tui_cnn.ui.inspect.image_choice import ImageChoice, Indices, everything
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.inspect.subject import Subject, of_test


class ImageBrowser:
    """Goes through the chosen images; from a picture of one's own it goes on where it was.

    Attributes:
        choice: the chosen images.
        pending: whether it is not known yet which images these are.
    """

    def __init__(self) -> None:
        self.choice = everything()
        self.pending = False
        self._number: int | None = None

    def visit(self, subject: Subject) -> None:
        """Remember the image of the test set that is shown."""
        self._number = self._number if subject.number is None else subject.number

    def choose(self, choice: ImageChoice, scene: Scene, evaluation: Evaluation | None) -> Indices | None:
        """Choose images; return their numbers, or None where it is not known yet which these are."""
        self.choice = choice
        numbers = choice.numbers(scene.test, evaluation)
        self.pending = numbers is None
        return numbers

    def step(self, by: int, scene: Scene, evaluation: Evaluation | None) -> Subject | None:
        """Return the next image, or the one before; None where there is none."""
        numbers = self.choice.numbers(scene.test, evaluation)
        if numbers is None or not len(numbers):
            return None
        return of_test(scene.test, int(numbers[self.choice.place_after(numbers, self._number, by)]))
