"""A sign for each kind of layer, one cell wide."""

from tui_cnn.core.layers import Layer, family

OPEN, FOLDED, EMPTY = "▾", "▸", "╌"
"""Of containers and branches: what they hold is shown, hidden, or nothing."""

FINDINGS = {"error": "✗", "warning": "⚠", "info": "·"}

_SIGNS = {
    "convolution": "▦",
    "separable": "▤",
    "pooling": "▼",
    "dense": "≡",
    "normalization": "≈",
    "activation": "ƒ",
    "regularization": "░",
    "reshaping": "→",
    "augmentation": "±",
    "opaque": "?",
}


def sign(layer: Layer) -> str:
    """Return the sign of a layer's family."""
    return _SIGNS.get(family(layer), "·")
