"""The graph of a model: which layer is applied to the outputs of which.

A node is one application of a layer. Nodes are numbered so that each comes after those that it takes its input from;
node 0 is the model's input, and the last one is its output.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core.shape import Shape
from tui_cnn.formats.keras.arithmetic import with_number
from tui_cnn.formats.keras.notes import enumerate_names
from tui_cnn.formats.keras.schema import Entry, Model, NodeCall, known_shape
from tui_cnn.i18n import _

_Key = tuple[str, int]
"""The name of a layer, and which of its applications."""


class GraphError(ValueError):
    """A model that cannot be expressed, and why."""


class Node(NamedTuple):
    """A layer, how it is applied, the nodes that it takes its input from, and the shape that comes out, if known."""

    entry: Entry
    call: NodeCall
    inputs: tuple[int, ...]
    shape: Shape | None


class Graph(NamedTuple):
    """All nodes between a model's input and its output."""

    nodes: list[Node]
    input_shape: Any


def sequential(model: Model, build_shape: Any) -> Graph:
    """Make the graph of a Sequential model: a chain.

    Args:
        model: the model's content.
        build_shape: the shape that the model was built on, as it is stated beside it.

    Raises:
        GraphError: it does not say what goes in.
    """
    layers = list(model.layers)
    first = layers[0] if layers else None
    if first is not None and first.class_name == "InputLayer":
        layers = layers[1:]
    stated = [(first.config if first else {}).get("batch_shape"), model.build_input_shape, build_shape]
    shape = next((value for value in stated if value is not None), None)
    if shape is None:
        raise GraphError(_("has no input shape; start it with keras.Input, or build it, before you save it"))
    source = first or Entry("InputLayer")
    known = [known_shape((entry.build_config or {}).get("input_shape")) for entry in layers]
    nodes = [Node(source, NodeCall(), (), known_shape(shape))]
    for number, (entry, after) in enumerate(zip(layers, [*known, None][1:], strict=True)):
        nodes.append(Node(entry, NodeCall(args=[_tensor(number)]), (number,), after))
    return Graph(nodes, shape)


def functional(model: Model) -> Graph:
    """Make the graph of a Functional model.

    Raises:
        GraphError: it has several inputs or outputs, or its layers do not hang together.
    """
    source = _end(model.input_layers, _("has {count} inputs ({names}); only one is supported"))
    target = _end(model.output_layers, _("has {count} outputs ({names}); only one is supported"))
    layers = {entry.label: entry for entry in model.layers}
    calls: dict[_Key, NodeCall] = {}
    inputs: dict[_Key, tuple[_Key, ...]] = {}
    shapes: dict[_Key, Shape | None] = {}
    for entry in model.layers:
        for number, description in enumerate(entry.inbound_nodes):
            key = (entry.label, number)
            calls[key] = _call(entry, description)
            inputs[key] = tuple(
                _history(tensor, entry, shapes) for tensor in tensors([calls[key].args, calls[key].kwargs])
            )
    if source[0] not in layers:
        raise GraphError(_("its input layer “{name}” is missing").format(name=enumerate_names([source[0]])))
    if target not in inputs and (target[0], 0) in inputs and (target[0], 1) not in inputs:
        target = (target[0], 0)  # Keras 3.15 misnumbers a model within that is the last: it is applied once
    inputs[source] = ()
    order = _in_order(target, source, inputs, layers)
    number_of = {key: number for number, key in enumerate(order)}
    nodes = [
        Node(
            *with_number(layers[key[0]], calls.get(key, NodeCall())),
            tuple(number_of[one] for one in inputs[key]),
            shapes.get(key),
        )
        for key in order
    ]
    return Graph(nodes, layers[source[0]].config.get("batch_shape"))


def tensors(value: Any) -> Iterator[dict[str, Any]]:
    """Find what stands for the outputs of other layers in the arguments of a call."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from tensors(item)


def _tensor(number: int) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [str(number), 0, 0]}}


def _end(value: Any, refusal: str) -> _Key:
    """Find the one input or output of a model; where there is not just one, `refusal` says so."""
    found = list(_keys(value))
    if len(found) != 1:
        names = enumerate_names([key[0] for key in found])
        raise GraphError(refusal.format(count=len(found), names=names))
    return found[0]


def _keys(value: Any) -> Iterator[_Key]:
    match value:
        case [str() as name, int() as number, int()]:
            yield name, number
        case list():
            for item in value:
                yield from _keys(item)
        case dict():
            yield from _keys(list(value.values()))


def _call(entry: Entry, description: Any) -> NodeCall:
    try:
        return msgspec.convert(description, NodeCall)
    except (msgspec.ValidationError, RecursionError):
        message = _("“{name}”: not called in the way that Keras 3 saves; load the model in Keras 3 and save it again")
        raise GraphError(message.format(name=enumerate_names([entry.label]))) from None


def _history(tensor: dict[str, Any], entry: Entry, shapes: dict[_Key, Shape | None]) -> _Key:
    """Return which node a tensor comes from, and keep its shape."""
    match tensor.get("config"):
        case {"keras_history": [str() as name, int() as number, 0], **config}:
            shapes[name, number] = known_shape(config.get("shape"))
            return name, number
    message = _("“{name}”: its input is not the single output of another layer")
    raise GraphError(message.format(name=enumerate_names([entry.label])))


def _in_order(target: _Key, source: _Key, inputs: dict[_Key, tuple[_Key, ...]], layers: dict[str, Entry]) -> list[_Key]:
    """List all nodes that the target needs, each after its inputs, the source first.

    A circle, or something besides the source that nothing goes into, is refused.
    """
    order = [source]
    done, begun = {source}, {source}
    waiting = [target]
    while waiting:
        key = waiting[-1]
        if key in done:
            waiting.pop()
            continue
        if key[0] not in layers or not inputs.get(key):
            message = _("“{name}”: not connected to the input of the model")
            raise GraphError(message.format(name=enumerate_names([key[0]])))
        missing = [one for one in inputs[key] if one not in done]
        if missing and key in begun:
            raise GraphError(_("“{name}”: part of a cycle").format(name=enumerate_names([key[0]])))
        begun.add(key)
        if missing:
            waiting += reversed(missing)
        else:
            done.add(key)
            order.append(waiting.pop())
    return order
