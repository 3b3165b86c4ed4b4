"""What a brain is; and the two that need nothing else: a grid, and random draws."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple, Protocol

from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.space import Space, Values


class Draw(NamedTuple):
    """A proposed candidate, and its number for the brain that proposed it."""

    number: int
    values: Values


class Brain(Protocol):
    """Proposes candidates, and learns what came of them; the numbers are those of the draws."""

    def ask(self) -> Draw | None:
        """Propose the next candidate; None: there are no more."""

    def refuse(self, number: int, exceeded: Mapping[str, float]) -> None:
        """Learn that a candidate is not trained, because it exceeds limits by these shares of them."""

    def report(self, number: int, epoch: int, accuracy: float) -> bool:
        """Learn the validation accuracy after an epoch; return whether the trial is to be pruned."""

    def record(self, number: int, goals: tuple[float, ...] | None, *, pruned: bool = False) -> None:
        """Learn what a trial reached, each goal in the order of the plan; None: nothing."""


class Enumeration:
    """The candidates of a grid in its order, or random ones: what a number stands for depends on the seed alone.

    `start` is the number of the next one.
    """

    def __init__(self, space: Space, plan: SearchPlan, start: int) -> None:
        self._space = space
        self._grid = plan.brain == "grid"
        self._seed = plan.seed
        self._next = start

    def ask(self) -> Draw | None:
        """Propose the next candidate."""
        number = self._next
        if self._grid and number >= (self._space.count or 0):
            return None
        self._next += 1
        return self.at(number)

    def at(self, number: int) -> Draw:
        """Return the candidate of a number."""
        values = self._space.at(number) if self._grid else self._space.draw(Random(f"{self._seed}/{number}"))
        return Draw(number, values)

    def refuse(self, number: int, exceeded: Mapping[str, float]) -> None:
        """Go on."""

    def report(self, number: int, epoch: int, accuracy: float) -> bool:
        """Prune nothing."""
        return False

    def record(self, number: int, goals: tuple[float, ...] | None, *, pruned: bool = False) -> None:
        """Go on."""


class Known(NamedTuple):
    """A trial of an earlier coordinator: the draw that it was, and what it reached if it has ended."""

    number: int
    ended: bool
    goals: tuple[float, ...] | None = None
    pruned: bool = False
