"""A muted layer is as if it were not there: the numbers are those that Keras gives for the network without it."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.oracle import judge
from tests.core.strategies import mostly_sound
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.edits import set_muted
from tui_cnn.core.layers import (
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Opaque,
)
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network, muted_paths, names, walk, without_muted
from tui_cnn.formats.export import export_text
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import dumps_network, loads_network


@st.composite
def partly_muted(draw):
    network = draw(mostly_sound(most=5))
    for path, _layer in walk(network.layers):
        if draw(st.integers(0, 3)) == 0:
            network = edits.change(network, path, muted=True)
    return network


@given(partly_muted())
@settings(max_examples=60)
def test_numbers_are_those_of_the_network_without_them(network):
    bare = without_muted(network)
    assert not any(layer.muted for _path, layer in walk(bare.layers))
    with_muted, without = analyze(network), analyze(bare)
    assert with_muted.totals == without.totals
    assert with_muted.output_shape == without.output_shape
    assert memory(with_muted) == memory(without)
    heard = [row for row in with_muted.rows if not row.muted]
    for ours, theirs in zip(heard, without.rows, strict=True):
        assert (ours.name, ours.input_shape, ours.figures, ours.field) == (
            theirs.name, theirs.input_shape, theirs.figures, theirs.field,
        )  # fmt: skip
    assert [check.code for check in with_muted.checks] == [check.code for check in without.checks]
    assert {row.path for row in with_muted.rows if row.muted} == muted_paths(walk(network.layers))


@pytest.mark.usefixtures("keras")
@given(partly_muted())
@settings(max_examples=25)
def test_keras_builds_the_rest(network):
    verdict, analysis = judge(network), analyze(network)
    if verdict is not None and without_muted(network).layers:
        assert (verdict.output_shape, verdict.params) == (analysis.output_shape, analysis.totals.params)


@given(partly_muted())
@settings(max_examples=30)
def test_the_file_keeps_them(network):
    assert loads_network(dumps_network(network), "x") == network


def test_muted_and_heard_again():
    network = preset("fashion-cnn")
    muted = set_muted(network, (0,), 2, muted=True)
    assert [layer.muted for layer in muted.layers] == [True, True, *[False] * 6]
    assert analyze(muted).rows[2].figures.parameters.total == (3 * 3 * 1 + 1) * 64
    assert set_muted(muted, (0,), 2, muted=False) == network
    assert dumps_network(muted).count("muted = true") == 2
    assert "muted" not in dumps_network(network)


def test_a_muted_container_takes_all_it_holds_along():
    inner = (Conv2D(filters=4, kernel_size=(3, 3)), BatchNormalization())
    network = Network("n", (8, 8, 4), (Block(layers=inner, muted=True), Branches(branches=(inner, ()), muted=True)))
    analysis = analyze(network)
    assert {row.figures.output_shape for row in analysis.rows} == {(8, 8, 4)}
    assert analysis.totals.params == 0
    assert [check.message for check in analysis.checks] == ["all layers are muted; unmute at least one"]


def test_checks_look_past_muted_layers_and_mend_the_right_ones():
    conv = Conv2D(filters=4, kernel_size=(3, 3), activation="relu", name="same")
    layers = (conv, msgspec.structs.replace(conv, muted=True), MaxPooling2D(pool_size=(20, 20)), Flatten())
    analysis = analyze(Network("n", (9, 9, 1), (*layers, Dense(units=10))))
    broken = next(check for check in analysis.checks if check.severity == "error")
    assert [check.code for check in analysis.checks if check.severity == "error"] == ["shape"], "not duplicate-name"
    assert broken.path == (2,)
    mended = broken.fix.apply(analysis.network)
    assert mended.layers[1].muted
    assert analyze(mended).totals.complete


def test_names_are_those_of_what_is_built():
    conv = Conv2D(filters=4, kernel_size=(3, 3))
    network = Network("n", (28, 28, 1), (msgspec.structs.replace(conv, muted=True), conv, conv))
    assert list(names(network).items()) == [((1,), "conv2d"), ((2,), "conv2d_1"), ((0,), "conv2d_2")]


def test_an_opaque_layer_that_is_muted_leaves_nothing_unknown():
    opaque = Opaque(kind="Lambda", config="{}", muted=True)
    assert analyze(Network("n", (4,), (opaque, Dense(units=2)))).totals.complete


@pytest.mark.parametrize("to", ["python", "json", "markdown", "svg"])
def test_exports_leave_them_out(to):
    network = edits.insert(preset("fashion-cnn"), (1,), Dropout(rate=0.25, muted=True))
    assert export_text(network, to) == export_text(preset("fashion-cnn"), to)
    assert "muted" not in export_text(network, to)
