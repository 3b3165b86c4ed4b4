"""`cnn-tui profile`: how long each layer takes on this machine, beside what it computes and moves."""

from typing import Any

import click
import msgspec

from tui_cnn.cli.arguments import ModelParam, input_shape_option, read_model
from tui_cnn.cli.group import SOUND
from tui_cnn.cli.streams import echo, show_progress
from tui_cnn.cli.table import table
from tui_cnn.core.network import format_path
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.amounts import short_count, size
from tui_cnn.i18n import _
from tui_cnn.runs.layer_profile import LayerProfile, LayerSeconds, NetworkProfile, Profiling
from tui_cnn.ui.toolkit.numbers import threads


@click.command(
    short_help=_("Time each layer of a network on this machine."),
    help=_(
        """Time each layer of MODEL on this machine, forward and backward, for a batch of random numbers.

        Beside the times: MACs, the bytes that are read and written at least (input, output, weights), and which share
        of the limit is reached. The limit is the roofline: the speed of a product of large matrices, or, where a layer
        computes little with each byte, the speed of the memory. Both are measured first.

        Each layer is measured alone, so the sum differs from the whole network, which is measured at the end.

        \b
        Examples:
          cnn-tui profile fashion-cnn
          cnn-tui profile resnet-50 --batch-size 8 --roofline"""
    ),
)
@click.argument("model", type=ModelParam())
@click.option("--batch-size", type=click.IntRange(1, 4096), default=32, show_default=True, help=_("Images per batch."))
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "gpu"]),
    default="auto",
    show_default=True,
    help=_("Device to measure; auto: the GPU, if there is one."),
)
@input_shape_option
@click.option("--roofline", is_flag=True, help=_("Draw the layers below the limits of the machine."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the results as JSON."))
def profile(model: str, batch_size: int, device: Any, input_shape: Shape | None, roofline: bool, as_json: bool) -> int:
    """Measure, and print a table."""
    profiling = Profiling(read_model(model, input_shape), batch_size, device)
    count = 0
    try:
        for measured in profiling.steps():
            count += isinstance(measured, LayerSeconds)
            show_progress(_("layer {count} …").format(count=count))
    finally:
        profiling.close()
        show_progress()
    found = profiling.profile()
    if as_json:
        echo(msgspec.json.encode(_report(found)))
        return SOUND
    for line in _lines(found, letters=roofline):
        echo(line)
    if roofline:
        from tui_cnn.ui.toolkit.roofline import roofline_lines

        echo()
        for line in roofline_lines(found):
            echo(line)
    return SOUND


def _lines(found: NetworkProfile, *, letters: bool) -> list[str]:
    machine, layers = found.machine, found.layers
    total = sum(layer.seconds for layer in layers) or 1.0
    heading: tuple[str, ...] = (
        "#", _("layer"), _("output"), _("MACs"), _("traffic"), _("forward ms"), _("backward ms"), _("time"),
        _("of limit"), _("limit"),
    )  # fmt: skip
    rows = [_row(layer, found, total) for layer in layers]
    if letters:
        from tui_cnn.ui.toolkit.roofline import letters_of

        signs = letters_of(found)
        heading = ("", *heading)
        rows = [(signs.get(layer.row.path, ""), *row) for layer, row in zip(layers, rows, strict=True)]
    first = 3 + letters
    lines = list(table(heading, rows, numbers=tuple(range(first, first + 6))))
    title = _("{name}: batches of {count} on {device}, {threads}, float32").format(
        name=found.analysis.network.name,
        count=found.batch_size,
        device=machine.device,
        threads=threads(machine.threads),
    )
    limits = _("Limits of this machine: {peak} FLOPs/s, {bandwidth}/s of memory traffic").format(
        peak=short_count(round(machine.peak)), bandwidth=size(round(machine.bandwidth))
    )
    whole, sums = found.whole, [sum(layer.forward for layer in layers), sum(layer.backward for layer in layers)]
    times = _(
        "Whole network: forward {forward} ms, backward {backward} ms; sum of its layers: {sum_forward} and "
        "{sum_backward} ms"
    )
    return [
        title,
        *lines,
        limits,
        times.format(
            forward=_milliseconds(whole.forward),
            backward=_milliseconds(whole.backward),
            sum_forward=_milliseconds(sums[0]),
            sum_backward=_milliseconds(sums[1]),
        ),
    ]


def _row(layer: LayerProfile, found: NetworkProfile, total: float) -> tuple[str, ...]:
    row = layer.row
    assert row.figures is not None
    return (
        format_path(row.path),
        f"{row.name} ×{row.times}" if row.times > 1 else row.name,
        format_shape(row.figures.output_shape),
        short_count(row.figures.macs.value) if row.figures.macs.value else "",
        size(layer.traffic),
        _milliseconds(layer.forward),
        _milliseconds(layer.backward) if layer.backward else "",
        f"{layer.seconds / total:.1%}",
        f"{layer.share(found.machine):.0%}",
        _("memory") if layer.is_bound_by_memory(found.machine) else _("compute"),
    )


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:,.2f}"


def _report(found: NetworkProfile) -> dict[str, Any]:
    machine, network = found.machine, found.analysis.network
    return {
        "name": network.name,
        "batch_size": found.batch_size,
        "machine": machine,
        "forward": found.whole.forward,
        "backward": found.whole.backward,
        "layers": [
            {
                "path": layer.row.path,
                "name": layer.row.name,
                "type": layer.row.kind,
                "times": layer.row.times,
                "macs": layer.row.figures.macs.value if layer.row.figures else None,
                "traffic": layer.traffic,
                "forward": layer.forward,
                "backward": layer.backward,
                "share_of_limit": layer.share(machine),
                "bound": "memory" if layer.is_bound_by_memory(machine) else "compute",
            }
            for layer in found.layers
        ],
    }
