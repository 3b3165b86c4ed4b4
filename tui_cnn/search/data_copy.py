"""A data set for nodes: its images as arrays in one file, which a node has from the coordinator once, by its digest."""

import os
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tui_cnn.atomic import replacing
from tui_cnn.core.shape import Shape
from tui_cnn.data.dataset import load
from tui_cnn.data.input_options import Fit
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.store import stores

CHUNK = 8 << 20
"""Bytes that travel at a time."""


class DataCopy(NamedTuple):
    """A data set as one file: `<home>/datasets/<digest>/<name>.npz`, on each machine in its own home."""

    name: str
    digest: str
    size: int

    @property
    def file(self) -> Path:
        """Where it is on this machine, or will be."""
        return stores() / self.digest / f"{self.name}.npz"


def copy_data(path: Path, shape: Shape, how: Fit) -> DataCopy:
    """Write the data set at a path as one file, its images as a network's input `shape` takes them; once.

    Raises:
        DataError: it cannot be read.
        OSError: the file cannot be written.
    """
    named = f"copy-{find_source(path).fingerprint[:32]}-{'x'.join(map(str, shape))}-{how}"
    pointer = stores() / named / "digest"
    if pointer.exists():
        name, digest = pointer.read_text("utf-8").split("\n")[:2]
        if (known := DataCopy(name, digest, 0)).file.exists():
            return known._replace(size=known.file.stat().st_size)
    data = load(path, shape, how)
    training = len(data.train_labels) - data.validation_count
    arrays: dict[str, Any] = {
        "class_names": np.array(data.class_names),
        "x_train": data.train_images[:training],
        "y_train": data.train_labels[:training],
        "x_test": data.test_images,
        "y_test": data.test_labels,
    }
    if data.validation_count:
        arrays |= {"x_validation": data.train_images[training:], "y_validation": data.train_labels[training:]}
    pointer.parent.mkdir(parents=True, exist_ok=True)
    written = pointer.with_name("copy.npz")
    np.savez(written, **arrays)
    digest = _digest(written)
    made = DataCopy(Path(data.name).name or "data", digest, written.stat().st_size)
    made.file.parent.mkdir(parents=True, exist_ok=True)
    written.replace(made.file)
    with replacing(pointer) as temporary:
        temporary.write_text(f"{made.name}\n{made.digest}\n", "utf-8")
    return made


def send(copy: DataCopy, write: Callable[[DataCopy, int, bytes], object]) -> None:
    """Call `write` with each chunk of a copy, and where it belongs.

    Raises:
        OSError: it cannot be read.
    """
    with copy.file.open("rb") as file:
        for begin, chunk in _chunks(file.read):
            write(copy, begin, chunk)


def receive(copy: DataCopy, begin: int, chunk: bytes) -> None:
    """Write a chunk of a copy into this machine's home; the last one, if all is right, makes it complete.

    Raises:
        OSError: it cannot be written, or has arrived damaged.
    """
    copy.file.parent.mkdir(parents=True, exist_ok=True)
    part = copy.file.with_name(f"{os.getpid()}.part")
    with part.open("r+b" if begin else "wb") as file:
        file.seek(begin)
        file.write(chunk)
    if begin + len(chunk) == copy.size:
        if _digest(part) != copy.digest:
            part.unlink()
            raise OSError(f"{copy.file}: damaged on its way")
        part.replace(copy.file)


def _digest(file: Path) -> str:
    digest = blake2b(digest_size=16)
    with file.open("rb") as opened:
        for _begin, chunk in _chunks(opened.read):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(read: Callable[[int], bytes]) -> Iterator[tuple[int, bytes]]:
    begin = 0
    while chunk := read(CHUNK):
        yield begin, chunk
        begin += len(chunk)
