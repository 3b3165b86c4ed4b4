"""A folder of class folders: `cats/1.jpg`, or `train/cats/1.jpg` and `test/cats/2.jpg`."""

import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tui_cnn.data.decoding import decode, image_suffixes
from tui_cnn.data.files import DataError, naming, unreadable
from tui_cnn.data.source import PARTS, ImageSource, Part, Pixels, part_code
from tui_cnn.data.sources.listing import (
    Fingerprint,
    Names,
    SkippedFiles,
    entries,
    identity,
    is_directory,
    is_file,
    natural,
    part_named,
    readable,
)
from tui_cnn.i18n import _


class ClassFolder(NamedTuple):
    """A folder with the images of a class, in a part or in none; its path begins at the folder of the data set."""

    part: Part | None
    path: bytes
    class_name: str


class FolderSource(ImageSource):
    """Image files in class folders; a class folder's inner folders belong to its class.

    A link to a directory is followed, unless that was read already. The images of a class stand together, by name.
    """

    def __init__(self, directory: Path, name: str) -> None:
        """List the files.

        Raises:
            DataError: the directory cannot be read, or there are no images in class folders.
        """
        self.name = name
        self._root = os.fsencode(directory)
        self._skipped = SkippedFiles()
        self._fingerprint = Fingerprint("folders")
        self._visited: set[tuple[int, int]] = set()
        self._folders: list[bytes] = []
        self._folder_numbers = array("i")
        self._names = Names()
        with naming(directory):
            self._visited.add(identity(self._root))
            folders = self._class_folders()
            counts = [self._read_class(folder.path) for folder in folders]
            if not self._names:
                raise DataError(_no_images(directory))
        found = {folder.class_name for folder, count in zip(folders, counts, strict=True) if count}
        self.class_names = tuple(sorted(found, key=natural))
        numbers = {name: number for number, name in enumerate(self.class_names)}
        labels = [numbers.get(folder.class_name, 0) for folder in folders]
        parts = [part_code(folder.part) for folder in folders]
        self.labels = np.repeat(np.array(labels, np.int32), counts)
        self.parts = np.repeat(np.array(parts, np.int8), counts)
        self.skipped = self._skipped.all()
        self.fingerprint = self._fingerprint.digits

    def key(self, number: int) -> str:
        """Return the path in the directory."""
        return readable(self._path(number))

    def read(self, number: int) -> Pixels:
        """Decode one image file."""
        return decode(Path(os.fsdecode(os.path.join(self._root, self._path(number)))))  # noqa: PTH118 - bytes

    def _path(self, number: int) -> bytes:
        return self._folders[self._folder_numbers[number]] + b"/" + self._names[number]

    def _class_folders(self) -> list[ClassFolder]:
        folders = []
        for part, part_folder in self._part_folders():
            loose = 0
            for entry in entries(self._root + part_folder):
                path = part_folder[1:] + b"/" * bool(part_folder) + entry.name
                if is_directory(entry):
                    if self._is_new(path):
                        folders.append(ClassFolder(part, path, readable(entry.name)))
                elif _is_image(entry.name):
                    loose += 1
                else:
                    self._skipped.add(readable(path), _("is not an image"))
            if loose:
                reason = _("images outside of class folders: {count:,}").format(count=loose)
                self._skipped.add(readable(part_folder[1:]) or ".", reason)
        order = {part: place for place, part in enumerate((None, *PARTS))}
        return sorted(folders, key=lambda folder: (order[folder.part], natural(folder.class_name), folder.path))

    def _part_folders(self) -> Iterator[tuple[Part | None, bytes]]:
        """Yield the parts and their folders, each with a slash in front; the whole directory if it has no parts.

        A class may be called train: it has no class folders in it, or stands beside other classes.
        """
        folders = sorted(entry.name for entry in entries(self._root) if is_directory(entry))
        parts = {folder: part for folder in folders if (part := part_named(readable(folder)))}
        trains = [folder for folder, part in parts.items() if part == "train"]
        nested = any(is_directory(entry) for folder in trains for entry in entries(self._root + b"/" + folder))
        if not nested or (len(set(parts.values())) == 1 and len(parts) < len(folders)):
            yield None, b""
            return
        for folder in folders:
            if folder not in parts:
                self._skipped.add(readable(folder), _("is not a train, validation or test folder"))
            elif self._is_new(folder):
                yield parts[folder], b"/" + folder

    def _read_class(self, folder: bytes) -> int:
        """List the images in a class folder and in all folders in it; return how many there are."""
        before = len(self._names)
        pending = [folder]
        while pending:
            current = pending.pop()
            try:
                pending += self._read_folder(current)
            except OSError as error:
                self._skipped.add(readable(current), unreadable(error))
        if len(self._names) == before:
            self._skipped.add(readable(folder), _("has no images"))
        return len(self._names) - before

    def _read_folder(self, folder: bytes) -> list[bytes]:
        """List the images in one folder; return the folders in it, the first one last."""
        inner, names = [], []
        for entry in entries(os.path.join(self._root, folder)):  # noqa: PTH118 - bytes
            path = folder + b"/" + entry.name
            try:
                if is_directory(entry):
                    inner.append(path)
                elif not _is_image(entry.name):
                    self._skipped.add(readable(path), _("is not an image"))
                elif not is_file(entry):
                    self._skipped.add(readable(path), _("is not a file"))
                else:
                    state = entry.stat()
                    self._fingerprint.add(path, state.st_size, state.st_mtime_ns)
                    names.append(entry.name)
            except OSError as error:
                self._skipped.add(readable(path), unreadable(error))
        for name in sorted(names):
            self._names.append(name)
        self._folder_numbers.extend([len(self._folders)] * len(names))
        self._folders.append(folder)
        return [path for path in sorted(inner, reverse=True) if self._is_new(path)]

    def _is_new(self, folder: bytes) -> bool:
        """Return whether a folder was not read before, by another path; each is read only once."""
        try:
            found = identity(os.path.join(self._root, folder))  # noqa: PTH118 - bytes
        except OSError as error:
            self._skipped.add(readable(folder), unreadable(error))
            return False
        if found in self._visited:
            self._skipped.add(readable(folder), _("is a link to a folder that is already used"))
            return False
        self._visited.add(found)
        return True


def _is_image(name: bytes) -> bool:
    return os.fsdecode(os.path.splitext(name)[1]).lower() in image_suffixes()  # noqa: PTH122 - bytes


def _no_images(directory: Path) -> str:
    if any(_is_image(entry.name) for entry in entries(directory)):
        return _("has images but no class folders; put the images of each class in a folder with its name")
    return _("has class folders but no images in them; add image files such as PNG or JPEG")
