"""Muon for all kernels, against Keras' own Muon for matrices, and against singular values."""

import numpy as np
import pytest

from tui_cnn.core.layers import BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Flatten
from tui_cnn.core.network import Network
from tui_cnn.runs.recipe import Recipe

pytestmark = pytest.mark.usefixtures("keras")
CONV = Conv2D(name="conv", filters=6, kernel_size=(3, 3))
RATE, DECAY = 0.01, 0.1


def updated(optimizer, values, gradients):
    """Apply some gradients to a variable that begins with `values`; return what it is then."""
    import keras

    variable = keras.Variable(values, name="kernel")
    optimizer.build([variable])
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return variable.numpy()


@pytest.mark.parametrize("shape", [(40, 6), (6, 40), (3, 3, 4, 6), (5, 4, 6), (2, 3, 2, 4, 6)])
def test_a_kernel_is_trained_as_keras_trains_its_matrix(shape):
    import keras

    from tui_cnn.worker.muon import KernelMuon

    random = np.random.default_rng(0)
    values, *gradients = (random.normal(size=shape).astype("float32") for _number in range(4))
    matrix = (-1, shape[-1])
    theirs = keras.optimizers.Muon(RATE, weight_decay=DECAY, adam_weight_decay=DECAY)
    expected = updated(theirs, values.reshape(matrix), [each.reshape(matrix) for each in gradients])
    ours = updated(KernelMuon(RATE, paths=["kernel"], weight_decay=DECAY), values, gradients)
    np.testing.assert_allclose(ours.reshape(matrix), expected, rtol=1e-5, atol=1e-6)


def test_an_update_is_orthogonal_whatever_the_gradient():
    """Five iterations bring the singular values near one; scaled, near 0.2 times the root of the longer side."""
    from tui_cnn.worker.muon import KernelMuon

    gradient = np.random.default_rng(1).normal(size=(3, 3, 4, 6)) * np.geomspace(0.05, 1, 6)
    zeros = np.zeros((3, 3, 4, 6), "float32")
    update = updated(KernelMuon(1.0, paths=["kernel"], weight_decay=0.0), zeros, [gradient.astype("float32")])
    values = np.linalg.svd(update.reshape(-1, 6), compute_uv=False) / (0.2 * 36**0.5)
    assert values.min() > 0.6
    assert values.max() < 1.3


@pytest.mark.parametrize("shape", [(576, 64), (64, 576), (100, 64)])
def test_a_matrix_of_all_scales_becomes_what_keras_makes_of_it(shape):
    """Its singular values cover five decades, as those of gradients do."""
    import keras

    from tui_cnn.worker.muon import KernelMuon

    random, rank = np.random.default_rng(3), min(shape)
    left, right = (np.linalg.qr(random.normal(size=(side, rank)))[0] for side in shape)
    matrix = (left * np.geomspace(1e-5, 1, rank) @ right.T).astype("float32")
    ours, theirs = KernelMuon(RATE, paths=[], weight_decay=DECAY), keras.optimizers.Muon(RATE)
    made, expected = (each.zeropower_via_newtonschulz5(keras.ops.array(matrix), 5) for each in (ours, theirs))
    np.testing.assert_allclose(made, expected, atol=2e-3 * np.abs(expected).max())


def test_all_else_is_trained_by_adamw():
    import keras

    from tui_cnn.worker.muon import KernelMuon

    random = np.random.default_rng(2)
    values, *gradients = (random.normal(size=(8,)).astype("float32") for _number in range(4))
    expected = updated(keras.optimizers.AdamW(RATE, weight_decay=DECAY), values, gradients)
    ours = updated(KernelMuon(RATE, paths=[], weight_decay=DECAY), values, gradients)
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-6)


def test_hidden_kernels_are_those_of_convolutions_and_dense_layers():
    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.muon import hidden_kernels

    frozen = Conv2D(name="frozen", filters=6, kernel_size=(1, 1), trainable=False)
    depthwise = DepthwiseConv2D(name="depthwise", kernel_size=(3, 3))
    head = (Flatten(), Dense(name="hidden", units=5), Dense(name="last", units=10))
    model = make_model(Network("n", (12, 12, 1), (CONV, frozen, depthwise, BatchNormalization(), *head)), Recipe())
    assert hidden_kernels(model) == ["conv/kernel", "hidden/kernel"]
