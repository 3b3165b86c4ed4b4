"""What we write is what Keras reads, and what Keras writes is what we read: any network that can be built."""

import json
import re

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.oracle import from_json
from tests.core.strategies import LEAVES, inputs_of, layers_of, mostly_sound, networks
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Reshape
from tui_cnn.core.layers.fields import parse_regularizer
from tui_cnn.core.network import Network, keras_name
from tui_cnn.core.unrolling import unrolled
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras

pytestmark = pytest.mark.usefixtures("keras")


def sound(network):
    """Analyse a network that can be built, or let Hypothesis draw another."""
    analysis = analyze(network)
    assume(not any(check.severity == "error" for check in analysis.checks))
    assume(plain(network.layers))
    return analysis


def read(text):
    return convert_model(loads_config(text, "model.json"), "model.json")


def plain(layers):
    """Bring layers to the form in which reading gives them: no blocks, no names, nothing that is said twice."""
    flat = []
    for layer in layers:
        if isinstance(layer, Block):
            flat += plain(layer.layers)
        elif isinstance(layer, Branches):
            branches = tuple(plain(branch) for branch in layer.branches)
            flat.append(msgspec.structs.replace(layer, name="", branches=branches))
        else:
            flat.append(_plain(layer))
    return tuple(flat)


def _plain(layer):
    changes = {"name": ""}
    for name, value in msgspec.structs.asdict(layer).items():
        if name.endswith("_regularizer") and value:
            l1, l2 = map(np.float32, parse_regularizer(value))  # Keras keeps no more of them
            changes[name] = (float(l1), float(l2))
        if name == "axis":  # the last has two numbers
            changes[name] = -1 if isinstance(value, int) else (-1,)
        if name == "layer":
            changes[name] = _plain(value)
        if hasattr(layer, "least") and isinstance(value, tuple) and value[0] == max(layer.least, -value[1]):
            changes[name] = value[1]  # one number says the same
        if name == "strides" and value == getattr(layer, "pool_size", None):
            changes[name] = None
    return msgspec.structs.replace(layer, **changes)


def without_own_strides(value):
    """Leave the strides of pools out that are those of the window anyway, as reading does."""
    if isinstance(value, dict):
        own = "pool_size" in value and value.get("strides") == value["pool_size"]
        return {key: without_own_strides(item) for key, item in value.items() if not (own and key == "strides")}
    return [without_own_strides(item) for item in value] if isinstance(value, list | tuple) else value


def without_axes(text):
    """Leave the axes out: the last has two numbers."""
    return re.sub(r'"axis": (-?\d+|\[[^]]*\])', '"axis": 0', text)


def counts(analysis):
    totals = analysis.totals
    return totals.trainable, totals.non_trainable, totals.macs, totals.tf_flops, totals.complete, analysis.output_shape


@given(st.one_of(mostly_sound(), networks()).map(unrolled))
@settings(max_examples=120)
def test_what_we_write_is_what_keras_reads(network):

    analysis = sound(network)
    model = from_json(dumps_keras(analysis))
    assert tuple(model.output_shape[1:]) == analysis.output_shape
    assert model.count_params() == analysis.totals.params
    rows = [row for row in analysis.rows if not isinstance(row.layer, Block)]
    names = [keras_name(row.name, call.suffix) for row in rows for call in row.layer.keras_calls(row.input_shape)]
    assert sorted(names) == sorted(layer.name for layer in model.layers if type(layer).__name__ != "InputLayer")


@given(st.one_of(mostly_sound(), networks()).map(unrolled))
@settings(max_examples=120)
def test_what_keras_writes_is_what_we_read(network):
    from tui_cnn.worker.build import build

    analysis = sound(network)
    again, notes = read(build(network).to_json())
    assert notes == ()
    assert counts(analyze(again)) == counts(analysis)
    assert plain(again.layers) == plain(network.layers)


@pytest.mark.parametrize("kind", [kind for kind in LEAVES if kind.times_given == 1], ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
def test_each_layer_comes_back(kind, data):
    from tui_cnn.worker.build import build

    shape = data.draw(inputs_of(kind))
    layer = data.draw(layers_of(kind))
    if kind is Reshape:  # one of any shape hardly ever fits
        layer = Reshape(target_shape=tuple(data.draw(st.permutations(shape))))
    network = Network("one", shape, (layer,))
    sound(network)
    again, notes = read(build(network).to_json())
    assert notes == ()
    assert plain(again.layers) == plain(network.layers)


@given(st.one_of(mostly_sound(), networks()).map(unrolled))
@settings(max_examples=100)
def test_what_we_write_is_what_we_read(network):
    network = msgspec.convert(without_own_strides(msgspec.to_builtins(network)), Network)
    text = dumps_keras(sound(network))
    again, notes = read(text)
    assert notes == ()
    assert plain(again.layers) == plain(network.layers)
    renamed = text.replace(json.dumps(network.name), json.dumps(again.name))
    assert without_axes(dumps_keras(analyze(again))) == without_axes(renamed)


def test_a_network_of_nothing_but_a_block():

    model = from_json(dumps_keras(analyze(Network("n", (4, 2), (Block(name="empty"),)))))
    assert model.output_shape == (None, 4, 2)
