"""The files of a run, as they travel to a node and back."""

import math
import shutil
from typing import NamedTuple

import msgspec

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.recipe import dumps_recipe
from tui_cnn.runs.snapshot import Follower, LineReader

_STAYS = frozenset(("lock", "desired", "events.jsonl"))
_FIXED = frozenset(("network.toml", "recipe.toml", "about.toml", "trial.toml"))
"""Files that a node has from the coordinator, and does not change."""


class Parcel(NamedTuple):
    """What a node needs to train a run: its `files` by their names, and how far they are, as `steps_of` says."""

    files: dict[str, bytes]
    steps: float


class Trained(NamedTuple):
    """What comes back from a node.

    Attributes:
        lines: the lines of its events, all that were reported and those that end it.
        files: by their names in the run's directory; the checkpoint only of a run that can be resumed.
        failed: whether it has failed.
        error: why it cannot be trained to its end; empty: it has ended, as the lines say.
    """

    lines: tuple[bytes, ...]
    files: dict[str, bytes]
    failed: bool = False
    error: str = ""


def steps_of(run: RunDirectory) -> float:
    """Return after how many steps a run can be resumed; infinity: it has finished; -1: it begins anew."""
    snapshot = Follower(run).poll()
    if snapshot.finished:
        return math.inf
    return snapshot.checkpoint.step if snapshot.checkpoint and run.checkpoint_file.exists() else -1


def pack(run: RunDirectory) -> Parcel:
    """Read all of a run, for a node."""
    files = _read(run, _STAYS - {run.events_file.name})
    return Parcel(files, steps_of(run))


def unpack(parcel: Parcel, run: RunDirectory, data: str | None) -> int:
    """Make the directory of a run on a node, whole or not at all, unless the node is as far with it already.

    `data` is the path of its data set there; None: as in its recipe. Returns how many lines of its events came along.

    Raises:
        OSError: it cannot be written.
        FormatError: its recipe is damaged.
    """
    if run.path.exists():
        if steps_of(run) >= parcel.steps:
            return 0
        shutil.rmtree(run.path)
    made = RunDirectory(run.path.with_name(f".{run.id}.tmp"))
    shutil.rmtree(made.path, ignore_errors=True)
    made.path.mkdir(parents=True)
    try:
        write(made, parcel.files)
        if data is not None:
            recipe = msgspec.structs.replace(made.recipe(), data=data)
            made.recipe_file.write_text(dumps_recipe(recipe), "utf-8")
        made.path.rename(run.path)
    except BaseException:
        shutil.rmtree(made.path, ignore_errors=True)
        raise
    return sum(1 for _line in LineReader(run.events_file).lines())


def results(run: RunDirectory) -> dict[str, bytes]:
    """Read what a node has made of a run, but for its events."""
    done = {run.checkpoint_file.name} if steps_of(run) == math.inf else set()
    return _read(run, _STAYS | _FIXED | done)


def write(run: RunDirectory, files: dict[str, bytes]) -> None:
    """Write files into the directory of a run.

    Raises:
        OSError: one cannot be written.
    """
    for name, data in files.items():
        path = run.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def _read(run: RunDirectory, left_out: frozenset[str] | set[str]) -> dict[str, bytes]:
    files = (path for path in sorted(run.path.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(run.path).as_posix(): path.read_bytes() for path in files if path.name not in left_out}
