"""Operators with weights that no window slides: dense layers and normalization."""

from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx.builder import Builder, Conversion, Operator
from tui_cnn.formats.onnx.values import Constant, Symbol, Weight, weight_by_channel


def _dense(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """A Gemm, or a MatMul with weights."""
    tensor, weights = operator.tensor, operator.weights(1)
    assert weights.dims is not None
    if len(weights.dims) != 2 or operator.attributes.get("transA", 0):
        raise ForeignError
    rank = len(tensor.dims or ())
    if tensor.order[-1] != rank - 1:
        tensor = builder.arranged(operator, tensor, tuple(range(1, rank)))
    bias = operator.constant(2) if operator.kind == "Gemm" else None
    arrays = [_dense_kernel(operator, weights, tensor)]
    if bias is not None:
        units = operator.dims[-1:]
        arrays.append(Weight(bias, units, (0,), units, operator.attributes.get("beta", 1.0)))
    return builder.layer(
        operator, "Dense", tensor, operator.dims, weights=arrays, units=operator.dims[-1], use_bias=bias is not None
    )


def _dense_kernel(operator: Operator, weights: Constant, tensor: Symbol) -> Weight:
    """Return (features, units), with the features as they lie in what goes in."""
    assert weights.dims is not None
    turned = bool(operator.attributes.get("transB", 0))
    units, features = weights.dims if turned else weights.dims[::-1]
    dims, order = tensor.flattened or ((features,), (0,))
    if turned:
        dims, axes = (units, *dims), (*(axis + 1 for axis in order), 0)
    else:
        dims, axes = (*dims, units), (*order, len(dims))
    return Weight(weights, dims, axes, (features, units), operator.attributes.get("alpha", 1.0))


def _batch_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensor = _channels_last(builder, operator)
    if operator.attributes.get("spatial", 1) != 1:
        raise ForeignError
    arrays = [weight_by_channel(operator.weights(place), tensor) for place in (1, 2, 3, 4)]
    return builder.layer(
        operator, "BatchNormalization", tensor, operator.dims, weights=arrays,
        epsilon=operator.attributes.get("epsilon", 1e-5), momentum=operator.attributes.get("momentum", 0.9)
    )  # fmt: skip


def _instance_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """Groups of one channel each; or those of GroupNormalization."""
    tensor = _channels_last(builder, operator)
    groups = operator.attributes.get("num_groups") or operator.dims[1]
    arrays = [weight_by_channel(operator.weights(place), tensor) for place in (1, 2)]
    epsilon = operator.attributes.get("epsilon", 1e-5)
    return builder.layer(
        operator, "GroupNormalization", tensor, operator.dims, weights=arrays, groups=groups, epsilon=epsilon
    )


def _layer_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    tensor = operator.tensor
    rank = len(tensor.dims or ())
    if operator.attributes.get("axis", -1) not in (-1, rank - 1):
        raise ForeignError
    if tensor.order[-1] != rank - 1:
        tensor = builder.arranged(operator, tensor, tuple(range(1, rank)))
    bias = operator.constant(2)
    arrays = [weight_by_channel(one, tensor) for one in (operator.weights(1), bias) if one is not None]
    return builder.layer(
        operator, "LayerNormalization", tensor, operator.dims, weights=arrays, center=bias is not None,
        epsilon=operator.attributes.get("epsilon", 1e-5)
    )  # fmt: skip


def _local_response_normalization(builder: Builder, operator: Operator, _notes: Notes) -> Symbol:
    """ONNX divides alpha by the number of channels that are summed up, TensorFlow does not."""
    tensor = _channels_last(builder, operator)
    count = operator.attributes.get("size", 0)
    if count % 2 != 1:
        raise ForeignError
    return builder.layer(
        operator, "LocalResponseNormalization", tensor, operator.dims, nonnegative=tensor.nonnegative,
        depth_radius=count // 2, alpha=operator.attributes.get("alpha", 1e-4) / count,
        beta=operator.attributes.get("beta", 0.75), bias=operator.attributes.get("bias", 1.0)
    )  # fmt: skip


def _channels_last(builder: Builder, operator: Operator) -> Symbol:
    """Return what goes in, with axis 1 last."""
    tensor = operator.tensor
    if tensor.order[-1] == 1:
        return tensor
    rank = len(tensor.dims or ())
    return builder.arranged(operator, tensor, (*range(2, rank), 1))


CONVERSIONS: dict[str, Conversion] = {
    "Gemm": _dense,
    "MatMul": _dense,
    "BatchNormalization": _batch_normalization,
    "InstanceNormalization": _instance_normalization,
    "GroupNormalization": _instance_normalization,
    "LayerNormalization": _layer_normalization,
    "LRN": _local_response_normalization,
}
