"""The columns of the stack: which there are, which fit, and how wide each is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui_cnn.i18n import _


class Column(NamedTuple):
    """A column: its key, its width in cells, whether it is aligned to the right."""

    key: str
    width: int
    right: bool = False


GAP = 2
"""Free cells after each column, at least."""

BAR = 6
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
        "field": _("field"),
        "memory": _("memory"),
    }


def columns(cells: Iterable[Mapping[str, str]], width: int, hidden: frozenset[str] = frozenset()) -> tuple[Column, ...]:
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
    spare = width - sum(needed[key] + GAP for key in keys)
    if "settings" in keys and spare > 0:
        needed["settings"] = min(whole, needed["settings"] + spare)
        spare = width - sum(needed[key] + GAP for key in keys)
    gap = GAP + max(0, min(2, spare // len(keys)))
    shown = [Column(key, needed[key] + (GAP if key == "number" else gap), key in _RIGHT) for key in keys]
    overflow = sum(column.width for column in shown) - width
    if overflow > 0:  # a very narrow place: the names give way
        shown[1] = Column("layer", max(GAP + 1, shown[1].width - overflow))
    return tuple(shown)


def _fitting(keys: Sequence[str], giving_way: Sequence[str], needed: Mapping[str, int], width: int) -> list[str]:
    """Leave out of `keys` what gives way, one after the other, until the rest fits."""
    kept = list(keys)
    for key in giving_way:
        if sum(needed[key] + GAP for key in kept) <= width:
            break
        if key in kept:
            kept.remove(key)
    return kept
