"""What is inspected is what was built: muted layers are left out, each time of a repeated block is a layer."""

import numpy as np
import pytest

from tui_cnn.core.layers import (
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePooling2D,
    Route,
    Shared,
)
from tui_cnn.core.network import Network

HEAD = (GlobalAveragePooling2D(), Dense(units=3, activation="softmax"))


def conv(**fields):
    return Conv2D(filters=4, kernel_size=(3, 3), padding="same", **fields)


MUTED_FIRST = (Dropout(rate=0.5, muted=True), conv(), Block(muted=True, layers=(conv(),)), conv(activation="relu"))
REPEATED = (
    conv(name="stem"),
    Block(
        repeat=3,
        layers=(
            Dropout(rate=0.5, muted=True),
            conv(name="conv", trainable=False),
            BatchNormalization(name="bn"),
            Route(layers=("stem", "bn")),
        ),
    ),
    Shared(layer="conv"),
    Block(repeat=2, layers=(Branches(branches=((conv(),), ())),)),
)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (MUTED_FIRST, ["conv2d", "conv2d_1"]),
        (
            REPEATED,
            "stem conv bn route conv_2 bn_2 route_1 conv_3 bn_3 route_2 shared conv2d branches conv2d_1 branches_1",
        ),
    ],
)
def test_each_layer_that_was_built_is_inspected_by_its_own_name(layers, expected):
    import keras

    from tui_cnn.worker.inspection.loaded_model import Engine

    engine = Engine(Network("n", (8, 8, 1), (*layers, *HEAD)))
    listed = expected.split() if isinstance(expected, str) else expected
    assert [layer.name for layer in engine.layers] == [*listed, "global_average_pooling2d", "dense"]
    random = np.random.default_rng(0)
    for weight in engine.model.weights:
        drawn = random.normal(0, 0.5, weight.shape)
        weight.assign(abs(drawn) if "variance" in weight.name else drawn)
    image = random.uniform(0, 1, (1, 8, 8, 1)).astype(np.float32)
    outputs, _scores = engine.activations(image, engine.layers)
    for layer, output in zip(engine.layers, outputs, strict=True):
        assert layer.source is None or layer.source < len(engine.layers)
        if layer.kind != "Conv2D":
            continue
        # By hand: the kernel that is shown, on the output of the layer that is shown as its source.
        before = image if layer.source is None else outputs[layer.source]
        kernel, bias = layer.weights["kernel"], layer.weights["bias"]
        sums = keras.ops.conv(before, kernel, padding="same") + bias
        expected_output = np.maximum(sums, 0) if layer.parts[""].activation is keras.activations.relu else sums
        np.testing.assert_allclose(np.asarray(output), expected_output, rtol=1e-4, atol=1e-4)
