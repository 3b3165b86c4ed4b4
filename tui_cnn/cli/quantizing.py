"""`cnn-tui quantize`: the network of a run in int8, for a microcontroller."""

from collections.abc import Iterable
from typing import Any

import click
import msgspec

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo, show_progress
from tui_cnn.cli.table import shortened, table
from tui_cnn.config import expanded
from tui_cnn.core.boards import BOARDS
from tui_cnn.formats.amounts import size
from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.runs.quantization import ConvertedNetwork, Quantizing, TestedNetworks, TestedShare

_SUFFIX = ".tflite"
_KINDS = "float32", "int8"


@click.command(
    short_help=_("Convert a trained network to int8 for a microcontroller."),
    help=_(
        """Convert the network of a run, with its best weights, to int8 for a microcontroller, and compare its accuracy
        on the test set with that in float32, also for each class.

        RUN is the id of a run or a unique part of it, `last`, or the path of a run directory. TensorFlow's converter
        makes a .tflite file for LiteRT, whose input and output are int8, too; training images of the run show it the
        ranges of the activations.

        Flash is the size of the file; RAM is the memory for the activations as LiteRT Micro plans it. Your program and
        the interpreter need some of both in addition.

        \b
        Examples:
          cnn-tui quantize last
          cnn-tui quantize 3f2a -o shoes.tflite --json"""
    ),
)
@click.argument("run")
@click.option("--output", "-o", metavar="FILE", help=_("Output file, such as network.tflite; default: none."))
@click.option(
    "--images",
    type=click.IntRange(1, 10_000),
    default=200,
    show_default=True,
    help=_("Training images that the ranges are found with."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON."))
def quantize(run: str, output: str | None, images: int, as_json: bool) -> int:
    """Print what the network needs and its accuracy in float32 and in int8."""
    from tui_cnn.runs.directory import RunDirectory, find_run

    target = expanded(output) if output else None
    if target and target.suffix.lower() != _SUFFIX:
        raise FormatError(target, _("the file name must end in {suffixes}").format(suffixes=_SUFFIX))
    path = expanded(run)
    directory = RunDirectory(path) if (path / "network.toml").is_file() else find_run(run)
    quantizing = Quantizing(directory, target, images)
    converted, tested = None, None
    try:
        for answer in quantizing.steps():
            if isinstance(answer, ConvertedNetwork):
                converted = answer
            elif isinstance(answer, TestedNetworks):
                tested = answer
            elif isinstance(answer, TestedShare):
                show_progress(_("test set: {share:.0%}").format(share=answer.share))
    finally:
        quantizing.close()
        show_progress()
    assert converted is not None
    assert tested is not None
    report = _report(directory.id, converted, tested)
    echo(msgspec.json.encode(report) if as_json else _lines(report, output))
    return SOUND


def _report(run: str, converted: ConvertedNetwork, tested: TestedNetworks) -> dict[str, Any]:
    counts = tested.before, tested.after
    supports = [sum(row) for row in tested.before]
    total = sum(supports)
    return {
        "run": run,
        "flash": converted.size,
        "float32_size": converted.float_size,
        "ram": converted.ram,
        "calibration_images": converted.calibration,
        "in_float32": converted.in_float,
        "images": total,
        "accuracy": {kind: _share(count, range(len(count)), total) for kind, count in zip(_KINDS, counts, strict=True)},
        "alike": tested.alike,
        "classes": [
            {"name": name, "images": supports[number]}
            | {kind: _share(count, [number], supports[number]) for kind, count in zip(_KINDS, counts, strict=True)}
            for number, name in enumerate(tested.class_names)
        ],
        "boards": [
            name for name, board in BOARDS.items() if converted.size <= board.flash and converted.ram <= board.ram
        ],
    }


def _share(counts: list[list[int]], classes: Iterable[int], images: int) -> float | None:
    """Return the share of images of some classes that are predicted right; None without images."""
    return sum(counts[number][number] for number in classes) / images if images else None


def _lines(report: dict[str, Any], output: str | None) -> list[str]:
    needs = _("{run} in int8: flash {flash} ({float_size} in float32, {times:.1f}×), RAM {ram} for activations")
    lines = [
        needs.format(
            run=report["run"],
            flash=size(report["flash"]),
            ram=size(report["ram"]),
            float_size=size(report["float32_size"]),
            times=report["float32_size"] / report["flash"],
        ),
        _("{images:,} test images, {alike:.2%} predicted alike; calibrated on {count:,} training images").format(
            images=report["images"],
            alike=report["alike"] / report["images"],
            count=report["calibration_images"],
        ),
    ]
    if report["in_float32"]:
        floats = _("without an int8 kernel, so computed in float32: {operators}")
        lines.append(floats.format(operators=", ".join(report["in_float32"])))
    lines.append("")
    rows = [(_("all classes"), *_cells(report["accuracy"]), f"{report['images']:,}")]
    rows += [(shortened(one["name"]), *_cells(one), f"{one['images']:,}") for one in report["classes"]]
    heading = (_("accuracy"), "float32", "int8", _("change"), _("images"))
    lines += table(heading, rows, numbers={1, 2, 3, 4})
    fitting = ", ".join(report["boards"]) or _("none of them")
    lines += ["", _("Boards with enough flash and RAM: {boards}").format(boards=fitting)]
    return [*lines, _("Saved to {path}").format(path=output)] if output else lines


def _cells(accuracy: dict[str, Any]) -> tuple[str, str, str]:
    before, after = accuracy["float32"], accuracy["int8"]
    if before is None:
        return "—", "—", "—"
    return f"{before:.4f}", f"{after:.4f}", f"{after - before:+.4f}"
