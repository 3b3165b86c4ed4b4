"""The values of one parameter of a search: a list of choices, or a range."""

import json
import math
from random import Random
from typing import Any, NamedTuple, TypeGuard

from tui_cnn.i18n import _
from tui_cnn.search.errors import SearchError

RANGE_KEYS = frozenset(("low", "high", "step", "log"))
_MOST_CHOICES = 10_000


class Choices(NamedTuple):
    """Values that are listed, in the order in which a grid tries them."""

    options: tuple[Any, ...]

    @property
    def size(self) -> int | None:
        """How many values there are."""
        return len(self.options)

    @property
    def examples(self) -> tuple[Any, ...]:
        """Values that are valid only if all are."""
        return self.options

    def at(self, index: int) -> Any:
        """Return a value by its place."""
        return self.options[index]

    def draw(self, random: Random) -> Any:
        """Draw a value."""
        return random.choice(self.options)


class ValueRange(NamedTuple):
    """Numbers from `low` to `high`, both included; whole numbers if `whole`; evenly by their logarithm if `log`.

    A range of numbers that are not whole and has no `step` is continuous.
    """

    low: float
    high: float
    step: float | None
    log: bool
    whole: bool

    @property
    def size(self) -> int | None:
        """How many values there are; None: the range is continuous."""
        if self.step is None:
            return None
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    @property
    def examples(self) -> tuple[Any, ...]:
        """Values that are valid only if all are."""
        return (self.low, self.high)

    def at(self, index: int) -> Any:
        """Return a value by its place; of a continuous range there is none."""
        assert self.step is not None
        value = self.low + index * self.step
        return value if self.whole else float(f"{value:.12g}")

    def draw(self, random: Random) -> Any:
        """Draw a value."""
        if self.log:
            value = math.exp(random.uniform(math.log(self.low), math.log(self.high)))
            value = min(max(value, self.low), self.high)
            return round(value) if self.whole else value
        return random.uniform(self.low, self.high) if self.size is None else self.at(random.randrange(self.size))


Domain = Choices | ValueRange


def read_domain(key: str, given: Any) -> Domain:
    """Read `[16, 32, 64]`, or `{low, high, step, log}`.

    Raises:
        SearchError: it is neither, or holds nothing.
    """
    if isinstance(given, list):
        return _choices(key, given)
    if isinstance(given, dict) and given.keys() <= RANGE_KEYS:
        return _range(key, given)
    message = _("space: {key} must be a list of values, or a range such as {{low = 16, high = 64, step = 16}}")
    raise SearchError(message.format(key=key))


def _choices(key: str, given: list[Any]) -> Choices:
    if not given:
        raise SearchError(_("space: {key} has no values; list at least one").format(key=key))
    if len(given) > _MOST_CHOICES:
        message = _("space: {key} has more than {count:,} values; use a range instead")
        raise SearchError(message.format(key=key, count=_MOST_CHOICES))
    known: set[str] = set()
    for option in given:
        text = label(option)
        if text in known:
            raise SearchError(_("space: {key} lists {value} twice; remove one").format(key=key, value=text[:40]))
        known.add(text)
    return Choices(tuple(given))


def _range(key: str, given: dict[str, Any]) -> ValueRange:
    low, high, step, log = given.get("low"), given.get("high"), given.get("step"), given.get("log", False)
    if not (_is_number(low) and _is_number(high)):
        raise SearchError(_("space: {key} needs the numbers low and high").format(key=key))
    if not isinstance(log, bool) or not (step is None or _is_number(step)):
        message = _("space: {key}: step must be a number, and log true or false")
        raise SearchError(message.format(key=key))
    if low >= high:
        message = _("space: {key}: low = {low:g} must be less than high = {high:g}")
        raise SearchError(message.format(key=key, low=low, high=high))
    if step is not None and step <= 0:
        raise SearchError(_("space: {key}: step must be more than 0").format(key=key))
    if log and low <= 0:
        message = _("space: {key}: low must be more than 0 where log = true")
        raise SearchError(message.format(key=key))
    if log and step is not None:
        raise SearchError(_("space: {key}: use either step or log, not both").format(key=key))
    whole = all(isinstance(number, int) for number in (low, high, 1 if step is None else step))
    return ValueRange(low, high, 1 if whole and step is None else step, log, whole)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def label(value: Any) -> str:
    """Write a value on a line, as JSON: `[3, 3]`, `true`, `"relu"`."""
    return json.dumps(value, ensure_ascii=False, default=str)
