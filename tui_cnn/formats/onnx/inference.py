"""What ONNX itself says of an operator: the shapes of what it gives, one operator at a time."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from tui_cnn.formats.onnx.values import BOOL, FLOATS, INTEGERS, Constant, Dims, Leaves, Value

if TYPE_CHECKING:
    import onnx

_MOST_VALUES = 1024
"""No shape has so many, and hardly a normalization."""
_MOST = 64
"""Values of a constant that shapes may depend on."""
_EXTERNAL = 1
_STANDARD = ("", "ai.onnx")


class Inference:
    """The inference of shapes of one model; nothing in it is run.

    Args:
        model: the model; of its own functions nothing is known.
    """

    def __init__(self, model: "onnx.ModelProto") -> None:
        self._opsets = list(model.opset_import)
        self._ir_version = model.ir_version
        self._versions = {
            "" if one.domain in _STANDARD else one.domain: max(1, min(one.version, 2**30)) for one in self._opsets
        }

    def version(self, node: "onnx.NodeProto") -> int:
        """Return the version of an operator of ONNX itself; 0 for any other."""
        return self._versions.get("", 1) if node.domain in _STANDARD else 0

    def outputs(self, node: "onnx.NodeProto", inputs: Sequence[Value | None]) -> list[tuple[Dims | None, int]]:
        """Return dimensions, None where unknown, and type of all that a node gives."""
        import onnx
        from onnx import shape_inference

        types: dict[str, Any] = {}
        data: dict[str, Any] = {}
        for name, value in zip(node.input, inputs, strict=True):
            if value is None:
                continue
            types[name] = onnx.helper.make_tensor_type_proto(value.kind or 1, value.dims)
            values = value.values if isinstance(value, Constant) and value.kind in (*INTEGERS, *FLOATS) else None
            if values is not None and len(values) <= _MOST:
                data[name] = onnx.helper.make_tensor(name, value.kind, value.dims or (), values)
        found: dict[str, Any] = {}
        domain = "" if node.domain in _STANDARD else node.domain
        try:
            schema = onnx.defs.get_schema(node.op_type, self._versions.get(domain, 1), domain)
            found = shape_inference.infer_node_outputs(
                schema, node, types, data, opset_imports=self._opsets, ir_version=self._ir_version
            )
        # It has errors of its own for what is no such operator, and others for what no number or name may be.
        except Exception:
            pass
        return [_tensor_type(found[name]) if name in found else (None, 0) for name in node.output]


def _tensor_type(kind: Any) -> tuple[Dims | None, int]:
    if not kind.HasField("tensor_type"):
        return None, 0
    return known_dims(kind), kind.tensor_type.elem_type


def known_dims(kind: Any) -> Dims | None:
    """Return the dimensions of a type of ONNX; None where one is unknown."""
    dims = partial_dims(kind)
    return None if dims is None or None in dims else tuple(one for one in dims if one is not None)


def partial_dims(kind: Any) -> tuple[int | None, ...] | None:
    """Return the dimensions of a type of ONNX, with None for those that are open."""
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    return tuple(
        one.dim_value if one.HasField("dim_value") and one.dim_value > 0 else None for one in kind.tensor_type.shape.dim
    )


def constant(tensor: "onnx.TensorProto", name: str) -> Constant:
    """Read an array of a file; its values only if they are few, and in the file itself."""
    from onnx import numpy_helper

    dims = tuple(tensor.dims)
    if any(length < 0 for length in dims):
        return Constant(tensor.data_type, None)
    leaves: Leaves = frozenset([(name, prod(dims))])
    values = None
    known = tensor.data_type in (*INTEGERS, *FLOATS, BOOL)
    if known and prod(dims) <= _MOST_VALUES and tensor.data_location != _EXTERNAL:
        try:
            values = tuple(numpy_helper.to_array(tensor).ravel().tolist())
        except (ValueError, TypeError):  # its large array was skipped, or is not as long as it says
            values = None
    if values is not None and len(values) != prod(dims):
        values = None
    return Constant(tensor.data_type, dims, values, leaves, name)


def plain(attribute: "onnx.AttributeProto") -> Any:
    """Return an attribute as a plain value: numbers, text, lists of them; None for anything else."""
    match attribute.type:
        case 1:
            return attribute.f
        case 2:
            return attribute.i
        case 3:
            return attribute.s.decode("utf-8", "replace")
        case 6:
            return list(attribute.floats)
        case 7:
            return list(attribute.ints)
        case 8:
            return [text.decode("utf-8", "replace") for text in attribute.strings]
        case _:
            return None
