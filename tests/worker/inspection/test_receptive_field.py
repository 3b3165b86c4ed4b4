"""Receptive fields as measured, and the places that excite a channel."""

import numpy as np
import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import AveragePooling2D, Branches, Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load_test
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.requests import FieldRequest, Open, Source, TopPatches

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

IMAGES = load_test().images[..., 0]
END = (Flatten(), Dense(units=10))
SMOOTH = Network(
    "smooth",
    (28, 28, 1),
    (
        Conv2D(filters=2, kernel_size=(3, 5), strides=(2, 1), padding="same", name="first"),
        AveragePooling2D(name="pool"),
        Branches(
            merge="concatenate",
            name="both",
            branches=((Conv2D(filters=2, kernel_size=(3, 3), dilation_rate=(2, 2), padding="same"),), ()),
        ),
        Conv2D(filters=2, kernel_size=(2, 2), name="last"),
        *END,
    ),
)


@pytest.mark.parametrize("layer", ["first", "pool", "both", "last", "flatten"])
def test_measured_equals_computed(ask, untrained, layer):
    run, _model = untrained(SMOOTH)
    source = Source(str(run.path))
    (shape,) = (info.shape for info in ask(Open(source=source)).layers if info.name == layer)
    cells = [(0, 0), (shape[0] // 2, shape[1] // 2), (shape[0] - 1, shape[1] - 1)] if len(shape) == 3 else [(0, 0)]
    row_of = {row.name: row for row in analyze(SMOOTH).rows}
    for row, column in cells:
        for channel in (None, 1):
            if layer == "flatten" and channel:
                continue  # one of its numbers is one cell of the layer before
            seen = ask(
                FieldRequest(source=source, image=0, layer=layer, row=row, column=column, channel=channel, sample=2)
            )
            assert seen.status == row_of[layer].field.status
            assert seen.computed == row_of[layer].field.region(row, column, (28, 28, 1)) == seen.measured
            top, left, bottom, right = seen.measured
            outside = seen.gradient.numpy().copy()
            outside[top : bottom + 1, left : right + 1] = 0
            assert not outside.any()


def test_a_maximum_hides_pixels_of_one_image_but_not_of_many(ask, untrained):
    layers = (Conv2D(filters=4, kernel_size=(3, 3), name="c"), MaxPooling2D(pool_size=(3, 3), name="m"), *END)
    run, _model = untrained(Network("max", (28, 28, 1), layers))
    source = Source(str(run.path))
    alone = ask(FieldRequest(source=source, image=0, layer="m", row=4, column=4, channel=0, sample=0))
    many = ask(FieldRequest(source=source, image=0, layer="m", row=4, column=4, channel=0, sample=300))
    assert many.computed == alone.computed == (12, 12, 16, 16)
    assert many.measured == many.computed
    assert (alone.gradient.numpy() > 0).sum() == 9


def test_a_pixel_that_moves_a_cell_ever_so_little_is_seen(ask, untrained):
    run, model = untrained(Network("faint", (28, 28, 1), (Conv2D(filters=1, kernel_size=(3, 3), name="c"), *END)))
    kernel, *rest = model.get_weights()
    kernel[:] = 1
    kernel[2], kernel[:, 0] = 1e-5, 1e-5
    model.set_weights([kernel, *rest])
    model.save(run.best_file)
    seen = ask(FieldRequest(source=Source(str(run.path)), image=0, layer="c", row=5, column=6, channel=0, sample=0))
    assert seen.measured == (5, 6, 7, 8)


def test_a_cell_that_nothing_moves(ask, untrained):
    run, model = untrained(Network("dead", (28, 28, 1), (Conv2D(filters=2, kernel_size=(3, 3), name="c"), *END)))
    kernel, *rest = model.get_weights()
    kernel[..., 1] = 0
    model.set_weights([kernel, *rest])
    model.save(run.best_file)
    seen = ask(FieldRequest(source=Source(str(run.path)), image=0, layer="c", row=0, column=0, channel=1))
    assert seen.measured is None
    assert seen.computed == (0, 0, 2, 2)


@pytest.mark.parametrize("layer", ["m", "dense"])
def test_exciting_places(ask, untrained, keras, layer):
    layers = (
        Conv2D(filters=3, kernel_size=(4, 4), activation="relu"),
        MaxPooling2D(name="m"),
        Flatten(),
        Dense(units=10),
    )
    run, model = untrained(Network("n", (28, 28, 1), layers))
    source = Source(str(run.path))
    found = ask(TopPatches(source=source, layer=layer, sample=600, top=5))
    images, rows, columns, values, regions = (
        getattr(found, name).numpy() for name in ("images", "rows", "columns", "values", "regions")
    )
    assert all(len(set(line)) == 5 for line in images.tolist())
    outputs = keras.Model(model.input, model.get_layer(layer).output)
    maps = outputs(IMAGES[..., None][images.ravel()].astype("float32") / 255).numpy()
    maps = maps.reshape(*images.shape, *maps.shape[1:])
    for channel, line in enumerate(maps):
        for place, each in enumerate(line):
            one = each[..., channel]
            assert values[channel, place] == pytest.approx(one.max(), rel=1e-5)
            row, column = rows[channel, place], columns[channel, place]
            if layer == "m":
                assert one[row, column] == pytest.approx(one.max(), rel=1e-5)
                assert regions[channel, place].tolist() == [2 * row, 2 * column, 2 * row + 4, 2 * column + 4]
            else:
                assert regions[channel, place].tolist() == [0, 0, 27, 27]
    assert (np.diff(values, axis=1) <= 0).all()
    everywhere = ask(TopPatches(source=source, layer=layer, sample=10_000, top=1))
    parts = [IMAGES[begin : begin + 1000, ..., None].astype("float32") / 255 for begin in range(0, 10_000, 1000)]
    best = np.concatenate([outputs(part).numpy().reshape(1000, -1, len(images)).max(axis=1) for part in parts])
    assert everywhere.values.numpy()[:, 0] == pytest.approx(best.max(axis=0), rel=1e-5)
    assert best[everywhere.images.numpy()[:, 0], range(best.shape[1])] == pytest.approx(best.max(axis=0), rel=1e-5)


def test_refusals(ask, untrained):
    run, _model = untrained(SMOOTH)
    source = Source(str(run.path))
    with pytest.raises(RunError, match="smooth has no layer “nope”; its layers are: first, pool, "):
        ask(TopPatches(source=source, layer="nope"))
    with pytest.raises(RunError, match="layer “first” has no cell 14×0×0: its shape is 14×28×2"):
        ask(FieldRequest(source=source, image=0, layer="first", row=14, column=0))
    with pytest.raises(RunError, match="layer “first” has no cell 0×0×2: its shape is 14×28×2"):
        ask(FieldRequest(source=source, image=0, layer="first", row=0, column=0, channel=2))
