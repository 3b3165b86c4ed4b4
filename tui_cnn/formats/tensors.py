"""The tensors in a file that has only weights: a `.weights.h5`, the `.h5` of `save_weights`, or `.safetensors`."""

import re
from pathlib import Path
from typing import NamedTuple

from tui_cnn.formats.hdf5 import Hdf5, Tensor
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.formats.reading import opened
from tui_cnn.formats.safetensors import read_safetensors

_NO_WEIGHT = re.compile(r"(optimizer|optimizer_weights|metrics)/|(.*/)?seed_generator(_\d+)?/")


class TensorList(NamedTuple):
    """The weights in a file, and how many other numbers it has: of the optimizer, of metrics, of random numbers."""

    weights: list[Tensor]
    others: int

    @property
    def params(self) -> int:
        """The number of parameters."""
        return sum(tensor.size for tensor in self.weights)


def read_tensors(path: Path) -> TensorList:
    """List the tensors of an HDF5 or a safetensors file, without reading them.

    Raises:
        FormatError: it cannot be read.
    """
    if kind_of(path) is Kind.SAFETENSORS:
        return TensorList(read_safetensors(path), 0)
    with opened(path) as file:
        found = sorted(Hdf5(file, path).tensors(), key=lambda tensor: natural(tensor.path))
    weights = [tensor for tensor in found if not _NO_WEIGHT.match(tensor.path)]
    return TensorList(weights, sum(tensor.size for tensor in found) - sum(tensor.size for tensor in weights))


def natural(path: str) -> list[tuple[int, str]]:
    """Return what sorts names with the numbers in them as numbers: 0, 1 … 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]{1,9})", path)]
