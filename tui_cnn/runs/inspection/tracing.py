"""Numbers of a run's network traced from what the inspector answers, down to the bytes of the image."""

from typing import Any

import numpy as np
import numpy.typing as npt

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.insight.trace import Trace, TracedCell, Tracer
from tui_cnn.insight.trace_text import number
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import Activations, OpenReply, WeightsReply

_WORDS = {"0..1": "{byte} / 255", "-1..1": "{byte} / 127.5 − 1", "none": "{byte}"}
"""The plain scales of `data.scaling`, written out."""


def tracer_of(opened: OpenReply, weights: WeightsReply) -> Tracer:
    """Make a tracer of an open network with all its weights."""
    named = {layer.name: {name: array.numpy() for name, array in layer.weights.items()} for layer in weights.layers}
    return Tracer(analyze(loads_network(opened.network, "")), named)


def values_of(opened: OpenReply, activations: Activations) -> dict[str, npt.NDArray[Any]]:
    """Return what the layers give by their names, and as `NETWORK_INPUT` what goes into the network, scaled."""
    pixels = opened.scaling.apply(input_bytes(activations).astype(np.float32)).reshape(opened.input_shape)
    return {NETWORK_INPUT: pixels} | {name: array.numpy() for name, array in activations.layers.items()}


def input_bytes(activations: Activations) -> npt.NDArray[np.uint8]:
    """Return the image as it is fitted to the network, (height, width, channels), in bytes."""
    image = activations.image.numpy()
    return np.asarray(image[..., np.newaxis] if image.ndim == 2 else image)


def pixel_of(opened: OpenReply, activations: Activations, cell: tuple[int, ...]) -> tuple[int, int, int]:
    """Return (row, column, channel) of the pixel that a number of the input is, whatever the shape of the input."""
    image = input_bytes(activations)
    row, column, channel = np.unravel_index(np.ravel_multi_index(cell, opened.input_shape), image.shape)
    return int(row), int(column), int(channel)


def scaled_words(opened: OpenReply, activations: Activations, trace: Trace) -> str:
    """Write how a number of the input is made of a byte of the image: `102 / 255 = 0.4000`."""
    image, scaling = input_bytes(activations), opened.scaling
    row, column, channel = pixel_of(opened, activations, trace.place.cell)
    source = image.shape[-1] - 1 - channel if scaling.scale == "imagenet-bgr" else channel
    byte = int(image[row, column, source])
    words = _WORDS.get(scaling.scale, "").format(byte=byte)
    if not words:  # a mean and a deviation for each channel: what becomes of 0 and of 1 gives them away
        zero, one = (float(scaling.apply(np.full(image.shape[-1:], of, np.float64))[channel]) for of in (0, 1))
        mean, deviation = -zero / (one - zero), 1 / (one - zero)
        words = f"({byte} − {number(mean)}) / {number(deviation)}"
    return _("pixel: {words} = {value}").format(words=words, value=number(trace.value))


def place_of(opened: OpenReply, name: str | None, cell: tuple[int, ...] | None, activations: Activations) -> TracedCell:
    """Find a cell of a layer; the last layer where none is named, and its largest number where no cell is.

    Raises:
        RunError: there is no such layer or no such cell.
    """
    names = [info.name for info in opened.layers]
    name = names[-1] if name is None else name
    values = values_of(opened, activations)
    if name not in values:
        listed = ", ".join([NETWORK_INPUT, *names])
        raise RunError(_("no layer “{name}”; available: {names}").format(name=name, names=listed))
    output = values[name]
    if cell is None:
        found = np.unravel_index(int(np.nan_to_num(output).argmax()), output.shape)
        return TracedCell(name, tuple(map(int, found)))
    if len(cell) != output.ndim or not all(0 <= at < side for at, side in zip(cell, output.shape, strict=True)):
        message = _("{name} has no cell {cell}; its cells are {first} to {last}")
        first, last = ",".join("0" * output.ndim), ",".join(str(side - 1) for side in output.shape)
        raise RunError(message.format(name=name, cell=",".join(map(str, cell)), first=first, last=last))
    return TracedCell(name, cell)
