"""A data set's images, decoded once into a file of bytes that is mapped into memory, whatever its files were.

A store is a directory named by the fingerprint of its source, `<home>/datasets/<fingerprint>/`:

    images.bin      the pixels of all images, one after the other: rows, columns, channels; uint8
    index.bin       a record an image (`_RECORD`): its number in the source, where it is in `images.bin`, its shape
    dataset.json    written last: counts, statistics, and what could not be decoded
    fitted-*.npy    the images brought to one shape, for a network's input

Images come part by part: train, validation, test. An interrupted decoding goes on where it was: what is written is in
the index, the index is written after the pixels, and what lies beyond it is cut off.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from tui_cnn.atomic import replacing, write_atomic
from tui_cnn.config import home
from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import resized
from tui_cnn.data.input_options import Fit
from tui_cnn.data.source import PARTS, ImageShape, ImageSource, Labels, Part, Pixels, Skipped
from tui_cnn.data.splitting import assigned_parts
from tui_cnn.data.statistics import Moments, difference_hashes
from tui_cnn.i18n import _

Progress = Callable[[int, int], object]
"""Called with how many images are done, and of how many; it may raise to stop, and nothing that is done is lost."""
T = TypeVar("T")

LONGEST_SIDE = 256
"""Pixels: larger images are made smaller when they are stored, unless a network needs more."""
_CHUNK = 256
"""Images after which the index is written."""

_RECORD = np.dtype(
    [
        ("number", "<i8"),
        ("offset", "<i8"),
        ("height", "<i4"),
        ("width", "<i4"),
        ("channels", "<i4"),
        ("full_height", "<i4"),
        ("full_width", "<i4"),
        ("hash", "<u8"),
    ]
)
"""`height` 0: the image could not be decoded. The full size is that before it was made smaller."""


class StoreSummary(msgspec.Struct, frozen=True):
    """What is known of a data set once it is decoded.

    Attributes:
        source: the path of its files.
        digest: hexadecimal digits of its pixels, labels and parts: the same data set has the same, wherever it is.
        mean, deviation: of each of three channels over the training images as they are stored, 0 to 255; grey counts
            as three.
        failed: the keys of the images that could not be decoded, and why.
    """

    version: int
    name: str
    source: str
    digest: str
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    failed: tuple[Skipped, ...] = ()


_VERSION = 1


class Store:
    """The decoded images of a source, in the order of their parts.

    Attributes:
        records: (n,), of `_RECORD`: what was decoded.
        labels: (n,), the class of each.
        parts: (n,), places in `PARTS`.
    """

    def __init__(self, path: Path, source: ImageSource, summary: StoreSummary) -> None:
        self.path = path
        self.source = source
        self.summary = summary
        records = np.fromfile(path / "index.bin", _RECORD)
        self.records = records[records["height"] > 0]
        numbers = self.records["number"]
        self.labels: Labels = source.labels[numbers]
        self.parts = assigned_parts(source)[numbers]

    def __len__(self) -> int:
        return len(self.records)

    def key(self, image: int) -> str:
        """Return what a person finds an image by."""
        return self.source.key(int(self.records["number"][image]))

    def image(self, image: int) -> Pixels:
        """Return an image as it was decoded: (height, width, 1 or 3)."""
        _number, offset, *shape = self.records[image].tolist()[:5]
        end = offset + shape[0] * shape[1] * shape[2]
        return np.asarray(self._bytes[offset:end]).reshape(shape)

    @cached_property
    def shape(self) -> ImageShape | None:
        """The shape of all images; None: they have several."""
        shapes = np.stack([self.records[axis] for axis in ("height", "width", "channels")], axis=1)
        height, width, channels = shapes[0].tolist()
        return (height, width, channels) if (shapes == shapes[0]).all() else None

    def part(self, part: Part) -> slice:
        """Return where the images of a part are."""
        begin, end = np.searchsorted(self.parts, [PARTS.index(part), PARTS.index(part) + 1])
        return slice(int(begin), int(end))

    def fitted(self, shape: ImageShape, how: Fit, progress: Progress | None = None) -> Pixels:
        """Return all images brought to one shape, mapped: (n, height, width, channels). Done once for each shape.

        Raises:
            DataError: the disk is full.
        """
        if self.shape == shape:
            return np.asarray(self._bytes.reshape(-1, *shape))
        file = self.path / f"fitted-{'x'.join(map(str, shape))}-{how}.npy"
        if not file.exists():
            with _writing(self.path), replacing(file, file.with_suffix(".tmp")) as temporary:
                images = np.lib.format.open_memmap(temporary, "w+", np.uint8, (len(self), *shape))
                fitting = _in_threads(lambda image: resized(self.image(image), shape, how), range(len(self)))
                for number, pixels in enumerate(fitting):
                    images[number] = pixels
                    if progress and number % _CHUNK == 0:
                        progress(number, len(self))
                images.flush()
                del images
        mapped: Pixels = np.load(file, mmap_mode="r")
        return mapped

    @cached_property
    def _bytes(self) -> Any:
        return np.memmap(self.path / "images.bin", np.uint8, "r")


def stores() -> Path:
    """Where the stores are."""
    return home() / "datasets"


def store_of(source: ImageSource, longest: int = LONGEST_SIDE) -> Path:
    """Return where the store of a source is, or will be."""
    side = "" if longest <= LONGEST_SIDE else f"-{_side(longest)}"
    return stores() / f"{source.fingerprint[:32]}{side}"


_LARGEST_RECORD = 256_000_000
"""Bytes: what is written down about a million images that cannot be read is shorter."""


def read_record(path: Path, kind: type[T]) -> T | None:
    """Read what was written down about decoded images; None: it is not there, or damaged."""
    try:
        if not path.is_file():  # a named pipe would be waited for
            return None
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST_RECORD), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def open_store(path: Path, source: ImageSource) -> Store | None:
    """Open the store of a source; None: it is not complete."""
    try:
        return _opened(path, source, (path / "dataset.json").stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=2)
def _opened(path: Path, source: ImageSource, _written_at: int) -> Store | None:
    """Open a store; it is asked for again and again while a run is set up."""
    summary = read_record(path / "dataset.json", StoreSummary)
    return Store(path, source, summary) if summary and summary.version == _VERSION else None


def build_store(
    source: ImageSource, where: str, longest: int = LONGEST_SIDE, progress: Progress | None = None
) -> Store:
    """Decode the images of a source into its store, or open that if it is done; `where` is the path of its files.

    Raises:
        DataError: no image can be decoded, or the disk is full.
    """
    path = store_of(source, longest)
    if store := open_store(path, source):
        return store
    with _writing(path):
        if store := open_store(path, source):  # another process was at it
            return store
        _decode(source, path, _side(longest), progress)
        store = Store(path, source, StoreSummary(_VERSION, source.name, where, "", (), ()))
        summary = _summarize(store, where)
        if not len(store):
            raise DataError(f"{where}: " + _("none of the {count:,} images can be read").format(count=len(source)))
        write_atomic(path / "dataset.json", msgspec.json.encode(summary))
    return Store(path, source, summary)


def _decode(source: ImageSource, path: Path, longest: int, progress: Progress | None) -> None:
    """Decode what is not decoded yet."""
    order = np.argsort(assigned_parts(source), kind="stable")
    with (path / "index.bin").open("a+b") as index, (path / "images.bin").open("a+b") as pixels:
        size = index.seek(0, os.SEEK_END) // _RECORD.itemsize * _RECORD.itemsize
        index.truncate(size)
        index.seek(0)
        records = np.frombuffer(index.read(size), _RECORD)
        at = _end(records)
        same = len(records) <= len(order) and (records["number"] == order[: len(records)]).all()
        if not same or at > pixels.seek(0, os.SEEK_END):  # damaged
            records, at = records[:0], 0
            index.truncate(0)
        pixels.truncate(at)
        rest = order[len(records) :].tolist()
        done = len(records)
        images = _in_threads(lambda number: _decoded(source, number, longest), rest)
        failures = (path / "failed.jsonl").open("ab")
        with failures:
            while chunk := list(islice(images, _CHUNK)):
                lines = np.zeros(len(chunk), _RECORD)
                for place, (image, full, problem) in enumerate(chunk):
                    number = rest[done - len(records) + place]
                    if image is None:
                        lines[place] = (number, at, 0, 0, 0, 0, 0, 0)
                        failures.write(msgspec.json.encode((source.key(number), problem)) + b"\n")
                        continue
                    pixels.write(image.tobytes())
                    lines[place] = (number, at, *image.shape, *full, int(difference_hashes(image[np.newaxis])[0]))
                    at += image.size
                for file in (pixels, failures):
                    file.flush()
                    os.fsync(file.fileno())
                index.write(lines.tobytes())
                index.flush()
                done += len(chunk)
                if progress:
                    progress(done, len(order))


def _decoded(source: ImageSource, number: int, longest: int) -> tuple[Pixels | None, tuple[int, int], str]:
    """Decode an image, no larger than it must be; return its full size, and what is wrong where there is no image."""
    try:
        image = source.read(number)
    except DataError as error:
        return None, (0, 0), str(error)
    height, width, channels = image.shape
    if (larger := max(height, width)) > longest:
        rows, columns = (max(1, round(length * longest / larger)) for length in (height, width))
        image = resized(image, (rows, columns, channels), "stretch")
    return image, (height, width), ""


def _end(records: npt.NDArray[Any]) -> int:
    """Return where the pixels of an index end."""
    if not len(records):
        return 0
    last = records[-1]
    return int(last["offset"]) + int(last["height"]) * int(last["width"]) * int(last["channels"])


def _summarize(store: Store, where: str) -> StoreSummary:
    """Compute the statistics of a store, and its digest."""
    from hashlib import blake2b

    digest, moments = blake2b(digest_size=16), Moments(3)
    training = store.part("train")
    for image in range(len(store)):
        pixels = store.image(image)
        digest.update(np.array([*pixels.shape, store.labels[image], store.parts[image]], "<i4").tobytes())
        digest.update(pixels.tobytes())
        if training.start <= image < training.stop:
            moments.add(pixels)
    failed = _failures(store.path / "failed.jsonl")
    return StoreSummary(_VERSION, store.source.name, where, digest.hexdigest(), moments.mean, moments.deviation, failed)


def _failures(path: Path) -> tuple[Skipped, ...]:
    """Read which images could not be decoded; one that was tried again after an interruption counts once."""
    found: dict[str, Skipped] = {}
    for line in path.read_bytes().splitlines():
        try:
            skipped = msgspec.json.decode(line, type=Skipped)
        except msgspec.DecodeError:  # torn
            continue
        found[skipped.key] = skipped
    return tuple(found.values())


def _side(longest: int) -> int:
    """Return the side to which images are bounded for a network that needs `longest` pixels: a power of two."""
    return max(LONGEST_SIDE, 1 << (longest - 1).bit_length())


def _in_threads(function: Callable[[int], T], numbers: Sequence[int]) -> Iterator[T]:
    """Call a function on numbers by several threads, a few ahead of what is taken; results come in order."""
    from collections import deque

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        rest = iter(numbers)
        ahead = deque(pool.submit(function, number) for number in islice(rest, 4 * workers))
        try:
            while ahead:
                result = ahead.popleft().result()
                if (number := next(rest, None)) is not None:
                    ahead.append(pool.submit(function, number))
                yield result
        finally:
            for future in ahead:
                future.cancel()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Hold the lock of a store: one process writes, others wait for it.

    Raises:
        DataError: the disk is full, or the directory cannot be written.
    """
    import filelock

    try:
        path.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path / "lock"):
            yield
    except OSError as error:
        message = _("{path}: cannot be written ({reason}); free some space, or set CNN_TUI_HOME to another directory")
        raise DataError(message.format(path=path, reason=error.strerror or error)) from None
