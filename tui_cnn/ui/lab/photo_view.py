"""What the page of photographs draws and writes: results as pictures, and what was computed in words and numbers."""

from collections.abc import Callable

import numpy as np
from rich.style import Style
from rich.table import Table

from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, scale_of
from tui_cnn.lab.edges import gaussian
from tui_cnn.lab.numbers import number
from tui_cnn.lab.photo import FilteredPhoto, PhotoResult, is_kernel, method_name
from tui_cnn.lab.settings import CANNY_STAGES, PhotoMethod
from tui_cnn.ui.lab.photo_wall import Caption, WallPicture
from tui_cnn.ui.lab.sums import facts_table
from tui_cnn.ui.toolkit.pictures.canvas import Pixels

_HUES = np.array([(240, 96, 80), (244, 206, 64), (72, 164, 255), (96, 214, 110)], np.float64)
"""The colours of the directions →, ↘, ↓, ↙."""
_ARROWS = "→↘↓↙"
_LEVELS = np.array([(0, 0, 0), (255, 150, 40), (255, 255, 255)], np.uint8)
"""Nothing, weak, strong."""
_LARGE = 10
"""A range that reaches so far is written in whole numbers."""
_WRITTEN = 3
"""Rows and columns of a kernel up to which its weights are written out."""


def shown_result(photo: FilteredPhoto, method: PhotoMethod, scaled: Callable[[Scale], Scale]) -> WallPicture:
    """Draw a result; `scaled` brings a scale into the colours that the terminal has."""
    result = photo.result(method)
    return WallPicture(method_name(method), _painted(result, photo, scaled), result.values, _caption(result, photo))


def _painted(result: PhotoResult, photo: FilteredPhoto, scaled: Callable[[Scale], Scale]) -> Pixels:
    values = result.values
    match result.look:
        case "signed":
            return scaled(scale_of(values, signed=True)).paint(values)
        case "direction":
            length = photo.canny.magnitude
            light = np.sqrt(length / (length.max() or 1.0))[..., np.newaxis]
            return np.asarray(np.round(light * _HUES[photo.canny.direction]), np.uint8)
        case "levels":
            return np.asarray(_LEVELS[values.astype(int)], np.uint8)
        case look:
            low, high = (0.0 if look == "length" else float(values.min())), float(values.max())
            return Scale(low, high if high > low else low + 1, "grey").paint(values)


def _caption(result: PhotoResult, photo: FilteredPhoto) -> Caption:
    made = photo.canny if result.method in CANNY_STAGES else None
    match result.method:
        case "canny-direction" if made is not None:
            return [
                (f"{arrow} {percent(share)}  ", Style(color=f"rgb({red:.0f},{green:.0f},{blue:.0f})"))
                for arrow, share, (red, green, blue) in zip(_ARROWS, direction_shares(photo), _HUES, strict=True)
            ]
        case "canny-thinning" | "canny":
            return [(_("{share} of the pixels kept").format(share=percent(result.kept)), None)]
        case "canny-thresholds" if made is not None:
            words = _("strong {strong}, weak {weak}")
            return [(words.format(strong=percent(made.strong.mean()), weak=percent(made.weak.mean())), None)]
        case _:
            return [(_range(result), None)]


def direction_shares(photo: FilteredPhoto) -> list[float]:
    """Return how often each direction is found among the pixels whose gradient reaches the low threshold."""
    made = photo.canny
    counted = made.direction[(made.magnitude >= made.low) & (made.magnitude > 0)]
    return [float((counted == number).mean()) if counted.size else 0.0 for number in range(len(_ARROWS))]


def percent(share: float) -> str:
    """Write a share of 0 to 1: `23 %`, `4.5 %`."""
    return f"{number(100 * share, 1 if share < 0.1 else 0)} %"


def _range(result: PhotoResult) -> str:
    low, high = float(result.values.min()), float(result.values.max())
    digits = 0 if max(-low, high) >= _LARGE else 2
    return _("{low} to {high}").format(low=number(low, digits), high=number(high, digits))


def _level(value: float) -> str:
    return number(value, 0 if abs(value) >= _LARGE else 2)


def photo_facts(photo: FilteredPhoto, method: PhotoMethod, *, roomy: bool) -> Table:
    """Write what a filter does and what came out; where it is `roomy`, also how much each stage of Canny leaves."""
    table = facts_table()
    is_stage = method in CANNY_STAGES
    table.add_row(_("stage") if is_stage else _("filter"), _rule(photo, method))
    table.add_row(_("result"), _outcome(photo, photo.result(method)))
    if roomy and is_stage:
        made = photo.canny
        counts = [
            (_("gradient {share}"), made.magnitude > 0),
            (_("largest along it {share}"), made.thinned > 0),
            (_("from the low threshold on {share}"), made.strong | made.weak),
            (_("edges {share}"), made.edges),
        ]
        table.add_row(_("remaining"), " → ".join(words.format(share=percent(mask.mean())) for words, mask in counts))
    return table


def _rule(photo: FilteredPhoto, method: PhotoMethod) -> str:
    """Say what a filter or a stage does."""
    made, settings = photo.canny, photo.settings
    if is_kernel(method):
        kernel = photo.kernel(method)
        rows, columns = kernel.shape
        if max(rows, columns) <= _WRITTEN:
            return " / ".join(" ".join(number(float(weight)) for weight in row) for row in kernel)
        words = _("{size}, {count} weights are not 0, their sum is {sum}")
        return words.format(size=f"{rows}×{columns}", count=np.count_nonzero(kernel), sum=number(float(kernel.sum())))
    match method:
        case "sobel":
            return _("length of the gradient: √(x² + y²) of Sobel x and Sobel y")
        case "scharr":
            return _("length of the gradient: √(x² + y²) of Scharr x and Scharr y")
        case "canny-smoothing" if not settings.sigma:
            return _("no blur: sigma is 0")
        case "canny-smoothing":
            taps = gaussian(settings.sigma).size
            return _("Gaussian blur with sigma {sigma}, {size}: less noise, softer edges").format(
                sigma=number(settings.sigma), size=f"{taps}×{taps}"
            )
        case "canny-gradient":
            return _("length of the gradient of the smoothed image, by Sobel x and Sobel y")
        case "canny-direction":
            return _("where the gradient points, in steps of 45°; across the edge, not along it")
        case "canny-thinning":
            return _("a pixel stays if none beside it along its gradient is larger: edges become thin")
        case "canny-thresholds" if settings.low >= settings.high:
            words = _("strong (white) from {high}; none is weak: the low threshold is not below the high one")
            return words.format(high=_level(made.high))
        case "canny-thresholds":
            words = _("strong (white) from {high}, weak (orange) from {low}; less becomes 0")
            return words.format(high=_level(made.high), low=_level(made.low))
        case _:
            return _("a weak pixel stays only if it is joined to a strong one")


def _outcome(photo: FilteredPhoto, result: PhotoResult) -> str:
    """Say what came out."""
    made = photo.canny
    match result.method:
        case "canny-direction":
            shares = ", ".join(f"{arrow} {percent(share)}" for arrow, share in zip(
                _ARROWS, direction_shares(photo), strict=True
            ))  # fmt: skip
            return _("{shares} of the pixels from the low threshold on").format(shares=shares)
        case "canny-thinning":
            before = percent(float((made.magnitude > 0).mean()))
            words = _("{kept} of the pixels kept; {before} had a gradient")
            return words.format(kept=percent(result.kept), before=before)
        case "canny-thresholds":
            words = _("{strong} strong pixels ({strong_share}), {weak} weak ones ({weak_share})")
            return words.format(
                strong=f"{made.strong.sum():,}",
                weak=f"{made.weak.sum():,}",
                strong_share=percent(made.strong.mean()),
                weak_share=percent(made.weak.mean()),
            )
        case "canny":
            words = _("{count} pixels ({share}): {strong} strong and {joined} of {weak} weak ones")
            joined = int((made.edges & made.weak).sum())
            return words.format(
                count=f"{made.edges.sum():,}",
                share=percent(result.kept),
                strong=f"{made.strong.sum():,}",
                joined=f"{joined:,}",
                weak=f"{made.weak.sum():,}",
            )
        case _:
            words = {
                "signed": _("{range}, mean {mean}; blue below 0, red above"),
                "grey": _("{range}, mean {mean}; black is the least, white the largest"),
            }.get(result.look, _("{range}, mean {mean}; black is 0, white the largest"))
            return words.format(range=_range(result), mean=_level(float(result.values.mean())))
