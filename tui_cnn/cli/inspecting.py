"""Commands that ask about a trained network: `predict`, `evaluate`, `explain`, `activations`, `kernels`."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import click
import msgspec

from tui_cnn.cli.group import SOUND, UNUSABLE
from tui_cnn.cli.sources import described_source, model_options, source_of
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import shortened, table
from tui_cnn.config import expanded
from tui_cnn.errors import UserError
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.saving import save_bytes
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.client import R
    from tui_cnn.runs.inspection.replies import Heats, OpenReply
    from tui_cnn.runs.inspection.requests import AnyRequest, Image, Source

Command = Callable[..., int]

_TOP = 3
_MOST_IN_A_MATRIX = 100
_STRENGTH = 0.65
"""The share of the heat's colour where it is laid over the image."""

RUN_HELP = _(
    "RUN is the id of a run or a unique part of it, `last` for the newest run, or the "
    "path of a run directory or of a model file (.keras, .h5, .onnx), whose code is never run; "
    "`cnn-tui runs` lists the runs."
)
IMAGE_HELP = _(
    "IMAGE is an image file, such as PNG or JPEG; it is fitted to the network's input like the images of the run, "
    "in grey or in colour. If these are light on black, like those of Fashion-MNIST, an image with a "
    "light border is inverted, unless --as-is is given."
)

checkpoint_option = click.option(
    "--checkpoint",
    metavar="best|last|N",
    default="best",
    help=_("Which weights: the best, the last, or those saved after N steps.  [best]"),
)


def image_options(command: Command) -> Command:
    """Give a command the options of images, which are those of `_read_images`."""
    help_of_index = _("Number of a test image, from 0.")
    command = click.option("--invert/--as-is", default=None, help=_("Invert the image, or keep it as it is."))(command)
    return click.option("--index", "-i", "indices", multiple=True, type=int, metavar="N", help=help_of_index)(command)


@click.command(
    short_help=_("Predict the class of images."),
    help=_("Predict the class of images with a trained network: the three most likely classes.")
    + f"\n\n{RUN_HELP}\n\n{IMAGE_HELP}\n\n\b\n"
    + _("Examples:\n  cnn-tui predict last shoe.png\n  cnn-tui predict last --index 0 --index 1 --json"),
)
@click.argument("run")
@click.argument("images", nargs=-1, metavar="[IMAGE]...")
@image_options
@checkpoint_option
@model_options
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON per image."))
def predict(run: str, checkpoint: str, as_json: bool, **given: Any) -> int:
    """Print a line for each image."""
    if not given["images"] and not given["indices"]:
        raise click.UsageError(_("specify an image file, or a test image with --index"))
    from tui_cnn.runs.inspection.replies import Predictions
    from tui_cnn.runs.inspection.requests import Predict

    source = described_source(run, checkpoint, given)
    reports: list[dict[str, Any]] = []
    status = SOUND
    with inspection(source) as (ask, opened):
        labels = _labels(source, opened, given["indices"])
        for name in [*given["images"], *given["indices"]]:
            try:
                image = read_image(name, opened, given["invert"])
                requested = (image.value,) if isinstance(image.value, int) else image.value
                answer = ask(Predict(source=source, images=requested), Predictions)
            except UserError as error:  # of this image: the others are predicted all the same
                echo(str(error), err=True)
                reports.append({"image": name, "error": str(error)})
                status = UNUSABLE
            else:
                reports.append(_prediction(image, answer.probabilities.numpy()[0], opened, labels))
    if as_json:
        for report in reports:
            echo(msgspec.json.encode(report))
        return status
    rows = []
    for report in reports:
        if "error" in report:
            continue
        cells = [str(report["image"])]
        for guess in report["predictions"]:
            cells += [shortened(guess["name"]), f"{guess['probability']:.4f}"]
        cells += [""] * (1 + 2 * _TOP - len(cells))
        label = shortened(report.get("label_name", ""))
        rows.append([*cells, label or (_("inverted") if report.get("inverted") else "")])
    share = _("prob.")
    heading = [_("image"), _("first"), share, _("second"), share, _("third"), share, _("label")]
    if rows:
        echo(table(heading, rows, numbers={2, 4, 6}))
    return status


def _labels(source: "Source", opened: "OpenReply", indices: tuple[int, ...]) -> dict[int, tuple[int, str]]:
    """Look up the labels of the test images among the indices: numbers and names of classes of the data set.

    None where that is gone: what asks about an image of it says so.
    """
    if not indices:
        return {}
    from tui_cnn.data.dataset import load_test
    from tui_cnn.data.files import DataError, data_directory
    from tui_cnn.runs.inspection.test_images import load_test_of

    try:
        directory = data_directory(opened.directory)
        test = load_test(directory, opened.input_shape, opened.fit) if source.is_file else load_test_of(source.run)
    except DataError:
        return {}
    return {
        index: (int(test.labels[index]), test.class_names[test.labels[index]])
        for index in indices
        if 0 <= index < len(test.labels)
    }


def _prediction(
    image: "_InputImage", probabilities: Any, opened: "OpenReply", labels: dict[int, tuple[int, str]]
) -> dict[str, Any]:
    names = opened.class_names
    guesses = [
        {"class": int(number), "name": names[number], "probability": float(probabilities[number])}
        for number in probabilities.argsort()[::-1][:_TOP]
    ]
    if not isinstance(image.value, int):
        return {"image": image.name, "predictions": guesses, "inverted": image.inverted}
    label, name = labels[image.value]
    return {"image": image.value, "predictions": guesses, "label": label, "label_name": name}


@click.command(
    short_help=_("Evaluate a trained network on the test set."),
    help=cleandoc(
        _(
            """Evaluate a trained network on the test set: accuracy, loss, precision, recall and F1 of each class, the
            confusion matrix, and the expected calibration error in ten confidence bins."""
        )
    )
    + f"\n\n{RUN_HELP}\n\n\b\n"
    + _(
        "Examples:\n  cnn-tui evaluate last\n  cnn-tui evaluate 3f2a --checkpoint last --json\n"
        "  cnn-tui evaluate last --mirror"
    ),
)
@click.argument("run")
@checkpoint_option
@model_options
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON."))
@click.option("--out", "-o", metavar="FILE", help=_("Also write the probabilities of all images, as .npz or .csv."))
@click.option(
    "--mirror",
    is_flag=True,
    help=_(
        "Also show the accuracy with the mean of the probabilities of each image and its mirror image (test-time "
        "augmentation)."
    ),
)
def evaluate(run: str, checkpoint: str, as_json: bool, out: str | None, mirror: bool, **given: Any) -> int:
    """Print the numbers."""
    from tui_cnn.data.rendering import to_csv, to_npz
    from tui_cnn.runs.inspection.replies import Evaluation
    from tui_cnn.runs.inspection.requests import Evaluate
    from tui_cnn.ui.toolkit.runs import weights_name, weights_of

    target = _path(out, ".npz", ".csv") if out else None
    source = described_source(run, checkpoint, given)
    with inspection(source) as (ask, opened):
        answer = ask(Evaluate(source=source), Evaluation)
        turned = ask(Evaluate(source=source, mirrored=True), Evaluation) if mirror else None
    probabilities, labels, names = answer.probabilities.numpy(), answer.labels.numpy(), opened.class_names
    report = _evaluation(probabilities, labels, names)
    if turned:
        both = _evaluation((probabilities + turned.probabilities.numpy()) / 2, labels, names)
        report["mirrored"] = {name: both[name] for name in ("accuracy", "loss", "calibration_error")}
    if target and target.suffix.lower() == ".npz":
        save_bytes(target, to_npz({"probabilities": probabilities, "labels": labels}))
    elif target:
        rows = ([number, label, *row] for number, (label, row) in enumerate(zip(labels, probabilities, strict=True)))
        save_bytes(target, to_csv(["image", "label", *names], rows))
    if as_json:
        known = weights_of(source)
        which = {"run": source.name, "checkpoint": source.which, "epoch": known.epoch if known else None}
        echo(msgspec.json.encode(which | report))
    else:
        summary, *lines = _evaluation_lines(report)
        echo([f"{summary}  ({weights_name(source)})", *_mirrored_lines(report), *lines])
    return SOUND


def _evaluation(probabilities: Any, labels: Any, names: tuple[str, ...]) -> dict[str, Any]:
    from tui_cnn.insight.predictions import accuracy, confusion, log_loss, per_class, reliability

    counts = confusion(labels, probabilities.argmax(axis=1), len(names))
    scores = per_class(counts)
    return {
        "images": len(labels),
        "accuracy": accuracy(counts),
        "loss": log_loss(labels, probabilities),
        "calibration_error": reliability(probabilities, labels).error,
        "classes": [
            {
                "name": name,
                "precision": float(scores.precision[number]),
                "recall": float(scores.recall[number]),
                "f1": float(scores.f1[number]),
                "images": int(scores.support[number]),
            }
            for number, name in enumerate(names)
        ],
        "confusion": counts.tolist(),
    }


def _mirrored_lines(report: dict[str, Any]) -> list[str]:
    both = report.get("mirrored")
    if both is None:
        return []
    line = _("with mirror images  accuracy {accuracy:.4f}  loss {loss:.4f}  calibration error {error:.4f}")
    return [line.format(error=both["calibration_error"], **both)]


def _evaluation_lines(report: dict[str, Any]) -> list[str]:
    summary = _("{images:,} test images  accuracy {accuracy:.4f}  loss {loss:.4f}  calibration error {error:.4f}")
    summary = summary.format(error=report["calibration_error"], **report)
    heading = [_("class"), _("precision"), _("recall"), _("F1"), _("images")]
    classes = report["classes"]
    names = [shortened(each["name"]) for each in classes]
    scores = [
        [name, f"{each['precision']:.4f}", f"{each['recall']:.4f}", f"{each['f1']:.4f}", f"{each['images']:,}"]
        for name, each in zip(names, classes, strict=True)
    ]
    lines = [summary, "", *table(heading, scores, numbers={1, 2, 3, 4}), ""]
    if len(names) > _MOST_IN_A_MATRIX:
        return [*lines, _("confusion matrix of {count:,} classes: use --json").format(count=len(names))]
    predicted = [_("predicted"), *map(str, range(len(names)))]
    counts = [
        [f"{number} {name}", *map(str, row)]
        for number, (name, row) in enumerate(zip(names, report["confusion"], strict=True))
    ]
    return [*lines, *table(predicted, counts, numbers=range(1, len(predicted)))]


@click.command(
    short_help=_("Explain the prediction of a trained network for an image."),
    help=cleandoc(
        _(
            """Explain the prediction of a trained network for an image: a heat map over the image (.png, .svg), or its
            values (.npz, .csv).

            \b
            saliency   how much each pixel changes the score of the class
            grad-cam   which regions of a layer support the class: the last layer with feature maps, or --layer
            occlusion  probability of the class while a square covers each place: the background's colour, or --grey"""
        )
    )
    + f"\n\n{RUN_HELP}\n\n{IMAGE_HELP}\n\n\b\n"
    + _("Example:\n  cnn-tui explain last shoe.png --method grad-cam --out why.png"),
)
@click.argument("run")
@click.argument("images", nargs=-1, metavar="[IMAGE]")
@image_options
@checkpoint_option
@model_options
@click.option("--method", type=click.Choice(["saliency", "grad-cam", "occlusion"]), default="grad-cam")
@click.option(
    "--class", "target", type=int, metavar="N", help=_("Class number, from 0; default: the most likely class.")
)
@click.option("--layer", metavar="NAME", help=_("Layer for grad-cam."))
@click.option(
    "--size", type=click.IntRange(1), help=_("Side of the square, in pixels; default: 6 for 28×28, in proportion.")
)
@click.option(
    "--step", type=click.IntRange(1), help=_("Pixels the square moves at a time; default: a third of the default size.")
)
@click.option(
    "--grey", type=click.IntRange(0, 255), help=_("Grey of the square, 0 to 255; default: the image's background.")
)
@click.option("--out", "-o", metavar="FILE", required=True, help=_("Output file: .png, .svg, .npz or .csv."))
def explain(
    run: str,
    checkpoint: str,
    method: str,
    target: int | None,
    layer: str | None,
    size: int | None,
    step: int | None,
    grey: int | None,
    out: str,
    **given: Any,
) -> int:
    """Write the file, and print the class that it explains."""
    from tui_cnn.data.rendering import enlarge, to_csv, to_npz
    from tui_cnn.formats.shapes import to_png, to_svg
    from tui_cnn.insight.colours import scale_of
    from tui_cnn.insight.maps import occlusion_loss, square_unit
    from tui_cnn.runs.inspection import replies, requests
    from tui_cnn.runs.inspection.figure import Figure, Panel, draw_figure
    from tui_cnn.ui.toolkit.runs import weights_name

    name = the_image(**given)
    path = _path(out, ".png", ".svg", ".npz", ".csv")
    source = described_source(run, checkpoint, given)
    with inspection(source) as (ask, opened):
        image = read_image(name, opened, given["invert"])
        activations = ask(requests.Activate(source=source, image=image.value, layers=()), replies.Activations)
        pixels = activations.image.numpy()
        shape = image.value.shape if isinstance(image.value, replies.Array) else opened.image_shape
        unit = square_unit(shape)
        sides = size or 6 * unit, step or 2 * unit
        answer: replies.Heat | replies.Heats
        if method == "grad-cam":
            answer = ask(requests.GradCam(source=source, image=image.value, target=target), replies.Heats)
            place = _chosen(answer, layer)
            heat, what = answer.values[place].numpy(), _("Grad-CAM of {layer}").format(layer=answer.layers[place])
        else:
            asked: dict[str, Any] = {"source": source, "image": image.value, "target": target}
            square = requests.Occlude(**asked, size=sides[0], step=sides[1], grey=grey)
            answer = ask(requests.Saliency(**asked) if method == "saliency" else square, replies.Heat)
            heat, what = answer.values.numpy(), _("Saliency") if method == "saliency" else _("Occlusion")
    line = _("{name} (class {number}), probability {share:.4f}")
    names = opened.class_names
    lines = [line.format(name=names[answer.target], number=answer.target, share=answer.probability)]
    if isinstance(answer, replies.Heat) and answer.fill is not None:
        line = _("covered by a square of {size}×{size}, colour {colour}, in steps of {step}")
        if len(set(answer.fill)) == 1:
            line = _("covered by a square of {size}×{size}, grey {grey}, in steps of {step}")
        colour = ", ".join(map(str, answer.fill))
        lines.append(line.format(size=sides[0], step=sides[1], colour=colour, grey=answer.fill[0]))
    suffix = path.suffix.lower()
    if suffix == ".npz":
        data = to_npz({"image": pixels, "heat": heat})
    elif suffix == ".csv":
        data = to_csv([str(column) for column in range(heat.shape[1])], heat.tolist())
    else:
        signed, (height, width) = method == "occlusion", pixels.shape[:2]
        if signed:
            corner = (height - shape[0]) // 2, (width - shape[1]) // 2
            heat = occlusion_loss(heat, answer.probability, sides, (height, width), corner)
        scale = scale_of(heat, signed=signed)._replace(strength=_STRENGTH)
        about = (image.name, *lines, " · ".join(dict.fromkeys((weights_name(source), source.name))))
        panels = Panel(pixels, _("Image")), Panel(scale.lay(enlarge(heat, (height, width)), pixels), what, scale)
        sheet = draw_figure(Figure(f"{what}: {names[answer.target]}", panels, about))
        data = to_png(sheet) if suffix == ".png" else to_svg(sheet).encode()
    save_bytes(path, data)
    echo(lines)
    return SOUND


def _chosen(answer: "Heats", layer: str | None) -> int:
    if layer is None:
        return len(answer.layers) - 1
    if layer not in answer.layers:
        message = _("no layer “{name}” with feature maps; available: {names}")
        raise RunError(message.format(name=layer, names=", ".join(answer.layers)))
    return answer.layers.index(layer)


@click.command(
    short_help=_("Write the output of every layer for an image."),
    help=_(
        "Write the output of every layer for an image to an .npz file: one array per layer, under its name, "
        "with the input image and the probabilities."
    )
    + f"\n\n{RUN_HELP}\n\n{IMAGE_HELP}\n\n\b\n"
    + _("Examples:\n  cnn-tui activations last shoe.png --out maps.npz\n  cnn-tui activations last -i 0 -o maps.npz"),
)
@click.argument("run")
@click.argument("images", nargs=-1, metavar="[IMAGE]")
@image_options
@checkpoint_option
@model_options
@click.option("--out", "-o", metavar="F.npz", required=True, help=_("Output file."))
def activations(run: str, checkpoint: str, out: str, **given: Any) -> int:
    """Write the file."""
    from tui_cnn.runs.inspection.replies import Activations
    from tui_cnn.runs.inspection.requests import Activate

    name = the_image(**given)
    target = _path(out, ".npz")
    source = described_source(run, checkpoint, given)
    with inspection(source) as (ask, opened):
        image = read_image(name, opened, given["invert"])
        answer = ask(Activate(source=source, image=image.value), Activations)
    layers = {info.name: answer.layers[info.name].numpy() for info in opened.layers}
    return _save_arrays(
        target, {"image": answer.image.numpy(), "probabilities": answer.probabilities.numpy(), **layers}
    )


@click.command(
    short_help=_("Write the weights of a trained network."),
    help=_(
        "Write the weights of a trained network to an .npz file, in arrays such as `conv2d/kernel` of shape "
        "height, width, input channels, filters."
    )
    + f"\n\n{RUN_HELP}\n\n\b\n"
    + _("Example:\n  cnn-tui kernels last --out kernels.npz"),
)
@click.argument("run")
@checkpoint_option
@click.option("--out", "-o", metavar="F.npz", required=True, help=_("Output file."))
def kernels(run: str, checkpoint: str, out: str) -> int:
    """Write the file."""
    from tui_cnn.runs.inspection.replies import WeightsReply
    from tui_cnn.runs.inspection.requests import Kernels

    target = _path(out, ".npz")
    source = source_of(run, checkpoint)
    with inspection(source) as (ask, _opened):
        answer = ask(Kernels(source=source), WeightsReply)
    arrays = {f"{layer.name}/{name}": array.numpy() for layer in answer.layers for name, array in layer.weights.items()}
    return _save_arrays(target, arrays)


def _save_arrays(target: Path, arrays: dict[str, Any]) -> int:
    """Write the file and print what is in it."""
    from tui_cnn.data.rendering import to_npz

    save_bytes(target, to_npz(arrays))
    rows = [(name, "×".join(map(str, array.shape)), array.dtype.name) for name, array in arrays.items()]
    echo(table((_("array"), _("shape"), _("type")), rows))
    return SOUND


class _Ask(Protocol):
    """Sends a request to the inspector and returns its reply, of the kind that is expected."""

    def __call__(self, request: "AnyRequest", reply: "type[R]", /) -> "R": ...


@contextmanager
def inspection(source: "Source") -> "Iterator[tuple[_Ask, OpenReply]]":
    """Open a source in an inspector, which ends with the context.

    Raises:
        RunError: it cannot be opened, or something that it is asked cannot be answered.
    """
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import OpenReply
    from tui_cnn.runs.inspection.requests import Open

    with asyncio.Runner() as runner:
        inspector = Inspector()

        def ask(request: "AnyRequest", reply: "type[R]", /) -> "R":
            return runner.run(inspector.ask(request, reply))

        try:
            yield ask, ask(Open(source=source), OpenReply)
        finally:
            runner.run(inspector.close())


class _InputImage(NamedTuple):
    """An image for the network: the number of one of the test set, or an array, and its name."""

    name: str
    value: "Image"
    inverted: bool = False


def read_image(name: str | int, opened: "OpenReply", invert: bool | None) -> _InputImage:
    """Read an image file, brought to what the network takes, or name a test image.

    Raises:
        DataError: it cannot be read.
    """
    from tui_cnn.data.images import fit_image, has_light_background, read_image
    from tui_cnn.runs.inspection.replies import pack

    if isinstance(name, int):
        return _InputImage(_("test image {number}").format(number=name), name)
    image = read_image(expanded(name), opened.own_shape[2])
    inverted = opened.light_on_black and has_light_background(image) if invert is None else invert
    return _InputImage(name, pack(fit_image(image, opened.own_shape, opened.fit, invert=inverted)), inverted)


def the_image(images: tuple[str, ...], indices: tuple[int, ...], **_options: Any) -> str | int:
    """Return the one image that was asked for: a file, or the number of a test image."""
    names: list[str | int] = [*images, *indices]
    if len(names) != 1:
        raise click.UsageError(_("specify one image file, or one test image with --index"))
    return names[0]


def _path(out: str, *suffixes: str) -> Path:
    """Return the path of a file whose name must end in one of `suffixes`."""
    path = expanded(out)
    if path.suffix.lower() not in suffixes:
        raise FormatError(path, _("the file name must end in {suffixes}").format(suffixes=_(" or ").join(suffixes)))
    return path
