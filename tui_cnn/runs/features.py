"""The amounts of work in a training step; how long each takes is measured on the machine."""

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Layer
from tui_cnn.core.layers.base import KernelKind
from tui_cnn.core.memory import memory
from tui_cnn.core.shape import elements
from tui_cnn.runs.recipe import Recipe

NAMES = ("step", "layers", "convolution", "channelwise", "dense", "values", "parameters")


def features(analysis: Analysis, recipe: Recipe) -> dict[str, float]:
    """Count for a training step on a batch.

    One for the step itself, its layers, MACs of convolutions that join all channels and of those that do not, MACs
    of dense layers, values that layers give, and parameters to update; `bytes` are those that it must hold. A layer
    counts for as much of a step as it takes part in: the way back ends at the first layer that learns.
    """
    batch = recipe.batch_size
    counts = dict.fromkeys(NAMES, 0.0) | {"step": 1.0, "parameters": float(analysis.totals.trainable)}
    learnt = False
    for row in analysis.rows:
        if row.figures is None or row.holds_layers:
            continue
        learns = row.figures.parameters.trainable.value > 0
        share = (1 + (learns or learnt)) / 2
        counts["layers"] += share
        counts["values"] += share * batch * elements(row.figures.output_shape)
        if kind := _kind(row.layer):  # as much work forth as back to the kernel, and as back to the input
            counts[kind] += (1 + learns + learnt) / 3 * batch * row.figures.macs.value
        learnt = learnt or learns
    counts["bytes"] = float(memory(analysis, batch, recipe.optimizer).training or 0)
    return counts


_KINDS: dict[KernelKind, str] = {
    "none": "",
    "convolution": "convolution",
    "transposed": "convolution",
    "depthwise": "channelwise",
    "separable": "channelwise",
    "dense": "dense",
}


def _kind(layer: Layer) -> str:
    """Say which amount a layer's work belongs to; a convolution in groups does not join all channels."""
    kind = _KINDS[layer.kernel_kind]
    return "channelwise" if kind == "convolution" and getattr(layer, "groups", 1) > 1 else kind
