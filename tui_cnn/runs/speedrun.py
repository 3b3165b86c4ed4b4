"""An open record of training speed: the wall time in which a network reaches an accuracy on Fashion-MNIST.

The rules are in docs/speedrun.md. A result is a file of JSON that says all that is needed to repeat it: the network,
the recipe, the machine, and what each seed took and reached. Nothing in it is trusted: reading it checks what can be
checked, and `repeat` measures again.
"""

import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from statistics import fmean, stdev
from typing import Annotated, Literal

import msgspec
import psutil
from msgspec import Meta

import tui_cnn
from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import loads_toml, read_json
from tui_cnn.formats.saving import save_bytes
from tui_cnn.formats.toml import dumps_network, loads_network
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory, list_runs
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.recipe import Recipe, dumps_recipe
from tui_cnn.runs.snapshot import ACTIVE, Follower

TARGETS = (0.90, 0.92, 0.93)
"""Test accuracies that the record has a list for."""

LEAST_SEEDS = 3
_POLL = 0.02
"""Seconds between two looks at whether a training has ended."""


class SpeedrunTry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training: its seed, the wall time of its process in seconds, the accuracy on the test set."""

    seed: Annotated[int, Meta(ge=0)]
    seconds: Annotated[float, Meta(gt=0)]
    test_accuracy: Annotated[float, Meta(ge=0, le=1)]


class SpeedrunMachine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What trained; `memory` in bytes."""

    processor: str
    cores: int
    memory: int
    system: str
    device: str
    threads: int
    python: str
    tensorflow: str
    cnn_tui: str


class SpeedrunRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A result: `network` and `recipe` as TOML; `digest` is that of all else."""

    format: Literal["cnn-tui speedrun 1"] = "cnn-tui speedrun 1"
    target: Annotated[float, Meta(gt=0, lt=1)]
    network: str
    recipe: str
    tries: tuple[SpeedrunTry, ...]
    machine: SpeedrunMachine
    at: str
    digest: str = ""

    @property
    def mean_accuracy(self) -> float:
        """Over all seeds."""
        return fmean(one.test_accuracy for one in self.tries)

    @property
    def mean_seconds(self) -> float:
        """Over all seeds."""
        return fmean(one.seconds for one in self.tries)

    @property
    def deviation(self) -> float:
        """Standard deviation of the seconds."""
        return stdev(one.seconds for one in self.tries) if len(self.tries) > 1 else 0.0

    @property
    def reached(self) -> bool:
        """Whether the mean accuracy is the target or above."""
        return self.mean_accuracy >= self.target


def check_speedrun(network: Network, recipe: Recipe, seeds: int) -> None:
    """Make sure that a training is one of the record's.

    Raises:
        RunError: it is not; the line says why.
    """
    problem = ""
    if recipe.data:
        problem = _("the record is for Fashion-MNIST; leave --data out")
    elif recipe.limit is not None:
        problem = _("the record is for all 60,000 training images; leave --limit out")
    elif seeds < LEAST_SEEDS:
        problem = _("at least {count} seeds are needed").format(count=LEAST_SEEDS)
    elif any(Follower(run).poll().state in ACTIVE for run in list_runs()):
        problem = _("another run is training; wait until it ends, or stop it: the machine must be idle")
    if problem:
        raise RunError(f"{network.name}: {problem}")


def train_seeds(network: Network, recipe: Recipe, seeds: int) -> Iterator[tuple[RunDirectory, SpeedrunTry]]:
    """Train once for each seed, from the recipe's on, one after the other, and yield the run with what it took.

    The time is that of the process, from before its start until it has ended: it loads TensorFlow and the data, and
    validates and tests, too.

    Raises:
        RunError: a training cannot be started, or ended without a test.
    """
    for seed in range(recipe.seed, recipe.seed + seeds):
        begin = time.monotonic()
        run = launch.start(network, msgspec.structs.replace(recipe, seed=seed))
        try:
            while is_held(run.lock_file):
                time.sleep(_POLL)
        except BaseException:
            launch.stop(run)
            raise
        seconds = time.monotonic() - begin
        finished = Follower(run).poll().finished
        if finished is None or finished.test_accuracy is None:
            raise RunError(_("{run} ended without a test; see the reason with: cnn-tui show {run}").format(run=run.id))
        yield run, SpeedrunTry(seed=seed, seconds=seconds, test_accuracy=finished.test_accuracy)


def make_record(
    target: float, network: Network, recipe: Recipe, run: RunDirectory, tries: tuple[SpeedrunTry, ...]
) -> SpeedrunRecord:
    """Put a result together; `run` is one of its trainings."""
    started = Follower(run).poll().started
    machine = SpeedrunMachine(
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.machine()}",
        device=started.device if started else "",
        threads=(started.threads or 0) if started else 0,
        python=platform.python_version(),
        tensorflow=started.tensorflow if started else "",
        cnn_tui=tui_cnn.__version__,
    )
    record = SpeedrunRecord(
        target=target,
        network=dumps_network(network),
        recipe=dumps_recipe(recipe),
        tries=tries,
        machine=machine,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return msgspec.structs.replace(record, digest=_digest(record))


def save_record(path: Path, record: SpeedrunRecord) -> None:
    """Write a result to a file.

    Raises:
        FormatError: it cannot be written.
    """
    save_bytes(path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def read_record(path: Path) -> SpeedrunRecord:
    """Read a result, and check all that can be checked.

    Raises:
        FormatError: it cannot be read, was changed, or breaks a rule.
    """
    record = read_json(path, SpeedrunRecord)
    seeds = [one.seed for one in record.tries]
    problem = ""
    if record.digest != _digest(record):
        problem = _("was changed after it was written")
    elif len(seeds) < LEAST_SEEDS:
        problem = _("has {count} seeds, but at least {least} are needed").format(count=len(seeds), least=LEAST_SEEDS)
    elif seeds != list(range(seeds[0], seeds[0] + len(seeds))):
        problem = _("its seeds do not follow each other, so that some may have been left out")
    if problem:
        raise FormatError(path, problem)
    recipe, network = recipe_of(record, path), network_of(record, path)
    if recipe.data or recipe.limit is not None:
        raise FormatError(path, _("was not trained on all of Fashion-MNIST"))
    if analyze(network).output_shape != (10,):
        raise FormatError(path, _("its network does not give 10 classes"))
    return record


def network_of(record: SpeedrunRecord, source: Path) -> Network:
    """Read the network of a result.

    Raises:
        FormatError: it is none.
    """
    return loads_network(record.network, source)


def recipe_of(record: SpeedrunRecord, source: Path) -> Recipe:
    """Read the recipe of a result.

    Raises:
        FormatError: it is none.
    """
    try:
        return convert(loads_toml(record.recipe, source), Recipe)
    except InvalidError as error:
        raise FormatError(source, str(error)) from None


def _digest(record: SpeedrunRecord) -> str:
    bare = msgspec.structs.replace(record, digest="")
    return blake2b(msgspec.json.encode(bare, order="sorted"), digest_size=16).hexdigest()


def _processor() -> str:
    """Name the processor; on Linux `platform` does not know its model."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())
