"""The weights that a file of Keras stores, layer by layer: listed without reading them, and read one by one.

An `.h5` file has a group for each layer, by its name. The weights in a `.keras` archive, or in a `.weights.h5`, lie by
the class of the layer, with a number from the second of that class on, in the order of the model's layers
(`_save_container_state` in `keras/src/saving/saving_lib.py`); those of a model within lie in its own group.
Keras 2.12 numbered each layer with weights twice (`_layer_checkpoint_dependencies`).
"""

import io
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tui_cnn.core.network import snake_case
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.hdf5 import Hdf5, Tensor
from tui_cnn.formats.keras.container import WEIGHTS, archive_errors, read_description
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.formats.reading import opened
from tui_cnn.formats.tensors import natural
from tui_cnn.i18n import _

if TYPE_CHECKING:
    import numpy as np

Address = tuple[str, ...]
"""The name of a layer; of one in a model within, first the names of the models that it is in."""

_MODELS = ("Sequential", "Functional", "Model")
_OWN = ("layers", "_layer_checkpoint_dependencies")
_LEGACY = "model_weights"
_PACKED = 100
"""Weights are all but incompressible; an archive that unpacks to so many times its size is a trap."""
_ROOM = 1 << 20


class StoredWeights:
    """The weights in an open file."""

    def __init__(self, data: Hdf5, description: Any) -> None:
        self._data = data
        self._description = description

    @cached_property
    def layers(self) -> dict[Address, list[Tensor]]:
        """The tensors of each layer that has some, in the order in which Keras stores them.

        Those of a model within are also its own.
        """
        if self._data.texts(_LEGACY, "layer_names") or self._data.texts("", "layer_names"):
            return {address: found for address, found in self._by_name() if found}
        return {address: found for address, found in self._by_class() if found}

    def read(self, tensor: Tensor) -> "np.ndarray[Any, Any]":
        """Read one tensor.

        Raises:
            FormatError: it does not lie in this file, or is not of the size that it claims.
        """
        return self._data.read(tensor.path)

    def _by_name(self) -> Iterator[tuple[Address, list[Tensor]]]:
        """Find the weights of an `.h5` file, where each layer has a list of the names of its own."""
        top = _LEGACY if self._data.texts(_LEGACY, "layer_names") else ""
        tensors = {tensor.path: tensor for tensor in self._data.tensors(top)}
        layers = {_label(layer): layer for layer in _layers_of(self._description)}
        for label in self._data.texts(top, "layer_names"):
            group = f"{top}/{label}".lstrip("/")
            paths = [f"{group}/{name}" for name in self._data.texts(group, "weight_names")]
            own = [tensors[path] for path in paths if path in tensors]
            yield (label,), own
            yield from _named_within(layers.get(label), own, (label,))

    def _by_class(self) -> Iterator[tuple[Address, list[Tensor]]]:
        tree: dict[str, Any] = {}
        for tensor in self._data.tensors():
            *way, last = tensor.path.replace("\\", "/").split("/")  # Keras 3.0 wrote them so on Windows
            place = tree
            for part in way:
                place = place.setdefault(part, {})
                if not isinstance(place, dict):
                    break
            else:
                place[last] = tensor
        yield from _of_model(self._description, tree, ())


@contextmanager
def open_weights(path: Path) -> Iterator[StoredWeights]:
    """Open the weights of an `.h5` or a `.keras` file.

    Raises:
        FormatError: it cannot be read, or has no weights.
    """
    kind = kind_of(path)
    if kind not in (Kind.HDF5, Kind.ARCHIVE):
        raise FormatError(path, _("has no weights; they are in .keras and .h5 files"))
    description = read_description(path)
    with opened(path) as file:
        if kind is Kind.HDF5:
            yield StoredWeights(Hdf5(file, path), description)
        else:
            with _member(file, path) as member:
                yield StoredWeights(Hdf5(member, path / WEIGHTS), description)


def stored_counts(path: Path) -> dict[str, int]:
    """Count the weights that a file stores for each layer, by its name; without the states of random numbers.

    A name that several models within a model have, with other counts, is left out.

    Raises:
        FormatError: it cannot be read, or has no weights.
    """
    with open_weights(path) as weights:
        counts = [(address[-1], sum(tensor.size for tensor in own)) for address, own in weights.layers.items()]
    different = Counter(label for label, _count in set(counts))
    return {label: count for label, count in counts if different[label] == 1}


def _of_model(model: Any, tree: Mapping[str, Any], address: Address) -> Iterator[tuple[Address, list[Tensor]]]:
    """Find the weights of a model's layers in the part of the file that is the model's own."""
    key = next((key for key in _OWN if isinstance(tree.get(key), dict)), None)
    if key is None:
        return
    groups = tree[key]
    numbers: Counter[str] = Counter()
    layers = [layer for layer in _layers_of(model) if not _is_operation(layer)]
    kinds = [_group_name(layer, groups) for layer in layers]
    ranked = {kind: _ranked(groups, kind) for kind in kinds} if key == _OWN[1] else {}
    for layer, kind in zip(layers, kinds, strict=True):
        number = numbers[kind]
        numbers[kind] += 1
        name = f"{kind}_{number}" if number else kind
        if key == _OWN[1]:
            name = ranked[kind][number] if number < len(ranked[kind]) else ""
        group = groups.get(name)
        if isinstance(group, dict):
            here = (*address, _label(layer))
            yield here, sorted(_tensors(group), key=lambda tensor: natural(tensor.path))
            if layer.get("class_name") in _MODELS:
                yield from _of_model(layer, group, here)


def _tensors(group: Mapping[str, Any]) -> Iterator[Tensor]:
    """Find all tensors in a group; what a generator of random numbers was at is no weight."""
    for name, found in group.items():
        if isinstance(found, Tensor):
            yield found
        elif not name.startswith("seed_generator"):
            yield from _tensors(found)


def _ranked(groups: Mapping[str, Any], kind: str) -> list[str]:
    """List the groups of a class by their number."""
    found = (re.fullmatch(rf"{re.escape(kind)}(?:_(\d+))?", name) for name in groups)
    return [match[0] for match in sorted(filter(None, found), key=lambda match: int(match[1] or 0))]


def _layers_of(model: Any) -> list[dict[str, Any]]:
    config = model.get("config") if isinstance(model, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else config
    return [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []


def _named_within(model: Any, own: list[Tensor], address: Address) -> Iterator[tuple[Address, list[Tensor]]]:
    """Share out the weights of a model among its layers, whose names stand in those of the weights."""
    for layer in _layers_of(model):
        label = _label(layer)
        below = list(_named_within(layer, own, (*address, label)))
        yield from below
        inner = [tensor for found, tensors in below if len(found) == len(address) + 2 for tensor in tensors]
        yield (*address, label), inner or [one for one in own if f"/{label}/" in one.path]


def _label(layer: Mapping[str, Any]) -> str:
    config = layer.get("config")
    name = layer.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return name if isinstance(name, str) else ""


def _group_name(layer: Mapping[str, Any], groups: Container[str]) -> str:
    """Name the group of a layer as Keras does; a class of somebody's own is `package>Class`."""
    name = re.sub(r"\W+", "", str(layer.get("class_name")).rpartition(">")[2])
    kind = snake_case(name)
    if kind in groups:
        return kind
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)  # Keras 2 writes conv_lst_m2d
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def _is_operation(layer: Mapping[str, Any]) -> bool:
    return str(layer.get("module")).startswith("keras.src.ops.")


@contextmanager
def _member(file: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    """Open the weights in an archive so that they can be read in any order.

    Keras stores them as they are; where somebody has packed them since, they are unpacked into a temporary file.
    """
    with archive_errors(path), zipfile.ZipFile(file) as archive:
        try:
            info = archive.getinfo(WEIGHTS)
        except KeyError:
            raise FormatError(path, _("has no weights: no {member} in it").format(member=WEIGHTS)) from None
        if info.file_size > info.compress_size * _PACKED + _ROOM:
            message = _("{member} unpacks to more than {count} times its size")
            raise FormatError(path, message.format(member=WEIGHTS, count=_PACKED))
        archive.open(info).close()  # it compares what the archive says of it in two places
    if info.compress_type == zipfile.ZIP_STORED:
        file.seek(info.header_offset)
        header = file.read(30)
        start = info.header_offset + 30 + sum(int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        window: Any = _Window(file, start, info.file_size)
        yield window
        return
    with tempfile.TemporaryFile() as unpacked:
        with archive_errors(path), zipfile.ZipFile(file) as archive, archive.open(info) as packed:
            shutil.copyfileobj(packed, unpacked, _ROOM)
        yield unpacked


class _Window(io.RawIOBase):
    """A part of a file, as a file."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def read(self, size: int = -1) -> bytes:
        """Read some bytes: all that are asked for, unless the part ends."""
        left = max(0, self._size - self._at)
        self._file.seek(self._start + self._at)
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at
