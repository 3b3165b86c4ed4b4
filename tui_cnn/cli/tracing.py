"""`cnn-tui trace`: how one number of a trained network came about."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from tui_cnn.cli import inspecting
from tui_cnn.cli.group import SOUND
from tui_cnn.cli.inspecting import (
    IMAGE_HELP,
    RUN_HELP,
    checkpoint_option,
    image_options,
    read_image,
    the_image,
)
from tui_cnn.cli.sources import described_source, model_options
from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import table
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

if TYPE_CHECKING:
    from tui_cnn.insight.trace import Trace


@click.command(
    short_help=_("Show how one number of a trained network is calculated."),
    help=_(
        "Show how one number of a trained network is calculated: every product, the bias, the activation; for "
        "pooling, the window; for a softmax, all logits. The layer is the last one unless --layer names another, "
        "the cell that with the largest number."
    )
    + f"\n\n{RUN_HELP}\n\n{IMAGE_HELP}\n\n\b\n"
    + _("Examples:\n  cnn-tui trace last -i 0\n  cnn-tui trace last -i 0 --layer conv2d --cell 3,4,7 --json"),
)
@click.argument("run")
@click.argument("images", nargs=-1, metavar="[IMAGE]")
@image_options
@checkpoint_option
@model_options
@click.option("--layer", metavar="NAME", help=_("Name of a layer; input_layer: the input."))
@click.option("--cell", metavar="ROW,COLUMN,MAP", help=_("Where the number is in the layer, from 0; or UNIT."))
@click.option("--logit", is_flag=True, help=_("The number before the softmax of the layer."))
@click.option("--json", "as_json", is_flag=True, help=_("Print one line of JSON."))
def trace(
    run: str, checkpoint: str, layer: str | None, cell: str | None, logit: bool, as_json: bool, **given: Any
) -> int:
    """Print the trace."""
    from tui_cnn.core.layers.links import NETWORK_INPUT
    from tui_cnn.insight.trace_text import cell_words, number, written_out
    from tui_cnn.runs.inspection.replies import Activations, WeightsReply
    from tui_cnn.runs.inspection.requests import Activate, Kernels
    from tui_cnn.runs.inspection.tracing import place_of, scaled_words, tracer_of, values_of

    name, at = the_image(**given), _cell(cell)
    source = described_source(run, checkpoint, given)
    with inspecting.inspection(source) as (ask, opened):
        tracer = tracer_of(opened, ask(Kernels(source=source), WeightsReply))
        image = read_image(name, opened, given["invert"]).value
        known = tracer.needs(layer or opened.layers[-1].name)
        found = ask(Activate(source=source, image=image, layers=known), Activations)
    place, values = place_of(opened, layer, at, found), values_of(opened, found)
    result = tracer.trace(place, values)
    if logit and not result.step_before:
        raise RunError(_("{layer} does not end with a softmax: leave --logit out").format(layer=place.layer))
    if logit:
        result = tracer.trace(place._replace(before=True), values)
    if as_json:
        echo(msgspec.json.encode(_report(result)))
        return SOUND
    kind = f" ({result.kind})" if result.kind else ""
    echo(f"{place.layer}{kind}, {cell_words(place)}: {number(result.value)}")
    if place.layer == NETWORK_INPUT:
        echo(scaled_words(opened, found, result))
    else:
        echo(["", *written_out(result), *_lines(result)])
    return SOUND


def _cell(text: str | None) -> tuple[int, ...] | None:
    """Read `3,4,7`.

    Raises:
        UsageError: these are no numbers.
    """
    if text is None:
        return None
    parts = text.replace(" ", "").split(",")
    if not all(part.isdecimal() and part.isascii() and len(part) < 10 for part in parts):
        raise click.UsageError(_("“{text}” is not a cell; write it as 3,4,7").format(text=text))
    return tuple(map(int, parts))


def _lines(result: "Trace") -> list[str]:
    """Write all terms, the largest first: those of a window as its rows, single ones as a table."""
    import numpy as np

    from tui_cnn.insight.trace_text import number, short_place

    terms = result.terms
    if terms is None:
        return []
    products, sums = terms.products, terms.sums
    if products[0].size == 1:
        heading = [_("from"), _("value"), *([_("weight"), _("product")] if terms.weights is not None else [])]
        heading += [_("e to its power")] if terms.rule == "softmax" else []
        rows = []
        for group in map(int, result.order()):
            origin = result.origin(group, 0)
            numbers = [float(terms.values[group].item())]
            if terms.weights is not None:
                numbers += [float(terms.weights[group].item()), float(products[group].item())]
            if terms.rule == "softmax":
                numbers.append(float(sums[group]))
            rows.append([short_place(origin) if origin else _("padding"), *map(number, numbers)])
        return ["", *table(heading, rows, numbers=range(1, len(heading)))]
    lines = []
    for group in map(int, result.order()):
        inputs = [terms.values[group], *([] if terms.weights is None else [terms.weights[group], products[group]])]
        written = [np.vectorize(lambda each: "·" if np.isnan(each) else number(each))(part) for part in inputs]
        title = _("channel {number}: {sum}").format(number=int(terms.numbers[group]), sum=number(float(sums[group])))
        lines += ["", title]
        width = max(len(cell) for part in written for cell in part.ravel())
        for beside in zip(*(part.reshape(-1, part.shape[-1]) for part in written), strict=True):
            blocks = [" ".join(cell.rjust(width) for cell in row) for row in beside]
            lines.append(
                "  " + blocks[0] + "".join(f"  {sign}  {b}" for sign, b in zip("×=", blocks[1:], strict=False))
            )
    return lines


def _report(result: "Trace") -> dict[str, Any]:
    """Put the trace together for JSON; what is no number is null."""
    terms = result.terms
    report: dict[str, Any] = {
        "layer": result.place.layer,
        "cell": result.place.cell,
        "before_softmax": result.place.before,
        "kind": result.kind,
        "rule": None if terms is None else terms.rule,
        "constants": {} if terms is None else terms.constants,
        "total": result.total,
        "function": result.function or "linear",
        "value": result.value,
        "keras": result.keras,
        "difference": result.difference,
        "terms": [],
    }
    if terms is None:
        return report
    products, sums = terms.products, terms.sums
    for group in map(int, result.order()):
        taps = []
        for tap, value in enumerate(terms.values[group].ravel().tolist()):
            origin = result.origin(group, tap)
            taps.append(
                {
                    "layer": origin.layer if origin else None,
                    "cell": origin.cell if origin else None,
                    "value": value,
                    "weight": None if terms.weights is None else float(terms.weights[group].ravel()[tap]),
                    "product": float(products[group].ravel()[tap]),
                }
            )
        report["terms"].append({"channel": int(terms.numbers[group]), "sum": float(sums[group]), "taps": taps})
    return report
