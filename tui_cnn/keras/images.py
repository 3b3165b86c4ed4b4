"""Images that a person gives to be evaluated on: the numbers that the network takes, and the class of each."""

from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui_cnn.keras.facts import number
from tui_cnn.runs.events import MOST_CONFUSED
from tui_cnn.runs.history import accuracy_name
from tui_cnn.runs.recorded_images import ScaledImages, as_images, class_numbers


class ImageEvaluation(NamedTuple):
    """What a model makes of images: loss and accuracy as Keras gives them, and the class of each, where it has classes.

    `confusion[i][j]` counts the images of class i taken for class j.
    """

    loss: float | None
    accuracy: float | None
    predicted: npt.NDArray[np.int64] | None
    confusion: tuple[tuple[int, ...], ...]


class GivenImages:
    """Numbers (n, ...) that the network takes, and what it is trained to give for them (n, ...), as `fit` takes both.

    Raises:
        ValueError: they are no arrays of the same length.
    """

    def __init__(self, numbers: Any, targets: Any, batch_size: int | None = None) -> None:
        self.numbers, self._targets = np.asarray(numbers), np.asarray(targets)
        if not self.numbers.ndim or not self._targets.ndim or len(self.numbers) != len(self._targets):
            message = f"expected two arrays of the same length, got {self.numbers.shape} and {self._targets.shape}"
            raise ValueError(message)
        self.batch_size = batch_size

    @cached_property
    def labels(self) -> npt.NDArray[np.int32] | None:
        """The class of each, (n,); None: they are no classes."""
        return class_numbers(self._targets)

    @cached_property
    def scaled(self) -> ScaledImages | None:
        """The images that the numbers are of; None: they are of none, or too many."""
        return as_images(self.numbers)

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digits of the images and their labels: as for our own data sets, where they are images."""
        images = self.scaled.images if self.scaled is not None else self.numbers
        hashed = blake2b(np.ascontiguousarray(images).data, digest_size=16)
        labels = self.labels if self.labels is not None else self._targets
        hashed.update(np.ascontiguousarray(labels.astype("<i4" if self.labels is not None else "<f4")).tobytes())
        return hashed.hexdigest()

    def evaluate(self, model: Any, *, metrics: bool = True) -> ImageEvaluation:
        """Evaluate a model on them; without `metrics`, only what it takes for what.

        Accuracy is the share of the images whose class has the highest output, where there are classes.
        """
        before = getattr(model, "history", None)
        try:
            return self._evaluate(model, metrics)
        finally:
            model.history = before  # tf-keras puts that of the evaluation there, and `fit` returns what is there

    def _evaluate(self, model: Any, metrics: bool) -> ImageEvaluation:
        size = self.batch_size or 128
        loss = accuracy = None
        if metrics:
            told = model.evaluate(self.numbers, self._targets, batch_size=size, verbose=0, return_dict=True)
            loss, accuracy = number(told.get("loss")), number(told.get(accuracy_name(told)))
        labels = self.labels
        if labels is None:
            return ImageEvaluation(loss, accuracy, None, ())
        outputs = np.asarray(model.predict(self.numbers, batch_size=size, verbose=0))
        if outputs.ndim != 2 or outputs.shape[1] < 2 or labels.max() >= outputs.shape[1]:
            return ImageEvaluation(loss, accuracy, None, ())
        predicted = outputs.argmax(axis=1)
        classes = outputs.shape[1]
        confusion: tuple[tuple[int, ...], ...] = ()
        if classes <= MOST_CONFUSED:
            counts = np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)
            confusion = tuple(map(tuple, counts.tolist()))
        return ImageEvaluation(loss, float((predicted == labels).mean()), predicted, confusion)
