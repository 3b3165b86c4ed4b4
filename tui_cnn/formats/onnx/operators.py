"""Operators of ONNX as layers of ours: all that there are.

An operator that is not here, or not with its settings, raises ForeignError and becomes an opaque layer. Images have
their channels first in ONNX; our order is kept in each tensor, so that a Transpose is most often nothing but another
way to count the axes.
"""

from typing import Any

from tui_cnn.formats.keras.layers import ForeignError
from tui_cnn.formats.keras.notes import Notes
from tui_cnn.formats.onnx import activations, arithmetic, reshaping, weighted, windows
from tui_cnn.formats.onnx.builder import Builder, Conversion, Operator
from tui_cnn.formats.onnx.values import Symbol

_CONVERSIONS: dict[str, Conversion] = {
    **windows.CONVERSIONS,
    **weighted.CONVERSIONS,
    **activations.CONVERSIONS,
    **reshaping.CONVERSIONS,
    **arithmetic.CONVERSIONS,
}
"""By type of the operator, what adds its layers."""


def convert(builder: Builder, operator: Operator, notes: Notes) -> Symbol:
    """Add what an operator is in our layers.

    Raises:
        ForeignError: we have no such layers.
    """
    if operator.kind not in _CONVERSIONS or not operator.version:
        raise ForeignError
    return _CONVERSIONS[operator.kind](builder, operator, notes)


def gives_channels_first(kind: str, attributes: dict[str, Any]) -> bool | None:
    """Say whether images that go into an operator have their channels first; None where it does not matter."""
    if kind == "Transpose":
        way = list(attributes.get("perm") or ())
        rank = len(way)
        if way == [0, *range(2, rank), 1]:
            return True
        return False if way == [0, rank - 1, *range(1, rank - 1)] else None
    if kind in _CHANNELS_FIRST:
        return True
    return False if kind in ("MatMul", "Gemm", "LayerNormalization") else None


_CHANNELS_FIRST = (
    *("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization"),
    *("InstanceNormalization", "GroupNormalization", "LRN", "PRelu", "Upsample", "DepthToSpace", "SpaceToDepth"),
)
