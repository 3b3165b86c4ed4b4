"""Softmax, step by step: logits, exponentials, their sum, probabilities; the cross-entropy loss and its gradient.

With z the logits divided by the temperature: p = exp(z - max z) / sum of exp(z - max z), which is exp(z) / sum of
exp(z) without numbers that are too large. The loss is -ln p of the true class, and its gradient by the logits (p - y)
divided by the temperature, y 1 for the true class and 0 for the others (Goodfellow, Bengio and Courville, "Deep
Learning", 2016, sections 4.1 and 6.2.2.3).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_cnn.lab.settings import SoftmaxSettings

Values = NDArray[np.float64]
"""A number a class: (classes,)."""

LARGEST_EXPONENT = float(np.log(np.finfo(np.float32).max))
"""The largest z whose exponential is a number of 32 bits: 88.72."""


class SoftmaxSteps(NamedTuple):
    """Logits, (classes,), the true class, counted from 0, and the temperature that the logits are divided by.

    Attributes:
        is_shifted: whether the maximum is subtracted first; if not, all is computed in 32 bits, as networks do it.
    """

    logits: Values
    true: int = 0
    temperature: float = 1.0
    is_shifted: bool = True

    @property
    def scaled(self) -> Values:
        """The logits divided by the temperature."""
        return self.logits / self.temperature

    @property
    def exponents(self) -> Values:
        """What e is raised to: the scaled logits, less their maximum if they are shifted."""
        return self.scaled - self.scaled.max() if self.is_shifted else self.scaled.astype(np.float32)

    @property
    def exponentials(self) -> Values:
        """The powers of e; infinite where they are too large."""
        with np.errstate(over="ignore", under="ignore"):
            return np.exp(self.exponents)

    @property
    def total(self) -> float:
        """Their sum."""
        with np.errstate(over="ignore"):
            return float(self.exponentials.sum())

    @property
    def probabilities(self) -> Values:
        """Shares of the sum; no numbers (NaN) where it is infinite or 0 and so is the exponential."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.exponentials / self.total

    @property
    def loss(self) -> float:
        """Minus the logarithm of the probability of the true class."""
        if self.is_shifted:  # even where the probability is too small for a number
            return float(np.log(self.total) - self.exponents[self.true])
        with np.errstate(divide="ignore"):
            return float(-np.log(self.probabilities[self.true]))

    @property
    def targets(self) -> Values:
        """1 for the true class, 0 for the others."""
        made: Values = np.eye(len(self.logits))[self.true]
        return made

    @property
    def gradient(self) -> Values:
        """Of the loss by each logit."""
        return (self.probabilities - self.targets) / self.temperature


def read_logits(text: str) -> Values:
    """Read `2,1,0.1`."""
    return np.array([float(part) for part in text.split(",")])


def write_logits(logits: Values) -> str:
    """Write logits as they are read."""
    return ",".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in logits.tolist())


def softmax(settings: SoftmaxSettings) -> SoftmaxSteps:
    """Set softmax up; a true class that there is not is the last."""
    logits = read_logits(settings.logits)
    true = min(settings.true, len(logits)) - 1
    return SoftmaxSteps(logits, true, settings.temperature, settings.shifted)
