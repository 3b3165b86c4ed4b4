"""Repeated blocks: one declaration, and the numbers of the network in which each time is written out."""

import msgspec
import pytest
from hypothesis import given, settings

from tests.core.oracle import judge
from tests.core.strategies import mostly_sound
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.core.graph import graph
from tui_cnn.core.layers import (
    Activation,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Opaque,
    Route,
    Shared,
)
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network, names, walk
from tui_cnn.core.rows import sums
from tui_cnn.core.unrolling import MOST_LAYERS, as_built, declared_path, unrolled
from tui_cnn.formats.export import export_text
from tui_cnn.formats.fields import start
from tui_cnn.formats.toml import dumps_network, loads_network


def conv(filters=4, **fields):
    return Conv2D(filters=filters, kernel_size=(3, 3), padding="same", activation="relu", **fields)


HEAD = (GlobalAveragePooling2D(), Dense(units=10, activation="softmax"))


def network(*layers, shape=(16, 16, 3), **fields):
    return Network("repeated", shape, layers, **fields)


def dense_block(times):
    """As in DenseNet: each time gets the channels of all before."""
    grown = (BatchNormalization(), Activation(activation="relu"), conv(12, use_bias=False))
    return Block(name="dense_block", repeat=times, layers=(Branches(merge="concatenate", branches=((), grown)),))


@given(mostly_sound(most=4))
@settings(max_examples=60)
def test_one_declaration_has_the_numbers_of_what_is_written_out(drawn):
    declared, written_out = analyze(drawn), analyze(unrolled(drawn))
    if written_out.totals.params_complete:
        assert declared.totals == written_out.totals
    else:
        assert not declared.totals.params_complete
    assert declared.output_shape == written_out.output_shape
    assert memory(declared) == memory(written_out)
    fields = [analysis.last_map.field if analysis.last_map else None for analysis in (declared, written_out)]
    assert fields[0] == fields[1]
    places = [declared_path(drawn, row.path)[0] for row in written_out.rows]
    assert set(places) == {row.path for row in declared.rows}
    for row in declared.rows:
        same = [other for place, other in zip(places, written_out.rows, strict=True) if place == row.path]
        if row.figures is not None and not isinstance(row.layer, Block):
            assert row.params == sum(other.params for other in same)
            assert row.figures.macs.value == sum(other.figures.macs.value for other in same)
            assert row.figures.output_shape == same[-1].figures.output_shape
            assert row.times == len(same)
        broken = any(other.error for other in same)
        assert broken == (row.error is not None)
    codes = [{(check.code, declared_path(drawn, check.path)[0]) for check in written_out.checks}]
    assert codes[0] <= {(check.code, check.path) for check in declared.checks}


def test_a_dense_block_grows_each_time_as_in_keras(keras):
    declared = network(conv(24), dense_block(4), *HEAD)
    verdict, totals = judge(declared), analyze(declared).totals
    assert (totals.params, totals.trainable, totals.macs) == (verdict.params, verdict.trainable, verdict.macs)
    row = next(row for row in analyze(declared).rows if isinstance(row.layer, Conv2D) and len(row.path) > 1)
    by_hand = [9 * channels * 12 for channels in (24, 36, 48, 60)]
    assert row.params == sum(by_hand)
    assert row.figures.parameters.trainable.formula == " + ".join(f"{count:,}" for count in by_hand)
    assert row.input_shape == (16, 16, 60)  # that of the last time


def test_equal_times_are_counted_in_the_formula():
    row = analyze(network(conv(8), Block(repeat=3, layers=(conv(8),)), *HEAD)).rows[2]
    assert str(row.figures.parameters.trainable) == "3·((3·3·8 + 1)·8) = 1,752"


def test_names_mean_the_layer_of_the_same_time_and_after_the_block_the_last(keras):
    skipping = Block(
        repeat=3,
        layers=(conv(name="first"), conv(name="next"), Route(layers=("first", "next")), Shared(layer="first")),
    )
    joined = Route(layers=("first", "last"), merge="concatenate")
    declared = network(conv(), skipping, conv(name="last"), joined, Flatten(), Dense(units=2))
    verdict, totals = judge(declared), analyze(declared).totals
    assert (totals.params, totals.macs) == (verdict.params, verdict.macs)
    built = as_built(declared)
    routes = [layer.layers for _path, layer in walk(built.layers) if isinstance(layer, Route)]
    inside = [(f"first{number}", f"next{number}") for number in ("", "_2", "_3")]
    assert routes == [*inside, ("first_3", "last")]
    assert [layer.layer for _path, layer in walk(built.layers) if isinstance(layer, Shared)] == [
        "first",
        "first_2",
        "first_3",
    ]


def test_an_output_in_a_repeated_block_is_that_of_the_last_time(keras):
    declared = network(Block(repeat=2, layers=(conv(4), conv(5, name="end"))), outputs=("end",))
    verdict, analysis = judge(declared), analyze(declared)
    assert analysis.output_shape == verdict.output_shape == (16, 16, 5)
    assert analysis.totals.macs == verdict.macs
    assert unrolled(declared).outputs == ("end_2",)


def test_written_names_are_unique_however_they_are_chosen():
    given_names = Block(repeat=3, layers=(conv(name="a"), conv(name="a_2"), conv(name="x" * 64)))
    built = as_built(network(Block(repeat=2, layers=(given_names,)), *HEAD))
    found = [layer.name for _path, layer in walk(built.layers) if isinstance(layer, Conv2D)]
    assert len(set(found)) == len(found) == 18
    assert max(map(len, found)) == 64
    assert len(set(names(built).values())) == len(names(built))


def test_a_time_that_does_not_fit_is_named_at_its_declaration():
    pooled = Block(repeat=4, layers=(conv(), MaxPooling2D(pool_size=(3, 3))))
    analysis = analyze(network(pooled, *HEAD))
    broken = [row for row in analysis.rows if row.error]
    assert [row.path for row in broken] == [(0, 1)]
    assert broken[0].input_shape == (1, 1, 4)  # 16, 5, 1: the third time has one pixel left
    assert [check.path for check in analysis.checks if check.code == "shape"] == [(0, 1)]
    assert analyze(network(msgspec.structs.replace(pooled, repeat=2), *HEAD)).output_shape == (10,)


def test_what_is_found_about_one_time_only_says_which():
    shrinking = Block(repeat=3, layers=(conv(), MaxPooling2D()))  # 12, 6, 3: only the third leaves a row out
    found = [check for check in analyze(network(shrinking, *HEAD, shape=(14, 14, 3))).checks if check.code == "dropped"]
    assert [check.path for check in found] == [(0, 1)]  # 14, 7, 3: the second time, and the third
    early = Block(repeat=2, layers=(conv(), MaxPooling2D()))  # 9, 4: the first time alone
    found = [check for check in analyze(network(early, *HEAD, shape=(9, 9, 3))).checks if check.code == "dropped"]
    assert [(check.path, check.fix) for check in found] == [((0, 1), None)]
    assert found[0].message.endswith("(repetition 1)")


def test_repetitions_have_a_bound_however_they_are_nested():
    deep = conv()
    for _level in range(4):
        deep = Block(repeat=1000, layers=(deep,))
    analysis = analyze(network(deep, *HEAD))
    errors = [check for check in analysis.checks if check.severity == "error"]
    assert errors[0].path == (0,)
    assert f"1,000,000,000,000 layers with all repetitions; at most {MOST_LAYERS:,}" in errors[0].message
    assert len(analysis.graph.nodes) < 2 * MOST_LAYERS
    assert analyze(unrolled(network(deep, *HEAD))).totals == analysis.totals


def test_muted_frozen_and_unknown_layers_are_repeated_as_they_are(keras):
    layers = (conv(name="kept"), conv(muted=True), BatchNormalization())
    declared = network(Block(repeat=3, trainable=False, layers=layers), conv(), *HEAD)
    verdict, totals = judge(declared), analyze(declared).totals
    assert (totals.params, totals.trainable) == (verdict.params, verdict.trainable)
    unknown = Opaque(kind="Mine", config="{}", stated_shape=(16, 16, 4), weights=7)
    assert analyze(network(Block(repeat=3, layers=(unknown,)), *HEAD)).rows[1].params == 21


def test_a_file_keeps_the_one_declaration():
    declared = network(conv(24), dense_block(4), *HEAD)
    text = dumps_network(declared)
    assert text.count("Conv2D") == 2
    assert "repeat = 4" in text
    assert loads_network(text, "a file") == declared
    assert "×4" in export_text(declared, "markdown")


@pytest.mark.parametrize("times", ["0", "1001", "1.5", '"two"', "true"])
def test_other_numbers_of_times_are_refused(times):
    text = f'name = "n"\ninput_shape = [8, 8, 1]\n[[layers]]\ntype = "Block"\nrepeat = {times}\n'
    with pytest.raises(Exception, match="repeat"):
        loads_network(text, "a file")


def test_unwrapping_writes_out_what_was_repeated():
    declared = network(Block(repeat=3, layers=(conv(name="a"), conv())), *HEAD)
    unwrapped, count = edits.unwrap(declared, (0,))
    assert count == 6
    assert [layer.name for layer in unwrapped.layers[:6]] == ["a", "", "a_2", "", "a_3", ""]
    assert analyze(unwrapped).totals == analyze(declared).totals


def test_unwrapping_keeps_what_names_mean_and_the_repetitions_inside():
    inner = Block(repeat=2, layers=(conv(name="c"),))
    held = (conv(name="a"), conv(), inner, Route(layers=("a", "c")), Branches(branches=((Shared(layer="a"),), ())))
    declared = network(conv(), Block(repeat=2, layers=held), Shared(layer="c"), Route(layers=("a", "c")), *HEAD)
    declared = msgspec.structs.replace(declared, outputs=("a", "c"))
    unwrapped, count = edits.unwrap(declared, (1,))
    assert count == 10
    assert [layer.repeat for layer in unwrapped.layers if isinstance(layer, Block)] == [2, 2]
    assert unwrapped.outputs == ("a_2", "c_2")
    routes = [layer.layers for layer in unwrapped.layers if isinstance(layer, Route)]
    assert routes == [("a", "c"), ("a_2", "c_2"), ("a_2", "c_2")]
    # The same layers are applied to the same: the two are one graph.
    before, after = (graph(unrolled(each)) for each in (declared, unwrapped))
    assert [node.inputs for node in before.nodes] == [node.inputs for node in after.nodes]
    assert before.outputs == after.outputs


def test_a_copy_names_its_own_layers():
    block = Block(repeat=2, layers=(conv(name="alone"), conv(name="a"), Route(layers=("stem", "a")), Shared(layer="a")))
    declared = network(conv(name="stem"), block, conv(name="a_2"), *HEAD)
    doubled = edits.duplicate(declared, (1,))
    copy = doubled.layers[2].layers
    assert [layer.name for layer in copy] == ["", "a_3", "", ""]
    assert (copy[2].layers, copy[3].layer) == (("stem", "a_3"), "a_3")
    assert not [check for check in analyze(doubled).checks if check.severity == "error"]
    assert sums(analyze(doubled))[2,] == sums(analyze(doubled))[1,] == sums(analyze(declared))[1,]


def test_what_stands_for_too_many_layers_is_not_unwrapped():
    many = network(Block(repeat=1000, layers=(conv(),) * 11), *HEAD)
    assert edits.unwrap(many, (0,)) == (many, 0)


def test_repeating_makes_a_block_or_takes_the_one_that_is_there():
    declared = network(conv(), conv(), *HEAD)
    once = edits.repeat(declared, (0,), 2, 3)
    assert [type(layer) for layer in once.layers[:2]] == [Block, GlobalAveragePooling2D]
    assert (once.layers[0].repeat, len(once.layers[0].layers)) == (3, 2)
    again = edits.repeat(once, (0,), 1, 5)
    assert (again.layers[0].repeat, again.layers[0].layers) == (5, once.layers[0].layers)


def test_the_exported_program_has_every_time(keras, tmp_path):
    declared = network(conv(24), dense_block(3), *HEAD)
    namespace = {"__name__": "exported"}
    exec(compile(export_text(declared, "python"), "exported.py", "exec"), namespace)
    assert namespace["build_model"]().count_params() == analyze(declared).totals.params


def test_start_of_a_block_is_not_repeated():
    assert start(Block).repeat == 1


def test_idle_biases_are_counted_each_time():
    block = Block(repeat=3, layers=(Conv2D(filters=4, kernel_size=(3, 3), padding="same"), BatchNormalization()))
    found = [str(check) for check in analyze(network(block, *HEAD)).checks if check.code == "bias-before-normalization"]
    assert len(found) == 1
    assert "its 12 biases" in found[0]
