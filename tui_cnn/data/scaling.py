"""How the bytes of an image become the numbers that a network takes."""

from collections.abc import Sequence
from typing import Any

import msgspec

from tui_cnn.data.input_options import PixelScale

_PLAIN: dict[PixelScale, tuple[float, float]] = {"0..1": (255.0, 0.0), "-1..1": (127.5, 1.0), "none": (1.0, 0.0)}
_IMAGENET = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
_IMAGENET_BGR = 103.939, 116.779, 123.68
"""Means, and deviations, of red, green and blue; `keras.applications.imagenet_utils.preprocess_input` has them."""


class Scaling(msgspec.Struct, frozen=True):
    """A scale, with what it has learned from the training images: the mean and the deviation of each channel."""

    scale: PixelScale = "0..1"
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()

    @property
    def needs_statistics(self) -> bool:
        """Whether the training images must be known first."""
        return self.scale == "standardize" and not self.mean

    def apply(self, values: Any) -> Any:
        """Scale floating-point values (..., channels) of 0 to 255, an array of whatever kind."""
        if self.scale in _PLAIN:
            divisor, less = _PLAIN[self.scale]
            values = values / divisor if divisor != 1 else values
            return values - less if less else values
        if self.scale == "imagenet-bgr":
            return values[..., ::-1] - _typed(_IMAGENET_BGR, values)
        mean, deviation = (self.mean, self.deviation) if self.scale == "standardize" else _IMAGENET
        return (values - _typed(mean, values)) / _typed(deviation, values)


def _typed(numbers: Sequence[float], values: Any) -> Any:
    """Return numbers as an array of the type of `values`, so that float32 stays float32."""
    import numpy as np

    return np.asarray(numbers, getattr(values.dtype, "as_numpy_dtype", values.dtype))
