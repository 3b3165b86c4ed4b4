"""Classical filters as a layer: the filters of the Lab, which training leaves as they are."""

import numpy as np
import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, FixedConv2D, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.insight.filters import classical_filters
from tui_cnn.lab.convolution import Convolution

OF_LAB = {classic.name: classic.kernel for classic in classical_filters()}


def nested(bank):
    (call,) = FixedConv2D(bank=bank).keras_calls((9, 9, 1))
    return np.array(call.arguments["kernel_initializer"].nested())


@pytest.mark.parametrize(
    ("bank", "names"),
    [
        ("edges", ("vertical edge", "horizontal edge")),
        ("sobel", ("Sobel x", "Sobel y")),
        ("scharr", ("Scharr x", "Scharr y")),
    ],
)
def test_a_bank_looks_from_four_sides(bank, names):
    left, right, above, below = map(np.array, FixedConv2D(bank=bank).kernels)
    for kernel, opposite, name in ((left, right, names[0]), (above, below, names[1])):
        assert (kernel == OF_LAB[name]).all()
        assert (kernel == -opposite).all()


def test_all_of_them():
    kernels = [np.array(kernel) for kernel in FixedConv2D().kernels]
    assert len({kernel.tobytes() for kernel in kernels}) == 16
    *_edges, laplacian, turned, blur, sharpen = kernels
    for kernel, name in ((laplacian, "Laplacian"), (-turned, "Laplacian"), (blur, "box blur"), (sharpen, "sharpen")):
        np.testing.assert_array_equal(kernel, OF_LAB[name])
    assert nested("classical").shape == (3, 3, 1, 16)
    assert (nested("classical")[:, :, 0, 6] == kernels[6]).all()


def test_its_numbers_are_a_convolution_s_and_none_is_trained():
    fixed, learned = (analyze(preset(name)) for name in ("fashion-classical", "fashion-learned"))
    for mine, its in zip(fixed.rows, learned.rows, strict=True):
        assert (mine.figures.output_shape, mine.figures.macs, mine.field) == (
            its.figures.output_shape,
            its.figures.macs,
            its.field,
        )
    assert isinstance(learned.rows[0].layer, Conv2D)
    assert fixed.totals.non_trainable == 3 * 3 * 16
    assert fixed.totals.params == learned.totals.params == learned.totals.trainable


def test_training_leaves_it_as_it_is(keras):
    from tui_cnn.worker.build import build

    layers = (FixedConv2D(bank="sobel", activation="relu"), Conv2D(filters=2, kernel_size=(3, 3)), Flatten())
    model = build(Network("n", (7, 7, 3), (*layers, Dense(units=2))))
    model.compile("sgd", "mse")
    images = np.random.default_rng(0).random((4, 7, 7, 3))
    before = model.layers[2].get_weights()[0].copy()
    model.fit(images, np.ones((4, 2)), epochs=2, verbose=0)
    assert (model.layers[2].get_weights()[0] != before).any()
    (kernel,) = model.layers[1].get_weights()
    assert (kernel == np.broadcast_to(nested("sobel"), (3, 3, 3, 4))).all()
    ours = Convolution(images[0], kernel, relu=True).output()
    np.testing.assert_allclose(ours, model.layers[1](images[:1])[0], atol=1e-5)
