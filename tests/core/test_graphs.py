"""Graphs that are more than a stack with branches: routes, shared weights, inputs, outputs, frozen layers."""

from math import prod

import msgspec
import pytest
from hypothesis import given, settings

from tests.core.oracle import from_json, judge
from tests.core.strategies import graphs
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    LAYER_TYPES,
    BatchNormalization,
    Block,
    Conv2D,
    Dense,
    Flatten,
    Input,
    Route,
    Shared,
    can_be_frozen,
)
from tui_cnn.core.network import Network
from tui_cnn.formats.export import export_text
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.toml import dumps_network, loads_network
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preflight import check
from tui_cnn.runs.recipe import Recipe


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
    model = from_json(dumps_keras(analyze(network)))
    back = convert_model(loads_config(model.to_json(), "graph.json"), "graph.json").network
    analysis = analyze(back)
    assert errors(back) == []
    assert analysis.totals.complete
    again = from_json(dumps_keras(analysis))
    assert counts(again) == counts(model)
    assert (analysis.totals.params, analysis.totals.trainable) == counts(model)[:2]
    assert analysis.totals.macs == analyze(network).totals.macs


@given(graphs())
@settings(max_examples=60)
def test_any_graph_as_python(keras, network):
    scope = {"__name__": "exported"}
    exec(export_text(network, "python"), scope)
    built, verdict = scope["build_model"](), judge(network)
    assert counts(built)[:2] == (verdict.params, verdict.trainable)
    assert tuple(built.outputs[0].shape[1:]) == verdict.output_shape
    assert len(built.outputs) == max(1, len(network.outputs))


class TestReferences:
    """What names a layer: refused with a fix where it is not there, and taken along where it is renamed."""

    network = Network(
        "n", (6, 6, 2), (small(name="a"), small(name="b"), Route(layers=("a", "b"), name="r"), small(name="c"))
    )

    def found(self, network):
        (check,) = [one for one in analyze(network).checks if one.severity == "error"]
        return check

    def mended(self, network):
        return self.found(network).fix.apply(network)

    def test_a_deleted_layer(self):
        network = edits.delete(self.network, (0,))
        assert "no earlier layer has the name “a”" in self.found(network).message
        assert self.mended(network).layers[1].layers == ("b",)
        alone = edits.change(network, (1,), layers=("a",))
        assert [layer.name for layer in self.mended(alone).layers] == ["b", "c"]

    def test_a_muted_layer(self):
        network = edits.set_muted(self.network, (0,), 1, muted=True)
        assert "“a” is muted" in self.found(network).message
        assert self.mended(network) == self.network

    def test_a_layer_below(self):
        network = edits.move(self.network, (0,), 3)
        assert "no earlier layer has the name “a”" in self.found(network).message

    def test_a_renamed_layer_is_followed(self):
        network = edits.change(self.network, (0,), name="stem")
        assert network.layers[2].layers == ("stem", "b")
        shared = msgspec.structs.replace(
            self.network, layers=(*self.network.layers, Shared(layer="a")), outputs=("c", "a")
        )
        renamed = edits.change(shared, (0,), name="stem")
        assert renamed.layers[-1].layer == "stem"
        assert renamed.outputs == ("c", "stem")

    def test_an_output_that_is_not_there(self):
        network = msgspec.structs.replace(self.network, outputs=("c", "gone"))
        assert self.found(network).code == "output"
        assert self.mended(network).outputs == ("c",)

    def test_a_layer_that_leads_nowhere(self):
        network = edits.change(self.network, (2,), layers=("a",))
        assert (self.found(network).code, self.found(network).path) == ("unused", (1,))
        assert [layer.name for layer in self.mended(network).layers] == ["a", "r", "c"]

    def test_a_shared_layer_without_weights(self):
        network = edits.insert(self.network, (3,), Shared(layer="r"))
        assert "“r” has no weights to share" in self.found(network).message


def test_shared_by_hand():
    """3·3·2·2 + 2 = 38 parameters, once; 36·36 MACs a time."""
    network = Network("n", (6, 6, 2), (small(name="a"), Shared(layer="a"), Shared(layer="a")))
    analysis = analyze(network)
    assert (analysis.totals.params, analysis.totals.macs) == (38, 3 * 36 * 36)


def test_frozen_by_hand():
    layers = (Block(name="base", layers=(small(), BatchNormalization()), trainable=False), Flatten(), Dense(units=3))
    totals = analyze(Network("n", (6, 6, 2), layers)).totals
    assert (totals.trainable, totals.non_trainable) == (72 * 3 + 3, 38 + 8)


def test_one_input_and_one_output_are_trained():
    twice = Network(
        "n",
        (28, 28, 1),
        (Input(name="b", shape=(28, 28, 1)), Route(name="r", layers=("input_layer", "b")), Flatten(), Dense(units=10)),
    )
    with pytest.raises(
        RunError, match="has 2 inputs and 1 output; only networks with one input and one output can be trained"
    ):
        check(twice, Recipe())
    with pytest.raises(RunError, match="has no weights to train"):
        check(Network("n", (28, 28, 1), (Flatten(), Dense(units=10, trainable=False))), Recipe())


def test_only_what_has_weights_can_be_frozen():
    """The others have no field for it, in no form and no file that is read."""
    without = {kind.__name__ for kind in LAYER_TYPES.values() if not can_be_frozen(kind)}
    assert {"MaxPooling2D", "Flatten", "Dropout", "ZeroPadding2D", "Route", "Input", "RandomFlip"} <= without
    assert not {"Conv2D", "Dense", "BatchNormalization", "PReLU", "Block", "LSTM", "Bidirectional"} & without
