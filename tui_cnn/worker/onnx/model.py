"""A network with its weights as an ONNX model, an operator at a time.

What goes in and comes out has its channels last, as in Keras; in between, images have them first, as the operators of
ONNX want them. Each value knows how its axes lie, and is turned only where an operator wants it otherwise. What acts
only while training is left out.
"""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper

from tui_cnn.core.analysis import analyze
from tui_cnn.core.graph import Node
from tui_cnn.core.layers import Route
from tui_cnn.core.layers.base import KerasCall, Layer
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Network, keras_name, names
from tui_cnn.core.shape import Shape
from tui_cnn.core.unrolling import as_built
from tui_cnn.i18n import _
from tui_cnn.worker.onnx.functions import activated
from tui_cnn.worker.onnx.layers import OPERATIONS, WHOLE, Weights
from tui_cnn.worker.onnx.writer import GraphWriter, LaidOut, NoOperationError

_OPSET = 17
_IR_VERSION = 8
"""What came with that opset: runtimes of 2022 and later read it."""

_WITHOUT_EFFECT = ("regularization", "augmentation")
"""Families that do something only while training."""


def save_onnx(network: Network, model: keras.Model, target: Path) -> None:
    """Write a network with the weights of the Keras model that was built of it.

    Raises:
        ValueError: ONNX has no operator for some layer.
    """
    try:
        target.write_bytes(onnx_model(network, model).SerializeToString())
    except ValueError as error:
        if "2GB" in str(error).replace(" ", "") or "exceeds" in str(error).lower():
            raise ValueError(_("an ONNX file cannot be larger than 2 GB")) from None
        raise


def onnx_model(network: Network, model: keras.Model) -> onnx.ModelProto:
    """Make the ONNX model of a network, with the weights of the Keras model that was built of it.

    Raises:
        ValueError: ONNX has no operator for some layer.
    """
    network = as_built(network)
    analysis, named = analyze(network), names(network)
    whole, writer = analysis.graph, GraphWriter()
    values: list[LaidOut] = []
    for number, node in enumerate(whole.nodes):
        shape = analysis.shapes[number]
        assert shape is not None
        if node.is_input:
            values.append(LaidOut(named.get(node.path, NETWORK_INPUT), shape))
            continue
        given, name = [values[one] for one in node.inputs], named[node.path]
        values.append(_apply(writer, node, given, shape, name, named[node.weights], model))
    ends = [writer.ending(values[number]) for number in whole.outputs]
    graph = helper.make_graph(
        writer.nodes,
        network.name,
        [_info(values[number].name, values[number].shape) for number in whole.inputs],
        [_info(end, values[number].shape) for end, number in zip(ends, whole.outputs, strict=True)],
        list(writer.arrays.values()),
    )
    return helper.make_model(
        graph,
        producer_name="cnn-tui",
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )


def _info(name: str, shape: Shape) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ("batch", *shape))


def _apply(
    writer: GraphWriter, node: Node, given: list[LaidOut], shape: Shape, name: str, owner: str, model: keras.Model
) -> LaidOut:
    layer = node.layer
    assert isinstance(layer, Layer)
    if isinstance(layer, MergingLayer):
        if len(given) == 1 and isinstance(layer, Route):
            return given[0]
        return writer.entitled(_merged(writer, layer, given, shape), name)
    value = given[0]
    if layer.family in _WITHOUT_EFFECT and shape == value.shape and not layer.works_in_inference:
        return value
    if operation := WHOLE.get(type(layer).__name__):
        writer.begin(name, owner)
        return writer.entitled(operation(writer, layer, value, shape), name)
    try:
        for call in layer.keras_calls(value.shape):
            if call.class_name not in OPERATIONS:
                raise NoOperationError
            stored = model.get_layer(keras_name(owner, call.suffix))
            weights = {one.name: np.asarray(one) for one in stored.weights}
            part = keras_name(name, call.suffix)
            writer.begin(part, stored.name)
            value = _operated(writer, _with_shape(call, shape), value, weights)
            value = writer.entitled(value, part)
    except NoOperationError:
        message = _("ONNX has no operation for {operations} (layer {layers}); replace the layer")
        raise ValueError(message.format(operations=type(layer).__name__, layers=name)) from None
    return value


def _operated(writer: GraphWriter, call: KerasCall, value: LaidOut, weights: Weights) -> LaidOut:
    """Write a call; one whose channels come first as the same one with the channels last.

    Then axis 1 is that of the channels, as it is in ONNX: nothing is turned.
    """
    operation, arguments = OPERATIONS[call.class_name], dict(call.arguments)
    by_first_axis = arguments.get("axis") in (1, (1,), [1]) and len(value.shape) > 1
    if arguments.pop("data_format", "channels_last") == "channels_last" and not by_first_axis:
        return operation(writer, call, value, weights)
    arguments |= {"axis": -1} if by_first_axis else {}
    function = arguments.pop("activation", "linear")
    moved = call._replace(arguments=arguments, output_shape=_moved(call.output_shape or ()))
    result = operation(writer, moved, LaidOut(writer.last(value), _moved(value.shape), True), weights)
    back = LaidOut(writer.first(result), (*result.shape[-1:], *result.shape[:-1]))
    return activated(writer, back, function)  # where it has an axis, that is Keras' last


def _moved(shape: Shape) -> Shape:
    """Put the first axis last."""
    return (*shape[1:], *shape[:1])


def _with_shape(call: KerasCall, shape: Shape) -> KerasCall:
    """Complete a call by its shape, and by the tuples that Keras has no need of along one axis."""
    arguments = {
        name: (value,) if name in _LISTS and isinstance(value, int) else value for name, value in call.arguments.items()
    }
    return call._replace(arguments=arguments, output_shape=call.output_shape or shape)


_LISTS = ("kernel_size", "pool_size", "strides", "dilation_rate", "output_padding", "size")


def _merged(writer: GraphWriter, layer: MergingLayer, given: Sequence[LaidOut], shape: Shape) -> LaidOut:
    writer.begin(layer.name or layer.merge, "")
    rank = len(shape)
    whole = [_of_rank(writer, one, rank) for one in given]
    first = any(one.channels_first for one in whole) and rank > 1
    inputs = [writer.first(one) if first else writer.last(one) for one in whole]
    if layer.merge == "concatenate":
        place = layer.axis - 1 if layer.axis > 0 else layer.axis + rank
        axis = (1 if place == rank - 1 else place + 2) if first else place + 1
        return LaidOut(writer.add("Concat", *inputs, axis=axis), shape, first)
    kind = {"add": "Add", "multiply": "Mul", "average": "Mean", "maximum": "Max", "minimum": "Min", "subtract": "Sub"}
    if layer.merge == "add" and len(inputs) > 2:
        return LaidOut(writer.add("Sum", *inputs), shape, first)
    if layer.merge != "multiply":
        return LaidOut(writer.add(kind[layer.merge], *inputs), shape, first)
    result = inputs[0]
    for other in inputs[1:]:
        result = writer.add("Mul", result, other)
    return LaidOut(result, shape, first)


def _of_rank(writer: GraphWriter, value: LaidOut, rank: int) -> LaidOut:
    """Add leading axes of length 1, as Keras does to merge."""
    if len(value.shape) == rank:
        return value
    shape = (*[1] * (rank - len(value.shape)), *value.shape)
    return LaidOut(writer.add("Reshape", writer.last(value), writer.numbers((0, *shape), "int64")), shape)
