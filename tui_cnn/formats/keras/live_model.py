"""A model of Keras that is in memory, in this very process, as a network."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

from tui_cnn.core import edits
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import Network, walk
from tui_cnn.core.shape import Shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.i18n import _


class KerasModel(Protocol):
    """A model of Keras 3, whatever its backend, or of tf-keras."""

    name: str
    layers: Sequence[Any]

    def to_json(self) -> str:
        """Describe the model."""
        ...


def network_of_model(model: KerasModel, input_shape: Shape | None = None) -> Network:
    """Turn a model of Keras into a network; of layers that are not ours, the model counts the parameters.

    Raises:
        FormatError: it cannot be expressed.
    """
    try:
        description = model.to_json()
    except NotImplementedError:
        message = _("is a subclass of Model whose layers are only in its code; make it Functional or Sequential")
        raise FormatError(model.name, message) from None
    network = convert_model(loads_config(description, model.name), model.name, input_shape).network
    counts: dict[str, int] = {}
    for layer in model.layers:
        with suppress(ValueError):  # it is not built yet
            counts[layer.name] = layer.count_params()
    for place, layer in walk(network.layers):
        if isinstance(layer, Opaque) and layer.weights is None and layer.name in counts:
            network = edits.change(network, place, weights=counts[layer.name])
    return network
