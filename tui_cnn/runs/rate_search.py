"""A learning rate found before training: the range test of Smith (2017, arXiv:1506.01186, section 3.3).

The network is trained for some hundred steps with a rate that rises exponentially. Where the loss begins to fall, the
rate is large enough; where it rises again, it is too large. No run is made, and none is changed.
"""

from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

import msgspec

from tui_cnn.core.network import Network
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.preflight import check
from tui_cnn.runs.process import require_tensorflow
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.worker_answers import WorkerAnswers

LOWEST, HIGHEST = 1e-7, 10.0
"""Rates of the first step and of the last."""
STEPS = 200
_SHARE = 1 / 20
"""Share of all steps that the smoothed loss reaches back over, about."""
_FALLEN = 0.95
"""How low the smoothed loss must come, as a share of the first: what is less is chance."""
_DIVERGED = 4.0
"""The smoothed loss has diverged where it is so many times the lowest before."""
_MARGIN = 10.0
"""How far below the rate of the lowest loss one is suggested: there the loss is about to rise."""


class RateRequest(msgspec.Struct, frozen=True):
    """What the worker is to do: the network, as TOML, the recipe, and how many steps."""

    network: str
    recipe: Recipe
    steps: int


class Tried(msgspec.Struct, frozen=True):
    """A step: its rate, and the mean loss of its batch before the weights changed, in nats."""

    rate: float
    loss: float


class SmoothedLoss:
    """The exponential moving average of the losses so far, of so many steps, corrected for its beginning."""

    def __init__(self, steps: int) -> None:
        self._memory = max(0.0, 1 - 1 / (_SHARE * steps))
        self._mean = self._known = 0.0
        self._lowest = float("inf")

    def add(self, loss: float) -> float:
        """Add the loss of a step; return the average."""
        self._mean = self._memory * self._mean + (1 - self._memory) * loss
        self._known = self._memory * self._known + (1 - self._memory)
        smoothed = self._mean / self._known
        self._lowest = min(self._lowest, smoothed)
        return smoothed

    def has_diverged(self, smoothed: float) -> bool:
        """Tell whether a smoothed loss is so high that larger rates need not be tried."""
        return not isfinite(smoothed) or smoothed > _DIVERGED * self._lowest


class RateCurve(NamedTuple):
    """The steps of a search, with their smoothed losses; and the rate that is suggested, None where none can be."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggested: float | None

    @property
    def rule(self) -> str:
        """What the suggestion goes by."""
        return _("a tenth of the rate at which the smoothed loss is lowest")


def curve(tried: list[Tried], steps: int = STEPS) -> RateCurve:
    """Smooth the losses of a search of so many steps, and suggest a rate: a tenth of that with the lowest one.

    It has two digits. None is suggested where the loss has not clearly fallen.
    """
    smoothing = SmoothedLoss(steps)
    smoothed = [smoothing.add(step.loss) for step in tried]
    rates = tuple(step.rate for step in tried)
    suggested = None
    finite = [place for place, loss in enumerate(smoothed) if isfinite(loss)]
    if finite:
        lowest = min(finite, key=lambda place: smoothed[place])
        if smoothed[lowest] < _FALLEN * smoothed[0]:
            suggested = float(f"{rates[lowest] / _MARGIN:.2g}")
    return RateCurve(rates, tuple(step.loss for step in tried), tuple(smoothed), suggested)


def rate_of(step: int, steps: int) -> float:
    """Return the rate of a step, from 0, of so many."""
    return float(LOWEST * (HIGHEST / LOWEST) ** (step / max(1, steps - 1)))


class RateSearch:
    """A worker that tries rates; it ends with its last step, where the loss has diverged, or when it is closed.

    Raises:
        RunError: the network or the recipe cannot be trained, or TensorFlow is not installed.
    """

    def __init__(self, network: Network, recipe: Recipe, steps: int = STEPS) -> None:
        checked = check(network, recipe)
        require_tensorflow()
        self._request = RateRequest(dumps_network(checked.network), checked.recipe, steps)
        self._answers = WorkerAnswers(msgspec.json.Decoder(Tried))

    def steps(self) -> Iterator[Tried]:
        """Yield the steps as they are done.

        Raises:
            RunError: the worker cannot be started, or failed.
        """
        return self._answers.ask("rates", given=msgspec.json.encode(self._request))

    def close(self) -> None:
        """End the worker."""
        self._answers.close()
