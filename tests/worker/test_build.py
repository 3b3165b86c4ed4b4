"""Networks as Keras models. Shapes and parameters of any network are compared in tests/core."""

import numpy as np
import pytest

from tui_cnn.core.layers import Activation, Block, Branches, Conv2D, Dense, Flatten
from tui_cnn.core.layers.base import keras_arguments
from tui_cnn.core.network import Network, names, walk
from tui_cnn.formats.presets import preset

pytestmark = pytest.mark.usefixtures("keras")


@pytest.mark.parametrize(
    ("name", "parameters"), [("fashion-cnn", 93_322), ("fashion-dnn", 101_770), ("lenet-5", 61_706)]
)
def test_presets_have_the_published_parameters(name, parameters):
    from tui_cnn.worker.build import build

    network = preset(name)
    model = build(network)
    assert model.count_params() == parameters
    assert model.output_shape == (None, 10)
    assert [layer.name for layer in model.layers[1:]] == list(names(network).values())
    for (_path, layer), built in zip(walk(network.layers), model.layers[1:], strict=True):
        config = built.get_config()
        for field, value in keras_arguments(layer).items():
            if not field.endswith("_initializer") and value is not None:
                assert config[field] == value


@pytest.mark.parametrize(
    ("merge", "expected"),
    [("add", 6), ("multiply", 8), ("average", 3), ("maximum", 4), ("concatenate", [4, 2])],
)
def test_branches_are_merged_as_said(merge, expected):
    """Input 2; one branch doubles it by a kernel of 2, the other is the identity."""
    from tui_cnn.worker.build import build

    double = Conv2D(filters=1, kernel_size=(1, 1), kernel_initializer="ones", use_bias=False)
    network = Network("n", (1, 1, 1), (Branches(branches=((double,), ()), merge=merge, name="merged"),))
    model = build(network)
    model.get_layer("conv2d").set_weights([np.full((1, 1, 1, 1), 2.0)])
    assert model(np.full((1, 1, 1, 1), 2.0)).numpy().ravel().tolist() == np.ravel(expected).tolist()
    assert model.get_layer("merged").output is model.output


def test_blocks_are_dissolved_and_nest():
    from tui_cnn.worker.build import build

    inner = Block(layers=(Dense(units=3), Branches(branches=((Block(layers=(Dense(units=3),)),), ()))))
    network = Network("a block/..: 합", (4,), (Block(layers=(inner, Activation(activation="relu"))),))
    model = build(network)
    assert [layer.name for layer in model.layers[1:]] == ["dense", "dense_1", "branches", "activation"]
    assert model.output_shape == (None, 3)


def test_what_keras_refuses_is_refused():
    from tui_cnn.worker.build import build

    with pytest.raises(ValueError, match="ndim"):
        build(Network("n", (4,), (Flatten(), Conv2D(filters=1, kernel_size=(1, 1)))))
