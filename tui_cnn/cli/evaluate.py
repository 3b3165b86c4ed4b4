"""`cnn-tui evaluate`: how well a trained network knows each class of the test set."""

from typing import TYPE_CHECKING, Any

import click

from tui_cnn.cli.group import SOUND
from tui_cnn.cli.inspecting import RUN_HELP, ask_inspector, checkpoint_option, require_suffix, source_of
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import OpenReply


@click.command(
    short_help=_("Evaluate a trained network on the test set."),
    help=_(
        "Evaluate a trained network on the test set: accuracy, loss, precision, recall "
        "and F1 of each class, the\n"
        "        confusion matrix, and the expected calibration error in ten confidence "
        "bins."
    )
    + f"\n\n{RUN_HELP}\n\n\b\n"
    + _("Examples:\n  cnn-tui evaluate last\n  cnn-tui evaluate 3f2a --checkpoint last --json"),
)
@click.argument("run")
@checkpoint_option
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON."))
@click.option("--out", "-o", metavar="FILE", help=_("Also write the probabilities of all images, as .npz or .csv."))
def evaluate(run: str, checkpoint: str, as_json: bool, out: str | None) -> int:
    """Print the numbers."""
    target = require_suffix(out, ".npz", ".csv") if out else None

    async def questions(inspector: "Inspector", opened: "OpenReply") -> tuple[Any, Any, tuple[str, ...]]:
        from tui_cnn.runs.inspection.replies import Evaluation
        from tui_cnn.runs.inspection.requests import Evaluate

        answer = await inspector.ask(Evaluate(source=source), Evaluation)
        return answer.probabilities.numpy(), answer.labels.numpy(), opened.class_names

    source = source_of(run, checkpoint)
    probabilities, labels, names = ask_inspector(source, questions)
    report = _report(probabilities, labels, names)
    if target:
        _save(target, probabilities, labels, names)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode({"run": source.name, "checkpoint": source.which, **report}))
    else:
        click.echo("\n".join(_lines(report)))
    return SOUND


def _report(probabilities: Any, labels: Any, names: tuple[str, ...]) -> dict[str, Any]:
    from tui_cnn.insight.predictions import accuracy, confusion, log_loss, per_class, reliability

    size = max(len(names), int(labels.max()) + 1)  # a network may have fewer outputs than the set has classes
    counts = confusion(labels, probabilities.argmax(axis=1), size)
    scores = per_class(counts)
    known = len(names) == size
    return {
        "images": len(labels),
        "accuracy": accuracy(counts),
        "loss": log_loss(labels, probabilities) if known else None,
        "calibration_error": reliability(probabilities, labels).error,
        "classes": [
            {
                "name": names[number] if number < len(names) else str(number),
                "precision": float(scores.precision[number]),
                "recall": float(scores.recall[number]),
                "f1": float(scores.f1[number]),
                "images": int(scores.support[number]),
            }
            for number in range(size)
        ],
        "confusion": counts.tolist(),
    }


def _lines(report: dict[str, Any]) -> list[str]:
    from tui_cnn.cli.table import table

    loss = "" if report["loss"] is None else _("  loss {loss:.4f}").format(loss=report["loss"])
    summary = _("{images:,} test images  accuracy {accuracy:.4f}{loss}  calibration error {error:.4f}")
    heading = [_("class"), _("precision"), _("recall"), _("F1"), _("images")]
    scores = [
        [each["name"], f"{each['precision']:.4f}", f"{each['recall']:.4f}", f"{each['f1']:.4f}", f"{each['images']:,}"]
        for each in report["classes"]
    ]
    taken = [_("predicted"), *(str(number) for number in range(len(scores)))]
    counts = [
        [f"{number} {each['name']}", *map(str, row)]
        for number, (each, row) in enumerate(zip(report["classes"], report["confusion"], strict=True))
    ]
    figures = set(range(1, len(taken)))
    return [
        summary.format(
            images=report["images"], accuracy=report["accuracy"], loss=loss, error=report["calibration_error"]
        ),
        "",
        *table(heading, scores, numbers={1, 2, 3, 4}),
        "",
        *table(taken, counts, numbers=figures),
    ]


def _save(target: Any, probabilities: Any, labels: Any, names: tuple[str, ...]) -> None:
    from tui_cnn.data.rendering import to_csv, to_npz
    from tui_cnn.formats.saving import save_bytes

    if target.suffix.lower() == ".npz":
        save_bytes(target, to_npz({"probabilities": probabilities, "labels": labels}))
        return
    rows = ([number, label, *row] for number, (label, row) in enumerate(zip(labels, probabilities, strict=True)))
    save_bytes(target, to_csv(["image", "label", *names], rows))
