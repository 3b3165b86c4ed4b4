"""Layers of Keras that give several tensors: each that is used is a layer that we do not know; the rest is known."""

import warnings

import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import walk
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import convert_model, read_keras
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")


@pytest.fixture
def models(keras):
    keras.utils.clear_session()  # it would count names on
    layers = keras.layers
    x, y = keras.Input((7, 5)), keras.Input((6, 5))
    steps, long, short = layers.LSTM(4, return_state=True, return_sequences=True, name="read")(x)
    states = keras.Model(x, layers.Concatenate()([layers.GlobalAveragePooling1D()(steps), long, short]))
    _steps, long, short = layers.LSTM(4, return_state=True, name="read")(x)
    decoder = keras.Model([x, y], layers.Dense(3)(layers.LSTM(4, name="write")(y, initial_state=[long, short])))
    image = keras.Input((8, 8, 6))
    left, right = keras.ops.split(image, 2, axis=-1)
    halves = keras.Model(image, layers.Add()([layers.Conv2D(3, 3, padding="same")(left), right]))
    attention = layers.MultiHeadAttention(2, 4, name="attend")(x, x, return_attention_scores=True)
    video = keras.Sequential([keras.Input((3, 8, 8, 2)), layers.ConvLSTM2D(4, 3), layers.Flatten(), layers.Dense(2)])
    return {
        "states": (states, ["read", "read_output_1", "read_output_2"]),
        "decoder": (decoder, ["read", "read_output_2", "write"]),  # the first of its outputs is not used
        "halves": (halves, ["split", "split_output_1"]),
        "scores": (keras.Model(x, [layers.ReLU()(attention[0]), attention[1]]), ["attend", "attend_output_1"]),
        "video": (video, ["conv_lstm2d"]),
    }


@pytest.mark.parametrize("name", ["states", "decoder", "halves", "scores", "video"])
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_every_weight_is_counted_once(models, tmp_path, name, suffix):
    model, unknown = models[name]
    file = tmp_path / f"m.{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(file)
    network = read_keras(file).network
    totals = analyze(network).totals
    found = [layer.name for _path, layer in walk(network.layers) if isinstance(layer, Opaque)]
    assert found == unknown
    assert not totals.complete
    if suffix == "keras" or name != "video":  # an .h5 file does not say what shape comes out of a layer
        assert totals.params == model.count_params()


def test_an_output_that_is_not_the_first_has_not_its_shape(models):
    model, _unknown = models["scores"]
    analysis = analyze(convert_model(loads_config(model.to_json(), "m.json"), "m.json").network)
    assert [analysis.shapes[number] for number in analysis.graph.outputs] == [(7, 5), None]


def test_it_is_not_written_wrongly(models):
    model, _unknown = models["states"]
    analysis = analyze(convert_model(loads_config(model.to_json(), "m.json"), "m.json").network)
    with pytest.raises(FormatError, match="layer read_output_1 is one of several outputs of a LSTM"):
        dumps_keras(analysis)
