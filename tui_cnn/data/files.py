"""The four files of a data set in a directory, under any of the names that MNIST's relatives use."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tui_cnn.assets import ROOT
from tui_cnn.config import expanded
from tui_cnn.confinement import ConfinementError
from tui_cnn.errors import UserError
from tui_cnn.i18n import _

_NAME = re.compile(r"(?P<set>.*?)-?(?P<part>train|t10k|test)-(?P<kind>images|labels)[-.]idx[13]-ubyte(\.gz)?")
"""`train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`, `emnist-letters-test-images-idx3-ubyte.gz`."""

_PUBLISHED = {
    (True, "images"): "train-images-idx3-ubyte",
    (True, "labels"): "train-labels-idx1-ubyte",
    (False, "images"): "t10k-images-idx3-ubyte",
    (False, "labels"): "t10k-labels-idx1-ubyte",
}

FASHION_MNIST = ROOT / "fashion-mnist"
"""Fashion-MNIST, which ships with the program: 70,000 grey images of clothes, 28 × 28, in ten classes.

Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017.
"""

CLASS_NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


class DataError(UserError):
    """A data set cannot be read or does not fit. Its text names the file, what is wrong, and what to do."""


def unreadable(error: OSError) -> str:
    """Return one line for an error of the system."""
    if isinstance(error, FileNotFoundError):
        return _("file not found; check the path")
    return _("cannot be read: {reason}").format(reason=error.strerror or error)


@contextmanager
def naming(where: Path | str) -> Iterator[None]:
    """Let all errors of a file, or of a part of it, name it.

    Raises:
        DataError: one was raised, or the system could not read something.
    """
    try:
        yield
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
    except OSError as error:
        raise DataError(f"{where}: " + unreadable(error)) from None


class DataFiles(NamedTuple):
    """Where the four parts of a data set are."""

    train_images: Path
    train_labels: Path
    test_images: Path
    test_labels: Path


def data_directory(text: str) -> Path | None:
    """Return the directory of a data set as a recipe names it; None for an empty text: Fashion-MNIST.

    Raises:
        DataError: the app is served, and it is outside the person's files.
    """
    try:
        return expanded(text) if text else None
    except ConfinementError as error:
        raise DataError(str(error)) from None


def is_idx_name(name: str) -> bool:
    """Return whether a file is one of the four by its name."""
    return _NAME.fullmatch(name) is not None


def find_files(directory: Path) -> DataFiles:
    """Find the four files in `directory`; an unpacked one is preferred to a gzipped one of the same name.

    Raises:
        DataError: the directory cannot be read, lacks some of the four, or holds several data sets.
    """
    try:
        named = [path for path in sorted(directory.iterdir()) if _NAME.fullmatch(path.name) and path.is_file()]
        matches = [(match, path) for path in named if (match := _NAME.fullmatch(path.name))]
    except FileNotFoundError:
        raise DataError(f"{directory}: " + _("directory not found; check the path")) from None
    except NotADirectoryError:
        message = _("is a file; specify the directory with the four files of the data set")
        raise DataError(f"{directory}: " + message) from None
    except OSError as error:
        message = _("cannot be read: {reason}").format(reason=error.strerror)
        raise DataError(f"{directory}: " + message) from None
    sets = {match["set"] for match, _path in matches}
    if len(sets) > 1:
        message = _("has several data sets ({names}); move the four files of one to its own directory")
        names = ", ".join(sorted(name or "train-…" for name in sets))
        raise DataError(f"{directory}: " + message.format(names=names))
    files: dict[tuple[bool, str], Path] = {}
    for match, path in matches:
        files.setdefault((match["part"] == "train", match["kind"]), path)
    missing = [name for part, name in _PUBLISHED.items() if part not in files]
    if missing:
        message = _("has no {files} (each may end in .gz); add the four files of the data set")
        raise DataError(f"{directory}: " + message.format(files=", ".join(missing)))
    return DataFiles(*(files[part] for part in _PUBLISHED))
