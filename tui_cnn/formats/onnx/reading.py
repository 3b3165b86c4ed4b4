"""Models of ONNX as networks."""

import re
from collections import Counter, deque
from collections.abc import Hashable
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tui_cnn.core.layers import AnyLayer, Opaque, Shared
from tui_cnn.core.network import Network, mapped, walk
from tui_cnn.core.network import Stack as Layers
from tui_cnn.core.shape import Shape, changes_channels, format_shape, of_size
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.graph import GraphError, ModelGraph, ModelNode
from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import KeptNames, Notes, enumerate_names, other_channels
from tui_cnn.formats.keras.reading import Import
from tui_cnn.formats.keras.schema import misfit
from tui_cnn.formats.keras.series_parallel import SeriesParallel, with_shared_weights
from tui_cnn.formats.onnx.builder import Builder, Operator
from tui_cnn.formats.onnx.file import load
from tui_cnn.formats.onnx.functions import ARITHMETIC, SAMPLES, Numbers, applied, recognized
from tui_cnn.formats.onnx.inference import Inference, constant, known_dims, partial_dims, plain
from tui_cnn.formats.onnx.operators import convert, gives_channels_first
from tui_cnn.formats.onnx.values import Constant, Dims, Symbol, Value, Weight, evaluate
from tui_cnn.i18n import _

if TYPE_CHECKING:
    import onnx

_MOST_NODES = 100_000
_MOST_AXES = 4
_LONGEST_AXIS = 65_536
_MADE_UP = ("", "main_graph", "graph", "model", "torch_jit", "torch-jit-export", "tf2onnx", "main")
"""What exporters call the graph of every model."""
_ARITHMETIC_STEPS = 10
_ARGUMENTS = (6, 7, 9, 12, 13)
"""The types of shapes, axes and flags, which are no weights."""


def read_onnx(path: Path, input_shape: Shape | None = None) -> Import:
    """Read a model of ONNX; nothing in it is run, and its weights are not read.

    `input_shape`, channels last, takes the place of the model's own, which may leave the size of the image open.

    Operators that we have no layer for become opaque layers, with the shape that ONNX infers for them.

    Raises:
        FormatError: the file cannot be read, or the model cannot be expressed at all; or the package onnx is missing.
    """
    return convert_model(load(path), path, input_shape)


def convert_model(model: "onnx.ModelProto", source: Path | str, input_shape: Shape | None = None) -> Import:
    """Turn a model into a network; `source` names it in errors, `input_shape` is as above.

    Raises:
        FormatError: it cannot be expressed.
    """
    return _converted(model, source, input_shape).imported


def convert_weights(model: "onnx.ModelProto", source: Path | str) -> dict[str, tuple[Weight, ...]]:
    """Say of each layer of the network that a model becomes, by its name, how its weights are made.

    Raises:
        FormatError: it cannot be expressed, or is another network than in ONNX whatever its weights are.
    """
    found = _converted(model, source, None)
    if found.disordered:
        message = _("“{name}” takes flattened values in the order of ONNX, so the weights cannot be used")
        raise FormatError(source, message.format(name=enumerate_names(found.disordered)))
    return found.weights


class _Converted(NamedTuple):
    imported: Import
    weights: dict[str, tuple[Weight, ...]]
    disordered: list[str]


def _converted(model: "onnx.ModelProto", source: Path | str, input_shape: Shape | None) -> _Converted:
    try:
        reader = _Reader(model, input_shape)
        graph = reader.graph()
        layers, outputs = reader.stack(graph)
        name = model.graph.name if model.graph.name not in _MADE_UP else Path(source).stem
        name = re.sub(r"[/\\\x00-\x1f\x7f-\x9f]", "_", name)[:64] or "model"
        network = msgspec.convert({"name": name, "input_shape": graph.input_shape}, Network)
        network = msgspec.structs.replace(network, layers=layers, outputs=outputs)
    except GraphError as error:
        raise FormatError(source, str(error)) from None
    except msgspec.ValidationError as error:
        raise FormatError(source, _("is not a network: {reason}").format(reason=misfit(error))) from None
    except RecursionError:
        raise FormatError(source, _("is nested too deeply")) from None
    return _Converted(Import(network, reader.notes.lines()), reader.weights(network), reader.disordered(graph))


class _Reader:
    """Goes through the operators that lead to the outputs, each after those whose outputs it takes."""

    def __init__(self, model: "onnx.ModelProto", input_shape: Shape | None) -> None:
        self.notes = Notes()
        self._graph = model.graph
        self._inference = Inference(model)
        self._builder = Builder()
        self._values: dict[str, Value] = {}
        self._producers: dict[str, onnx.NodeProto] = {}
        self._uses: Counter[str] = Counter(one.name for one in self._graph.output)
        self._stated: dict[str, Dims | None] = {}
        self._attributes: dict[int, dict[str, Any]] = {}
        self._labels: dict[str, str] = {}
        """By name of a layer of ours, that of its node."""
        self._folded: dict[Hashable, str] = {}
        """The same operator on the same constants gives the same one: the name that it has first."""
        if len(self._graph.node) > _MOST_NODES:
            raise GraphError(_("has more than {count} layers").format(count=_MOST_NODES))
        for node in self._graph.node:
            self._uses.update(self._taken(node))
            for name in node.output:
                self._producers.setdefault(name, node)
        for info in (*self._graph.value_info, *self._graph.output):
            self._stated[info.name] = known_dims(info.type)
        self._read_arrays()
        self._read_inputs(input_shape)

    def graph(self) -> ModelGraph:
        """Make the graph of all that leads to the outputs."""
        names = [one.name for one in self._graph.output]
        for node in self._in_order(names):
            self._read(node)
        ends = [value for name in names if isinstance(value := self._values.get(name), Symbol)]
        if not ends:
            raise GraphError(_("has no input or no output"))
        nodes, outputs = _needed(self._builder.nodes, [end.node for end in ends])
        return ModelGraph(nodes, nodes[0].shape, outputs)

    def stack(self, graph: ModelGraph) -> tuple[Layers, tuple[str, ...]]:
        """Turn a graph into layers; return the names of its outputs, too, where there are several."""
        names, labels = KeptNames(), self._labels
        made, weights = self._builder.made, self._builder.weights

        def kept(label: str) -> str:
            name = names.keep(label)
            labels[name] = label
            return name

        def layer(node: ModelNode, _shape: Shape | None, name: str) -> tuple[AnyLayer, ...]:
            if node.entry.label not in made:
                raise ForeignError
            return (msgspec.structs.replace(made[node.entry.label].layer, name=name),)

        built = SeriesParallel(graph, layer, kept, self.notes)

        def counted(layer: AnyLayer) -> AnyLayer:
            if not isinstance(layer, Opaque):
                return layer
            return msgspec.structs.replace(layer, weights=weights.get(labels.get(layer.name, ""), 0))

        def owner(layer: AnyLayer) -> Hashable | None:
            own = made.get(labels.get(layer.name, ""))
            return own if own and own.leaves and not isinstance(layer, Opaque) else None

        return with_shared_weights(mapped(built.layers, counted), owner), built.outputs

    def weights(self, network: Network) -> dict[str, tuple[Weight, ...]]:
        """Say of each layer that has weights how they are made."""
        made = self._builder.made
        own = {
            layer.name: made[self._labels[layer.name]].weights
            for _path, layer in walk(network.layers)
            if self._labels.get(layer.name) in made and not isinstance(layer, Opaque | Shared)
        }
        return {name: weights for name, weights in own.items() if weights}

    def disordered(self, graph: ModelGraph) -> list[str]:
        """List the operators that take, or give, values in another order than in ONNX."""
        ends = [one.name for one in self._graph.output if getattr(self._values.get(one.name), "flattened", None)]
        return [node.entry.label for node in graph.nodes if node.entry.label in self._builder.disordered] + ends

    def _read_arrays(self) -> None:
        for tensor in self._graph.initializer:
            self._values[tensor.name] = constant(tensor, tensor.name)
        for sparse in self._graph.sparse_initializer:
            kept = constant(sparse.values, sparse.values.name)
            dims = tuple(sparse.dims) if all(length >= 0 for length in sparse.dims) else None
            self._values[sparse.values.name] = Constant(kept.kind, dims, None, kept.leaves, kept.name)

    def _read_inputs(self, given: Shape | None) -> None:
        inputs = [one for one in self._graph.input if one.name not in self._values]
        if not inputs:
            raise GraphError(_("has no input or no output"))
        for number, info in enumerate(inputs):
            dims = partial_dims(info.type)
            if dims is None or len(dims) < 2:
                message = _("“{name}”: an input needs a batch and at least one more axis, all of known number")
                raise GraphError(message.format(name=enumerate_names([info.name])))
            order = self._order(info.name, dims)
            own = tuple(dims[axis] for axis in order)
            shape: tuple[int | None, ...] = own
            if given and not number:
                shape = of_size(own, given)
                if changes_channels(own, tuple(length or 0 for length in shape)):
                    self.notes.of_model.append(other_channels(own, tuple(length or 0 for length in shape)))
            if len(shape) != len(order) or None in shape:
                message = _("the input shape {shape} is not fixed; set it with --input-shape")
                raise GraphError(message.format(shape=_written(own)))
            if any(length is not None and length > _LONGEST_AXIS for length in shape):
                message = _("the input shape {shape} is out of bounds: an axis has at most {most:,} values")
                raise GraphError(message.format(shape=_written(shape), most=_LONGEST_AXIS))
            if len(shape) > _MOST_AXES:
                message = _("the input has {count} axes; at most 4 are supported")
                raise GraphError(message.format(count=len(shape)))
            fixed = dict(zip(order, (length or 1 for length in shape), strict=True))
            whole = (dims[0] or 1, *(fixed[axis] for axis in range(1, len(dims))))
            if order != tuple(range(1, len(dims))):
                message = _("channels first: the input {own} is read as {shape}")
                last = format_shape(tuple(whole[axis] for axis in order))
                self.notes.of_model.append(message.format(own=format_shape(whole[1:]), shape=last))
            self._values[info.name] = self._builder.input(info.name, info.type.tensor_type.elem_type, whole, order)

    def _order(self, name: str, dims: tuple[int | None, ...]) -> Dims:
        """Find out from what an input goes into whether its channels come first, as they do in most files."""
        rank = len(dims)
        last, first = tuple(range(1, rank)), (*range(2, rank), 1)
        if rank < 3:
            return last
        users: dict[str, list[onnx.NodeProto]] = {}
        for node in self._graph.node:
            for taken in node.input:
                users.setdefault(taken, []).append(node)
        waiting, seen = deque([name]), {name}
        while waiting:
            for node in users.get(waiting.popleft(), ()):
                says = gives_channels_first(node.op_type, self._plain(node))
                if says is not None:
                    return first if says else last
                if node.op_type in ("Reshape", "Flatten", "Gather", "Shape", "ReduceMean", "ReduceMax"):
                    continue
                new = [made for made in node.output if made not in seen]
                seen.update(new)
                waiting += new
        return last if rank == 3 or (rank == 4 and dims[3] in (1, 3, 4) and dims[1] not in (1, 3, 4)) else first

    def _in_order(self, names: list[str]) -> list["onnx.NodeProto"]:
        """List all operators that the outputs need, each after those that it takes the outputs of."""
        order: list[onnx.NodeProto] = []
        done: set[int] = set()
        begun: set[int] = set()
        waiting = [self._producer(name, name) for name in reversed(names) if name not in self._values]
        while waiting:
            node = waiting[-1]
            if id(node) in done:
                waiting.pop()
                continue
            missing = [
                self._producer(name, _name(node)) for name in self._taken(node) if name and name not in self._values
            ]
            missing = [one for one in missing if id(one) not in done]
            if missing and id(node) in begun:
                raise GraphError(_("“{name}”: part of a cycle").format(name=enumerate_names([_name(node)])))
            begun.add(id(node))
            if missing:
                waiting += reversed(missing)
            else:
                done.add(id(node))
                order.append(waiting.pop())
        return order

    def _producer(self, name: str, user: str) -> "onnx.NodeProto":
        if name not in self._producers:
            message = _("“{name}”: its input “{missing}” is missing")
            raise GraphError(message.format(name=enumerate_names([user]), missing=enumerate_names([name])))
        return self._producers[name]

    def _taken(self, node: "onnx.NodeProto") -> list[str]:
        """List the names that a node takes, and those that graphs within it take from outside."""
        taken = [*node.input]
        waiting = [attribute.g for attribute in node.attribute if attribute.type == 5]
        while waiting:
            graph = waiting.pop()
            own = {one.name for one in (*graph.input, *graph.initializer)} | {
                name for inner in graph.node for name in inner.output
            }
            for inner in graph.node:
                taken += [name for name in inner.input if name not in own]
                waiting += [attribute.g for attribute in inner.attribute if attribute.type == 5]
        return list(dict.fromkeys(taken)) if len(taken) > len(node.input) else taken

    def _plain(self, node: "onnx.NodeProto") -> dict[str, Any]:
        if id(node) not in self._attributes:
            found = {one.name: plain(one) for one in node.attribute}
            self._attributes[id(node)] = {name: value for name, value in found.items() if value is not None}
        return self._attributes[id(node)]

    def _read(self, node: "onnx.NodeProto") -> None:
        inputs = [self._values.get(name) if name else None for name in node.input]
        within = [self._values.get(name) for name in self._taken(node)[len(node.input) :]]
        outputs = self._inference.outputs(node, inputs)
        outputs = [
            (self._stated.get(name) if dims is None else dims, kind)
            for name, (dims, kind) in zip(node.output, outputs, strict=True)
        ]
        if not any(isinstance(value, Symbol) for value in (*inputs, *within)):
            self._fold(node, [value for value in inputs if not isinstance(value, Symbol)], outputs)
            return
        if node.op_type in ("Shape", "Size") and isinstance(inputs[0], Symbol) and inputs[0].dims is not None:
            self._measure(node, inputs[0].dims)
            return
        operator = Operator(
            node.op_type,
            _name(node),
            self._inference.version(node),
            self._plain(node),
            (*inputs, *within),
            tuple(outputs),
            tuple(name if name and self._uses[name] else "" for name in node.output),
            tuple(self._uses[name] for name in node.input),
        )
        self._builder.begin()
        try:
            function = self._function(node, operator)
            self._values[node.output[0]] = (
                convert(self._builder, operator, self.notes) if function is None else function
            )
        except (ForeignError, IndexError, TypeError, ValueError, OverflowError, ZeroDivisionError):
            self._builder.undo()
            for place, name in enumerate(node.output):
                if operator.names[place]:
                    self._values[name] = self._builder.opaque(operator, place)

    def _fold(
        self, node: "onnx.NodeProto", inputs: list[Constant | None], outputs: list[tuple[Dims | None, int]]
    ) -> None:
        """Work out what does not depend on the input."""
        given = [one for one in inputs if one is not None]
        leaves = frozenset(leaf for one in given if one.kind not in _ARGUMENTS for leaf in one.leaves)
        for name, (dims, kind) in zip(node.output, outputs, strict=True):
            if node.op_type == "Constant":
                self._values[name] = self._stored(node, name)
                continue
            attributes = dict(self._plain(node))
            if node.op_type == "ConstantOfShape":
                shape = given[0].integers if given else None
                dims = shape if shape is not None and all(length >= 0 for length in shape) else dims
                leaves = frozenset([(name, prod(dims))]) if dims is not None else frozenset()
                tensor = next((one.t for one in node.attribute if one.name == "value"), None)
                attributes["value"] = constant(tensor, name).values if tensor is not None else None
            values = None if dims is None else evaluate(node.op_type, inputs, attributes, dims, kind)
            self._values[name] = Constant(kind, dims, values, leaves, self._name_of(node, name, given))

    def _name_of(self, node: "onnx.NodeProto", name: str, given: list[Constant]) -> str:
        """Name a constant that is worked out: the same is called the same wherever the file works it out again."""
        if node.op_type == "ConstantOfShape":  # each makes weights of its own
            return name
        if node.op_type == "Identity" and given:
            return given[0].name
        names = tuple(one.name for one in given)
        way = node.op_type, str(self._plain(node)), names, tuple(node.output).index(name)
        return self._folded.setdefault(way, name)

    def _stored(self, node: "onnx.NodeProto", name: str) -> Constant:
        for attribute in node.attribute:
            match attribute.name:
                case "value":
                    return constant(attribute.t, name)
                case "value_float":
                    return Constant(1, (), (attribute.f,))
                case "value_int":
                    return Constant(7, (), (attribute.i,))
                case "value_floats":
                    values = tuple(attribute.floats)
                    return Constant(1, (len(values),), values, frozenset([(name, len(values))]), name)
                case "value_ints":
                    return Constant(7, (len(attribute.ints),), tuple(attribute.ints))
        return Constant(0, None)

    def _measure(self, node: "onnx.NodeProto", dims: Dims) -> None:
        attributes = self._plain(node)
        values = dims[attributes.get("start", 0) : attributes.get("end", None)]
        for name in node.output[:1]:
            self._values[name] = (
                Constant(7, (len(values),), values) if node.op_type == "Shape" else Constant(7, (), (prod(dims),))
            )

    def _function(self, node: "onnx.NodeProto", operator: Operator) -> Symbol | None:
        """Recognize an activation that is spelled out in the operators that end here."""
        if node.op_type not in ("Mul", "Div", "Add", "Min"):
            return None
        for root in self._roots(node):
            start = self._values[root]
            numbers = self._curve(node, root, {})
            name = recognized(numbers) if numbers else None
            if name and isinstance(start, Symbol) and start.dims == operator.dims and 0 not in start.order:
                return self._builder.layer(operator, "Activation", start, operator.dims, activation=name)
        return None

    def _roots(self, node: "onnx.NodeProto") -> list[str]:
        """List the tensors that an operator of arithmetic may be a function of, the nearest first."""
        found: dict[str, None] = {}
        waiting = deque([(node, 0)])
        while waiting and len(found) < _ARITHMETIC_STEPS:
            one, depth = waiting.popleft()
            for name in one.input:
                if isinstance(self._values.get(name), Symbol) and name not in found:
                    found[name] = None
                    above = self._producers.get(name)
                    if above is not None and above.op_type in ARITHMETIC and depth < _ARITHMETIC_STEPS:
                        waiting.append((above, depth + 1))
        return list(found)

    def _curve(self, node: "onnx.NodeProto", root: str, known: dict[str, Numbers | None]) -> Numbers | None:
        """Work out at the samples what an operator gives, as a function of the tensor `root`."""
        given: list[Numbers] = []
        for name in node.input:
            value = self._values.get(name)
            if name == root:
                given.append(SAMPLES)
            elif isinstance(value, Constant) and value.scalar is not None:
                given.append((value.scalar,) * len(SAMPLES))
            else:
                above = self._producers.get(name)
                if name not in known:
                    known[name] = None
                    if above is not None and above.op_type in ARITHMETIC and len(known) <= _ARITHMETIC_STEPS:
                        known[name] = self._curve(above, root, known)
                numbers = known[name]
                if numbers is None:
                    return None
                given.append(numbers)
        return applied(node.op_type, given, self._plain(node))


def _needed(nodes: list[ModelNode], ends: list[int]) -> tuple[list[ModelNode], tuple[int, ...]]:
    """Leave out the nodes that lead to no output, but not the input; return the outputs by their new numbers."""
    needed, waiting = {0}, [*ends]
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting += nodes[number].inputs
    number_of = {old: new for new, old in enumerate(sorted(needed))}
    kept = [nodes[old]._replace(inputs=tuple(number_of[one] for one in nodes[old].inputs)) for old in sorted(needed)]
    return kept, tuple(number_of[end] for end in ends)


def _name(node: "onnx.NodeProto") -> str:
    return node.name or next(filter(None, node.output), "") or node.op_type


def _written(shape: tuple[int | None, ...]) -> str:
    return "×".join("?" if length is None else str(length) for length in shape)
