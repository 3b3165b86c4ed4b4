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
    from tui_cnn.worker.build import build

    try:
        model = build(network)
    except ValueError:
        return None
    return Verdict(
        output_shape=tuple(model.output_shape[1:]),
        trainable=sum(prod(weight.shape) for weight in model.trainable_weights),
        non_trainable=sum(prod(weight.shape) for weight in model.non_trainable_weights),
        params=model.count_params(),
        macs=sum(_multiplications(layer) for layer in model.layers if hasattr(layer, "kernel")),
    )


def _multiplications(layer):
    """Every number of the kernel is used once at each position of the output."""
    return prod(layer.kernel.shape) * prod(layer.output.shape[1:-1])
