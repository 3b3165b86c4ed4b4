"""Names of layers: a layer's own, or one made from its type as Keras makes it (`conv2d`, `conv2d_1`)."""

import re
from functools import cache

from tui_cnn.core.muting import muted_paths
from tui_cnn.core.network import Network, walk
from tui_cnn.core.path import Path


def names(network: Network) -> dict[Path, str]:
    """Name every layer; a made name steps aside for one that was given, and muted layers for all others."""
    layers = list(walk(network.layers))
    if muted := muted_paths(network):
        layers.sort(key=lambda place: place[0] in muted)
    taken = {layer.name for path, layer in layers if layer.name and path not in muted}
    counters: dict[str, int] = {}
    named: dict[Path, str] = {}
    for path, layer in layers:
        name = layer.name
        while not name:
            stem = snake_case(type(layer).__name__)
            count = counters.get(stem, 0)
            counters[stem] = count + 1
            candidate = f"{stem}_{count}" if count else stem
            name = "" if candidate in taken else candidate
        named[path] = name
    return named


@cache
def snake_case(name: str) -> str:
    """Write the name of a class as Keras does where it makes a name of it: `MaxPooling2D` is `max_pooling2d`."""
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
