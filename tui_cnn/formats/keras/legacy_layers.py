"""The settings of a layer as Keras 1 and 2 wrote them, in the words of Keras 3.

What changed: https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes for 1 to 2, and `keras.src.legacy` for 2
to 3. What is not of Keras, or has no word in Keras 3, stays as it is, and is an unknown layer then.
"""

from collections.abc import Callable
from typing import Any

Settings = dict[str, Any]

_CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "DepthwiseConvolution2D": "DepthwiseConv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "LSTMV1": "LSTM",
    "LSTMV2": "LSTM",
    "GRUV1": "GRU",
    "GRUV2": "GRU",
    "CuDNNGRU": "GRU",
    "ThresholdedReLU": "ReLU",
}

_NAMES = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "pool_length": "pool_size",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "output_dim": "units",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
    "depthwise_init": "depthwise_initializer",
    "pointwise_init": "pointwise_initializer",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "inner_activation": "recurrent_activation",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "p": "rate",
}

_NAMES_OF: dict[str, dict[str, str]] = {
    "Embedding": {
        "output_dim": "output_dim",
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "GaussianNoise": {"sigma": "stddev"},
    "PReLU": {"init": "alpha_initializer"},
    "LeakyReLU": {"alpha": "negative_slope"},
    "ThresholdedReLU": {"theta": "threshold"},
    "UpSampling1D": {"length": "size"},
    "InputLayer": {"batch_input_shape": "batch_shape", "input_dtype": "dtype"},
}
"""Other words, or words that are changed in one class only."""

_DROPPED = {
    *("batch_input_shape", "input_shape", "input_dtype", "input_length", "batch_size", "weights"),
    "consume_less",
}
"""What says nothing of the layer itself, or only how it is computed."""

_DROPPED_OF: dict[str, set[str]] = {
    "Embedding": {"dropout"},
    "Deconvolution2D": {"output_shape"},
    "Deconvolution3D": {"output_shape"},
    "SeparableConv1D": {"kernel_initializer"},
    "SeparableConv2D": {"kernel_initializer"},
}

_NEUTRAL: dict[str, Settings] = {
    "BatchNormalization": {"mode": 0},
    "DepthwiseConv1D": {"groups": 1},
    "DepthwiseConv2D": {"groups": 1},
    "SeparableConv1D": {"groups": 1},
    "SeparableConv2D": {"groups": 1},
}
"""What Keras 3 has no more, at the value that makes no difference."""

_SIZES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))

_INITIALIZERS = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}

_SCALED = {
    (1.0, "fan_avg", "uniform"): "GlorotUniform",
    (1.0, "fan_avg", "normal"): "GlorotNormal",
    (2.0, "fan_in", "uniform"): "HeUniform",
    (2.0, "fan_in", "normal"): "HeNormal",
    (1.0, "fan_in", "uniform"): "LecunUniform",
    (1.0, "fan_in", "normal"): "LecunNormal",
}
"""Keras 2.0 to 2.2 wrote these as what they are made of."""


def modern_layer(kind: str, config: Settings) -> tuple[str, Settings]:
    """Return the class and the settings of a layer as Keras 3 would have written them."""
    own, dropped = _NAMES_OF.get(kind, {}), _DROPPED | _DROPPED_OF.get(kind, set())
    names, neutral = {**_NAMES, **own}, _NEUTRAL.get(kind, {})
    result: Settings = {}
    for name, value in config.items():
        if name in own or not (name in dropped or (name in neutral and neutral[name] == value)):
            word = names.get(name, name)
            result[word] = _value(word, value)
    for sides in _SIZES:
        if all(side in result for side in sides):
            result["kernel_size"] = [result.pop(side) for side in sides]
    if kind != "Embedding":
        result.pop("input_dim", None)
    if repair := _REPAIRS.get(kind):
        result = repair(result)
    return _CLASSES.get(kind, kind), result


def merge_layer(config: Settings) -> tuple[str, Settings] | None:
    """Return what a `Merge` of Keras 1 is in Keras 3; None where nothing is."""
    name = {"name": config["name"]} if "name" in config else {}
    mode = config.get("mode")
    if config.get("mode_type", "raw") != "raw" or not isinstance(mode, str):
        return None
    if mode == "concat":
        return "Concatenate", {**name, "axis": config.get("concat_axis", -1)}
    plain = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}.get(mode)
    return None if plain is None else (plain, name)


def _value(name: str, value: Any) -> Any:
    """Translate the value of a setting."""
    if name == "data_format":
        formats = {"tf": "channels_last", "default": "channels_last", "th": "channels_first"}
        return formats.get(value, value) if isinstance(value, str) else value
    if name.endswith("_initializer"):
        return _initializer(value)
    if name.endswith("_regularizer"):
        return _regularizer(value)
    if name == "dtype" and isinstance(value, dict) and value.get("class_name") in ("Policy", "PolicyV1"):
        config = value.get("config")
        return config.get("name") if isinstance(config, dict) else value
    return value


def _initializer(value: Any) -> Any:
    if isinstance(value, str):
        return _INITIALIZERS.get(value, value)
    if not isinstance(value, dict) or "module" in value or not isinstance(value.get("config", {}), dict):
        return value
    config = dict(value.get("config", {}))
    kind = value.get("class_name")
    if kind == "VarianceScaling":
        shape = str(config.get("distribution", "normal")).removeprefix("truncated_")
        scale, fan = config.get("scale", 1.0), str(config.get("mode", "fan_in"))
        made = next((name for scaling, name in _SCALED.items() if scaling == (scale, fan, shape)), None)
        if made is not None:
            return _described("initializers", made, {})
        config["distribution"] = "truncated_normal" if shape == "normal" else shape
    return _described("initializers", kind, config)


def _regularizer(value: Any) -> Any:
    """Keras 1 wrote `{"name": "WeightRegularizer", "l1": 0.0, "l2": 0.0005}`."""
    if not isinstance(value, dict) or "module" in value:
        return value
    config = value.get("config", {key: value[key] for key in ("l1", "l2") if key in value})
    if isinstance(config, dict) and not any(config.get(key, 1) for key in ("l1", "l2")):
        return None
    return _described("regularizers", value.get("class_name", "L1L2"), config)


def _described(room: str, kind: Any, config: Any) -> Settings:
    return {"module": f"keras.{room}", "class_name": kind, "config": config, "registered_name": None}


def _batch_normalization(config: Settings) -> Settings:
    """Mode 2 of Keras 1 is mode 0 with other statistics in training; mode 1 is another layer."""
    return {name: value for name, value in config.items() if (name, value) != ("mode", 2)}


def _cudnn_gru(config: Settings) -> Settings:
    return {"reset_after": True, **config}


def _zero_padding(config: Settings) -> Settings:
    """Keras 1 has (rows, columns), (top, bottom, left, right), or four words."""
    match config.get("padding"):
        case [int() as rows, int() as columns]:
            return {**config, "padding": [[rows, rows], [columns, columns]]}
        case [int() as top, int() as bottom, int() as left, int() as right]:
            return {**config, "padding": [[top, bottom], [left, right]]}
        case {"top_pad": top, "bottom_pad": bottom, "left_pad": left, "right_pad": right}:
            return {**config, "padding": [[top, bottom], [left, right]]}
    return config


_REPAIRS: dict[str, Callable[[Settings], Settings]] = {
    "BatchNormalization": _batch_normalization,
    "CuDNNGRU": _cudnn_gru,
    "ZeroPadding2D": _zero_padding,
}
