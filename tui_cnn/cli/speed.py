"""`cnn-tui speed`: one convolution on this machine, by a loop, by NumPy, by TensorFlow on one thread and on all."""

import sys

import click
import msgspec

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import table
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.convolution_speed import IMAGE, KERNEL, MACS, SpeedMeasurement, WaySpeed, way_name
from tui_cnn.ui.toolkit.numbers import images


@click.command(
    short_help=_("Time one convolution on this machine."),
    help=_(
        """Time one convolution on this machine: with a Python loop, with NumPy, with TensorFlow on one thread, on all,
        and on the GPU, if there is one.

        It is the first convolution of fashion-cnn. The median of several runs is shown; other programs that use the
        processor at the same time make it slower."""
    ),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the results as JSON."))
def speed(as_json: bool) -> int:
    """Measure, and print a table."""
    measurement = SpeedMeasurement()
    if sys.stderr.isatty():
        echo(_("measuring …"), err=True)
    try:
        results = list(measurement.results())
    finally:
        measurement.close()
    if as_json:
        echo(msgspec.json.encode([{**msgspec.to_builtins(each), "name": way_name(each)} for each in results]))
        return SOUND
    height, width, _channels, filters = KERNEL
    what = _("Convolution: {filters} filters of {height}×{width} on images of {image}, {macs} MACs each, float32")
    image = "×".join(map(str, IMAGE))
    echo(what.format(filters=filters, height=height, width=width, image=image, macs=f"{MACS:,}"))
    heading = (_("computed with"), _("images/s"), _("MACs/s"), _("× before"), _("× loop"), _("measured"))
    for line in table(heading, speed_rows(results), numbers=(1, 2, 3, 4)):
        echo(line)
    instructions = next((each.instructions for each in results if each.instructions), ())
    if instructions:
        echo(_("Vector instructions (SIMD) of this processor: {names}").format(names=", ".join(instructions)))
    worst = max(each.largest_difference for each in results)
    echo(_("Largest difference between their results: {worst:.0e}").format(worst=worst))
    return SOUND


def speed_rows(results: list[WaySpeed]) -> list[tuple[str, ...]]:
    """Write a row for each way: its speed, and how many times faster than the way before and than the first it is."""
    rows = []
    for place, each in enumerate(results):
        before = results[max(0, place - 1)]
        times = [each.images_per_second / other.images_per_second for other in (before, results[0])]
        runs = ngettext("median of {count} run", "median of {count} runs", each.runs).format(count=each.runs)
        batch = images(each.images)
        rows.append(
            (
                way_name(each),
                f"{each.images_per_second:,.0f}",
                f"{each.macs_per_second / 1e6:,.0f} M",
                *(f"{time:,.1f}" if place else "" for time in times),
                f"{runs}, {batch}",
            )
        )
    return rows
