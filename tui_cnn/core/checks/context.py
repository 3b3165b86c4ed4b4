"""What checks look at, which layer comes before which, and the fixes that set fields."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from tui_cnn.core import edits
from tui_cnn.core.memory import OptimizerName
from tui_cnn.core.network import Network, Path
from tui_cnn.core.rows import Analysis, Fix, Row
from tui_cnn.i18n import _


class TrainingContext(NamedTuple):
    """What is known of how the network will be used; None where nothing is."""

    classes: int | None = None
    batch_size: int = 32
    optimizer: OptimizerName = "adam"
    machine_memory: int | None = None
    """Bytes of RAM."""
    steps: int | None = None
    """Steps of the whole training."""
    image_shape: tuple[int, int, int] | None = None
    """(height, width, channels) of the images of the data, where all have the same."""
    in_colour: bool = False
    """Whether the images of the data are in colour, or some are."""


class Context(NamedTuple):
    """An analysed network, its rows but those of muted layers, and how it will be used."""

    analysis: Analysis
    rows: tuple[Row, ...]
    training: TrainingContext
    at: dict[Path, Row]
    compute: Callable[[Network], Analysis]

    def before(self, row: Row) -> Row | None:
        """Return the row that the input of another comes from; None for the network's own input."""
        return self.at[row.source] if row.source is not None else None

    def sources(self, row: Row) -> Iterator[Row]:
        """Yield the row that the input comes from, the one that its input comes from, and so on, up to the image."""
        source = self.before(row)
        while source is not None:
            yield source
            source = self.before(source)

    def fitting(self, fix: Fix) -> Fix | None:
        """Return a fix that changes a shape, if what comes after can take the new one."""
        fixed = self.compute(fix.apply(self.analysis.network))
        return fix if _known(fixed) >= _known(self.analysis) else None

    def deleting(self, row: Row) -> Fix | None:
        """Return the fix that deletes a layer, if another is left."""
        delete = partial(edits.delete, path=row.path)
        return Fix(_("delete the layer"), delete) if len(self.rows) > 1 else None


def _known(analysis: Analysis) -> int:
    """Count the layers that can be computed."""
    return sum(row.figures is not None for row in analysis.rows)


def setting(label: str, *paths: Path, **fields: Any) -> Fix:
    """Make the fix that sets fields of the layers at `paths`."""
    named = tuple((path, name) for path in paths for name in fields)
    return Fix(label, partial(_set, paths=paths, fields=fields), named)


def _set(network: Network, paths: tuple[Path, ...], fields: dict[str, Any]) -> Network:
    for path in paths:
        network = edits.change(network, path, **fields)
    return network
