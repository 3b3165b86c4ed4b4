"""What the teacher sees of all people and may send them."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tui_cnn.atomic import write_atomic
from tui_cnn.errors import UserError
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _, language
from tui_cnn.lab.lessons import all_lessons, parse_lesson
from tui_cnn.lab.progress import answer_rows, read_progress, rows_as_csv
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.snapshot import Follower
from tui_cnn.serve.__main__ import FILES, LESSONS
from tui_cnn.serve.files import RefusedError

MOST_SENT = 2 << 20
"""Bytes of a lesson or a network."""
_MOST_RUNS = 500


class Standing(NamedTuple):
    """How far a person is.

    Attributes:
        runs: how many there are.
        training: the name of the network that trains now, empty if none does; `epoch` how far it is.
        validation: the best accuracy in validation of all runs; None without any.
        test: the best accuracy on the test images.
    """

    runs: int = 0
    training: str = ""
    epoch: int = 0
    validation: float | None = None
    test: float | None = None


class Runs:
    """The runs of a person, followed: only what is new is read."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._followers: dict[Path, Follower] = {}

    def standing(self) -> Standing:
        """Return how far the person is; a run that cannot be read counts for nothing. For use in a thread."""
        try:
            paths = sorted(path for path in (self._home / "runs").iterdir() if path.is_dir())[-_MOST_RUNS:]
        except OSError:
            paths = []
        self._followers = {path: self._followers.get(path) or Follower(RunDirectory(path)) for path in paths}
        training, epoch = "", 0
        validation: list[float] = []
        test: list[float] = []
        for path, follower in self._followers.items():
            snapshot = follower.poll()
            if snapshot.best_accuracy is not None:
                validation.append(snapshot.best_accuracy)
            if snapshot.finished and snapshot.finished.test_accuracy is not None:
                test.append(snapshot.finished.test_accuracy)
            if snapshot.state in ("running", "paused") and is_held(path / "lock"):
                training, epoch = path.name.split("-", 2)[-1].rpartition("-")[0], len(snapshot.epochs)
        return Standing(len(paths), training, epoch, max(validation, default=None), max(test, default=None))


def answers(homes: Mapping[str, Path]) -> bytes:
    """Write what all people have answered to the questions of the lessons as CSV. For use in a thread."""
    rows: list[dict[str, str | int]] = []
    for name, home in homes.items():
        own = home / LESSONS
        read, _problems = all_lessons(language(), own if own.is_dir() else None)
        rows += [{"name": name, **row} for row in answer_rows(read_progress(home), read)]
    return rows_as_csv(rows).encode()


def _check(name: str, data: bytes) -> None:
    try:
        text = data.decode()
        if name.lower().endswith(".toml"):
            loads_network(text, name)
        else:
            parse_lesson(text, name)
    except (UserError, UnicodeError) as error:
        raise RefusedError(str(error)) from None


def send(homes: list[Path], name: str, data: bytes) -> None:
    """Put a network (.toml) among the files of all, or a lesson (.md) among their lessons.

    Raises:
        RefusedError: it is neither, or damaged.
        OSError: it cannot be written.
    """
    kind = Path(name).suffix.lower()
    if Path(name).name != name or name.startswith(".") or not name.isprintable() or kind not in (".md", ".toml"):
        raise RefusedError(_("send a network (.toml) or a lesson (.md)"))
    _check(name, data)
    for home in homes:
        folder = home / (LESSONS if kind == ".md" else FILES)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / name, data)
