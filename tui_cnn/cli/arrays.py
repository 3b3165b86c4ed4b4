"""`cnn-tui activations` and `cnn-tui kernels`: a trained network's numbers as files for numpy."""

from typing import TYPE_CHECKING, Any

import click

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.inspecting import (
    IMAGE_HELP,
    RUN_HELP,
    ask_inspector,
    checkpoint_option,
    image_options,
    read_images,
    require_one_image,
    require_suffix,
    source_of,
)
from tui_cnn.formats.saving import save_bytes
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import OpenReply

Command = Any
Arrays = dict[str, Any]


@click.command(
    short_help=_("Write the output of every layer for an image."),
    help=_(
        "Write the output of every layer for an image to an .npz file: one array per "
        "layer, under its name, with the input\n"
        "        image and the probabilities."
    )
    + f"\n\n{RUN_HELP}\n\n{IMAGE_HELP}\n\n\b\n"
    + _("Examples:\n  cnn-tui activations last shoe.png --out maps.npz\n  cnn-tui activations last -i 0 -o maps.npz"),
)
@click.argument("run")
@click.argument("images", nargs=-1, metavar="[IMAGE]")
@image_options
@checkpoint_option
@click.option("--out", "-o", metavar="F.npz", required=True, help=_("Output file."))
def activations(
    run: str, images: tuple[str, ...], indices: tuple[int, ...], invert: bool | None, checkpoint: str, out: str
) -> int:
    """Write the file."""
    require_one_image(images, indices)
    target = require_suffix(out, ".npz")

    async def questions(inspector: "Inspector", opened: "OpenReply") -> Arrays:
        from tui_cnn.runs.inspection.replies import Activations
        from tui_cnn.runs.inspection.requests import Activate

        (image,) = read_images(images, indices, invert, opened.image_shape)
        answer = await inspector.ask(Activate(source=source, image=image.value, dtype="float32"), Activations)
        layers = {info.name: array.numpy() for info, array in zip(opened.layers, answer.layers, strict=True)}
        return {"image": answer.image.numpy(), "probabilities": answer.probabilities.numpy()} | layers

    source = source_of(run, checkpoint)
    return _save(target, ask_inspector(source, questions))


@click.command(
    short_help=_("Write the weights of a trained network."),
    help=_(
        "Write the weights of a trained network to an .npz file, in arrays such as "
        "`conv2d/kernel` of shape height, width,\n"
        "        input channels, filters."
    )
    + f"\n\n{RUN_HELP}\n\n\b\n"
    + _("Example:\n  cnn-tui kernels last --out kernels.npz"),
)
@click.argument("run")
@checkpoint_option
@click.option("--out", "-o", metavar="F.npz", required=True, help=_("Output file."))
def kernels(run: str, checkpoint: str, out: str) -> int:
    """Write the file."""
    target = require_suffix(out, ".npz")

    async def questions(inspector: "Inspector", _opened: "OpenReply") -> Arrays:
        from tui_cnn.runs.inspection.replies import WeightsReply
        from tui_cnn.runs.inspection.requests import Kernels

        answer = await inspector.ask(Kernels(source=source), WeightsReply)
        return {
            f"{layer.name}/{name}": array.numpy() for layer in answer.layers for name, array in layer.weights.items()
        }

    source = source_of(run, checkpoint)
    return _save(target, ask_inspector(source, questions))


def _save(target: Any, arrays: Arrays) -> int:
    """Write the file and print what is in it."""
    from tui_cnn.cli.table import table
    from tui_cnn.data.rendering import to_npz

    save_bytes(target, to_npz(arrays))
    rows = [(name, "×".join(map(str, array.shape)), array.dtype.name) for name, array in arrays.items()]
    click.echo("\n".join(table((_("array"), _("shape"), _("type")), rows)))
    return SOUND
