"""Layers that are unknown count with the weights that their file stores."""

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import walk
from tui_cnn.formats.keras.reading import read_keras


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras' own writer
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_unknown_layers_of_a_file_with_weights(keras, tmp_path, suffix):
    @keras.saving.register_keras_serializable(package="tests")
    class Weighted(keras.layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(name="scale", shape=(shape[-1],))

        def call(self, x):
            return x * self.scale

    @keras.saving.register_keras_serializable(package="tests")
    class Weightless(keras.layers.Layer):
        def call(self, x):
            return x + 1.0

    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 6, 3)), layers.Conv2D(4, 3), Weighted(), Weightless(), layers.Flatten(), layers.Dense(2)]
    )
    model.save(tmp_path / f"model.{suffix}")
    network = read_keras(tmp_path / f"model.{suffix}").network
    assert [layer.weights for _path, layer in walk(network.layers) if isinstance(layer, Opaque)] == [4, 0]
    totals = analyze(network).totals
    is_known = suffix == "keras"  # an .h5 file does not say which shapes there are behind an unknown layer
    assert (totals.params_complete, totals.complete) == (is_known, False)
    assert totals.params == (model.count_params() if is_known else 112 + 4)
