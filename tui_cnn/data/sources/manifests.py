"""Images that a manifest names: a CSV or TOML file with the path and the class of each."""

import os
import stat
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tui_cnn.data.decoding import decode
from tui_cnn.data.files import DataError, naming
from tui_cnn.data.source import ImageSource, Part, Pixels, part_code
from tui_cnn.data.sources.listing import Fingerprint, Names, SkippedFiles, natural, part_named, readable
from tui_cnn.data.sources.manifest_files import ManifestEntry, read_manifest
from tui_cnn.i18n import _


class ManifestSource(ImageSource):
    """The images of one manifest, or of one for each part; paths are relative to its directory.

    A path may lead anywhere, as `../photos/1.jpg` does: what is no image file there is not used.
    """

    def __init__(self, manifests: Iterable[tuple[Part | None, Path]], name: str) -> None:
        """Read the manifests, and the sizes and times of the images.

        Raises:
            DataError: a manifest cannot be read, or names no image that is there.
        """
        self.name = name
        self._skipped = SkippedFiles()
        self._fingerprint = Fingerprint("manifest")
        self._paths = Names()
        self._labels, self._parts = array("i"), array("b")
        self._numbers: dict[str, int] = {}
        ordered: tuple[str, ...] = ()
        for part, path in manifests:
            self._directory = os.fsencode(path.parent)
            with naming(path):
                manifest = read_manifest(path)
                ordered = ordered or manifest.classes
                known = frozenset(manifest.classes)
                for entry in manifest.entries:
                    self._add(entry, part, known)
            self._fingerprint.add_file(path)
        self.skipped = self._skipped.all()
        if not self._paths:
            first = ": ".join(self.skipped[0]) if self.skipped else _("it is empty")
            raise DataError(f"{path}: " + _("lists no usable images ({first})").format(first=first))
        self.class_names = ordered or tuple(sorted(self._numbers, key=natural))
        places = {name: number for number, name in enumerate(self.class_names)}
        renumbered = np.array([places[name] for name in self._numbers], np.int32)
        self.labels = renumbered[np.frombuffer(self._labels, self._labels.typecode)]
        self.parts = np.frombuffer(self._parts, np.int8)
        self.fingerprint = self._fingerprint.digits

    def key(self, number: int) -> str:
        """Return the path as the manifest has it."""
        return readable(self._paths[number])

    def read(self, number: int) -> Pixels:
        """Decode one image file."""
        path = os.path.join(self._directory, self._paths[number])  # noqa: PTH118 - bytes
        return decode(Path(os.fsdecode(path)))

    def _add(self, entry: ManifestEntry, default: Part | None, known: frozenset[str]) -> None:
        """Add an image, or the reason why it is not used."""
        part = part_named(entry.part) if entry.part else default
        if entry.part and part is None:
            problem = _("has the part “{part}”; use train, validation or test").format(part=entry.part)
        elif not entry.label:
            problem = _("has no label")
        elif known and entry.label not in known:
            problem = _("has the label “{label}”, which is not in classes").format(label=entry.label)
        else:
            problem = self._add_file(entry.path)
        if problem:
            self._skipped.add(entry.path or "—", problem)
        else:
            self._labels.append(self._numbers.setdefault(entry.label, len(self._numbers)))
            self._parts.append(part_code(part))

    def _add_file(self, text: str) -> str:
        """Add the file of an image under the first spelling of its path that is there; return what is wrong with it."""
        problem = _("file not found; check the path")
        for spelling in _spellings(text):
            try:
                path = os.fsencode(spelling)
                state = os.stat(os.path.join(self._directory, path))  # noqa: PTH116, PTH118 - bytes, and many
            except (OSError, ValueError):  # a NUL or a letter that no file name has: ValueError
                continue
            if stat.S_ISREG(state.st_mode):
                self._paths.append(path)
                self._fingerprint.add(path, state.st_size, state.st_mtime_ns)
                return ""
            problem = _("is not a file")
        return problem


def _spellings(path: str) -> Iterator[str]:
    """Yield ways to write a path: as Windows does, and with letters composed or not, as macOS names files."""
    yield path
    yield path.replace("\\", "/")
    yield unicodedata.normalize("NFC", path)
    yield unicodedata.normalize("NFD", path)
