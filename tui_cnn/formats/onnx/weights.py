"""The weights of an ONNX file, as the layers of Keras have them that its operators become.

Arrays are read one by one, and turned as Keras lays them out. Of those that the file works out from others only the
operators that put values elsewhere are followed; nothing else of a model is run.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.onnx.file import load, parse
from tui_cnn.formats.onnx.reading import convert_weights
from tui_cnn.formats.onnx.values import Weight
from tui_cnn.formats.reading import opened
from tui_cnn.i18n import _

if TYPE_CHECKING:
    import numpy as np
    import onnx

    Array = np.ndarray[Any, Any]

_LARGEST = 1 << 31
"""Bytes of a file: no message of ONNX can be longer."""
_DEEPEST = 40
_EXTERNAL = 1
_FLOATS = (1, 10, 11, 16)


class OnnxTensor(NamedTuple):
    """Weights of a layer of Keras: how they are made, and the layer's name."""

    layer: str
    made: Weight

    @property
    def shape(self) -> tuple[int, ...]:
        """Their shape in Keras."""
        return self.made.shape


class OnnxWeights:
    """The weights in a file.

    Attributes:
        layers: the tensors of each layer that has some, in Keras' order, by the layer's name.
    """

    def __init__(self, path: Path, model: "onnx.ModelProto", layers: Mapping[str, Sequence[Weight]]) -> None:
        self.layers: dict[tuple[str, ...], list[OnnxTensor]] = {
            (name,): [OnnxTensor(name, one) for one in weights] for name, weights in layers.items()
        }
        self._path = path
        self._arrays = {one.name: one for one in model.graph.initializer}
        self._producers = {name: node for node in model.graph.node for name in node.output}

    def read(self, tensor: OnnxTensor) -> "Array":
        """Read one tensor.

        Raises:
            FormatError: it does not lie in this file or beside it, or is worked out in a way that we do not follow.
        """
        import numpy as np

        made = tensor.made
        try:
            array = self._constant(made.constant.name, 0).astype(np.float32)
            array = array.reshape(made.dims).transpose(made.axes).reshape(made.shape)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError) as error:
            message = _("the weights of layer “{name}” cannot be read: {reason}")
            reason = " ".join(str(error).split())[:200]
            raise FormatError(self._path, message.format(name=tensor.layer, reason=reason)) from None
        return np.asarray((1 / array if made.inverse else array) * np.float32(made.factor))

    def _constant(self, name: str, depth: int) -> "Array":
        import numpy as np

        if name in self._arrays:
            return self._array(self._arrays[name])
        node = self._producers[name]
        attributes = {one.name: one for one in node.attribute}
        if node.op_type == "Constant":
            (value,) = attributes.values()
            return self._array(value.t) if value.name == "value" else np.asarray(list(value.floats), np.float32)
        if depth > _DEEPEST:
            raise ValueError(_("is nested too deeply"))
        given = self._constant(node.input[0], depth + 1) if node.op_type in _MOVING else None
        match node.op_type:
            case "Identity" | "Cast" if given is not None:
                return given
            case "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" if given is not None:
                return given.ravel()  # it gets its dimensions from what takes it
            case "Transpose" if given is not None:
                axes = list(attributes["perm"].ints) if "perm" in attributes else None
                return given.transpose(axes)
            case "ConstantOfShape":
                shape = self._constant(node.input[0], depth + 1).astype(int).tolist()
                if min(shape, default=0) < 0 or prod(shape) * 4 > _LARGEST:
                    raise ValueError(_("more than {size:,} bytes").format(size=_LARGEST))
                fill = self._array(attributes["value"].t).ravel()[0] if "value" in attributes else 0.0
                return np.full(shape, fill, np.float32)
        raise ValueError(_("worked out by the operator {kind}").format(kind=node.op_type))

    def _array(self, tensor: "onnx.TensorProto") -> "Array":
        from onnx import numpy_helper

        if tensor.data_location == _EXTERNAL:
            return self._beside(tensor)
        return numpy_helper.to_array(tensor)

    def _beside(self, tensor: "onnx.TensorProto") -> "Array":
        """Read an array that lies in a file of its own: a plain one beside the model, and nowhere else."""
        import numpy as np
        from onnx import helper

        where = {one.key: one.value for one in tensor.external_data}
        name = where.get("location", "")
        file = self._path.parent / name
        if Path(name).name != name or not file.is_file() or file.is_symlink():
            message = _("file {file} not found in the directory of the model")
            raise ValueError(message.format(file=name))
        kind, count = helper.tensor_dtype_to_np_dtype(tensor.data_type), prod(tensor.dims)
        offset = int(where.get("offset", 0))
        if tensor.data_type not in _FLOATS or offset < 0 or offset + count * kind.itemsize > file.stat().st_size:
            raise ValueError(_("file {file} is too short").format(file=name))
        return np.fromfile(file, kind, count, offset=offset).reshape(tuple(tensor.dims))


_MOVING = ("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose")


@contextmanager
def open_onnx_weights(path: Path) -> Iterator[OnnxWeights]:
    """Open the weights of an ONNX file, whose network is read too: for those belong to its layers.

    Raises:
        FormatError: it cannot be read, or is more than its layers say.
    """
    layers = convert_weights(load(path), path)
    with opened(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise FormatError(path, _("an ONNX file cannot be larger than 2 GB"))
    yield OnnxWeights(path, parse(data, path), layers)
