"""Small models of ONNX for tests, written as ONNX' own text format has them."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, parser

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
"""Well-known networks, with weights that ConstantOfShape makes."""


def model(body, shape=(1, 3, 8, 10), opset=17, outputs=("y",), inputs=None, **weights):
    """Make a model of lines such as `y = Relu(x)`; what is named in `weights` are arrays of the file."""
    given = inputs or {"x": shape}
    graph = helper.make_graph(
        [parser.parse_node(line.strip()) for line in body.strip().splitlines()],
        "small",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in given.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    for node in graph.node:
        node.name = node.name or node.output[0]
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def drawn(*shape):
    """Draw weights."""
    return np.random.default_rng(sum(shape)).normal(0, 0.5, shape).astype("float32")


def positive(*shape):
    """Draw weights above zero."""
    return np.abs(drawn(*shape)) + np.float32(0.5)


def evaluated(built, **images):
    """Let onnxruntime run a model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(built.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, images)


def keras_weights(layer, node, arrays):
    """Put the arrays of a node as the layer of Keras has them."""
    kind = type(layer).__name__
    first, *others = [arrays[name] for name in node.input if name in arrays]
    if len(others) + 1 < len(layer.weights):
        others = [arrays["b"]]  # what is added behind it
    if kind.startswith("Depthwise"):
        channels, multiplier = layer.kernel.shape[-2:]
        first = np.moveaxis(first.reshape(channels, multiplier, *first.shape[2:]), (0, 1), (-2, -1))
    elif kind.startswith("Conv"):
        first = np.moveaxis(first, (0, 1), (-1, -2))
    elif kind == "Dense" and any(one.name == "transB" and one.i for one in node.attribute):
        first = first.T
    elif kind == "PReLU":
        first = np.moveaxis(first, 0, -1) if first.ndim > 1 else first
    return [np.reshape(one, weight.shape) for one, weight in zip((first, *others), layer.weights, strict=True)]


def by_keras(network, built, image):
    """Build what was read in Keras, with the weights of the file, and let it run."""
    from tui_cnn.worker.build import build

    keras_model = build(network)
    arrays = {one.name: numpy_helper.to_array(one) for one in built.graph.initializer}
    nodes = {node.name: node for node in built.graph.node}
    for layer in keras_model.layers:
        if layer.weights:
            layer.set_weights(keras_weights(layer, nodes[layer.name], arrays))
    return np.asarray(keras_model(image, training=False))
