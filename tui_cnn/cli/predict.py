"""`cnn-tui predict`: the classes that a trained network predicts for images."""

from typing import TYPE_CHECKING, Any

import click

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.inspecting import (
    IMAGE_HELP,
    RUN_HELP,
    InputImage,
    ask_inspector,
    checkpoint_option,
    image_options,
    read_images,
    source_of,
)
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import OpenReply

_TOP = 3


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
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON per image."))
def predict(
    run: str, images: tuple[str, ...], indices: tuple[int, ...], invert: bool | None, checkpoint: str, as_json: bool
) -> int:
    """Print a line for each image."""
    if not images and not indices:
        raise click.UsageError(_("specify an image file, or a test image with --index"))

    async def questions(inspector: "Inspector", opened: "OpenReply") -> list[dict[str, Any]]:
        from tui_cnn.runs.inspection.replies import Predictions
        from tui_cnn.runs.inspection.requests import Predict

        reports = []
        labels = _labels(opened, indices)
        for image in read_images(images, indices, invert, opened.image_shape):
            requested = (image.value,) if isinstance(image.value, int) else image.value
            answer = await inspector.ask(Predict(source=source, images=requested), Predictions)
            reports.append(_report(image, answer.probabilities.numpy()[0], opened, labels))
        return reports

    source = source_of(run, checkpoint)
    reports = ask_inspector(source, questions)
    if as_json:
        import msgspec

        for report in reports:
            click.echo(msgspec.json.encode(report))
        return SOUND
    click.echo("\n".join(_lines(reports)))
    return SOUND


def _labels(opened: "OpenReply", indices: tuple[int, ...]) -> dict[int, int]:
    """Look up the labels of the test images among the indices."""
    if not indices:
        return {}
    from tui_cnn.data.dataset import load_test
    from tui_cnn.data.files import data_directory

    labels = load_test(data_directory(opened.directory)).labels
    return {index: int(labels[index]) for index in indices if 0 <= index < len(labels)}


def _report(image: InputImage, probabilities: Any, opened: "OpenReply", labels: dict[int, int]) -> dict[str, Any]:
    report: dict[str, Any] = {
        "image": image.value if isinstance(image.value, int) else image.name,
        "predictions": [
            {"class": int(number), "name": opened.class_names[number], "probability": float(probabilities[number])}
            for number in probabilities.argsort()[::-1][:_TOP]
        ],
    }
    if not isinstance(image.value, int):
        return report | {"inverted": image.inverted}
    label = labels[image.value]
    return report | {"label": label, "label_name": opened.class_names[label] if label < len(opened.class_names) else ""}


def _lines(reports: list[dict[str, Any]]) -> list[str]:
    from tui_cnn.cli.table import table

    rows = []
    for report in reports:
        cells = [str(report["image"])]
        for guess in report["predictions"]:
            cells += [guess["name"], f"{guess['probability']:.4f}"]
        cells += [""] * (1 + 2 * _TOP - len(cells))
        rows.append([*cells, report.get("label_name") or (_("inverted") if report.get("inverted") else "")])
    share = _("prob.")
    heading = [_("image"), _("first"), share, _("second"), share, _("third"), share, _("label")]
    return table(heading, rows, numbers={2, 4, 6})
