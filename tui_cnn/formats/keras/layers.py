"""One layer as Keras describes it, as one of ours; as an opaque one where ours cannot say the same.

What changes the numbers or what a trained layer computes must be the same. What only steers the training (an
initializer, a constraint, a penalty that we have no word for, being frozen) is left out, with a note. Several layers of
Keras that a composite layer of ours is made of are recognized by what that declares itself to be.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from tui_cnn.core.layers import LAYER_TYPES, AnyLayer, Layer, Opaque, ScalarOperation, can_be_frozen
from tui_cnn.core.layers.base import (
    COMMON_FIELDS,
    ConstantKernels,
    KerasCall,
    Proposal,
    Spatial,
    TensorFlowFunction,
    defaults,
    is_composite,
)
from tui_cnn.core.shape import Shape, ShapeError
from tui_cnn.formats.keras.arithmetic import scaled_by_channel
from tui_cnn.formats.keras.identifiers import (
    activation_identifier,
    constant_value,
    initializer_identifier,
    regularizer_identifier,
)
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.keras.schema import Entry
from tui_cnn.formats.validation import choices
from tui_cnn.i18n import _

KERAS_LAYERS = {name: kind for name, kind in LAYER_TYPES.items() if not kind.joins_others and not is_composite(kind)}
"""The layers that Keras has under the same name."""

_READ: dict[str, type[Layer]] = {**KERAS_LAYERS, "ScalarOperation": ScalarOperation}
"""Those, and what arithmetic with a number is read as."""

_FUNCTIONS = tuple(name for name, kind in KERAS_LAYERS.items() if kind.family == "activation")
"""Layers that Keras takes for the activation of another layer."""

LONGEST = 6
"""Layers of Keras, at most, that are looked at to recognize one of ours."""

_ANY_SHAPE = (4096, 4096, 720_720)
"""A shape that is large enough, and its channels divisible by enough, for calls that do not depend on it."""

_COMPOSITES = tuple(kind for kind in LAYER_TYPES.values() if is_composite(kind))

_IGNORED = {"name", "trainable", "seed", "synchronized", "lora_alpha", "zero_output_for_mask"}

_NEUTRAL: dict[str, Any] = {
    "fill_value": 0.0,
    "data_format": "channels_last",
    "fill_mode": "constant",
    "renorm_clipping": {},
    "renorm_momentum": 0.99,
}
"""Settings that we do not have, at values that make no difference. None and false never make one."""

_FOR_TRAINING = (
    *("_initializer", "_regularizer", "_constraint", "noise_shape", "fill_value"),
    *("renorm_clipping", "renorm_momentum"),
)

_USUAL = {
    "beta_initializer": "zeros",
    "gamma_initializer": "ones",
    "moving_mean_initializer": "zeros",
    "moving_variance_initializer": "ones",
}


class ForeignError(Exception):
    """We have no such layer, or not with these settings."""


def works_on_images(name: str) -> bool:
    """Tell whether a layer of Keras prepares images: such a one is called as in training unless told otherwise."""
    kind = KERAS_LAYERS.get(name)
    return kind is not None and (kind.family == "augmentation" or {"height", "width"} <= {*kind.__struct_fields__})


def read_layer(entry: Entry, shape: Shape | None, notes: Notes) -> tuple[AnyLayer, ...]:
    """Return the layer of `entry`, without a name: a layer, or two where its activation is a layer of its own.

    Args:
        entry: what Keras wrote.
        shape: the shape that goes in, if it is known.
        notes: what could not be kept is said here.

    Raises:
        ForeignError: we cannot say the same.
    """
    entry = scaled_by_channel(entry)
    kind = _READ.get(entry.class_name) if entry.is_layer else None
    if kind is None:
        if entry.is_layer and (composite := recognize([describe(entry)], [shape])):
            is_trained = entry.config.get("trainable") is not False
            return (msgspec.structs.replace(composite[0], trainable=is_trained),)
        raise ForeignError
    config = _in_our_words(entry, shape)
    after: tuple[AnyLayer, ...] = ()
    function = config.get("activation")
    if isinstance(function, dict) and entry.class_name != "Activation":
        after = _function(function, shape, notes)
        config["activation"] = "linear"
    plain = {"activation": config["activation"]} if "activation" in config else {}
    described = describe(msgspec.structs.replace(entry, config=entry.config | plain))
    remarks = _require_plain_dtype(config.pop("dtype", None))
    if "axis" not in kind.__struct_fields__:
        _require_last_axis(config.pop("axis", -1), shape)
    fields = {name: config.pop(name) for name in kind.__struct_fields__ if name in config and name not in COMMON_FIELDS}
    data: dict[str, Any] = {"type": entry.class_name}
    if isinstance(inner := fields.pop("layer", None), dict):
        data["layer"] = _inner(inner, shape[1:] if shape and entry.class_name == "TimeDistributed" else shape, notes)
    for name, value in fields.items():
        data |= _field(kind, name, value, remarks)
    remarks += _require_neutral(config)
    if entry.config.get("trainable") is False and can_be_frozen(kind):
        data["trainable"] = False
    try:
        layer: AnyLayer = msgspec.convert(_without_own_strides(data), kind)  # type: ignore[assignment]
    except (msgspec.ValidationError, RecursionError):
        raise ForeignError from None
    if composite := recognize([described], [shape]):
        return (composite[0], *after)
    for remark in remarks:
        notes.add(remark, entry.label)
    return (layer, *after)


def opaque(entry: Entry, shape: Shape | None, name: str = "", call: dict[str, Any] | None = None) -> Opaque:
    """Keep `entry` as it is, all but its place and its name.

    `shape` is what it is known to give, `call` how it is given its inputs, where that is not one tensor alone.
    """
    entry = msgspec.structs.replace(entry, config={key: value for key, value in entry.config.items() if key != "name"})
    kept = {
        key: value
        for key, value in msgspec.to_builtins(entry).items()
        if key not in ("name", "inbound_nodes") and value is not None
    }
    kept |= {"call": call} if call else {}
    kind = "".join(char for char in entry.class_name if char.isprintable())[:64]
    config = msgspec.json.encode(kept).decode()
    weights = 0 if entry.is_further else None
    return Opaque(name=name, kind=kind or "?", config=config, stated_shape=shape, weights=weights)


def _in_our_words(entry: Entry, shape: Shape | None) -> dict[str, Any]:
    """Say what Keras says of a layer as our layers do, where they have other words for it."""
    kind, config = _READ[entry.class_name], dict(entry.config)
    for own, name in kind.keras_names.items():
        if name in config:
            config[own] = config.pop(name)
    usual = defaults(kind)
    if "axis" in usual and "axis" in config:
        config["axis"] = _axes(config["axis"], shape, several=isinstance(usual["axis"], tuple))
    if issubclass(kind, Spatial) and kind.rank == 1:
        config |= {name: [config[name]] for name in _ALONG & config.keys() if _is_single(config[name])}
    match entry.class_name:
        case "GroupNormalization" if config.get("groups") == -1 and shape:
            axis = config.get("axis", -1)
            config["groups"] = shape[axis if axis < 0 else axis - 1]
        case "Normalization" if config.get("axis") in ([], [None]):
            config["axis"] = None
        case "EinsumDense":
            config["target_shape"] = _resolved(config, shape)
        case "MultiHeadAttention" if shape:
            if config.get("attention_axes") == [*range(1, len(shape))]:  # all positions
                del config["attention_axes"]
            if config.get("value_dim") == config.get("key_dim"):
                config["value_dim"] = None
        case "Bidirectional":
            _require_mirrored(config.get("layer"), config.pop("backward_layer", None))
    return config


def _axes(axis: Any, shape: Shape | None, *, several: bool) -> Any:
    """Call the last axis -1, whatever number it goes by; a layer of several axes is given a list."""
    axes = axis if isinstance(axis, list) else [axis]
    if shape and axes == [len(shape)]:
        axes = [-1]
    return axes if several or len(axes) != 1 else axes[0]


_ALONG = {"kernel_size", "strides", "dilation_rate", "pool_size", "size", "output_size", "output_padding"}
_ALONG |= {"padding"}
"""Settings along the one axis of a sequence."""


def _is_single(value: Any) -> bool:
    """Tell whether a setting is a number, or the two ends of an axis."""
    ends = 2
    return isinstance(value, int) or (isinstance(value, list) and len(value) == ends and isinstance(value[0], int))


def _resolved(config: dict[str, Any], shape: Shape | None) -> Any:
    """Fill in the axes of an EinsumDense that are to be those of the input."""
    target = config.get("target_shape")
    target = [target] if isinstance(target, int) else target
    if not isinstance(target, list) or None not in target:
        return target
    match re.fullmatch(r"([a-zA-Z]+),[a-zA-Z]+->([a-zA-Z]+)", str(config.get("equation"))):
        case re.Match() as equation if shape:
            lengths = dict(zip(equation[1], (None, *shape), strict=False))
            return [length or lengths.get(letter) for length, letter in zip(target, equation[2][1:], strict=False)]
    raise ForeignError


def _require_mirrored(forward: Any, backward: Any) -> None:
    """Refuse a Bidirectional whose second layer is another than the first, but for its direction."""
    match forward, backward:
        case _, None:
            return
        case {"config": dict(one)}, {"config": dict(other)}:
            differing = {key for key in {*one, *other} if one.get(key) != other.get(key)}
            if forward.get("class_name") == backward.get("class_name") and differing == {"name", "go_backwards"}:
                return
    raise ForeignError


def _inner(description: dict[str, Any], shape: Shape | None, notes: Notes) -> dict[str, Any]:
    """Read the layer that another one holds."""
    try:
        (layer,) = read_layer(msgspec.convert(description, Entry), shape, notes)
    except (msgspec.ValidationError, RecursionError, ValueError):
        raise ForeignError from None
    return msgspec.to_builtins(layer)  # type: ignore[no-any-return]


def _function(description: dict[str, Any], shape: Shape | None, notes: Notes) -> tuple[AnyLayer, ...]:
    try:
        entry = msgspec.convert(description, Entry)
    except (msgspec.ValidationError, RecursionError):
        raise ForeignError from None
    if entry.class_name not in _FUNCTIONS:
        raise ForeignError
    return read_layer(entry, shape, notes)


def _field(kind: type[msgspec.Struct], name: str, value: Any, remarks: list[str]) -> dict[str, Any]:
    """Put a setting into our words; nothing where it is to be left at its default."""
    if name.endswith("_initializer"):
        word = initializer_identifier(value)
        if word not in _choices(kind, name):
            remarks.append(_("{field} set to its default").format(field=name))
            return {}
        return {name: word}
    if name.endswith("_regularizer"):
        word = None if value is None else regularizer_identifier(value)
        if value is not None and word is None:
            remarks.append(_("{field} ignored").format(field=name))
        return {name: word}
    if name == "activation":
        return {name: activation_identifier(value)}
    if name == "value_range" and isinstance(value, int | float):
        return {name: [0, value]}
    if name in ("mean", "variance"):
        return {name: [value] if isinstance(value, int | float) else value}
    if hasattr(kind, "least") and name.endswith(("factor", "scale", "sigma")):
        match value:
            case [int() | float() as low, int() | float() as high] if low == max(kind.least, -high):
                return {name: high}
    return {name: value}


_choices = cache(choices)


def _require_last_axis(axis: Any, shape: Shape | None) -> None:
    """Refuse an `axis` that is not the last one, counted with the batch."""
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    last = len(shape) if shape else 3
    if isinstance(axis, bool) or not isinstance(axis, int) or axis not in (-1, last):
        raise ForeignError


def describe(entry: Entry) -> KerasCall:
    """Put what Keras wrote of a layer into our words; of what is none of its plain layers, nothing is known."""
    try:
        _require_plain_dtype(entry.config.get("dtype"))
    except ForeignError:
        return KerasCall("", {})
    arguments = {name: _word(name, value) for name, value in entry.config.items() if name != "dtype"}
    return KerasCall(entry.class_name, arguments) if entry.is_layer else KerasCall("", {})


def recognize(calls: Sequence[KerasCall], input_shapes: Sequence[Shape | None]) -> tuple[AnyLayer, int] | None:
    """Find the composite layer that the last of `calls` are, without a name, and how many of them it is.

    Each call takes one of the shapes, None where unknown.
    """
    proposals = ((kind, kind.proposal(calls)) for kind in _COMPOSITES)
    found = (_confirmed(kind, proposal, calls, input_shapes) for kind, proposal in proposals if proposal)
    return next(filter(None, found), None)


def _confirmed(
    kind: type[Layer], proposal: Proposal, calls: Sequence[KerasCall], input_shapes: Sequence[Shape | None]
) -> tuple[AnyLayer, int] | None:
    """Take what is proposed only if its own calls are just the same."""
    try:
        layer: AnyLayer = msgspec.convert({**proposal.fields, "type": kind.__name__}, kind)  # type: ignore[assignment]
        expected = layer.keras_calls(proposal.input_shape or _ANY_SHAPE)
    except (msgspec.ValidationError, ShapeError, RecursionError):
        return None
    length = len(expected)
    if length > len(calls) or not all(map(_is_same, expected, calls[-length:])):
        return None
    known = input_shapes[-length]
    if known and proposal.input_shape and known != proposal.input_shape:
        return None
    return layer, length


def _is_same(expected: KerasCall, call: KerasCall) -> bool:
    if expected.class_name != call.class_name:
        return False
    kind = LAYER_TYPES.get(call.class_name)
    usual = defaults(kind) if kind else {}
    given = _plain({**usual, **call.arguments})
    wanted = _plain(expected.arguments)
    try:
        _require_neutral({name: value for name, value in call.arguments.items() if name not in wanted})
    except ForeignError:
        return False
    return all(given.get(name) == value for name, value in wanted.items())


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Write arguments as JSON has them."""
    return _without_own_strides({name: _in_json(value) for name, value in arguments.items()})


def _in_json(value: Any) -> Any:
    if isinstance(value, ConstantKernels):
        return value.nested()
    if isinstance(value, TensorFlowFunction):
        return value.described()
    return list(map(_in_json, value)) if isinstance(value, tuple) else value


def _word(name: str, value: Any) -> Any:
    if name.endswith("_initializer"):
        word = constant_value(value)
        word = initializer_identifier(value) if word is None else word
        return value if word is None else word
    if name.endswith("_regularizer") and value is not None:
        return regularizer_identifier(value) or value
    return activation_identifier(value) if name == "activation" else value


def _require_plain_dtype(policy: Any) -> list[str]:
    """Remark on numbers that are not float32; refuse those of no plain kind: a quantized layer has other weights."""
    if isinstance(policy, dict):
        config = policy.get("config")
        if policy.get("class_name") == "DTypePolicy" and isinstance(config, dict):
            policy = config.get("name")
    if policy in (None, "float32"):
        return []
    if policy not in ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"):
        raise ForeignError
    return [_("computes in {dtype}, but counted as float32").format(dtype=policy)]


def _without_own_strides(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out strides that are those of the window anyway."""
    if "pool_size" in settings and settings.get("strides") == settings["pool_size"]:
        return {**settings, "strides": None}
    return settings


def _require_neutral(settings: dict[str, Any]) -> list[str]:
    """Refuse settings that we do not have, unless they make no difference, or only to the training: remark on those."""
    remarks = []
    for name, value in settings.items():
        if name in _IGNORED or value is None or value is False or _NEUTRAL.get(name) == value:
            continue
        if name in _USUAL and initializer_identifier(value) == _USUAL[name]:
            continue
        if not name.endswith(_FOR_TRAINING):
            raise ForeignError
        remarks.append(_("{field} ignored").format(field=name))
    return remarks
