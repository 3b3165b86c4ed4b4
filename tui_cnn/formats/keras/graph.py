"""The graph of a model: which layer is applied to the outputs of which.

A node is one application of a layer. Nodes are numbered so that each comes after those that it takes its input from;
node 0 is the model's first input. Models within a model that have several inputs or outputs are dissolved into it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core.shape import Shape
from tui_cnn.formats.keras.arithmetic import pooled, scaled_sum, with_number
from tui_cnn.formats.keras.notes import enumerate_names
from tui_cnn.formats.keras.schema import Entry, Model, NodeCall, known_shape, misfit
from tui_cnn.i18n import _

_MOST_NODES = 100_000
_IMAGE = 3
"""Axes of an image, without the batch."""

_Layer = tuple[str, int]
"""The name of a layer, behind those of the models that it is in, and which of its applications."""

_Key = tuple[str, int, int]
"""A layer, which of its applications, and which of its outputs."""


class GraphError(ValueError):
    """A model that cannot be expressed, and why."""


class ModelNode(NamedTuple):
    """A layer, how it is applied, the nodes that it takes its input from, and the shape that comes out, if known.

    `owner` is the same for all applications of one layer. A further input of the model is a node that takes node 0,
    but goes without it: so all nodes come after node 0.
    """

    entry: Entry
    call: NodeCall
    inputs: tuple[int, ...]
    shape: Shape | None
    owner: tuple[str, ...]

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the model."""
        return self.entry.class_name == "InputLayer"


class ModelGraph(NamedTuple):
    """All nodes between a model's inputs and its outputs, and the numbers of those that are its outputs."""

    nodes: list[ModelNode]
    input_shape: Any
    outputs: tuple[int, ...]


def sequential(model: Model, build_shape: Any) -> ModelGraph:
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
    source = first if first and first.class_name == "InputLayer" else Entry("InputLayer")
    known = [known_shape((entry.build_config or {}).get("input_shape")) for entry in layers]
    nodes = [ModelNode(source, NodeCall(), (), known_shape(shape), ())]
    for number, (entry, after) in enumerate(zip(layers, [*known, None][1:], strict=True)):
        call = NodeCall(args=[_tensor(number)])
        nodes.append(ModelNode(entry, call, (number,), after, (f"{number}", entry.label)))
    return ModelGraph(nodes, shape, (len(nodes) - 1,))


def functional(model: Model) -> ModelGraph:
    """Make the graph of a Functional model.

    Raises:
        GraphError: its layers do not hang together.
    """
    return _Functional(model).graph()


class _Functional:
    """Collects the applications of all layers, then puts them into an order."""

    def __init__(self, model: Model) -> None:
        self._entries: dict[str, tuple[Entry, tuple[str, ...]]] = {}
        self._calls: dict[_Layer, NodeCall] = {}
        self._inputs: dict[_Layer, list[_Key]] = {}
        self._shapes: dict[_Key, Shape | None] = {}
        self._same: dict[_Key, _Key] = {}
        """What goes into a model within is what its input gives, and what comes out is what its output gives."""
        self._sources = _ends(model.input_layers)
        self._targets = self._add(model, "", ())

    def graph(self) -> ModelGraph:
        sources = [self._real(key) for key in self._sources]
        targets = [self._real(key) for key in self._targets]
        for name, number, _place in sources:
            if name not in self._entries:
                raise GraphError(_("its input layer “{name}” is missing").format(name=enumerate_names([name])))
            self._inputs[name, number] = []
        if not sources or not targets:
            raise GraphError(_("has no input or no output"))
        taken = {layer: [self._real(key) for key in keys] for layer, keys in self._inputs.items()}
        takes = {
            key: taken[key[:2]] for keys in (targets, sources, *taken.values()) for key in keys if key[:2] in taken
        }
        order = _in_order(targets, sources, takes)
        number_of: dict[_Key, int] = {}
        nodes: list[ModelNode] = []
        begun: set[_Layer] = set()
        for key in order:
            entry, owner = self._entries[key[0]]
            if key[2]:
                entry, owner = _of_output(entry, key[2], key[:2] in begun), (*owner, f"#{key[2]}")
            begun.add(key[:2])
            if len(takes[key]) == 1 and len(self._shapes.get(takes[key][0]) or ()) == _IMAGE:
                entry = pooled(entry)
            inputs = tuple(number_of[one] for one in takes[key])
            shape = self._shapes.get(key)
            if not inputs:
                inputs, shape = (0,) if nodes else (), known_shape(entry.config.get("batch_shape"))
            call = self._calls.get(key[:2], NodeCall())
            if (parts := scaled_sum(entry, call)) is not None:
                scaling, entry = parts
                nodes.append(
                    ModelNode(scaling, NodeCall(call.args[0][1:]), inputs[1:], nodes[inputs[1]].shape, (*owner, ""))
                )
                inputs = (inputs[0], len(nodes) - 1)
            number_of[key] = len(nodes)
            nodes.append(ModelNode(*with_number(entry, call), inputs, shape, owner))
        first = self._entries[sources[0][0]][0].config.get("batch_shape")
        return ModelGraph(nodes, first, tuple(number_of[target] for target in targets))

    def _add(self, model: Model, scope: str, owner: tuple[str, ...]) -> list[_Key]:
        """Add the layers of a model; return what comes out of it."""
        for entry in model.layers:
            label = scope + entry.label
            self._entries[label] = entry, (*owner, entry.label)
            if len(self._calls) > _MOST_NODES:
                raise GraphError(_("has more than {count} layers").format(count=_MOST_NODES))
            for number, description in enumerate(entry.inbound_nodes):
                call = _call(entry, description)
                given = [self._history(tensor, entry, scope) for tensor in tensors([call.args, call.kwargs])]
                if (inner := _of_several_ends(entry)) is None:
                    self._calls[label, number], self._inputs[label, number] = call, given
                else:
                    self._dissolve(inner, given, (label, number), (*owner, entry.label))
        return [(scope + name, number, place) for name, number, place in _ends(model.output_layers)]

    def _dissolve(self, model: Model, given: list[_Key], layer: _Layer, owner: tuple[str, ...]) -> None:
        """Put the layers of a model in the place of one of its applications."""
        scope = f"{layer[0]}#{layer[1]}/"
        sources = _ends(model.input_layers)
        if len(sources) != len(given):
            message = _("“{name}”: has {count} inputs, but is given {given}")
            name = enumerate_names([owner[-1]])
            raise GraphError(message.format(name=name, count=len(sources), given=len(given)))
        for (name, number, place), key in zip(sources, given, strict=True):
            self._same[scope + name, number, place] = key
        for place, key in enumerate(self._add(model, scope, owner)):
            self._same[*layer, place] = key

    def _real(self, key: _Key) -> _Key:
        """Return what a tensor is, past the ends of models within."""
        for _step in range(len(self._same) + 1):
            if key not in self._same:
                break
            key = self._same[key]
        name, number, place = key
        if (name, number) not in self._inputs and (name, 0) in self._inputs and (name, 1) not in self._inputs:
            key = (name, 0, place)  # Keras 3.15 misnumbers a model within that is the last: it is applied once
        return key

    def _history(self, tensor: dict[str, Any], entry: Entry, scope: str) -> _Key:
        """Return where a tensor comes from, and keep its shape."""
        match tensor.get("config"):
            case {"keras_history": [str() as name, int() as number, int() as place], **config}:
                key = (scope + name, number, place)
                self._shapes[key] = known_shape(config.get("shape"))
                return key
        message = _("“{name}”: its input is not the single output of another layer")
        raise GraphError(message.format(name=enumerate_names([entry.label])))


def _of_several_ends(entry: Entry) -> Model | None:
    """Return the content of a model that has several inputs or outputs; None for anything else."""
    if not entry.is_model or entry.class_name == "Sequential":
        return None
    try:
        model = msgspec.convert(entry.config, Model)
    except (msgspec.ValidationError, RecursionError) as error:
        raise GraphError(_("is not a Keras 3 model: {reason}").format(reason=misfit(error))) from None
    return model if max(len(_ends(model.input_layers)), len(_ends(model.output_layers))) > 1 else None


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


def _ends(value: Any) -> list[_Key]:
    """List the inputs or the outputs of a model."""
    return list(_keys(value))


def _keys(value: Any) -> Iterator[_Key]:
    match value:
        case [str() as name, int() as number, int() as place]:
            yield name, number, place
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


def _of_output(entry: Entry, place: int, is_further: bool) -> Entry:
    """Return what stands for an output of a layer but its first: no layer of Keras is only that."""
    label = f"{entry.label}_output_{place}" if is_further else entry.label
    return msgspec.structs.replace(entry, module=None, name=label, output=place, is_further=is_further)


def _in_order(targets: Sequence[_Key], sources: Sequence[_Key], inputs: dict[_Key, list[_Key]]) -> list[_Key]:
    """List all layers that the targets need, each after its inputs, the sources first.

    A circle, or something besides the sources that nothing goes into, is refused.
    """
    order = list(dict.fromkeys(sources))
    done, begun = set(order), set(order)
    waiting = list(reversed(targets))
    while waiting:
        layer = waiting[-1]
        if layer in done:
            waiting.pop()
            continue
        if not inputs.get(layer):
            message = _("“{name}”: not connected to the input of the model")
            raise GraphError(message.format(name=enumerate_names([layer[0]])))
        missing = [one for one in inputs[layer] if one not in done]
        if missing and layer in begun:
            raise GraphError(_("“{name}”: part of a cycle").format(name=enumerate_names([layer[0]])))
        begun.add(layer)
        if missing:
            waiting += reversed(missing)
        else:
            done.add(layer)
            order.append(waiting.pop())
    return order


def emptied(call: NodeCall) -> dict[str, Any]:
    """Describe a call with places in the stead of tensors; `filled` puts others there."""
    numbers = iter(range(len(list(tensors([call.args, call.kwargs])))))
    places: dict[str, Any] = _exchanged(
        msgspec.to_builtins(call), lambda _tensor: {"class_name": _PLACE, "place": next(numbers)}
    )
    return places


def filled(description: Any, given: Sequence[dict[str, Any]]) -> NodeCall:
    """Make a call of what `emptied` described and the tensors that go in; of None that of a layer on all of them."""
    if description is None:
        return NodeCall(list(given))
    return msgspec.convert(_exchanged(description, lambda one: given[one["place"]], _PLACE), NodeCall)


_PLACE = "__place__"


def _exchanged(value: Any, by: Callable[[dict[str, Any]], Any], kind: str = "__keras_tensor__") -> Any:
    if isinstance(value, dict):
        if value.get("class_name") == kind:
            return by(value)
        return {name: _exchanged(item, by, kind) for name, item in value.items()}
    return [_exchanged(item, by, kind) for item in value] if isinstance(value, list) else value
