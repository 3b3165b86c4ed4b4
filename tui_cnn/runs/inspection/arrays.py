"""Arrays as they go through a pipe."""

from math import prod
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

Dtype = Literal["bool", "uint8", "int16", "int32", "int64", "float16", "float32", "float64"]


class Array(msgspec.Struct, frozen=True):
    """An array of numpy: its type, its shape, and its values in row-major order, little-endian."""

    dtype: Dtype
    shape: tuple[int, ...]
    data: bytes

    def numpy(self) -> npt.NDArray[Any]:
        """Return the array; it cannot be written to.

        Raises:
            ValueError: there are more or fewer values than the shape has.
        """
        dtype = np.dtype(self.dtype).newbyteorder("<")
        if prod(self.shape) * dtype.itemsize != len(self.data) or min(self.shape, default=0) < 0:
            raise ValueError(f"{len(self.data)} bytes are no {self.dtype} of shape {self.shape}")
        return np.frombuffer(self.data, dtype).reshape(self.shape)


def pack(values: npt.ArrayLike) -> Array:
    """Make an array fit for the pipe."""
    array = np.asarray(values)
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return msgspec.convert({"dtype": array.dtype.name, "shape": array.shape, "data": little.tobytes()}, Array)


def pack_half(values: npt.NDArray[np.floating[Any]]) -> Array:
    """Make it half as large, as float16, where no value is beyond that; it keeps three digits."""
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    return pack(half if np.isfinite(half).all() or not np.isfinite(values).all() else values)
