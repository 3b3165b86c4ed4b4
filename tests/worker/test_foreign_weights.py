"""Weights of any model's file, by the names of its layers: outputs equal those of the model that Keras loads."""

import numpy as np
import pytest

from tui_cnn.formats.keras.reading import read_keras
from tui_cnn.runs.errors import RunError

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file"),
]


@pytest.fixture
def model(keras):
    """A shared layer, a frozen one, a skip over a fork, batch statistics, names with a slash; drawn at random."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    inputs = keras.Input((8, 8, 3), name="image")
    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    stem = layers.Conv2D(3, 3, padding="same", name="stem_conv")(inputs)
    left = layers.BatchNormalization(name="norm")(twice(stem))
    right = layers.SeparableConv2D(3, 3, padding="same", name="right", trainable=False)(twice(left))
    joined = layers.Multiply(name="product")([layers.Add(name="sum")([left, right]), left])
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.DepthwiseConv2D(3, name="inner_conv")], name="inner")
    merged = inner(layers.Average(name="mean")([joined, stem]))
    model = keras.Model(inputs, layers.Dense(4, name="head")(layers.Flatten(name="flatten")(merged)))
    for weight in model.weights:
        weight.assign(np.random.default_rng(len(weight.path)).normal(size=weight.shape).astype("float32") ** 2)
    return model


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_outputs_are_those_of_the_model(model, tmp_path, suffix):
    from tui_cnn.worker.build import build
    from tui_cnn.worker.foreign_weights import assign_weights

    file = tmp_path / f"model.{suffix}"
    model.save(file)
    ours = build(read_keras(file).network)
    assign_weights(ours, file)
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    np.testing.assert_allclose(ours(images), model(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_adapted_means_and_variances(keras, tmp_path, suffix):
    from tui_cnn.worker.build import build
    from tui_cnn.worker.foreign_weights import assign_weights

    images = np.random.default_rng(0).normal(3, 2, size=(50, 4, 4, 3)).astype("float32")
    normalization = keras.layers.Normalization(name="scaled")
    normalization.adapt(images)
    model = keras.Sequential([keras.Input((4, 4, 3)), normalization, keras.layers.Flatten()])
    file = tmp_path / f"model.{suffix}"
    model.save(file)
    ours = build(read_keras(file).network)
    assign_weights(ours, file)
    np.testing.assert_allclose(ours(images), model(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_mismatch_names_the_layer(keras, tmp_path, suffix):
    from tui_cnn.worker.foreign_weights import assign_weights

    def made(units, name):
        return keras.Sequential([keras.Input((5,)), keras.layers.Dense(units, name=name)])

    file = tmp_path / f"model.{suffix}"
    made(3, "head").save(file)
    with pytest.raises(RunError, match="layer “head” has weights of the shapes 5×3, 3, but needs 5×4, 4"):
        assign_weights(made(4, "head"), file)
    with pytest.raises(RunError, match="has no weights for layer “tail”"):
        assign_weights(made(3, "tail"), file)
