"""Settings of Keras' layers that ours do not have: which make no difference, which only steer the training."""

from typing import Any

from tui_cnn.formats.keras.identifiers import initializer_identifier
from tui_cnn.i18n import _

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


def require_plain_dtype(policy: Any) -> list[str]:
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
    return [_("computes in {dtype}, but counted as float32").format(dtype=policy)]


def without_own_strides(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out strides that are those of the window anyway."""
    if "pool_size" in settings and settings.get("strides") == settings["pool_size"]:
        return {**settings, "strides": None}
    return settings


def require_neutral(settings: dict[str, Any]) -> list[str]:
    """Go on only if settings that we do not have make no difference, but perhaps to the training: remark on those.

    Raises:
        ForeignError: one makes a difference.
    """
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
