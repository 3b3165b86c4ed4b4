"""Networks as Keras' own JSON, which `keras.models.model_from_json` reads: the model that the worker builds."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Input, Opaque, Route
from tui_cnn.core.layers.base import ConstantKernels, KerasCall, TensorFlowFunction
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Path, frozen_paths, keras_name
from tui_cnn.core.shape import Shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.graph import filled
from tui_cnn.formats.keras.identifiers import constant, regularizer_config
from tui_cnn.formats.keras.schema import NodeCall
from tui_cnn.i18n import _


def dumps_keras(analysis: Analysis) -> str:
    """Write the network of an analysis: as a Sequential model where it is a plain stack, else as a Functional one.

    Blocks are dissolved; opaque layers are written as they were found. All layers have the names that we show.

    Raises:
        FormatError: a layer is one output of several of one that we do not know.
    """
    network, whole = analysis.network, analysis.graph
    writer = _Writer(analysis)
    tensors: list[_Tensor] = []
    for number in range(len(whole.nodes)):
        tensors.append(writer.tensor(number, tensors))
    name = re.sub(r"\W+", "_", network.name, flags=re.ASCII)
    is_stack = all(
        node.inputs == (place,) and node.layer is not None and node.layer.times_given == 1
        for place, node in enumerate(whole.nodes[1:])
    )
    entries = list(writer.entries.values())
    if not is_stack or len(entries) == 1 or any(len(entry["inbound_nodes"]) > 1 for entry in entries):
        ends = {
            "input_layers": _ends(tensors[number] for number in whole.inputs),
            "output_layers": _ends(tensors[number] for number in whole.outputs),
        }
        model = _entry("keras.src.models.functional", "Functional", {"name": name, "layers": entries, **ends})
        model["registered_name"] = "Functional"
    else:
        layers = [{key: value for key, value in one.items() if key not in _PLACE} for one in entries]
        model = _entry("keras", "Sequential", {"name": name, "layers": layers})
    return msgspec.json.format(msgspec.json.encode(model), indent=2).decode() + "\n"


_PLACE = ("name", "inbound_nodes")
"""What a Functional model says of a layer's place, and a Sequential one does not."""


class _Tensor(NamedTuple):
    """What comes out of a layer: the layer's name, which of its applications, and the shape."""

    name: str
    application: int
    shape: Shape | None

    def reference(self) -> dict[str, Any]:
        config = {"shape": [None, *(self.shape or ())], "dtype": "float32"}
        config["keras_history"] = [self.name, self.application, 0]
        return {"class_name": "__keras_tensor__", "config": config}


def _ends(tensors: Iterable[_Tensor]) -> list[Any]:
    ends = [[tensor.name, tensor.application, 0] for tensor in tensors]
    return ends[0] if len(ends) == 1 else ends


class _Writer:
    """Describes layers, each once, with a node for each of its applications."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._names = {row.path: row.name for row in analysis.rows}
        self._frozen = frozen_paths((row.path, row.layer) for row in analysis.rows)
        self.entries: dict[str, dict[str, Any]] = {}

    def tensor(self, number: int, tensors: Sequence[_Tensor]) -> _Tensor:
        """Write a node, given what comes out of those before it; return what comes out of it."""
        node, shape = self._analysis.graph.nodes[number], self._analysis.shapes[number]
        layer, inputs = node.layer, [tensors[one] for one in node.inputs]
        if layer is None or isinstance(layer, Input):
            name = self._names.get(node.path, NETWORK_INPUT)
            source = _entry("keras.layers", "InputLayer", {"batch_shape": [None, *(shape or ())], "name": name})
            self.entries[name] = {**source, "name": name, "inbound_nodes": []}
            return _Tensor(name, 0, shape)
        if isinstance(layer, Route) and len(inputs) == 1:
            return inputs[0]
        name = self._names[node.weights]
        if isinstance(layer, Opaque):
            description = msgspec.json.decode(layer.config)
            if description.get("output"):
                message = _("layer {name} is one of several outputs of a {kind}, so it cannot be exported; replace it")
                raise FormatError(self._analysis.network.name, message.format(name=name, kind=layer.kind))
            arguments = filled(description.pop("call", None), [one.reference() for one in inputs])
            return self._apply(description, name, arguments, shape, node.weights)
        if isinstance(layer, MergingLayer):
            (call,) = layer.keras_calls(())
            arguments = NodeCall([[one.reference() for one in inputs]])
            return self._apply(_described(call), name, arguments, shape, node.weights)
        (value,) = inputs
        for call in layer.keras_calls(value.shape or ()):
            arguments = NodeCall([value.reference()] * layer.times_given)
            part = keras_name(name, call.suffix)
            value = self._apply(_described(call), part, arguments, call.output_shape or shape, node.weights)
        return value

    def _apply(
        self, description: dict[str, Any], name: str, call: NodeCall, shape: Shape | None, path: Path
    ) -> _Tensor:
        if name not in self.entries:
            config = {"name": name, **{key: value for key, value in description["config"].items() if key != "name"}}
            config |= {"trainable": False} if path in self._frozen else {}
            self.entries[name] = {**description, "config": config, "name": name, "inbound_nodes": []}
        nodes = self.entries[name]["inbound_nodes"]
        nodes.append(msgspec.to_builtins(call))
        return _Tensor(name, len(nodes) - 1, shape)


def _described(call: KerasCall) -> dict[str, Any]:
    return _entry("keras.layers", call.class_name, _config(call))


def _entry(module: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def _config(call: KerasCall) -> dict[str, Any]:
    """Turn the arguments of a call into Keras' settings."""
    return {name: _setting(name, value) for name, value in call.arguments.items()}


def _setting(name: str, value: Any) -> Any:
    if isinstance(value, KerasCall):
        return _entry("keras.layers", value.class_name, _config(value))
    if name.endswith("_regularizer") and value:
        return regularizer_config(value)
    if isinstance(value, TensorFlowFunction):
        return value.described()
    return constant(value.nested()) if isinstance(value, ConstantKernels) else value
