"""`.safetensors`: the names, shapes and types of its tensors, from the JSON at its beginning; no data is read.

The format: https://github.com/huggingface/safetensors#format
"""

from math import prod
from pathlib import Path
from typing import Any

import msgspec

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.hdf5 import Tensor
from tui_cnn.formats.reading import LARGEST, loads_json, opened
from tui_cnn.i18n import _

_TYPES = {
    "BOOL": ("bool", 1),
    "U8": ("uint8", 1),
    "I8": ("int8", 1),
    "F8_E4M3": ("float8_e4m3", 1),
    "F8_E5M2": ("float8_e5m2", 1),
    "I16": ("int16", 2),
    "U16": ("uint16", 2),
    "F16": ("float16", 2),
    "BF16": ("bfloat16", 2),
    "I32": ("int32", 4),
    "U32": ("uint32", 4),
    "F32": ("float32", 4),
    "I64": ("int64", 8),
    "U64": ("uint64", 8),
    "F64": ("float64", 8),
}
"""Our name for each type, and its bytes."""


class _Described(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def read_safetensors(path: Path) -> list[Tensor]:
    """List the tensors, in the order of their data.

    Raises:
        FormatError: the file cannot be read, or says what is not true.
    """
    with opened(path) as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LARGEST:
            raise FormatError(path, _("is too large: more than {size:,} bytes").format(size=LARGEST))
        header = loads_json(file.read(length), path, dict[str, Any])
        room = file.seek(0, 2) - 8 - length
    header.pop("__metadata__", None)
    found = []
    for name, data in header.items():
        try:
            described = msgspec.convert(data, _Described)
        except msgspec.ValidationError as error:
            reason = str(error).replace("`", "")
            raise FormatError(path, _("tensor “{name}”: {reason}").format(name=name, reason=reason)) from None
        dtype, width = _TYPES.get(described.dtype, (described.dtype.lower(), 0))
        begin, end = described.data_offsets
        size = prod(described.shape) * width
        if min(described.shape, default=0) < 0 or not 0 <= begin <= end <= room or (width and end - begin != size):
            raise FormatError(path, _("tensor “{name}”: its stated place does not fit its shape").format(name=name))
        found.append((begin, Tensor(name, tuple(described.shape), dtype)))
    return [tensor for _begin, tensor in sorted(found)]
