"""Runs as directories: where they are, what is in one, making, listing and finding them.

Of the files in a run, those of a few lines are read and written here: the user's command and description.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec
from msgspec import Meta

from tui_cnn.atomic import write_atomic
from tui_cnn.core.network import Network
from tui_cnn.data.scaling import Scaling
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import opened, read_json, read_toml
from tui_cnn.formats.toml import dumps_network, dumps_toml
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs.dated import DatedDirectory, File, find_dated, list_dated, making
from tui_cnn.runs.errors import RunError, unwritable
from tui_cnn.runs.recipe import Recipe, dumps_recipe, read_recipe
from tui_cnn.visible import visible

Part = TypeVar("Part", bound=msgspec.Struct)

Desired = Literal["run", "now", "pause", "stop"]
"""What a run is to do; `now` is `run` without waiting for other runs to end."""


class ImageTraits(msgspec.Struct, frozen=True):
    """What a person's own image is brought to, kept for when the data set is gone.

    Attributes:
        shape: (height, width, channels) of the images of the data set, fitted to the network's input.
        light_on_black: whether they are.
    """

    shape: tuple[int, int, int]
    light_on_black: bool


@dataclass(frozen=True)
class RunDirectory(DatedDirectory):
    """A run: its network and recipe, what its worker writes, and the user's command.

    The network is written once; the recipe, too, but for how many epochs fill its `minutes`.

    One that was not trained here has a file of its origin, and may have no network and no recipe.
    """

    recipe_file = File("recipe.toml")
    checkpoint_file = File("checkpoint.keras")
    best_file = File("best.keras")
    start_file = File("start.keras")
    log_file = File("worker.log")
    kept_directory = File("kept")
    tensorboard_directory = File("tensorboard")
    scaling_file = File("scaling.json")
    classes_file = File("classes.json")
    images_file = File("images.json")
    trial_file = File("trial.toml")
    predictions_file = File("test.npz")
    origin_file = File("origin.toml")
    recorded_images_file = File("images.npz")

    def network(self) -> Network:
        """Read the network.

        Raises:
            FormatError: the file is missing or damaged; or the run was not trained here, and nobody knows its network.
        """
        if self.origin_file.exists() and not self.network_file.exists():
            raise FormatError(self.id, _("has no network: only its epochs are known"))
        return super().network()

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial of a search, which chooses, tests and reports among its own."""
        return self.trial_file.exists()

    def recipe(self) -> Recipe:
        """Read how it is trained; of a run that was not trained here, as much as is known, and the defaults.

        Raises:
            FormatError: the file is missing or damaged; or the run was not trained here, and nothing is known.
        """
        if self.origin_file.exists() and not self.recipe_file.exists():
            raise FormatError(self.id, _("has no recipe: only its epochs are known"))
        return read_recipe(self.recipe_file)

    def recipe_again(self) -> Recipe:
        """Read the recipe for another training: alone, it takes all cores where a search gave it a share of them.

        A deterministic one keeps its threads: with others, its sums would be others.

        Raises:
            FormatError: as `recipe`.
        """
        recipe = self.recipe()
        if recipe.deterministic or not self._shares_cores():
            return recipe
        return msgspec.structs.replace(recipe, threads=None)

    def _shares_cores(self) -> bool:
        sharing = self.trial(_Sharing)
        return sharing is not None and sharing.shares_cores

    def trial(self, kind: type[Part]) -> Part | None:
        """Read a part of what a search wrote about its run; None: no search made it, or that cannot be read."""
        if not self.is_trial:
            return None
        try:
            return convert(read_toml(self.trial_file), kind)
        except (FormatError, InvalidError):
            return None

    def keep_recipe(self, recipe: Recipe) -> None:
        """Write the recipe again, now that it is known better how many epochs fill its minutes.

        Raises:
            OSError: it cannot be written.
        """
        write_atomic(self.recipe_file, dumps_recipe(recipe).encode())

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

    def image_traits(self) -> ImageTraits | None:
        """Read what the images of its data set were like when it began; None: not known.

        Raises:
            FormatError: the file is damaged.
        """
        return read_json(self.images_file, ImageTraits) if self.images_file.exists() else None


class _Sharing(msgspec.Struct, frozen=True):
    """What is read here of a `trial.toml`."""

    shares_cores: bool = False


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the user has written about a run or a search. The worker neither reads nor writes it."""

    title: Annotated[str, Meta(max_length=200, description="Title of the run, instead of its network's name")] = ""
    tags: Annotated[tuple[str, ...], Meta(description="Tags to find the run by")] = ()
    note: Annotated[str, Meta(description="Note about the run")] = ""


def make_run(network: Network, recipe: Recipe, fill: Callable[["RunDirectory"], None] | None = None) -> RunDirectory:
    """Make the directory of a new run, with its network and its recipe, and first with what `fill` puts into it.

    Only whole runs are listed, which the network makes them, and nothing stays of one that cannot be filled or written.

    Raises:
        RunError: it cannot be written.
        FormatError: the path of its data is no Unicode.
    """
    recipe_text, network_text = dumps_recipe(recipe).encode(), dumps_network(network).encode()
    with making("runs", network.name, RunError) as path:
        run = RunDirectory(path)
        if fill is not None:
            fill(run)
        run.recipe_file.write_bytes(recipe_text)
        write_atomic(run.network_file, network_text)
    return run


def list_runs() -> list[RunDirectory]:
    """List the runs, newest first. What is no run, or not a whole one yet, is left out."""
    return list_dated(RunDirectory, "runs", "network.toml", "origin.toml")


def runs_with_weights() -> list[RunDirectory]:
    """List the runs that have a network and weights already, newest first."""
    runs = (run for run in list_runs() if run.network_file.exists())
    return [run for run in runs if run.best_file.exists() or run.checkpoint_file.exists()]


def find_run(text: str) -> RunDirectory:
    """Find a run by its id, by a part that no other id has, or the newest by `last`.

    Raises:
        RunError: none is meant, or several may be.
    """
    return find_dated(
        text,
        list_runs(),
        RunError,
        none=_("there are no runs yet; train a network first"),
        unknown=_("run “{text}” not found; the newest is {newest}"),
        ambiguous=_("“{text}” matches {count} runs: {listed}; enter more of the id"),
    )


_LONGEST_COMMAND = 100


def read_desired(path: Path) -> Desired:
    """Read the command; `run` if the file is missing or unreadable, or holds something else."""
    try:
        with opened(path) as file:
            word = file.read(_LONGEST_COMMAND).decode("utf-8", "replace").strip()
    except FormatError:
        return "run"
    return next((command for command in get_args(Desired) if command == word), "run")


def write_desired(path: Path, command: Desired) -> None:
    """Write the command, which the worker reads between steps.

    Raises:
        RunError: it cannot be written.
    """
    _write(path, command.encode() + b"\n")


def read_about(run: DatedDirectory) -> About:
    """Read what the user has written about a run or a search; empty if it cannot be read."""
    try:
        return load_about(run)
    except FormatError:
        return About()


def load_about(run: DatedDirectory) -> About:
    """Read what the user has written about a run or a search; empty if that is nothing.

    Raises:
        FormatError: the file is damaged.
    """
    try:
        return convert(read_toml(run.about_file), About) if run.about_file.exists() else About()
    except InvalidError as error:
        raise FormatError(run.about_file, str(error)) from None


def write_about(run: DatedDirectory, about: About) -> None:
    """Write what the user has written about a run or a search.

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
