"""Networks as Keras' own JSON, which `keras.models.model_from_json` reads: the model that the worker builds."""

import re
from typing import Any

import msgspec

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Branches, Layer, Opaque
from tui_cnn.core.layers.base import ConstantKernels, KerasCall
from tui_cnn.core.network import Path, keras_name, walk
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape
from tui_cnn.formats.keras.identifiers import constant, regularizer_config

_INPUT = "input_layer"


def dumps_keras(analysis: Analysis) -> str:
    """Write the network of an analysis: as a Sequential model where it is a plain stack, else as a Functional one.

    Blocks are dissolved; opaque layers are written as they were found. All layers have the names that we show.
    """
    network = analysis.network
    writer = _Writer({row.path: row for row in analysis.rows}, network.input_shape)
    output = writer.stack(network.layers, (), _INPUT)
    name = re.sub(r"\W+", "_", network.name, flags=re.ASCII)
    branched = any(isinstance(layer, Branches) or layer.inputs > 1 for _path, layer in walk(network.layers))
    if branched or output == _INPUT:
        ends = {"input_layers": [_INPUT, 0, 0], "output_layers": [output, 0, 0]}
        model = _entry("keras.src.models.functional", "Functional", {"name": name, "layers": writer.entries, **ends})
        model["registered_name"] = "Functional"
    else:
        layers = [{key: value for key, value in one.items() if key not in _PLACE} for one in writer.entries]
        model = _entry("keras", "Sequential", {"name": name, "layers": layers})
    return msgspec.json.format(msgspec.json.encode(model), indent=2).decode() + "\n"


_PLACE = ("name", "inbound_nodes")
"""What a Functional model says of a layer's place, and a Sequential one does not."""


class _Writer:
    def __init__(self, rows: dict[Path, Row], input_shape: Shape) -> None:
        self._rows = rows
        self._shapes: dict[str, Shape | None] = {_INPUT: input_shape}
        source = _entry("keras.layers", "InputLayer", {"batch_shape": [None, *input_shape], "name": _INPUT})
        self.entries: list[dict[str, Any]] = [{**source, "name": _INPUT, "inbound_nodes": []}]

    def stack(self, layers: tuple[Layer, ...], prefix: Path, before: str) -> str:
        """Write a stack behind the layer called `before`; return the name of its last layer."""
        for index, layer in enumerate(layers):
            before = self._layer(layer, (*prefix, index), before)
        return before

    def _layer(self, layer: Layer, path: Path, before: str) -> str:
        row = self._rows[path]
        if isinstance(layer, Block):
            return self.stack(layer.layers, path, before)
        if isinstance(layer, Branches):
            ends = [self.stack(branch, (*path, number), before) for number, branch in enumerate(layer.branches)]
            merge = _entry("keras.layers", layer.merge.capitalize(), {})
            return self._add(merge, row.name, [[self._tensor(end) for end in ends]], _output(row))
        if isinstance(layer, Opaque):
            return self._add(msgspec.json.decode(layer.config), row.name, [self._tensor(before)], layer.stated_shape)
        for call in layer.keras_calls(row.input_shape or ()):
            entry = _entry("keras.layers", call.class_name, _config(call))
            name = keras_name(row.name, call.suffix)
            given = [self._tensor(before)] * layer.inputs
            before = self._add(entry, name, given, call.output_shape or _output(row))
        return before

    def _add(self, entry: dict[str, Any], name: str, args: list[Any], output: Shape | None) -> str:
        config = {"name": name, **{key: value for key, value in entry["config"].items() if key != "name"}}
        node = {"args": args, "kwargs": {}}
        self.entries.append({**entry, "config": config, "name": name, "inbound_nodes": [node]})
        self._shapes[name] = output
        return name

    def _tensor(self, name: str) -> dict[str, Any]:
        """Describe the output of a layer."""
        shape = [None, *(self._shapes[name] or ())]
        config = {"shape": shape, "dtype": "float32", "keras_history": [name, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}


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
    return constant(value.nested()) if isinstance(value, ConstantKernels) else value


def _output(row: Row) -> Shape | None:
    return row.figures.output_shape if row.figures else None
