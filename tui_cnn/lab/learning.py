"""A kernel that is learned: gradient descent on the mean squared error between its output and that of another kernel.

With the pixels under the window at each place as the rows of a matrix X, the output is X·k, and the target X·h for the
hidden kernel h. The loss is mean((X·k - X·h)²), its gradient 2/N · Xᵀ·(X·k - X·h), and its Hessian 2/N · Xᵀ·X, the same
everywhere: gradient descent converges if the rate is below 2 / the largest eigenvalue of the Hessian (Goodfellow,
Bengio and Courville, "Deep Learning", 2016, section 4.3).
"""

from bisect import bisect_left
from math import inf
from typing import NamedTuple

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_cnn.lab.scene import LabArrays, image_of, kernels_of
from tui_cnn.lab.settings import INITIALIZERS, ConvolutionSettings, InitializerName, LearningSettings
from tui_cnn.lab.windows import Image, Padding, Windows, windows

Plane = NDArray[np.float64]
"""(rows, columns)."""

MOST_STEPS = 10_000
_DIVERGED = 1e4
"""How many times as large as at first a loss may be."""
_FOUND = 0.005
"""Two kernels that differ by less look the same on the screen."""
_TRUNCATED_DEVIATION = 0.87962566103423978
"""Standard deviation of a standard normal distribution that is cut at ±2."""


class KernelLearning(NamedTuple):
    """What is learned from: an image (height, width, 1), the hidden kernel, the first kernel, and the learning rate."""

    image: Image
    hidden: Plane
    start: Plane
    rate: float
    padding: Padding = "valid"

    @property
    def windows(self) -> Windows:
        """The places of the window.

        Raises:
            WindowError: it has none.
        """
        height, width = self.hidden.shape
        return windows(self.image, (height, width), (1, 1), self.padding)

    @property
    def patches(self) -> NDArray[np.float64]:
        """The pixels under the window: (rows, columns, height, width) of the kernel.

        Raises:
            WindowError: the window has no place.
        """
        laid = self.windows
        padded = laid.padded(self.image)[..., 0]
        height, width = self.hidden.shape
        return np.lib.stride_tricks.sliding_window_view(padded, (height, width))

    @property
    def hessian(self) -> Plane:
        """The second derivatives of the loss by the weights, line by line: (weights, weights)."""
        flat = self.patches.reshape(-1, self.hidden.size)
        made: Plane = 2 / len(flat) * flat.T @ flat
        return made

    @property
    def largest_rate(self) -> float:
        """The learning rate beyond which the loss grows; infinite if the image is all zeros."""
        eigenvalue = float(np.linalg.eigvalsh(self.hessian)[-1])
        return 2 / eigenvalue if eigenvalue > 0 else inf

    @property
    def rank(self) -> int:
        """How many independent numbers the image tells about the kernel: of fewer than its weights, others fit too."""
        return int(np.linalg.matrix_rank(self.patches.reshape(-1, self.hidden.size)))

    @property
    def limit(self) -> Plane:
        """What gradient descent comes to at a stable rate: of all kernels with this output, the nearest to the first.

        Each step adds rows of X, so what no row reaches stays as it was (Goodfellow, Bengio and Courville, "Deep
        Learning", 2016, section 2.9, for the pseudoinverse).
        """
        flat = self.patches.reshape(-1, self.hidden.size)
        away: Plane = (np.linalg.pinv(flat) @ flat @ (self.hidden - self.start).ravel()).reshape(self.hidden.shape)
        return self.start + away

    @property
    def is_found_at_last(self) -> bool:
        """Tell whether gradient descent at a stable rate comes to the hidden kernel itself."""
        return kernels_match(self.limit, self.hidden)

    def step(self, kernel: Plane) -> "GradientStep":
        """Work out one step from a kernel."""
        patches = self.patches
        target = np.einsum("rcij,ij->rc", patches, self.hidden)
        output = np.einsum("rcij,ij->rc", patches, kernel)
        error = output - target
        gradient = 2 / error.size * np.einsum("rc,rcij->ij", error, patches)
        loss = float(np.mean(error**2))
        return GradientStep(patches, kernel, target, output, error, loss, gradient, kernel - self.rate * gradient)


class GradientStep(NamedTuple):
    """One step of gradient descent.

    Attributes:
        patches: the pixels under the window, (rows, columns, height, width).
        kernel: the weights before it, (height, width).
        target, output, error: what is to come out, what does, and the difference: (rows, columns).
        loss: the mean of the squared errors.
        gradient: of the loss by each weight, (height, width).
        next_kernel: the weights after it.
    """

    patches: NDArray[np.float64]
    kernel: Plane
    target: Plane
    output: Plane
    error: Plane
    loss: float
    gradient: Plane
    next_kernel: Plane

    def terms(self, row: int, column: int) -> list[tuple[float, float]]:
        """List the error at each place with the pixel that the weight was multiplied by there."""
        pixels = self.patches[:, :, row, column]
        return list(zip(self.error.ravel().tolist(), pixels.ravel().tolist(), strict=True))


class Descent:
    """Gradient descent from several first kernels at once, worked out as far as it is asked for.

    Where the loss of one has grown ten thousand times, that one stays where it is: no number grows without end.
    """

    def __init__(self, learning: KernelLearning, starts: list[Plane]) -> None:
        self._hessian, self._rate = learning.hessian, learning.rate
        self._hidden = learning.hidden.reshape(-1, 1)
        self._kernels = [np.stack([start.ravel() for start in starts], axis=1)]
        self._losses = [self._loss(self._kernels[0])]
        least = self._loss(np.zeros_like(self._kernels[0]))
        self._most = _DIVERGED * np.maximum(self._losses[0], least)

    def kernel(self, number: int, which: int) -> Plane:
        """Return one of the kernels after a number of steps, its weights line by line: (weights,)."""
        self._work_out(number)
        return self._kernels[number][:, which]

    def losses(self, number: int, which: int) -> list[float]:
        """Return the losses of one, from the first kernel to that after a number of steps."""
        self._work_out(number)
        return [float(losses[which]) for losses in self._losses[: number + 1]]

    def is_diverged(self, number: int, which: int) -> bool:
        """Tell whether the loss of one has grown so much that it stays there."""
        self._work_out(number)
        return bool(self._losses[number][which] > self._most[which])

    def is_found(self, number: int, which: int) -> bool:
        """Tell whether one looks like the hidden kernel."""
        return kernels_match(self.kernel(number, which), self._hidden[:, 0])

    def first_end(self, which: int) -> int:
        """Return after how many steps one is found or has diverged, at most `MOST_STEPS`."""
        ends = (n for n in range(MOST_STEPS) if self.is_found(n, which) or self.is_diverged(n, which))
        return next(ends, MOST_STEPS)

    def last(self, number: int, which: int) -> int:
        """Return a number of steps, or if one has diverged before, after how many it did."""
        self._work_out(number)
        return min(number, bisect_left(range(number), True, key=lambda n: self.is_diverged(n, which)))

    def _loss(self, kernels: Plane) -> NDArray[np.float64]:
        """Return mean((X·k - X·h)²) as a quadratic form in k - h: half the Hessian's."""
        away = kernels - self._hidden
        losses: NDArray[np.float64] = np.maximum(np.einsum("ik,ij,jk->k", away, self._hessian / 2, away), 0.0)
        return losses

    def _work_out(self, number: int) -> None:
        while len(self._kernels) <= number:
            kernels = self._kernels[-1]
            gradients = self._hessian @ (kernels - self._hidden)
            stays = self._losses[-1] > self._most
            self._kernels.append(np.where(stays, kernels, kernels - self._rate * gradients))
            self._losses.append(self._loss(self._kernels[-1]))


def kernels_match(kernel: Plane, other: Plane) -> bool:
    """Tell whether two kernels of one shape cannot be told apart on the screen."""
    return bool(np.abs(kernel - other).max() < _FOUND)


def initial_kernel(name: InitializerName, shape: tuple[int, int], seed: int) -> Plane:
    """Draw a first kernel for one channel in and one out, distributed as the initializer of Keras of this name.

    The seed gives the same numbers each time, but not those that TensorFlow's generator draws from it.
    """
    random, taps = np.random.default_rng(seed), shape[0] * shape[1]
    match name:
        case "zeros":
            return np.zeros(shape)
        case "ones":
            return np.ones(shape)
        case "random-normal":
            return random.normal(0.0, 0.05, shape)
        case "glorot-uniform":  # Glorot and Bengio, 2010: fan-in and fan-out are the taps
            limit = (6 / (taps + taps)) ** 0.5
            return random.uniform(-limit, limit, shape)
        case "he-normal":  # He et al., 2015; cut at two standard deviations, and widened by what that takes away
            drawn = random.normal(size=(64, *shape))
            kept = np.abs(drawn) <= 2
            first = np.take_along_axis(drawn, kept.argmax(axis=0)[np.newaxis], axis=0)[0]
            made: Plane = first * (2 / taps) ** 0.5 / _TRUNCATED_DEVIATION
            return made


def as_convolution(settings: LearningSettings) -> ConvolutionSettings:
    """Return the convolution that makes the target: the image and the hidden kernel as that page has them."""
    return ConvolutionSettings(
        image=settings.image,
        side=settings.side,
        index=settings.index,
        kernel=settings.kernel,
        kernel_size=settings.kernel_size,
        padding=settings.padding,
        bias=None,
    )


def learning(settings: LearningSettings, arrays: LabArrays) -> KernelLearning:
    """Set up what is learned from; of an image with several channels, their mean."""
    image = image_of(settings, arrays).mean(axis=2, keepdims=True)
    if settings.scaled:
        image = image / (np.abs(image).max() or 1.0)
    hidden = kernels_of(as_convolution(settings), arrays, 1)[..., 0, 0]
    start = initial_kernel(settings.initializer, (hidden.shape[0], hidden.shape[1]), settings.seed)
    return KernelLearning(image, hidden, start, settings.rate, settings.padding)


def descent(made: KernelLearning, settings: LearningSettings) -> Descent:
    """Begin with all initializers, in the order of `INITIALIZERS`."""
    shape = (made.hidden.shape[0], made.hidden.shape[1])
    return Descent(made, [initial_kernel(name, shape, settings.seed) for name in INITIALIZERS])


def type_hidden(
    settings: LearningSettings, arrays: LabArrays, place: tuple[int, int], value: float
) -> tuple[LearningSettings, LabArrays]:
    """Put a number into the hidden kernel, which thereby becomes the user's own."""
    kernels = kernels_of(as_convolution(settings), arrays, 1).copy()
    kernels[(*place, 0, 0)] = value
    size = (kernels.shape[0], kernels.shape[1])
    return structs.replace(settings, kernel="own", kernel_size=size), arrays._replace(kernels=kernels)
