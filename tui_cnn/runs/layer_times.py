"""What layers were measured to take on this machine, for whatever network they stand in next."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tui_cnn.core.layers import Layer
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape

if TYPE_CHECKING:
    from tui_cnn.runs.layer_profile import NetworkProfile

LayerKey = tuple[Layer, Shape]
"""A layer without its name, and the shape that goes in: what has the same takes the same time."""


class LayerTimes(NamedTuple):
    """What layers were measured to take for a batch of so many images: seconds, forward and backward together."""

    batch_size: int
    seconds: Mapping[LayerKey, float]

    def of(self, row: Row) -> float | None:
        """Return the seconds of a layer, each time of one that is repeated; None: it was not measured."""
        key = key_of(row)
        each = self.seconds.get(key) if key is not None else None
        return None if each is None else row.times * each

    def with_profile(self, profile: "NetworkProfile") -> "LayerTimes":
        """Add what was measured of a network; of batches of another size nothing is kept."""
        found = {
            key: layer.seconds / layer.row.times for layer in profile.layers if (key := key_of(layer.row)) is not None
        }
        known = self.seconds if self.batch_size == profile.batch_size else {}
        return LayerTimes(profile.batch_size, {**known, **found})


NOT_MEASURED = LayerTimes(0, {})


def key_of(row: Row) -> LayerKey | None:
    """Return what is measured of a row; None for what is muted, merges or holds others, or has no known input."""
    if row.input_shape is None or row.muted or row.layer.joins_others:
        return None
    return msgspec.structs.replace(row.layer, name="", trainable=True), row.input_shape
