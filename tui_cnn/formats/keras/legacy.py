"""Models of Keras 1 and 2, as Keras 3 would have written them: the one place that knows the old format.

`modern` takes what stands in a `.json`, a `.yaml`, the `model_config` of an `.h5` or the `config.json` of a `.keras`
file, whatever version wrote it, and changes only what is old: nodes that are lists, `batch_input_shape`, arguments
under other names, a Sequential model that is a bare list, merges by a word, and the layers that TensorFlow made of its
functions. What the tensors' shapes are is not in old files: they are left out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tui_cnn.formats.keras.legacy_layers import Settings, merge_layer, modern_layer

_MODELS = ("Sequential", "Functional", "Model")

_WRAPPED = ("layer", "forward_layer", "backward_layer")
"""Settings that are layers."""

_NUMPY = "keras.src.ops.numpy"

Shifts = Mapping[str, int]
"""The layers of a model, and by how much the numbers of their nodes are too large."""


def modern(data: Any) -> Any:
    """Return the description of a model in the form of Keras 3; what is no such description comes back as it is."""
    for key in ("modelTopology", "model_config"):  # TensorFlow.js wraps it so
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    if not _is_model(data):
        return data
    return _model(data, "module" not in data, {})


def _is_model(entry: Any) -> bool:
    return (
        isinstance(entry, dict) and entry.get("class_name") in _MODELS and isinstance(entry.get("config"), dict | list)
    )


def _model(entry: Settings, plain: bool, outer: Shifts) -> Settings:
    """Translate a model; in a `plain` file no entry says which module it is of: it is of Keras."""
    config = entry["config"]
    config = {"layers": config} if isinstance(config, list) else dict(config)
    if isinstance(config.get("layers"), list):
        shifts = _shifts(config)
        layers = [_layer(layer, plain, shifts) for layer in config["layers"]]
        if entry["class_name"] == "Sequential":
            layers = _with_input(config["layers"], layers)
        config["layers"] = layers
        if any(shifts.values()):
            config["output_layers"] = _shifted(config.get("output_layers"), shifts)
    result = {**entry, "config": config}
    if _is_old_module(entry["module"]) if "module" in entry else plain:
        result["module"] = "keras.models"
    if "inbound_nodes" in entry:
        result["inbound_nodes"] = _nodes(entry, outer)
    return result


def _is_old_module(module: Any) -> bool:
    """Tell whether a module is one of Keras 2, or of its place in TensorFlow."""
    return isinstance(module, str) and module.startswith(("keras.src.engine.", "tf_keras.", "keras.engine."))


def _label(layer: Any) -> Any:
    config = layer.get("config") if isinstance(layer, dict) else None
    name = layer.get("name") if isinstance(layer, dict) else None
    if name is None and isinstance(config, dict):
        name = config.get("name")
    return name if isinstance(name, str) else None


def _shifts(config: Settings) -> Shifts:
    """Find the models within a model whose nodes TensorFlow counts from 1: it counts the one of the model itself."""
    layers = [layer for layer in config["layers"] if isinstance(layer, dict)]
    nodes = {label: _listed(layer, "inbound_nodes") for layer in layers if (label := _label(layer))}
    highest = dict.fromkeys(nodes, -1)
    named = _places([*nodes.values(), config.get("output_layers")]) if any(map(_is_model, layers)) else ()
    for name, number in named:
        highest[name] = max(highest.get(name, -1), number)
    models = {_label(layer) for layer in layers if _is_model(layer)}
    return {label: int(label in models and 0 < len(found) <= highest[label]) for label, found in nodes.items()}


def _places(value: Any) -> Iterator[tuple[str, int]]:
    """Find the names of layers with the number of a node in what is written as lists."""
    match value:
        case [str() as name, int() as number, int(), *others]:
            yield name, number
            yield from _places(others)
        case list():
            for item in value:
                yield from _places(item)
        case dict():
            yield from _places(list(value.values()))


def _shifted(value: Any, shifts: Shifts) -> Any:
    match value:
        case [str() as name, int() as number, *others]:
            return [name, max(0, number - shifts.get(name, 0)), *others]
        case list():
            return [_shifted(item, shifts) for item in value]
    return value


def _with_input(old: list[Any], layers: list[Any]) -> list[Any]:
    """Put the input that the first layer states in front of it."""
    shape = _stated_input(old)
    if shape is None:
        return layers
    return [_entry("keras.layers", "InputLayer", {"name": "input", "batch_shape": shape}), *layers]


def _stated_input(layers: list[Any]) -> Any:
    """Return the `batch_input_shape` of the first layer, which may be a model; none where that is an InputLayer."""
    while layers and isinstance(layers[0], dict) and layers[0].get("class_name") != "InputLayer":
        config = layers[0].get("config")
        inner = config.get("layers") if isinstance(config, dict) else config
        if isinstance(config, dict) and config.get("batch_input_shape") is not None:
            return config["batch_input_shape"]
        if not isinstance(inner, list):
            return None
        layers = inner
    return None


def _layer(entry: Any, plain: bool, shifts: Shifts) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        return entry
    if _is_model(entry):
        return _model(entry, plain, shifts)
    result = dict(entry)
    nodes = _nodes(entry, shifts)
    if "inbound_nodes" in entry:
        result["inbound_nodes"] = nodes
    kind, config = entry["class_name"], entry.get("config")
    if not isinstance(config, dict):
        return result
    if kind in ("TFOpLambda", "TensorFlowOpLayer"):
        return _function(result, config)
    if plain and "module" not in entry and ">" not in kind:
        is_operation = "trainable" not in config and any(
            isinstance(node, dict) for node in _listed(entry, "inbound_nodes")
        )
        if is_operation and kind != "InputLayer":  # arithmetic of Keras 3, in an .h5 file
            return {**result, "module": _NUMPY}
        result["module"] = "keras.layers"
    if not str(result.get("module", "")).startswith("keras."):
        return result
    if kind == "Merge":
        merged = merge_layer(config)
        return result if merged is None else {**result, "class_name": merged[0], "config": merged[1]}
    if plain and kind == "GRU":  # there was no other kind before Keras 2.1.4, which did not write which
        config = {"reset_after": False, **config}
    result["class_name"], result["config"] = modern_layer(kind, config)
    if result["class_name"] != kind:
        result["registered_name"] = None
    for name in _WRAPPED:
        if name in config:
            result["config"][name] = _layer(config[name], plain, {})
    return result


def _listed(entry: Settings, name: str) -> list[Any]:
    value = entry.get(name)
    return value if isinstance(value, list) else []


def _nodes(entry: Settings, shifts: Shifts) -> Any:
    """Translate the nodes of a layer; a name in `shifts` may be meant in the arguments of a call."""
    nodes = entry.get("inbound_nodes")
    if not isinstance(nodes, list):
        return nodes
    build = entry.get("build_config")
    shape = build.get("input_shape") if isinstance(build, dict) and len(nodes) == 1 else None
    return [_node(node, shape, shifts) for node in nodes]


def _node(node: Any, shape: Any, shifts: Shifts) -> Any:
    """Translate a node: what Keras 2 writes is `[["name", 0, 0, {…}], …]`, or one of them, or a mapping to them."""
    if not isinstance(node, list | dict) or (isinstance(node, dict) and "args" in node):
        return node
    if isinstance(node, list) and node and isinstance(node[0], str):
        node = [node]
    inputs = list(node.values()) if isinstance(node, dict) else node
    if not all(isinstance(item, list) and len(item) >= 3 and isinstance(item[0], str) for item in inputs):
        return node
    shapes = shape if len(inputs) > 1 and isinstance(shape, list) and len(shape) == len(inputs) else [shape]
    shapes = shapes if len(shapes) == len(inputs) else [None] * len(inputs)
    tensors = [_input(_shifted(item, shifts), one) for item, one in zip(inputs, shapes, strict=True)]
    kwargs = inputs[0][3] if inputs and len(inputs[0]) > 3 and isinstance(inputs[0][3], dict) else {}
    if isinstance(node, dict):
        args: list[Any] = [dict(zip(node, tensors, strict=True))]
    else:
        args = tensors if len(tensors) == 1 else [tensors]
    return {"args": args, "kwargs": {name: _argument(value, shifts) for name, value in kwargs.items()}}


def _input(item: list[Any], shape: Any) -> Any:
    return item[2] if item[0] == "_CONSTANT_VALUE" else _tensor(item, shape)


def _tensor(place: list[Any], shape: Any = None) -> Settings:
    config = {"keras_history": place[:3], "shape": shape if isinstance(shape, list) else None}
    return {"class_name": "__keras_tensor__", "config": config}


def _argument(value: Any, shifts: Shifts) -> Any:
    """Translate an argument of a call; a list of a layer's name and two numbers is the output of that layer."""
    match value:
        case [str() as name, int(), int()] if name in shifts:
            return _tensor(_shifted(value, shifts))
        case list():
            return [_argument(item, shifts) for item in value]
    return value


def _entry(module: str, kind: str, config: Settings) -> Settings:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


class _Call(NamedTuple):
    """A function of TensorFlow as it is applied: by position, and by name without what is None."""

    args: list[Any]
    kwargs: Settings


_Made = tuple[str, str, Settings, list[Any]] | None
"""A module, a class, its settings and what it is applied to."""


def _function(entry: Settings, config: Settings) -> Settings:
    """Translate a function of TensorFlow in the place of a layer, where Keras 3 has the same."""
    nodes = _listed(entry, "inbound_nodes")
    if len(nodes) != 1 or not isinstance(nodes[0], dict) or not isinstance(nodes[0].get("args"), list):
        return entry
    args, kwargs = nodes[0]["args"], nodes[0].get("kwargs")
    args = args[0] if entry["class_name"] == "TensorFlowOpLayer" and args and isinstance(args[0], list) else args
    named = {name: value for name, value in kwargs.items() if value is not None} if isinstance(kwargs, dict) else {}
    call, function = _Call(args, named), config.get("function")
    if entry["class_name"] == "TensorFlowOpLayer":
        call, function = _operation(config, args)
    made = _FUNCTIONS[function](call) if isinstance(function, str) and function in _FUNCTIONS else None
    if made is None:
        return entry
    module, kind, settings, inputs = made
    translated = {**entry, **_entry(module, kind, {"name": config.get("name"), **settings})}
    return {**translated, "inbound_nodes": [{"args": inputs, "kwargs": {}}]}


def _operation(config: Settings, tensors: list[Any]) -> tuple[_Call, Any]:
    """Return the call of an operation of TensorFlow 2.0 to 2.3; its constants stand beside it, by their place."""
    described, constants = config.get("node_def"), config.get("constants")
    constants = constants if isinstance(constants, dict) else {}
    waiting, args = list(tensors), []
    for place in range(len(tensors) + len(constants)):
        constant = constants.get(str(place))
        args.append(constant if constant is not None or not waiting else waiting.pop(0))
    operation = described.get("op") if isinstance(described, dict) else None
    function = _OPERATIONS.get(operation) if isinstance(operation, str) else None
    if function == "concat" and args:
        return _Call([args[:-1]], {"axis": args[-1]}), function
    return _Call(args, {}), function


def _arithmetic(kind: str) -> Callable[[_Call], _Made]:
    def make(call: _Call) -> _Made:
        values = [*call.args, *(call.kwargs[name] for name in ("x", "y", "a", "b") if name in call.kwargs)]
        others = set(call.kwargs) - {"x", "y", "a", "b", "name"}
        return (_NUMPY, kind, {}, values) if len(values) == 2 and not others else None

    return make


def _layer_of(kind: str, settings: Settings) -> Callable[[_Call], _Made]:
    """Make a layer of a function of one tensor without arguments that matter."""

    def make(call: _Call) -> _Made:
        plain = len(call.args) == 1 and not set(call.kwargs) - {"name", "dtype"}
        return ("keras.layers", kind, settings, call.args) if plain else None

    return make


def _of_activation(word: str) -> Callable[[_Call], _Made]:
    return _layer_of("Activation", {"activation": word})


def _concat(call: _Call) -> _Made:
    axis = call.kwargs.get("axis", call.args[1] if len(call.args) > 1 else None)
    joined = len(call.args) > 0 and isinstance(call.args[0], list) and isinstance(axis, int)
    return ("keras.layers", "Concatenate", {"axis": axis}, call.args[:1]) if joined else None


def _add_n(call: _Call) -> _Made:
    return ("keras.layers", "Add", {}, call.args) if len(call.args) == 1 and isinstance(call.args[0], list) else None


def _reduction(kind: str) -> Callable[[_Call], _Made]:
    def make(call: _Call) -> _Made:
        axis = call.kwargs.get("axis", call.args[1] if len(call.args) > 1 else None)
        settings = {"axis": axis, "keepdims": bool(call.kwargs.get("keepdims", False))}
        return None if axis is None else (_NUMPY, kind, settings, call.args[:1])

    return make


def _reshape(call: _Call) -> _Made:
    match call.kwargs.get("shape", call.args[1] if len(call.args) > 1 else None):
        case [-1 | None, *axes] if axes and all(isinstance(axis, int) and axis > 0 for axis in axes):
            return "keras.layers", "Reshape", {"target_shape": axes}, call.args[:1]
    return None


def _transpose(call: _Call) -> _Made:
    match call.kwargs.get("perm"):
        case [0, *axes]:
            return "keras.layers", "Permute", {"dims": axes}, call.args[:1]
    return None


def _resize(call: _Call) -> _Made:
    match call.kwargs:
        case {"size": [int() as height, int() as width], **others} if not set(others) - {"name", "method"}:
            settings = {"height": height, "width": width, "interpolation": others.get("method", "bilinear")}
            return "keras.layers", "Resizing", settings, call.args[:1]
    return None


_FUNCTIONS: dict[str, Callable[[_Call], _Made]] = {
    **dict.fromkeys(("math.add", "__operators__.add"), _arithmetic("Add")),
    **dict.fromkeys(("math.subtract", "__operators__.subtract"), _arithmetic("Subtract")),
    **dict.fromkeys(("math.multiply", "__operators__.multiply"), _arithmetic("Multiply")),
    **dict.fromkeys(("math.divide", "math.truediv", "__operators__.truediv"), _arithmetic("TrueDivide")),
    **{f"nn.{word}": _of_activation(word) for word in ("relu", "elu", "selu", "silu", "sigmoid", "tanh", "softmax")},
    **{f"nn.{word}": _of_activation(word) for word in ("softplus", "softsign")},
    **dict.fromkeys(("nn.swish",), _of_activation("silu")),
    **dict.fromkeys(("math.sigmoid",), _of_activation("sigmoid")),
    **dict.fromkeys(("math.tanh",), _of_activation("tanh")),
    **dict.fromkeys(("math.exp",), _of_activation("exponential")),
    **dict.fromkeys(("identity", "stop_gradient", "cast"), _of_activation("linear")),
    "nn.relu6": _layer_of("ReLU", {"max_value": 6.0}),
    "concat": _concat,
    "math.add_n": _add_n,
    "math.reduce_mean": _reduction("Mean"),
    "math.reduce_sum": _reduction("Sum"),
    "math.reduce_max": _reduction("Max"),
    "reshape": _reshape,
    **dict.fromkeys(("transpose", "compat.v1.transpose"), _transpose),
    "image.resize": _resize,
}

_OPERATIONS = {
    "Add": "math.add",
    "AddV2": "math.add",
    "Sub": "math.subtract",
    "Mul": "math.multiply",
    "RealDiv": "math.truediv",
    "Relu": "nn.relu",
    "Relu6": "nn.relu6",
    "Elu": "nn.elu",
    "Selu": "nn.selu",
    "Sigmoid": "nn.sigmoid",
    "Tanh": "nn.tanh",
    "Softmax": "nn.softmax",
    "Softplus": "nn.softplus",
    "Identity": "identity",
    "Reshape": "reshape",
    "ConcatV2": "concat",
}
"""What an operation of TensorFlow is called among its functions."""
