"""What containers hold: the sums of the numbers of all layers within a block, branches, or a single branch."""

from typing import NamedTuple

from tui_cnn.core.layers import Branches
from tui_cnn.core.path import Path
from tui_cnn.core.rows import Analysis


class Sum(NamedTuple):
    """Layers, parameters and multiply-accumulates, of what is known; the containers themselves are no layers."""

    layers: int = 0
    params: int = 0
    macs: int = 0


def sums(analysis: Analysis) -> dict[Path, Sum]:
    """Sum up every container; a branch stands under its address: its `Branches`' path and its number."""
    found: dict[Path, Sum] = {}
    for row in analysis.rows:
        if row.holds_layers:
            found[row.path] = Sum()
            if isinstance(row.layer, Branches):
                found |= {(*row.path, number): Sum() for number in range(len(row.layer.branches))}
            continue
        params, macs = (row.figures.parameters.total, row.figures.macs.value) if row.figures else (0, 0)
        for depth in range(1, len(row.path)):
            holder = found[row.path[:depth]]
            found[row.path[:depth]] = Sum(holder.layers + 1, holder.params + params, holder.macs + macs)
    return found
