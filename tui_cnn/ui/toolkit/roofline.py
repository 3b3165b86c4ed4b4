"""The roofline: each layer by its operations for each byte and its speed, below what the machine can do at most."""

from math import log10
from string import ascii_lowercase, ascii_uppercase

from tui_cnn.core.network import Path
from tui_cnn.i18n import _
from tui_cnn.runs.layer_profile import NetworkProfile
from tui_cnn.ui.toolkit.numbers import short_count
from tui_cnn.ui.toolkit.plot import AxisScale, Plot, Sign, Stroke, draw, log_ticks

_LETTERS = ascii_uppercase + ascii_lowercase
_WIDTH, _HEIGHT, _MARGIN = 76, 18, 8


def letters_of(found: NetworkProfile) -> dict[Path, str]:
    """Give a letter to each layer with MACs, those that take longest first; later ones have none."""
    counted = sorted((one for one in found.layers if one.operations), key=lambda one: -one.seconds)
    return {layer.row.path: letter for layer, letter in zip(counted, _LETTERS, strict=False)}


def roofline_plot(found: NetworkProfile) -> Plot:
    """Plot the layers with MACs: operations per byte against operations per second, both as decimal logarithms."""
    machine, letters = found.machine, letters_of(found)
    placed = [
        (log10(layer.intensity), log10(layer.speed), letters[layer.row.path])
        for layer in found.layers
        if layer.row.path in letters and layer.speed
    ]
    ridge, peak = log10(machine.peak / machine.bandwidth), log10(machine.peak)
    left = min([x for x, _y, _letter in placed] + [ridge]) - 0.3
    right = max([x for x, _y, _letter in placed] + [ridge]) + 0.3
    low = min([y for _x, y, _letter in placed] + [peak - 1]) - 0.2
    roof = ((left, peak + left - ridge), (ridge, peak), (right, peak))
    costs, speeds = log_ticks(left, right, 6), log_ticks(low, peak + 0.2, 6)
    x = AxisScale(left, right, tuple((tick, f"{10**tick:g}") for tick in costs))
    y = AxisScale(low, peak + 0.2, tuple((tick, short_count(round(10**tick))) for tick in speeds))
    signs = tuple(Sign(x, y, letter, "") for x, y, letter in placed)
    return Plot(x, y, (), strokes=(Stroke(roof, "primary"),), signs=signs)


def roofline_lines(found: NetworkProfile) -> list[str]:
    """Draw it as lines of text."""
    rows = draw(roofline_plot(found), _WIDTH, _HEIGHT, _MARGIN)
    lines = ["".join(character for character, _style in row).rstrip() for row in rows]
    title = _("FLOPs per second against FLOPs per byte of traffic; the line is the limit of this machine")
    return [title, *lines]
