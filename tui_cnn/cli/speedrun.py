"""`cnn-tui speedrun start|show|repeat`: how fast an accuracy is reached, as a file that others can check."""

from pathlib import Path

import click

from tui_cnn.cli.arguments import ModelParam, read_model
from tui_cnn.cli.group import SOUND, UNSOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import WideGroup, table
from tui_cnn.cli.train import read_options, recipe_options
from tui_cnn.core.analysis import analyze
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.speedrun import (
    LEAST_SEEDS,
    TARGETS,
    SpeedrunRecord,
    SpeedrunTry,
    check_speedrun,
    make_record,
    network_of,
    read_record,
    recipe_of,
    save_record,
    train_seeds,
)
from tui_cnn.ui.toolkit.numbers import threads

_SEEDS = click.option(
    "--seeds", type=click.IntRange(LEAST_SEEDS, 100), default=5, show_default=True, help=_("Number of trainings.")
)
_OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help=_("File for the result, instead of speedrun-NAME.json.")
)


@click.group(
    cls=WideGroup,
    short_help=_("Measure how fast a test accuracy is reached, and compare with others."),
    help=_(
        """An open record: the wall time in which a network reaches a test accuracy on Fashion-MNIST.

        The rules are in docs/speedrun.md: all 60,000 images, the official split, the mean over at least 3 seeds, and
        the time of the whole process. Nothing else may run on the machine.

        \b
        Examples:
          cnn-tui speedrun start fashion-cnn --recipe quick --target 0.90
          cnn-tui speedrun show speedrun-*.json
          cnn-tui speedrun repeat speedrun-fashion-cnn.json"""
    ),
)
def speedrun() -> None:
    """Commands about the record."""


@speedrun.command(short_help=_("Train with several seeds and write the result."))
@click.argument("model", type=ModelParam())
@click.option(
    "--target",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=TARGETS[0],
    show_default=True,
    help=_("Test accuracy to reach; the record has 0.90, 0.92 and 0.93."),
)
@_SEEDS
@_OUTPUT
@recipe_options
def start(model: str, target: float, seeds: int, output: Path | None, **options: str | bool | None) -> int:
    """Train MODEL once for each seed, and write what it took."""
    return _measure(target, read_model(model), read_options(options), seeds, output)


@speedrun.command(short_help=_("Train the network of a result again, on this machine."))
@click.argument("file", type=click.Path(path_type=Path))
@_SEEDS
@_OUTPUT
def repeat(file: Path, seeds: int, output: Path | None) -> int:
    """Repeat the result in FILE, and write one of your own."""
    record = read_record(file)
    return _measure(record.target, network_of(record, file), recipe_of(record, file), seeds, output)


@speedrun.command(short_help=_("Check results, and compare them."))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def show(files: tuple[Path, ...]) -> int:
    """Check the results in FILES, and list them by target, the fastest first; what breaks a rule is told."""
    found: list[tuple[Path, SpeedrunRecord]] = []
    broken = False
    for file in files:
        try:
            found.append((file, read_record(file)))
        except FormatError as error:
            broken = True
            for line in error.lines:
                echo(line, err=True)
    found.sort(key=lambda one: (one[1].target, not one[1].reached, one[1].mean_seconds))
    heading = (
        _("target"), _("reached"), _("seconds"), _("accuracy"), _("seeds"), _("network"), _("parameters"), _("device"),
        _("processor"), _("file"),
    )  # fmt: skip
    for line in table(heading, [_row(file, record) for file, record in found], numbers=(2, 3, 4, 6)):
        echo(line)
    return UNSOUND if broken or not all(record.reached for _file, record in found) else SOUND


def _row(file: Path, record: SpeedrunRecord) -> tuple[str, ...]:
    network = network_of(record, file)
    return (
        f"{record.target:.2f}",
        _("yes") if record.reached else _("no"),
        f"{record.mean_seconds:,.1f} ± {record.deviation:.1f}",
        f"{record.mean_accuracy:.4f}",
        str(len(record.tries)),
        network.name,
        f"{analyze(network).totals.params:,}",
        f"{record.machine.device}, {threads(record.machine.threads)}",
        record.machine.processor,
        file.name,
    )


def _measure(target: float, network: Network, recipe: Recipe, seeds: int, output: Path | None) -> int:
    check_speedrun(network, recipe, seeds)
    done: list[tuple[RunDirectory, SpeedrunTry]] = []
    for run, each in train_seeds(network, recipe, seeds):
        done.append((run, each))
        line = _("seed {seed}: {seconds:.1f} s, test accuracy {accuracy:.4f}")
        echo(line.format(seed=each.seed, seconds=each.seconds, accuracy=each.test_accuracy))
    record = make_record(target, network, recipe, done[-1][0], tuple(each for _run, each in done))
    file = output or Path(f"speedrun-{network.name}.json")
    save_record(file, record)
    line = _("mean: {seconds:.1f} ± {deviation:.1f} s, test accuracy {accuracy:.4f}, target {target:.2f} {reached}")
    echo(
        line.format(
            seconds=record.mean_seconds,
            deviation=record.deviation,
            accuracy=record.mean_accuracy,
            target=target,
            reached=_("reached") if record.reached else _("missed"),
        )
    )
    echo(_("Result: {file}").format(file=file))
    return SOUND if record.reached else UNSOUND
