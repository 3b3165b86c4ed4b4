"""One layer as Keras describes it, as one of ours; as an opaque one where ours cannot say the same.

What changes the numbers or what a trained layer computes must be the same. What only steers the training (an
initializer, a constraint, a penalty that we have no word for, being frozen) is left out, with a note.
"""

from functools import cache
from typing import Any, get_args

import msgspec

from tui_cnn.core.layers import LAYER_TYPES, AnyLayer, Block, Branches, Conv2D, DepthMaxPooling2D, FixedConv2D, Opaque
from tui_cnn.core.layers.fixed import BankName, nested
from tui_cnn.core.shape import Shape
from tui_cnn.formats.keras.arithmetic import scaled_by_channel
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.keras.schema import Entry
from tui_cnn.formats.keras.words import activation_word, constant_value, initializer_word, regularizer_word
from tui_cnn.formats.validation import choices
from tui_cnn.i18n import _

_OURS = (Block, Branches, DepthMaxPooling2D, FixedConv2D)

LEAVES = {name: kind for name, kind in LAYER_TYPES.items() if kind not in _OURS}
"""The layers that Keras has under the same name."""

_FUNCTIONS = ("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Activation")
"""Layers that Keras takes for the activation of another layer."""

_IGNORED = {"name", "trainable", "seed", "synchronized", "renorm_momentum", "lora_alpha"}

_NEUTRAL: dict[str, Any] = {"fill_value": 0.0, "data_format": "channels_last"}
"""Settings that we do not have, at values that make no difference. None and false never make one."""

_FOR_TRAINING = ("_initializer", "_regularizer", "_constraint", "noise_shape", "fill_value")

_USUAL = {
    "beta_initializer": "zeros",
    "gamma_initializer": "ones",
    "moving_mean_initializer": "zeros",
    "moving_variance_initializer": "ones",
}


class ForeignError(Exception):
    """We have no such layer, or not with these settings."""


def leaf(entry: Entry, shape: Shape | None, notes: Notes) -> tuple[AnyLayer, ...]:
    """Return the layer of `entry`, without a name: a layer, or two where its activation is a layer of its own.

    Args:
        entry: what Keras wrote.
        shape: the shape that goes in, if it is known.
        notes: what could not be kept is said here.

    Raises:
        ForeignError: we cannot say the same.
    """
    entry = scaled_by_channel(entry)
    kind = LEAVES.get(entry.class_name) if entry.is_layer else None
    if kind is None:
        raise ForeignError
    config = dict(entry.config)
    after: tuple[AnyLayer, ...] = ()
    function = config.get("activation")
    if isinstance(function, dict) and entry.class_name != "Activation":
        after = _function(function, shape, notes)
        config["activation"] = "linear"
    _require_last_axis(config.pop("axis", -1), shape)
    remarks = _dtype(config.pop("dtype", None))
    fields = {name: config.pop(name) for name in kind.__struct_fields__ if name in config and name != "muted"}
    data: dict[str, Any] = {"type": entry.class_name}
    for name, value in fields.items():
        if name != "name":
            data |= _field(kind, name, value, remarks)
    _require_neutral(config, remarks)
    if entry.config.get("trainable") is False:
        remarks.append(_("frozen, but counted as trainable here"))
    if entry.class_name == "GroupNormalization" and data.get("groups") == -1 and shape:
        data["groups"] = shape[-1]
    try:
        layer: AnyLayer = msgspec.convert(_simplified(data), kind)  # type: ignore[assignment]
    except (msgspec.ValidationError, RecursionError):
        raise ForeignError from None
    if fixed := _fixed(layer, entry.config):
        return (fixed, *after)
    for remark in remarks:
        notes.add(remark, entry.label)
    return (layer, *after)


def _fixed(layer: AnyLayer, config: dict[str, Any]) -> FixedConv2D | None:
    """Recognize a frozen convolution with kernels that a FixedConv2D has."""
    if not isinstance(layer, Conv2D) or config.get("trainable") is not False:
        return None
    kernels = constant_value(config.get("kernel_initializer"))
    for bank in get_args(BankName):
        fixed = FixedConv2D(bank=bank, strides=layer.strides, padding=layer.padding, activation=layer.activation)
        if kernels == nested(bank) and fixed.convolution == layer:
            return fixed
    return None


def opaque(entry: Entry, shape: Shape | None, name: str = "") -> Opaque:
    """Keep `entry` as it is, all but its place and its name; `shape` is what it is known to give."""
    entry = msgspec.structs.replace(entry, config={key: value for key, value in entry.config.items() if key != "name"})
    kept = {
        key: value
        for key, value in msgspec.to_builtins(entry).items()
        if key not in ("name", "inbound_nodes") and value is not None
    }
    kind = "".join(char for char in entry.class_name if char.isprintable())[:64]
    return Opaque(name=name, kind=kind or "?", config=msgspec.json.encode(kept).decode(), stated_shape=shape)


def _function(description: dict[str, Any], shape: Shape | None, notes: Notes) -> tuple[AnyLayer, ...]:
    try:
        entry = msgspec.convert(description, Entry)
    except (msgspec.ValidationError, RecursionError):
        raise ForeignError from None
    if entry.class_name not in _FUNCTIONS:
        raise ForeignError
    return leaf(entry, shape, notes)


def _field(kind: type[msgspec.Struct], name: str, value: Any, remarks: list[str]) -> dict[str, Any]:
    """Put a setting into our words; nothing where it is to be left at its default."""
    if name.endswith("_initializer"):
        word = initializer_word(value)
        if word not in _choices(kind, name):
            remarks.append(_("{field} left at its default").format(field=name))
            return {}
        return {name: word}
    if name.endswith("_regularizer"):
        word = None if value is None else regularizer_word(value)
        if value is not None and word is None:
            remarks.append(_("{field} left out").format(field=name))
        return {name: word}
    if name == "activation":
        return {name: activation_word(value)}
    if name in ("mean", "variance"):
        return {name: [value] if isinstance(value, int | float) else value}
    if name.endswith("factor") and isinstance(value, list) and len(value) == 2:
        low, high = value
        return {name: high if isinstance(high, int | float) and low == -high else value}
    return {name: value}


_choices = cache(choices)


def _dtype(policy: Any) -> list[str]:
    """Remark on numbers that are not float32.

    Raises:
        ForeignError: they are not even of a plain kind: a quantized layer has other weights.
    """
    if isinstance(policy, dict):
        config = policy.get("config")
        policy = (
            config.get("name") if policy.get("class_name") == "DTypePolicy" and isinstance(config, dict) else policy
        )
    if policy in (None, "float32"):
        return []
    if policy not in ("float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"):
        raise ForeignError
    return [_("computes in {dtype}, counted as float32 here").format(dtype=policy)]


def _simplified(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out strides that are those of the window anyway."""
    if "pool_size" in data and data.get("strides") == data["pool_size"]:
        return {**data, "strides": None}
    return data


def _require_last_axis(axis: Any, shape: Shape | None) -> None:
    """Go on only if `axis` is the last one, counted with the batch.

    Raises:
        ForeignError: it is another, or it is not known how many there are.
    """
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    last = len(shape) if shape else 3
    if isinstance(axis, bool) or not isinstance(axis, int) or axis not in (-1, last):
        raise ForeignError


def _require_neutral(settings: dict[str, Any], remarks: list[str]) -> None:
    """Go on only if settings that we do not have make no difference, but perhaps to the training.

    Raises:
        ForeignError: one makes a difference.
    """
    for name, value in settings.items():
        if name in _IGNORED or value is None or value is False or _NEUTRAL.get(name) == value:
            continue
        if name in _USUAL and initializer_word(value) == _USUAL[name]:
            continue
        if not name.endswith(_FOR_TRAINING):
            raise ForeignError
        remarks.append(_("{field} left out").format(field=name))
