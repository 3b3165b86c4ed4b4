"""A checkpoint that is being inspected."""

from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tui_cnn.core.network import Network
from tui_cnn.data.dataset import TestSet
from tui_cnn.data.fitting import Fitting, fit
from tui_cnn.i18n import _
from tui_cnn.insight.selection import sample
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import AnyReply, Array
from tui_cnn.runs.inspection.requests import Image
from tui_cnn.worker.inputs import fitted, scaled
from tui_cnn.worker.inspection.engine import Engine, Floats

BATCH = 250

Pixels = npt.NDArray[np.uint8]

Job = Generator[float, None, AnyReply]
"""A piece of work that pauses now and then, so that a quick question need not wait for a long answer.

Yields the share of the work that is done, 0 to 1, and returns the answer.
"""


class LoadedModel:
    """The weights of a source as they were at `stamp`, in the engine of their network, beside the test set."""

    def __init__(self, stamp: int, engine: Engine, test: TestSet, directory: str) -> None:
        self.stamp = stamp
        self.test = test
        self.directory = directory
        self.probabilities: Floats | None = None
        """Of the whole test set, once they are known."""
        self._engine = engine
        self._weights = engine.get_weights()
        self._fitting: Fitting = fit(self.image_shape, engine.network.input_shape)

    @property
    def engine(self) -> Engine:
        """The engine, with these weights in it. Get it again after every `yield`: other jobs may use it meanwhile."""
        if self._engine.owner is not self:
            self._engine.set_weights(self._weights)
            self._engine.owner = self
        return self._engine

    @property
    def network(self) -> Network:
        """The network."""
        return self._engine.network

    @property
    def image_shape(self) -> tuple[int, int]:
        """(height, width) of the data set's images."""
        _count, height, width = self.test.images.shape
        return height, width

    @property
    def padding(self) -> tuple[int, int]:
        """Pixels of border (top, left) around an image."""
        (top, _bottom), (left, _right) = self._fitting.padding
        return top, left

    @property
    def class_names(self) -> tuple[str, ...]:
        """A name for each output; numbers, where the network was not made for this data set."""
        shape = self._engine.analysis.output_shape or (0,)
        if shape == (len(self.test.class_names),):
            return self.test.class_names
        return tuple(map(str, range(shape[0])))

    @property
    def input_size(self) -> tuple[int, int]:
        """(height, width) of the network's input; that of the images, where the input is a list of numbers."""
        shape = self.network.input_shape
        return (shape[0], shape[1]) if len(shape) > 1 else self.image_shape

    def pixels(self, image: Image) -> Pixels:
        """Return an image: (height, width).

        Raises:
            RunError: no image has that number, or it is not as large as those of the data set.
        """
        (only, *_more) = self.batch((image,) if isinstance(image, int) else image)
        return np.asarray(only, np.uint8)

    def batch(self, images: tuple[int, ...] | Array) -> Pixels:
        """Return images, by their numbers or as arrays: (n, height, width).

        Raises:
            RunError: as `pixels`.
        """
        if isinstance(images, Array):
            try:
                array = images.numpy()
            except ValueError as error:
                raise RunError(str(error)) from None
            array = array[np.newaxis] if array.ndim == 2 else array
            if array.dtype != np.uint8 or array.ndim != 3 or array.shape[1:] != self.image_shape or not len(array):
                message = _("an image must be {height}×{width} bytes, not {dtype} of {shape}")
                height, width = self.image_shape
                shape = "×".join(map(str, array.shape))
                raise RunError(message.format(height=height, width=width, dtype=array.dtype.name, shape=shape))
            return array
        count = len(self.test.images)
        if wrong := [number for number in images if not 0 <= number < count]:
            message = _("no test image {number}; the test images are 0 to {last:,}")
            raise RunError(message.format(number=wrong[0], last=count - 1))
        chosen: Pixels = self.test.images[list(images)]
        return chosen

    def fitted(self, pixels: Pixels) -> Pixels:
        """Pad and reshape images (n, height, width) as the network's input, still in bytes."""
        return np.asarray(fitted(pixels, self._fitting))

    def inputs(self, pixels: Pixels) -> Floats:
        """Convert images (n, height, width) to the network's input, 0 to 1."""
        return np.asarray(scaled(fitted(pixels, self._fitting)))

    def as_map(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Reshape values of the input's shape to (height, width); the largest of several channels."""
        laid = values.reshape(*self.input_size, -1).max(axis=-1)
        return np.asarray(laid)

    def predict(self, pixels: Pixels) -> Floats:
        """Probabilities (n, classes) of images, in one call."""
        return np.asarray(self.engine.probabilities(self.inputs(pixels)))

    def target_class(self, pixels: Pixels, target: int | None) -> tuple[int, float]:
        """Return the target class of an image (height, width), and its probability.

        Raises:
            RunError: no class has this number.
        """
        probabilities = self.predict(pixels[np.newaxis])[0]
        if target is None:
            target = int(probabilities.argmax())
        if not 0 <= target < len(probabilities):
            message = _("no class {number}; the classes are 0 to {last}")
            raise RunError(message.format(number=target, last=len(probabilities) - 1))
        return target, float(probabilities[target])

    def sample(self, count: int) -> npt.NDArray[np.int64]:
        """Draw test images, the same each time; return their numbers."""
        return sample(self.test.labels, count)


def batches(numbers: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """Split a list into batches."""
    for begin in range(0, len(numbers), BATCH):
        yield numbers[begin : begin + BATCH]
