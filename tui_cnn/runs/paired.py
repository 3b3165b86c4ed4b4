"""Two runs compared on the same test images, in a line: which is better, by how much, or why that is not known."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _
from tui_cnn.insight.significance import PairedComparison, compare_paired
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.predictions import load_predictions

_SMALLEST = 0.0001


class Named(NamedTuple):
    """A run, and what it is called in the line."""

    name: str
    run: RunDirectory


def paired_lines(runs: Sequence[Named], baseline: Named | None) -> list[str]:
    """Compare each of the runs with the baseline, or where none is pinned with the first, a line for each."""
    if not runs:
        return []
    against = baseline or runs[0]
    return [paired_line(other, against) for other in runs if other.run != against.run]


def paired_line(first: Named, second: Named) -> str:
    """Compare two runs."""
    compared = compare_runs(first, second)
    if isinstance(compared, str):
        return _("{a} and {b} are not compared: {reason}").format(a=first.name, b=second.name, reason=compared)
    better, other, difference, low, high = first.name, second.name, compared.difference, compared.low, compared.high
    if compared.is_shown and difference < 0:
        better, other, difference, low, high = other, better, -difference, -high, -low
    message = (
        _("{a} is better than {b}: {points} points, 95 % interval {low} to {high}, {images:,} test images ({p})")
        if compared.is_shown
        else _(
            "no difference shown between {a} and {b}: {points} points, 95 % interval {low} to {high}, "
            "{images:,} test images ({p})"
        )
    )
    return message.format(
        a=better,
        b=other,
        points=f"{100 * difference:+.2f}",
        low=f"{100 * low:.2f}",
        high=f"{100 * high:.2f}",
        images=compared.images,
        p=f"p = {compared.p_value:.2g}" if compared.p_value >= _SMALLEST else f"p < {_SMALLEST}",
    )


def compare_runs(first: Named, second: Named) -> PairedComparison | str:
    """Compare what two runs predicted of the same test set; or say why that cannot be done."""
    try:
        kept = [load_predictions(named.run) for named in (first, second)]
    except FormatError as error:
        return str(error)
    for named, predictions in zip((first, second), kept, strict=True):
        if predictions is None:
            return _("{run} kept no test predictions; repeat it").format(run=named.name)
    one, other = (predictions for predictions in kept if predictions is not None)
    if one.test_set != other.test_set or not np.array_equal(one.labels, other.labels):
        return _("their test sets differ")
    return compare_paired(one.right, other.right)
