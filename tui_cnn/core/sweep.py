"""A sweep: one setting of one layer over several values, and what becomes of the network at each."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import AnyLayer, Layer
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network, Path
from tui_cnn.core.rows import Row

_MOST = 64
"""So many values at most: a range that was typed may be endless."""

_DOUBLING = ("filters", "units", "depth_multiplier", "groups")
_ODD = ("kernel_size",)
_WORDS: dict[str, tuple[Any, ...]] = {"padding": ("valid", "same"), "use_bias": (True, False)}


class SweepPoint(NamedTuple):
    """The network with one value: its analysis and the row of the layer, and why it cannot be built, if it cannot."""

    value: Any
    analysis: Analysis
    row: Row
    reason: str

    @property
    def field(self) -> int | None:
        """Pixels down the image that a cell of the last feature map sees; None where it sees all, or is not known."""
        last_map = self.analysis.last_map
        field = last_map.field if last_map else None
        return None if field is None or field.status == "full" else field.down.size

    @property
    def training(self) -> int | None:
        """Bytes at a training step on 32 images."""
        return memory(self.analysis).training


def sweep(network: Network, path: Path, field: str, values: Sequence[Any]) -> tuple[SweepPoint, ...]:
    """Analyse the network with each of `values` in the field of the layer at `path`."""
    points = []
    for value in values[:_MOST]:
        analysis = analyze(edits.change(network, path, **{field: value}))
        row = next(row for row in analysis.rows if row.path == path)
        reason = next((str(check) for check in analysis.checks if check.severity == "error"), "")
        points.append(SweepPoint(value, analysis, row, reason))
    return tuple(points)


def sweepable(layer: Layer) -> tuple[str, ...]:
    """Name the settings whose values change the numbers of a network: counts, sizes, padding, bias."""
    return tuple(name for name, value in msgspec.structs.asdict(layer).items() if _is_sweepable(name, value))


def _is_sweepable(name: str, value: Any) -> bool:
    if name in _WORDS:
        return isinstance(value, str | bool)
    if value is None:
        return name == "strides"
    numbers = value if isinstance(value, tuple) and len(value) == 2 else (value,)
    return all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)


def values_around(layer: AnyLayer, field: str) -> tuple[Any, ...]:
    """Propose values around the present one: doubling for counts of maps, odd ones for kernels; all are allowed."""
    present = getattr(layer, field)
    if field in _WORDS:
        return _WORDS[field]
    if present is None:  # the strides of a pool that are those of its window
        window: tuple[int, ...] = getattr(layer, "pool_size", (1, 1))
        return (None, *((step,) * len(window) for step in range(1, 5)))
    number = present[0] if isinstance(present, tuple) else present
    if field in _DOUBLING:
        first = max(1, 2 ** (number.bit_length() - 1) // 4)
        numbers = {first * 2**step for step in range(5)} | {number}
    elif field in _ODD:
        numbers = {*range(1, max(7, number + 2) + 1, 2), number}
    else:
        numbers = {*range(1, max(4, number + 2) + 1), number}
    ordered = sorted(numbers)
    proposed = [(each, each) for each in ordered] if isinstance(present, tuple) else ordered
    if isinstance(present, tuple) and present not in proposed:
        proposed.append(present)
    return tuple(value for value in proposed if is_allowed(layer, field, value))


def is_allowed(layer: AnyLayer, field: str, value: Any) -> bool:
    """Tell whether the declaration of the layer's type allows a value."""
    data = msgspec.to_builtins(msgspec.structs.replace(layer, **{field: value}))
    try:
        msgspec.convert(data, type(layer))
    except msgspec.ValidationError:
        return False
    return True


def parse_numbers(text: str) -> tuple[int, ...]:
    """Read `8, 16, 24..64` and `8..64..8`; a range without a step doubles if that is wide enough, or else counts on.

    Raises:
        ValueError: the text is no such list.
    """
    numbers: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, *rest = (int(number) for number in part.split(".."))
        if not rest:
            numbers.add(first)
        elif len(rest) <= 2 and 0 < first <= rest[0]:
            numbers.update(_range(first, rest[0], rest[1] if len(rest) == 2 else 0))
        else:
            raise ValueError(part)
    return tuple(sorted(numbers))[:_MOST]


def _range(first: int, last: int, step: int) -> list[int]:
    if step < 0:
        raise ValueError(step)
    if step or last < 4 * first or last < 16:
        return list(range(first, last + 1, step or 1)[:_MOST])
    doubled = [first]
    while doubled[-1] * 2 <= last:
        doubled.append(doubled[-1] * 2)
    return doubled
