"""Runs as directories: where they are, what is in one, making, listing and finding them."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui_cnn.core.network import Network
from tui_cnn.formats.atomic import write_atomic
from tui_cnn.formats.toml import dumps_network, read_network
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.recipe_file import dumps_recipe, read_recipe

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
    log_file = _File("worker.log")
    kept_directory = _File("kept")
    tensorboard_directory = _File("tensorboard")
    about_file = _File("about.toml")

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


def home() -> Path:
    """Where the program keeps what it makes: `$CNN_TUI_HOME`, or else the user's data directory."""
    if override := os.environ.get("CNN_TUI_HOME"):
        return Path(override).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("cnn-tui", appauthor=False)


def make_run(network: Network, recipe: Recipe) -> RunDirectory:
    """Make the directory of a new run, with its network and its recipe.

    Raises:
        RunError: it cannot be written.
    """
    slug = re.sub(r"[^\w.-]+", "-", network.name).strip("-.")[:40] or "network"
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug}"
    run = RunDirectory(home() / "runs" / f"{stem}-{os.urandom(2).hex()}")
    try:
        run.path.mkdir(parents=True)
        write_atomic(run.recipe_file, dumps_recipe(recipe).encode())
        write_atomic(run.network_file, dumps_network(network).encode())
    except OSError as error:
        shutil.rmtree(run.path, ignore_errors=True)
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
