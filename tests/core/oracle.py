"""Keras as the oracle: what it says of a network once it is built, by the very function that training uses."""

from math import prod
from typing import NamedTuple


class Verdict(NamedTuple):
    """The built model's numbers, counted from its weights and tensors."""

    output_shape: tuple
    trainable: int
    non_trainable: int
    params: int
    macs: int


def judge(network):
    """Build `network` in Keras and read off its numbers; None where Keras refuses it."""
    import tensorflow as tf

    from tui_cnn.worker.build import build

    try:
        model = build(network)
    except (
        ValueError,
        IndexError,
        tf.errors.InvalidArgumentError,
    ):  # an axis that is not there; means of other channels
        return None
    if any(_garbles(layer) for layer in model.layers):
        return None
    return Verdict(
        output_shape=tuple(model.outputs[0].shape[1:]),
        trainable=sum(prod(weight.shape) for weight in model.trainable_weights),
        non_trainable=sum(prod(weight.shape) for weight in model.non_trainable_weights),
        params=model.count_params(),
        macs=sum(_multiplications(layer, node) for layer in model.layers for node in layer._inbound_nodes),
    )


def _multiplications(layer, node):
    """Every number of a kernel is used once at each position of the output (of the input, if that is spread)."""
    places = prod(node.output_tensors[0].shape[1:-1])
    match type(layer).__name__:
        case "Conv2DTranspose":
            return prod(layer.kernel.shape) * prod(node.input_tensors[0].shape[1:-1])
        case "SeparableConv2D":
            return (prod(layer.depthwise_kernel.shape) + prod(layer.pointwise_kernel.shape)) * places
        case "EinsumDense" if layer.kernel.ndim == 1:
            return 0  # a factor for each channel, as in a normalization
        case _:
            return prod(layer.kernel.shape) * places if hasattr(layer, "kernel") else 0


def _garbles(layer):
    """Keras' random layers build on any shape, but take what is no batch of images for one image, or fail when run."""
    return type(layer).__name__.startswith("Random") and len(layer.input.shape) != 4
