"""The columns of the stack: which there are, which fit, and how wide each is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui_cnn.i18n import _


class StackColumn(NamedTuple):
    """A column: its key, its width in cells with the gap after it, whether it is aligned to the right."""

    key: str
    width: int
    right: bool = False
    gap: int = 0


GAP = 2
"""Free cells after each column, at least."""

BAR = 5
"""Cells of the bar that shows a share."""

CHOOSABLE = ("settings", "output", "params", "share", "macs", "field", "memory")
"""The columns that a user may hide."""

_ORDER = ("number", "layer", *CHOOSABLE)
_GIVING_WAY = ("memory", "share", "field", "macs", "settings")
_LAST_TO_GIVE_WAY = ("params", "output")  # only where names would be cut too short
_RIGHT = ("number", "output", "params", "macs", "field", "memory")
_SHORT_NAME = 8
_SHORT_SETTINGS = 15


def titles() -> dict[str, str]:
    """Return what stands over each column."""
    return {
        "number": "#",
        "layer": _("layer"),
        "settings": _("settings"),
        "output": _("output"),
        "params": _("params"),
        "share": "",
        "macs": _("MACs"),
        "field": _("RF"),
        "memory": _("memory"),
    }


def columns(
    cells: Iterable[Mapping[str, str]], width: int, hidden: frozenset[str] = frozenset()
) -> tuple[StackColumn, ...]:
    """Choose the columns that fit into `width` cells: as wide as what stands in them, and airy where there is room."""
    needed = {key: cell_len(title) for key, title in titles().items()} | {"share": BAR}
    for line in cells:
        for key, text in line.items():
            if (length := cell_len(text)) > needed[key]:
                needed[key] = length
    whole = needed["settings"]
    needed["settings"] = min(whole, _SHORT_SETTINGS)
    keys = _fitting([key for key in _ORDER if key not in hidden], _GIVING_WAY, needed, width)
    keys = _fitting(keys, _LAST_TO_GIVE_WAY, needed | {"layer": min(needed["layer"], _SHORT_NAME)}, width)
    spare = width - _total(keys, needed)
    if "settings" in keys and spare > 0:
        needed["settings"] = min(whole, needed["settings"] + spare)
        spare = width - _total(keys, needed)
    gap = GAP + max(0, min(2, spare // len(keys)))
    gaps = [GAP, *[gap] * (len(keys) - 2), 0]
    shown = [StackColumn(key, needed[key] + gap, key in _RIGHT, gap) for key, gap in zip(keys, gaps, strict=True)]
    overflow = sum(column.width for column in shown) - width
    if overflow > 0:  # a very narrow place: the names give way
        shown[1] = shown[1]._replace(width=max(shown[1].gap + 1, shown[1].width - overflow))
    return tuple(shown)


def _total(keys: Sequence[str], needed: Mapping[str, int]) -> int:
    """Add up the columns and the gaps between them."""
    return sum(needed[key] for key in keys) + GAP * (len(keys) - 1)


def _fitting(keys: Sequence[str], giving_way: Sequence[str], needed: Mapping[str, int], width: int) -> list[str]:
    """Leave out of `keys` what gives way, one after the other, until the rest fits."""
    kept = list(keys)
    for key in giving_way:
        if _total(kept, needed) <= width:
            break
        if key in kept:
            kept.remove(key)
    return kept
