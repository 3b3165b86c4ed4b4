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
        NotImplementedError,
    ):  # an axis that is not there; means of other channels; a function that refuses the shape
        return None
    if any(garbles(layer) for layer in model.layers):
        return None
    return Verdict(
        output_shape=tuple(model.outputs[0].shape[1:]),
        trainable=sum(prod(weight.shape) for weight in model.trainable_weights),
        non_trainable=sum(prod(weight.shape) for weight in model.non_trainable_weights),
        params=model.count_params(),
        macs=sum(_at(layer, node) for layer in model.layers for node in layer._inbound_nodes),
    )


def _at(layer, node):
    """Count for one application of a layer."""
    given = node.input_tensors[0].shape[1:] if node.input_tensors else ()
    return _multiplications(layer, given, node.output_tensors[0].shape[1:])


def _multiplications(layer, given, gives):
    """Every number of a kernel is used once at each position of the output (of the input, if that is spread)."""
    kind = type(layer).__name__
    places = _places(layer, gives)
    match kind:
        case "Conv1DTranspose" | "Conv2DTranspose" | "Conv3DTranspose":
            return prod(layer.kernel.shape) * _places(layer, given)
        case "SeparableConv1D" | "SeparableConv2D":
            return (prod(layer.depthwise_kernel.shape) + prod(layer.pointwise_kernel.shape)) * places
        case "LSTM" | "GRU" | "SimpleRNN":
            return (prod(layer.cell.kernel.shape) + prod(layer.cell.recurrent_kernel.shape)) * given[0]
        case "Bidirectional":
            return 2 * _multiplications(layer.forward_layer, given, gives)
        case "TimeDistributed":
            return given[0] * _multiplications(layer.layer, given[1:], gives[1:])
        case "SpectralNormalization":
            return _multiplications(layer.layer, given, gives)
        case "EinsumDense" if layer.kernel.ndim == 1:
            return 0  # a factor for each channel, as in a normalization
        case "EinsumDense":
            axes = layer.equation.replace("...", "").split("->")[0].split(",")
            summed = prod(n for n, axis in zip(layer.kernel.shape, axes[1], strict=True) if axis in axes[0])
            return summed * prod(gives)
        case "MultiHeadAttention":
            dense = (layer._query_dense, layer._key_dense, layer._value_dense, layer._output_dense)
            positions = prod(given[:-1])
            heads = layer._num_heads * (layer._key_dim + layer._value_dim)
            return positions * sum(prod(one.kernel.shape) for one in dense) + positions**2 * heads
        case _:
            return prod(layer.kernel.shape) * places if hasattr(layer, "kernel") else 0


def _places(layer, shape):
    first = getattr(layer, "data_format", "") == "channels_first"
    return prod(shape[1:] if first else shape[:-1])


def garbles(layer, rank=None):
    """Some layers of Keras build on any shape, but take what is no batch of images for one image, or fail when run.

    `rank` is that of the input with its batch, where it is not the layer's own: it is held by another.
    """
    from keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer import (
        BaseImagePreprocessingLayer,
    )

    kind = type(layer).__name__
    if rank is None:
        rank = len(getattr(layer.input, "shape", ()))
    if kind.startswith("Adaptive"):
        return rank != int(kind[-2]) + 2
    if kind in ("TimeDistributed", "SpectralNormalization"):
        held = rank - (kind == "TimeDistributed")
        spec = getattr(layer.layer, "input_spec", None)
        return garbles(layer.layer, held) or getattr(spec, "ndim", None) not in (None, held)
    if kind == "Softmax":
        return max(layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]) >= rank
    if kind == "EinsumDense":
        return "..." not in layer.equation and rank != len(layer.equation.partition(",")[0])
    if kind == "MultiHeadAttention":
        return isinstance(layer.input, list) and len(layer.input[0].shape) < 3
    return isinstance(layer, BaseImagePreprocessingLayer) and rank != 4


def from_json(text):
    """Let Keras read a model of ours, and tell it what function a Lambda is of: it runs none that is only named."""
    import keras
    import tensorflow as tf
    from keras.src.saving.serialization_lib import SafeModeScope

    with SafeModeScope(False):
        return keras.models.model_from_json(text, custom_objects={"lrn": tf.nn.local_response_normalization})
