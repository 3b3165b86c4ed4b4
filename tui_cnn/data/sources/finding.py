"""What kind of data set is at a path, by the names of its files and their first bytes; no image is decoded."""

import os
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tui_cnn.data.decoding import image_suffixes
from tui_cnn.data.files import FASHION_MNIST, DataError, is_idx_name, unreadable
from tui_cnn.data.source import PARTS, UNASSIGNED, ImageSource, Part
from tui_cnn.data.sources.cifar import CifarSource, cifar_version
from tui_cnn.data.sources.folders import FolderSource
from tui_cnn.data.sources.idx_files import IdxSource
from tui_cnn.data.sources.listing import (
    Fingerprint,
    entries,
    is_directory,
    is_file,
    natural,
    part_named,
    readable,
)
from tui_cnn.data.sources.manifest_files import names_images
from tui_cnn.data.sources.manifests import ManifestSource
from tui_cnn.data.sources.npz import NpzSource
from tui_cnn.data.sources.parquet import ParquetSource
from tui_cnn.i18n import _

_DEEPEST = 8
_MOST_FOLDERS = 50
_FIRST = 100
_MANIFESTS = frozenset((".csv", ".tsv", ".toml"))
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zX")
_WORD = re.compile(r"[a-z]+")


class Listing(NamedTuple):
    """What is in a directory.

    Attributes:
        files: names of those that are not images.
        folders: names.
        has_images: whether there are images beside the folders.
        stamp: digits that change when a file, a folder or a class folder of a part does, though not an image.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    has_images: bool
    stamp: str


def find_source(path: Path | None = None) -> ImageSource:
    """Find what data set is at a path, a directory or a file; None: Fashion-MNIST.

    What was found last is kept for as long as the directory, its folders and its files stay the same, or until it is
    forgotten (`forget_sources`).

    Raises:
        DataError: there is none, or a file of it is damaged.
    """
    if path is None:
        return _fashion_mnist()
    location = path
    try:
        if not location.is_dir():
            state = location.stat()
            return _in_file(location, _name(path.with_suffix("")), state.st_size, state.st_mtime_ns)
        location, listing = _unwrapped(location)
        return _in_directory(location, _name(path), listing)
    except FileNotFoundError:
        raise DataError(f"{location}: " + _("directory not found; check the path")) from None
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        if isinstance(error, DataError):
            raise
        reason = unreadable(error) if isinstance(error, OSError) else _("is not a path")
        raise DataError(f"{location}: {reason}") from None


def forget_sources() -> None:
    """Let what was found be listed anew: an image that is written over changes no directory, and so stays unnoticed."""
    _in_directory.cache_clear()
    _in_file.cache_clear()


def _name(path: Path) -> str:
    return readable(os.fsencode(path.resolve().name)) or str(path)


@cache
def _fashion_mnist() -> ImageSource:
    return IdxSource(FASHION_MNIST, "Fashion-MNIST")


def _unwrapped(directory: Path) -> tuple[Path, Listing]:
    """Go down into a directory that holds nothing but another one, as unpacked archives often are."""
    listing = _listed(directory)
    for _level in range(_DEEPEST):
        if listing.files or listing.has_images or len(listing.folders) != 1:
            break
        inner = _listed(directory / listing.folders[0])
        if inner.has_images and not inner.folders:  # the only class
            break
        directory, listing = directory / listing.folders[0], inner
    return directory, listing


def _listed(directory: Path) -> Listing:
    files, folders, has_images = [], [], False
    stamp = Fingerprint("listing")
    for entry in entries(directory):
        name = os.fsdecode(entry.name)
        if is_directory(entry):
            folders.append(name)
            _add(stamp, b"", entry)
            if part_named(name):
                for inner in entries(directory / name):
                    if is_directory(inner):
                        _add(stamp, entry.name, inner)
        elif Path(name).suffix.lower() in image_suffixes():
            has_images = True
        elif is_file(entry):  # to open a pipe would wait for whoever writes to it
            files.append(name)
            _add(stamp, b"", entry)
    return Listing(tuple(sorted(files)), tuple(sorted(folders)), has_images, stamp.digits)


def _add(stamp: Fingerprint, folder: bytes, entry: "os.DirEntry[bytes]") -> None:
    try:
        state = entry.stat()
    except OSError:  # a link that leads nowhere
        return
    stamp.add(folder + b"/" + entry.name, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=4)
def _in_directory(directory: Path, name: str, listing: Listing) -> ImageSource:
    files = listing.files
    if any(map(is_idx_name, files)):
        return IdxSource(directory, name)
    if version := cifar_version(files):
        return CifarSource(directory, name, version)
    if parquet := _parquet_files(directory, listing):
        named = sorted(((part, path) for part, path in parquet if part), key=lambda pair: PARTS.index(pair[0]))
        unused = [path for part, path in parquet if not part] if named else []
        return _with_training(directory, ParquetSource(named or parquet, name, unused))
    if manifests := _manifests(directory, listing):
        return _with_training(directory, ManifestSource(manifests, name))
    arrays = [file for file in files if file.lower().endswith(".npz")]
    if len(arrays) > 1:
        message = _("has several .npz files ({names}); specify one of them")
        raise DataError(f"{directory}: " + message.format(names=", ".join(map(os.fspath, arrays[:10]))))
    if arrays:
        return NpzSource(directory / arrays[0], name)
    if listing.folders or listing.has_images:
        folders = _with_training(directory, FolderSource(directory, name))
        if len(folders.class_names) < 2:
            message = _("has only one class folder ({name}); add a folder with images of another class")
            raise DataError(f"{directory}: " + message.format(name=folders.class_names[0]))
        return folders
    raise DataError(f"{directory}: " + _nothing_found())


@lru_cache(maxsize=4)
def _in_file(path: Path, name: str, size: int, changed: int) -> ImageSource:
    """Return the source that is one file; its size and time are what the cache knows it by."""
    if not path.is_file():
        raise DataError(f"{path}: " + _("is neither a file nor a directory"))
    with path.open("rb") as file:
        begin = file.read(4)
    if begin.startswith(b"PK"):
        return NpzSource(path, name)
    if begin == b"PAR1":
        return ParquetSource([(None, path)], name)
    if path.suffix.lower() in _MANIFESTS:
        return _with_training(path, ManifestSource([(None, path)], name))
    if is_idx_name(path.name) or cifar_version((path.name, "meta")) or path.name in ("test_batch", "test_batch.bin"):
        raise DataError(f"{path}: " + _("is one of several files; specify the directory that they are in"))
    if begin.startswith(_ARCHIVES) or path.suffix.lower() == ".tar":
        raise DataError(f"{path}: " + _("is an archive; unpack it and specify its directory"))
    if path.suffix.lower() in image_suffixes():
        raise DataError(f"{path}: " + _("is one image; specify a directory with a folder of images for each class"))
    raise DataError(f"{path}: " + _("is not a data set; specify a directory, or a file in CSV, TOML, .npz or Parquet"))


def _manifests(directory: Path, listing: Listing) -> list[tuple[Part | None, Path]]:
    """Return the manifests in a directory: one for each part, or a single one.

    Where there are folders too, a table is a manifest only if its first line names the columns of one.
    """
    paths = [directory / file for file in listing.files if Path(file).suffix.lower() in _MANIFESTS]
    found = [path for path in paths if names_images(path)] or ([] if listing.folders else paths)
    parts = [(part, path) for path in found if (part := part_named(path.stem))]
    if any(part == "train" for part, _path in parts):
        return sorted(parts, key=lambda pair: PARTS.index(pair[0]))
    if len(found) > 1:
        message = _("has several lists of images ({names}); specify one of them")
        raise DataError(f"{directory}: " + message.format(names=", ".join(path.name for path in found[:10])))
    return [(None, path) for path in found]


def _parquet_files(directory: Path, listing: Listing) -> list[tuple[Part | None, Path]]:
    """Return the Parquet files in a directory or in its folders, each with the part that its name begins with."""
    folders = {directory: _parquet_in(directory, listing.files)}
    if not folders[directory] and len(listing.folders) <= _MOST_FOLDERS:
        folders = {directory / folder: _parquet_inside(directory / folder) for folder in listing.folders}
    found = {folder: files for folder, files in folders.items() if files}
    data = directory / "data"
    if data in found:
        found = {data: found[data]}
    if len(found) > 1 and not all(part_named(folder.name) for folder in found):
        message = _("has several data sets ({names}); specify one of them")
        raise DataError(f"{directory}: " + message.format(names=", ".join(folder.name for folder in found)))
    return [(_part_of(path) or part_named(folder.name), path) for folder, paths in found.items() for path in paths]


def _parquet_in(folder: Path, names: Iterable[str]) -> list[Path]:
    return [folder / name for name in sorted(filter(_is_parquet, names), key=natural)]


def _parquet_inside(folder: Path) -> list[Path]:
    """Return the Parquet files in a folder that is not full of something else: there may be a million images in it."""
    try:
        if any(_is_parquet(os.fsdecode(entry.name)) for entry in islice(entries(folder), _FIRST)):
            return _parquet_in(folder, (os.fsdecode(entry.name) for entry in entries(folder) if is_file(entry)))
    except OSError:
        pass  # a class folder is listed with what is not used of it
    return []


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(".parquet")


def _part_of(path: Path) -> Part | None:
    """Return the part that a name begins with: `train-00000-of-00002.parquet`."""
    word = _WORD.match(path.stem.casefold())
    return part_named(word[0]) if word else None


def _with_training(path: Path, source: ImageSource) -> ImageSource:
    """Return a source that has images to train on, or may be split."""
    if not ((source.parts == UNASSIGNED) | (source.parts == PARTS.index("train"))).any():
        raise DataError(f"{path}: " + _("has no images to train on, only to validate or test"))
    return source


def _nothing_found() -> str:
    return _(
        "has no data set: needs a folder of images for each class, a list of images (CSV, TOML), "
        "or files of NumPy (.npz), MNIST (IDX), CIFAR or Parquet"
    )
