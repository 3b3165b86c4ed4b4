"""A built model as an ONNX file.

Operations of Keras that tf2onnx cannot convert are replaced by others that give the same numbers; what it leaves
unconverted all the same is refused, because it writes such files without an error.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tui_cnn.core import edits
from tui_cnn.core.network import Network, walk, without_muted
from tui_cnn.i18n import _


def for_inference(network: Network) -> Network:
    """Leave out the layers that only change images while training: Keras would export them as they are in training."""
    for path, layer in walk(network.layers):
        if layer.family == "augmentation":
            network = edits.change(network, path, muted=True)
    return without_muted(network)


def save_onnx(model: keras.Model, target: Path) -> None:
    """Write a model.

    Raises:
        ValueError: ONNX has no operation for some part of it; what stands at `target` then is of no use.
    """
    import onnx

    for layer in model.layers:
        _replace_operations(layer)
    model(np.zeros((1, *model.input_shape[1:]), "float32"))  # Keras exports only what has been called
    model.export(target, format="onnx", verbose=False)
    graph = onnx.load(target, load_external_data=False).graph
    unknown = sorted({node.op_type for node in graph.node if not onnx.defs.has(node.op_type, node.domain)})
    if unknown:
        places = sorted({_layer_of(node.name) for node in graph.node if node.op_type in unknown})
        message = _("ONNX has no operation for {operations} (layer {layers}); replace the layer")
        raise ValueError(message.format(operations=", ".join(unknown), layers=", ".join(places)))


def _replace_operations(layer: Any) -> None:
    if isinstance(layer, keras.layers.Conv2D) and layer.groups > 1:
        layer.convolution_op = _grouped(layer)
    if isinstance(layer, keras.layers.Normalization):
        layer.call = _normalized(layer)
    function = getattr(layer, "activation", None)
    if function in _ACTIVATIONS:
        layer.activation = _ACTIVATIONS[function]


def _grouped(layer: Any) -> Callable[[Any, Any], Any]:
    """Convolve in groups by TensorFlow's operation: Keras compiles it as a whole on a CPU, which hides it."""
    return lambda inputs, kernel: tf.nn.convolution(
        inputs, kernel, list(layer.strides), layer.padding.upper(), dilations=list(layer.dilation_rate)
    )


def _normalized(layer: Any) -> Callable[[Any], Any]:
    """Normalize by constants: tf2onnx mistakes Keras' own tensors for inputs of the model."""
    mean = np.asarray(layer.mean)
    deviation = np.maximum(np.sqrt(np.asarray(layer.variance)), keras.config.epsilon())
    return (lambda inputs: inputs * deviation + mean) if layer.invert else lambda inputs: (inputs - mean) / deviation


def _gelu(x: Any) -> Any:
    return 0.5 * x * (1 + tf.math.erf(x / np.float32(2**0.5)))


def _celu(x: Any) -> Any:
    return tf.nn.relu(x) + tf.nn.elu(-tf.nn.relu(-x))


_ACTIVATIONS: dict[Any, Callable[[Any], Any]] = {keras.activations.gelu: _gelu, keras.activations.celu: _celu}


def _layer_of(node: str) -> str:
    """Find the name of a layer in that of an operation: `model_1/conv2d_1/Conv2D`."""
    return node.split("/")[1].rsplit("_", 1)[0] if node.count("/") > 1 else node
