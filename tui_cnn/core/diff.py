"""What changed between two networks, layer by layer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

import msgspec

from tui_cnn.core.rows import Analysis, Check, Row

Change = Literal["same", "changed", "added", "removed"]


class Difference(NamedTuple):
    """A layer of both networks, or of one: `before` is None for one that was added, `after` for one removed.

    A layer counts as the same when its settings are; its numbers may differ all the same, because its input does.
    """

    change: Change
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The layer as it is after, or was before it was removed."""
        row = self.after or self.before
        assert row is not None
        return row

    def fields(self) -> dict[str, tuple[Any, Any]]:
        """Return the settings that differ, each before and after."""
        if self.change != "changed" or self.before is None or self.after is None:
            return {}
        old, new = (_settings(row) for row in (self.before, self.after))
        return {name: (old[name], new[name]) for name in new if old[name] != new[name]}

    def field_texts(self) -> dict[str, tuple[str, str]]:
        """Return the settings that differ as text: `3×3`."""
        return {name: (_text(before), _text(after)) for name, (before, after) in self.fields().items()}

    def cost(self) -> tuple[int, int]:
        """Return how many parameters and MACs the change adds; below 0 it saves some."""
        (params, macs), (old_params, old_macs) = _costs(self.after), _costs(self.before)
        return params - old_params, macs - old_macs

    @property
    def numbers_differ(self) -> bool:
        """Whether the output shape, the parameters or the MACs differ, be it only because the input does."""
        before, after = (row.figures.output_shape if row and row.figures else None for row in self[1:])
        return before != after or self.cost() != (0, 0)


def diff(before: Analysis, after: Analysis) -> tuple[Difference, ...]:
    """Align the layers of two networks: those that are the same first, then those of the same type between them."""
    old, new = before.rows, after.rows
    matcher = SequenceMatcher(None, [_identity(row) for row in old], [_identity(row) for row in new], autojunk=False)
    found: list[Difference] = []
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag == "equal":
            found += (Difference("same", a, b) for a, b in zip(old[first:last], new[begin:end], strict=True))
        else:
            found += _between(old[first:last], new[begin:end])
    return tuple(found)


class Findings(NamedTuple):
    """What the checks no longer find, and what they find anew."""

    gone: tuple[Check, ...]
    new: tuple[Check, ...]


def findings(before: Analysis, after: Analysis) -> Findings:
    """Compare what is found, wherever it now stands: what says the same is the same."""
    return Findings(_without(before.checks, after.checks), _without(after.checks, before.checks))


def _without(checks: Sequence[Check], others: Sequence[Check]) -> tuple[Check, ...]:
    left = Counter((check.code, check.message) for check in others)
    found = []
    for check in checks:
        key = check.code, check.message
        if left[key]:
            left[key] -= 1
        else:
            found.append(check)
    return tuple(found)


def _between(old: Sequence[Row], new: Sequence[Row]) -> Iterator[Difference]:
    """Pair what has the same type and depth; what is left was removed or added."""
    was, now = ([(type(row.layer), len(row.path)) for row in rows] for rows in (old, new))
    for tag, first, last, begin, end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(old[first:last], new[begin:end], strict=True)
            yield from (Difference("changed", before, after) for before, after in pairs)
        else:
            yield from (Difference("removed", row, None) for row in old[first:last])
            yield from (Difference("added", None, row) for row in new[begin:end])


def _costs(row: Row | None) -> tuple[int, int]:
    if row is None or row.figures is None:
        return 0, 0
    return row.figures.parameters.total, row.figures.macs.value


def _text(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _identity(row: Row) -> tuple[object, ...]:
    """What makes two layers the same; a container is one with any content, which has rows of its own."""
    return type(row.layer), len(row.path), tuple(sorted(_settings(row).items(), key=lambda item: item[0]))


def _settings(row: Row) -> dict[str, Any]:
    return {
        name: value for name, value in msgspec.structs.asdict(row.layer).items() if name not in ("layers", "branches")
    }
