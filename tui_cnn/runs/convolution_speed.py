"""How fast this machine computes one convolution: a Python loop, NumPy, TensorFlow on one thread and on all.

It is the first convolution of the tutorial network. Two workers measure one after the other, for how many threads
TensorFlow has is fixed once it has begun. Nothing is recorded.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.worker_answers import WorkerAnswers

Way = Literal["loop", "numpy", "one-core", "all-cores", "gpu"]
IMAGE = (28, 28, 1)
KERNEL = (3, 3, 1, 32)
"""(height, width, channels) of an image, and (height, width, channels, filters) of the kernels; no padding."""
MACS = 26 * 26 * 3 * 3 * 32
"""Multiply-accumulates of one image."""


class WaySpeed(msgspec.Struct, frozen=True, kw_only=True):
    """How long a batch of so many images took: the median of `runs`, after a first one that does not count.

    `threads` is how many computed; `instructions` names the processor's vector instructions that NumPy found;
    `largest_difference` is that of any output value from the loop's.
    """

    way: Way
    images: int
    seconds: float
    runs: int
    threads: int
    instructions: tuple[str, ...] = ()
    largest_difference: float = 0.0

    @property
    def images_per_second(self) -> float:
        """How many images it computes in a second."""
        return self.images / self.seconds

    @property
    def macs_per_second(self) -> float:
        """How many multiply-accumulates it does in a second."""
        return MACS * self.images_per_second


class SpeedMeasurement:
    """Measures in worker processes, which end with the last result or when it is closed."""

    def __init__(self) -> None:
        self._answers = WorkerAnswers(msgspec.json.Decoder(WaySpeed))

    def results(self) -> Iterator[WaySpeed]:
        """Yield each way as soon as it is measured, the slowest first.

        Raises:
            RunError: TensorFlow is not installed, or a worker failed.
        """
        for cores in ("one", "all"):
            yield from self._answers.ask("convolution-speed", cores)

    def close(self) -> None:
        """End the worker."""
        self._answers.close()


def way_name(measured: WaySpeed) -> str:
    """Name a way for the screen."""
    match measured.way:
        case "loop":
            return _("Python loop over NumPy arrays")
        case "numpy":
            return _("NumPy, vectorized")
        case "one-core":
            return _("TensorFlow, 1 thread")
        case "all-cores":
            return _("TensorFlow, {count} threads").format(count=measured.threads)
        case _:
            return _("TensorFlow, GPU")
