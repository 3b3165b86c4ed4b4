"""`cnn-tui explain`: why a trained network predicts a class for an image."""

from pathlib import Path
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
from tui_cnn.runs.errors import RunError

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import Heat, Heats, OpenReply

_MAGNIFY = 10


@click.command(
    short_help=_("Explain the prediction of a trained network for an image."),
    help=_(
        "Explain the prediction of a trained network for an image: a heat map over the "
        "image (.png, .svg), or its values\n"
        "        (.npz, .csv).\n"
        "\n"
        "        \b\n"
        "        saliency   how much each pixel changes the score of the class\n"
        "        grad-cam   which regions of a layer support the class: the last layer "
        "with feature maps, or --layer\n"
        "        occlusion  the probability of the class while a grey square covers each "
        "place"
    )
    + f"\n\n{RUN_HELP}\n\n{IMAGE_HELP}\n\n\b\n"
    + _("Example:\n  cnn-tui explain last shoe.png --method grad-cam --out why.png"),
)
@click.argument("run")
@click.argument("images", nargs=-1, metavar="[IMAGE]")
@image_options
@checkpoint_option
@click.option("--method", type=click.Choice(["saliency", "grad-cam", "occlusion"]), default="grad-cam")
@click.option(
    "--class", "target", type=int, metavar="N", help=_("Class number, from 0; default: the most likely class.")
)
@click.option("--layer", metavar="NAME", help=_("Layer for grad-cam."))
@click.option("--out", "-o", metavar="FILE", required=True, help=_("Output file: .png, .svg, .npz or .csv."))
def explain(
    run: str,
    images: tuple[str, ...],
    indices: tuple[int, ...],
    invert: bool | None,
    checkpoint: str,
    method: str,
    target: int | None,
    layer: str | None,
    out: str,
) -> int:
    """Write the file, and print the class that it explains."""
    require_one_image(images, indices)
    path = require_suffix(out, ".png", ".svg", ".npz", ".csv")

    async def questions(inspector: "Inspector", opened: "OpenReply") -> tuple[Any, Any, int, float, str]:
        from tui_cnn.runs.inspection import replies, requests

        (image,) = read_images(images, indices, invert, opened.image_shape)
        activations = await inspector.ask(requests.Activate(source=source, image=image.value), replies.Activations)
        answer: Heat | Heats
        if method == "grad-cam":
            ask = requests.GradCam(source=source, image=image.value, target=target)
            answer = await inspector.ask(ask, replies.Heats)
            heat = _chosen(answer, layer)
        else:
            kind = requests.Saliency if method == "saliency" else requests.Occlude
            answer = await inspector.ask(kind(source=source, image=image.value, target=target), replies.Heat)
            heat = answer.values.numpy()
        return activations.image.numpy(), heat, answer.target, answer.probability, opened.class_names[answer.target]

    source = source_of(run, checkpoint)
    image, heat, number, probability, name = ask_inspector(source, questions)
    _save(path, image, heat, method)
    click.echo(
        _("{name} (class {number}), probability {share:.4f}").format(name=name, number=number, share=probability)
    )
    return SOUND


def _chosen(answer: "Heats", layer: str | None) -> Any:
    if layer is None:
        return answer.values[-1].numpy()
    if layer not in answer.layers:
        message = _("no layer “{name}” with feature maps; available: {names}")
        raise RunError(message.format(name=layer, names=", ".join(answer.layers)))
    return answer.values[answer.layers.index(layer)].numpy()


def _save(path: Path, image: Any, heat: Any, method: str) -> None:
    from tui_cnn.data.rendering import enlarge, to_csv, to_npz, to_png, to_svg
    from tui_cnn.insight.colours import overlay

    match path.suffix.lower():
        case ".npz":
            data = to_npz({"image": image, "heat": heat})
        case ".csv":
            data = to_csv([str(column) for column in range(heat.shape[1])], heat.tolist())
        case suffix:
            # What is covered where little is left matters most.
            shown = enlarge(heat.max() - heat if method == "occlusion" else heat, image.shape[:2])
            pixels = overlay(image, shown)
            data = to_png(pixels, _MAGNIFY) if suffix == ".png" else to_svg(pixels, method, _MAGNIFY)
    save_bytes(path, data)
