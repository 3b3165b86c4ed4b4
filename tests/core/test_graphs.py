"""Graphs that are more than a stack with branches: routes, shared weights, inputs, outputs, frozen layers."""

from math import prod

from hypothesis import given, settings

from tests.core.oracle import judge
from tests.core.strategies import graphs
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.toml import dumps_network, loads_network


def small(**fields):
    return Conv2D(filters=2, kernel_size=(3, 3), padding="same", **fields)


def errors(network):
    return [str(check) for check in analyze(network).checks if check.severity == "error"]


def counts(model):
    """Parameters, trainable ones, and the shapes that go in and come out, as Keras has them."""
    trainable = sum(prod(weight.shape) for weight in model.trainable_weights)
    return (
        model.count_params(),
        trainable,
        sorted(tuple(one.shape[1:]) for one in model.inputs),
        [tuple(one.shape[1:]) for one in model.outputs],
    )


@given(graphs())
@settings(max_examples=120)
def test_any_graph_against_keras(keras, network):
    analysis, verdict = analyze(network), judge(network)
    assert errors(network) == []
    assert verdict is not None
    assert analysis.output_shape == verdict.output_shape
    assert (analysis.totals.trainable, analysis.totals.params) == (verdict.trainable, verdict.params)
    assert analysis.totals.macs == verdict.macs
    assert loads_network(dumps_network(network), "graph.toml") == network


@given(graphs())
@settings(max_examples=120)
def test_any_graph_through_keras_own_description(keras, network):
    """What Keras writes of the model that it reads from us is read back with the same numbers, and nothing opaque."""
    model = keras.models.model_from_json(dumps_keras(analyze(network)))
    back = convert_model(loads_config(model.to_json(), "graph.json"), "graph.json").network
    analysis = analyze(back)
    assert errors(back) == []
    assert analysis.totals.complete
    again = keras.models.model_from_json(dumps_keras(analysis))
    assert counts(again) == counts(model)
    assert (analysis.totals.params, analysis.totals.trainable) == counts(model)[:2]
    assert analysis.totals.macs == analyze(network).totals.macs
