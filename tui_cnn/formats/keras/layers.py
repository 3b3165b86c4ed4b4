"""One layer as Keras describes it, as one of ours; as an opaque one where ours cannot say the same.

What changes the numbers or what a trained layer computes must be the same. What only steers the training (an
initializer, a constraint, a penalty that we have no word for, being frozen) is left out, with a note.
"""

from functools import cache
from typing import Any

import msgspec

from tui_cnn.core.layers import CONTAINERS, LAYER_TYPES, AnyLayer, Opaque
from tui_cnn.core.layers.base import is_composite
from tui_cnn.core.shape import Shape
from tui_cnn.formats.keras.arithmetic import scaled_by_channel
from tui_cnn.formats.keras.composites import describe, recognize
from tui_cnn.formats.keras.identifiers import activation_identifier, initializer_identifier, regularizer_identifier
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.keras.schema import Entry
from tui_cnn.formats.keras.settings import ForeignError, require_neutral, require_plain_dtype, without_own_strides
from tui_cnn.formats.validation import choices
from tui_cnn.i18n import _

KERAS_LAYERS = {name: kind for name, kind in LAYER_TYPES.items() if kind not in CONTAINERS and not is_composite(kind)}
"""The layers that Keras has under the same name."""

_FUNCTIONS = tuple(name for name, kind in KERAS_LAYERS.items() if kind.family == "activation")
"""Layers that Keras takes for the activation of another layer."""


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
    kind = KERAS_LAYERS.get(entry.class_name) if entry.is_layer else None
    if kind is None:
        raise ForeignError
    config = dict(entry.config)
    after: tuple[AnyLayer, ...] = ()
    function = config.get("activation")
    if isinstance(function, dict) and entry.class_name != "Activation":
        after = _function(function, shape, notes)
        config["activation"] = "linear"
    described = describe(msgspec.structs.replace(entry, config=dict(config)))
    _require_last_axis(config.pop("axis", -1), shape)
    remarks = require_plain_dtype(config.pop("dtype", None))
    fields = {name: config.pop(name) for name in kind.__struct_fields__ if name in config and name != "muted"}
    data: dict[str, Any] = {"type": entry.class_name}
    for name, value in fields.items():
        if name != "name":
            data |= _field(kind, name, value, remarks)
    remarks += require_neutral(config)
    if entry.config.get("trainable") is False:
        remarks.append(_("frozen, but counted as trainable"))
    if entry.class_name == "GroupNormalization" and data.get("groups") == -1 and shape:
        data["groups"] = shape[-1]
    try:
        layer: AnyLayer = msgspec.convert(without_own_strides(data), kind)  # type: ignore[assignment]
    except (msgspec.ValidationError, RecursionError):
        raise ForeignError from None
    if composite := recognize([described], [shape]):
        return (composite.layer, *after)
    for remark in remarks:
        notes.add(remark, entry.label)
    return (layer, *after)


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
    if name in ("mean", "variance"):
        return {name: [value] if isinstance(value, int | float) else value}
    if name.endswith("factor") and isinstance(value, list) and len(value) == 2:
        low, high = value
        return {name: high if isinstance(high, int | float) and low == -high else value}
    return {name: value}


_choices = cache(choices)


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
