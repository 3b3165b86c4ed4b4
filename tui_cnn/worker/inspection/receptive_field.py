"""The receptive field of a cell, and the places in images where its channel is most active."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tui_cnn.core.receptive_field import ReceptiveField
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import FieldReply, Patches, Region, pack
from tui_cnn.runs.inspection.requests import FieldRequest, TopPatches
from tui_cnn.worker.inspection.loaded_model import MAP_AXES, Engine, Floats, InspectedLayer, Job, LoadedModel

_ALL = -1


def receptive_field(loaded: LoadedModel, request: FieldRequest) -> Job:
    """Compute the region of a cell, and measure it by the gradient over several images."""
    yield 0.0
    layer = loaded.engine.layer(request.layer)
    _require_cell(layer, request)
    own = loaded.inputs(loaded.pixels(request.image)[np.newaxis])
    chosen = loaded.sample(request.sample)
    channel = _ALL if request.channel is None else request.channel
    cell = (request.row, request.column, channel)
    total = np.zeros(loaded.network.input_shape)
    for done, numbers in enumerate([chosen[:0], *loaded.batches(chosen)]):
        yield done * loaded.engine.batch / (len(chosen) + loaded.engine.batch)
        engine = loaded.engine
        gradient = engine.compiled(f"cell of {layer.name}", _gradient_of_cell(engine, layer), numbers=3)
        inputs = loaded.inputs(loaded.test.images[numbers]) if done else own
        total += np.abs(gradient(inputs, *cell).numpy()).sum(axis=0)
    mean = loaded.as_map(total / (1 + len(chosen)))
    field = layer.field
    return FieldReply(
        gradient=pack(mean.astype(np.float32)),
        measured=_region(mean > 0),
        computed=None if field is None else field.region(request.row, request.column, mean.shape),
        status=None if field is None else field.status,
    )


def top_patches(loaded: LoadedModel, request: TopPatches) -> Job:
    """Find the strongest cell of each image and channel, then the strongest images of each channel."""
    layer = loaded.engine.layer(request.layer)
    chosen = loaded.sample(request.sample)
    strongest: list[Floats] = []
    cells: list[npt.NDArray[np.int64]] = []
    for numbers in loaded.batches(chosen):
        yield min(1.0, len(strongest) * loaded.engine.batch / len(chosen))
        engine = loaded.engine
        best = engine.compiled(f"best of {layer.name}", _best_cell(engine, layer))
        values, positions = best(loaded.inputs(loaded.test.images[numbers]))
        strongest.append(values.numpy())
        cells.append(positions.numpy())
    values, positions = np.concatenate(strongest), np.concatenate(cells)  # (images, channels)
    order = np.argsort(-values, axis=0, kind="stable")[: request.top].T
    channels = np.arange(values.shape[1])[:, np.newaxis]
    width = layer.shape[1] if len(layer.shape) == MAP_AXES else 1
    rows, columns = np.divmod(positions[order, channels], width)
    return Patches(
        images=pack(chosen[order].astype(np.int32)),
        rows=pack(rows.astype(np.int32)),
        columns=pack(columns.astype(np.int32)),
        values=pack(values[order, channels]),
        regions=pack(_regions(layer.field, rows, columns, loaded.input_size)),
    )


def _gradient_of_cell(engine: Engine, layer: InspectedLayer) -> Callable[..., Any]:
    """Make (inputs, row, column, channel) -> the gradient of the cell, or of all its channels, in the inputs."""
    model = engine.until(layer)

    def gradient(inputs: Any, row: Any, column: Any, channel: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = model(inputs, training=False)
            cells = outputs[:, row, column] if len(outputs.shape) == MAP_AXES + 1 else outputs
            chosen = tf.range(tf.shape(cells)[-1]) == channel
            wanted = tf.reduce_sum(tf.where(chosen | (channel == _ALL), cells, 0.0))
        return tape.gradient(wanted, inputs, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    return gradient


def _best_cell(engine: Engine, layer: InspectedLayer) -> Callable[..., Any]:
    """Make inputs -> (the largest value of each image and channel, at which cell), each (n, channels)."""
    model = engine.until(layer)

    def best(inputs: Any) -> Any:
        outputs = model(inputs, training=False)
        flat = tf.reshape(outputs, (tf.shape(outputs)[0], -1, outputs.shape[-1]))
        return tf.reduce_max(flat, axis=1), tf.argmax(flat, axis=1)

    return best


def _require_cell(layer: InspectedLayer, request: FieldRequest) -> None:
    shape = layer.shape
    rows, columns, channels = shape if len(shape) == MAP_AXES else (1, 1, shape[-1])
    wanted = (request.row, request.column, request.channel or 0)
    if not all(0 <= number < limit for number, limit in zip(wanted, (rows, columns, channels), strict=True)):
        message = _("layer “{name}” has no cell {cell}: its shape is {shape}")
        cell, size = ("×".join(map(str, numbers)) for numbers in (wanted, shape))
        raise RunError(message.format(name=request.layer, cell=cell, shape=size))


def _regions(field: ReceptiveField | None, rows: Any, columns: Any, image: tuple[int, int]) -> Any:
    """Compute the region of each cell; all of the image where it cannot be known. Returns (channels, top, 4), int32."""
    flat = [
        (0, 0, image[0] - 1, image[1] - 1) if field is None else field.region(int(row), int(column), image)
        for row, column in zip(rows.ravel(), columns.ravel(), strict=True)
    ]
    return np.array(flat, np.int32).reshape(*rows.shape, 4)


def _region(moved: Any) -> Region | None:
    if not moved.any():
        return None
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]), int(columns[-1])
