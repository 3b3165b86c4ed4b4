"""Names are those that Keras gives a fresh Sequential of the same layers, and those that the built model has."""

import msgspec
from hypothesis import given, settings

from tests.core.strategies import mostly_sound
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network, format_path, keras_name, names
from tui_cnn.core.unrolling import unrolled


@settings(max_examples=10)
@given(network=mostly_sound(depth=0))
def test_as_keras_names_a_fresh_sequential(keras, network):
    from tui_cnn.worker.build import keras_layer

    keras.backend.clear_session()
    model = keras.Sequential()
    known = tuple(layer for layer in network.layers if hasattr(keras.layers, type(layer).__name__))
    for layer in known:
        model.add(*map(keras_layer, layer.keras_calls(())))
    named = names(msgspec.structs.replace(network, layers=known))
    assert list(named.values()) == [layer.name for layer in model.layers]


@settings(max_examples=30)
@given(network=mostly_sound(most=4))
def test_the_built_model_has_the_names(keras, network):
    from tui_cnn.worker.build import build

    rows = [row for row in analyze(unrolled(network)).rows if not isinstance(row.layer, Block)]
    try:
        model = build(network)
    except ValueError:
        return
    calls = [(row.name, call.suffix) for row in rows for call in row.layer.keras_calls(row.input_shape or ())]
    built = {layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)}
    assert built == {keras_name(name, suffix) for name, suffix in calls}


def test_a_made_name_steps_aside_for_a_given_one():
    layers = (Dense(units=1), Dense(units=1, name="dense"), Dense(units=1, name="dense_2"), Dense(units=1))
    assert list(names(Network("n", (9,), layers)).values()) == ["dense_1", "dense", "dense_2", "dense_3"]


def test_containers_and_what_they_hold():
    tree = (Flatten(), Block(name="stage", layers=(Flatten(),)), Branches(branches=((Flatten(),), ())), Block())
    assert names(Network("n", (9,), tree)) == {
        (0,): "flatten",
        (1,): "stage",
        (1, 0): "flatten_1",
        (2,): "branches",
        (2, 0, 0): "flatten_2",
        (3,): "block",
    }


def test_counting_starts_anew_for_each_network():
    network = Network("n", (9, 9, 1), (Conv2D(filters=1, kernel_size=(1, 1)),))
    assert names(network) == names(network) == {(0,): "conv2d"}


def test_paths_count_from_one():
    assert format_path((4,)) == "5"
    assert format_path((4, 1, 0)) == "5.2.1"
