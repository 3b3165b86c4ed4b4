"""Runs as directories: where they are, what is in one, making, listing and finding them.

Of the files in a run, those of a few lines are read and written here: the user's command and description.
"""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.core.network import Network
from tui_cnn.data.scaling import Scaling
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json, read_toml
from tui_cnn.formats.toml import dumps_network, dumps_toml, read_network
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError, unwritable
from tui_cnn.runs.recipe import Recipe, dumps_recipe, read_recipe
from tui_cnn.visible import visible

Desired = Literal["run", "now", "pause", "stop"]
"""What a run is to do; `now` is `run` without waiting for other runs to end."""

_ID = re.compile(r"(?P<time>\d{8}-\d{6})-(?P<name>.+)-[0-9a-f]{4}")
_MOST_NAMED = 5


class _File:
    """A file of the run, under the name that it always has."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, run: "RunDirectory", owner: type["RunDirectory"]) -> Path:
        return run.path / self._name


@dataclass(frozen=True)
class RunDirectory:
    """A run: its network and recipe, written once; what its worker writes; and the user's command."""

    path: Path

    network_file = _File("network.toml")
    recipe_file = _File("recipe.toml")
    events_file = _File("events.jsonl")
    lock_file = _File("lock")
    desired_file = _File("desired")
    checkpoint_file = _File("checkpoint.keras")
    best_file = _File("best.keras")
    start_file = _File("start.keras")
    log_file = _File("worker.log")
    kept_directory = _File("kept")
    tensorboard_directory = _File("tensorboard")
    about_file = _File("about.toml")
    scaling_file = _File("scaling.json")
    classes_file = _File("classes.json")
    trial_file = _File("trial.toml")
    predictions_file = _File("test.npz")

    @property
    def id(self) -> str:
        """The name of the directory: `<YYYYMMDD-HHMMSS>-<name>-<4 hex>`, the time in UTC."""
        return self.path.name

    @property
    def name(self) -> str:
        """The name of the network, as far as the name of a directory can hold it."""
        match = _ID.fullmatch(self.id)
        return match["name"] if match else self.id

    def network(self) -> Network:
        """Read what is trained.

        Raises:
            FormatError: the file is missing or damaged.
        """
        return read_network(self.network_file)

    def recipe(self) -> Recipe:
        """Read how it is trained.

        Raises:
            FormatError: the file is missing or damaged.
        """
        return read_recipe(self.recipe_file)

    def scaling(self) -> Scaling:
        """Read how pixels are scaled; of `standardize`, the statistics are missing until the worker has seen images.

        Raises:
            FormatError: a file is damaged.
        """
        return read_json(self.scaling_file, Scaling) if self.scaling_file.exists() else Scaling(self.recipe().scale)

    def output_names(self) -> tuple[str, ...]:
        """Read the names of the outputs; empty: not known.

        They are what a person has named those of an imported model, or the classes of the data when the run began.

        Raises:
            FormatError: the file is damaged.
        """
        names = read_json(self.classes_file, tuple[str, ...]) if self.classes_file.exists() else ()
        return tuple(map(visible, names))


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the user has written about a run. The worker neither reads nor writes it."""

    title: Annotated[str, Meta(max_length=200, description="Title of the run, instead of its network's name")] = ""
    tags: Annotated[tuple[str, ...], Meta(description="Tags to find the run by")] = ()
    note: Annotated[str, Meta(description="Note about the run")] = ""


def make_run(network: Network, recipe: Recipe, fill: Callable[["RunDirectory"], None] | None = None) -> RunDirectory:
    """Make the directory of a new run, with its network and its recipe, and first with what `fill` puts into it.

    Only whole runs are listed, and nothing stays of one that cannot be filled or written.

    Raises:
        RunError: it cannot be written.
        FormatError: the path of its data is no Unicode.
    """
    slug = re.sub(r"[^\w.-]+", "-", network.name).strip("-.")[:40] or "network"
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug}"
    run = RunDirectory(home() / "runs" / f"{stem}-{os.urandom(2).hex()}")
    texts = dumps_recipe(recipe), dumps_network(network)
    try:
        run.path.mkdir(parents=True)
        if fill is not None:
            fill(run)
        for file, text in zip((run.recipe_file, run.network_file), texts, strict=True):
            write_atomic(file, text.encode())
    except BaseException as error:
        shutil.rmtree(run.path, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        message = _("{path}: cannot be written ({reason}); fix that, or set CNN_TUI_HOME to another directory")
        raise RunError(message.format(path=error.filename or run.path, reason=error.strerror)) from None
    return run


def list_runs() -> list[RunDirectory]:
    """List the runs, newest first. What is no run, or not a whole one yet, is left out."""
    try:
        entries = list((home() / "runs").iterdir())
    except OSError:
        return []
    dated = []
    for path in entries:
        if match := _ID.fullmatch(path.name):
            run = RunDirectory(path)
            try:  # the network is written last, and once: its time orders the runs of one second
                dated.append((match["time"], run.network_file.stat().st_mtime_ns, run))
            except OSError:
                continue
    return [run for _time, _written, run in sorted(dated, key=lambda item: item[:2], reverse=True)]


def find_run(text: str) -> RunDirectory:
    """Find a run by its id, by a part that no other id has, or the newest by `last`.

    Raises:
        RunError: none is meant, or several may be.
    """
    runs = list_runs()
    if not runs:
        raise RunError(_("there are no runs yet; train a network first"))
    if text == "last":
        return runs[0]
    matches = [run for run in runs if run.id == text] or [run for run in runs if text in run.id]
    if not matches:
        message = _("run “{text}” not found; the newest is {newest}")
        raise RunError(message.format(text=text, newest=runs[0].id))
    if len(matches) > 1:
        listed = ", ".join(run.id for run in matches[:_MOST_NAMED]) + (", …" if len(matches) > _MOST_NAMED else "")
        message = _("“{text}” matches {count} runs: {listed}; enter more of the id")
        raise RunError(message.format(text=text, count=len(matches), listed=listed))
    return matches[0]


def read_desired(path: Path) -> Desired:
    """Read the command; `run` if the file is missing or unreadable, or holds something else."""
    try:
        word = path.read_text("utf-8", "replace").strip()
    except OSError:
        return "run"
    return next((command for command in get_args(Desired) if command == word), "run")


def write_desired(path: Path, command: Desired) -> None:
    """Write the command, which the worker reads between steps.

    Raises:
        RunError: it cannot be written.
    """
    _write(path, command.encode() + b"\n")


def read_about(run: RunDirectory) -> About:
    """Read what the user has written about a run; empty if it cannot be read."""
    try:
        return load_about(run)
    except FormatError:
        return About()


def load_about(run: RunDirectory) -> About:
    """Read what the user has written about a run; empty if that is nothing.

    Raises:
        FormatError: the file is damaged.
    """
    try:
        return convert(read_toml(run.about_file), About) if run.about_file.exists() else About()
    except InvalidError as error:
        raise FormatError(run.about_file, str(error)) from None


def write_about(run: RunDirectory, about: About) -> None:
    """Write what the user has written about a run.

    Raises:
        RunError: it cannot be written.
        FormatError: it is no Unicode.
    """
    _write(run.about_file, dumps_toml(msgspec.to_builtins(about)).encode())


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomic(path, data)
    except OSError as error:
        raise unwritable(path, error) from None


def kept_steps(keep: int, total: int) -> tuple[int, ...]:
    """Choose up to `keep` of the steps 0 to `total`, ends included, whose checkpoints are kept to compare kernels.

    They lie closer together at the beginning, where kernels change most: their square roots are evenly spaced.
    """
    if keep < 2:
        return (total,) * keep
    return tuple(sorted({round(total * (place / (keep - 1)) ** 2) for place in range(keep)}))


def kept_file(run: RunDirectory, step: int) -> Path:
    """Return the file of the weights after so many steps."""
    return run.kept_directory / f"step-{step:09d}.keras"


def kept_checkpoints(run: RunDirectory) -> dict[int, Path]:
    """List the kept checkpoints by their steps, in order."""
    try:
        files = sorted(run.kept_directory.iterdir())
    except OSError:
        return {}
    matches = ((re.fullmatch(r"step-(\d{9})\.keras", path.name), path) for path in files)
    return {int(match[1]): path for match, path in matches if match}
