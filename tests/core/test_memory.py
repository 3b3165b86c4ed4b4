"""Memory: worked by hand, and against the values that TensorFlow keeps."""

import pytest
from hypothesis import given, settings

from tests.core.formulas import evaluate
from tests.core.strategies import mostly_sound
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Dropout, Flatten
from tui_cnn.core.memory import activation, memory
from tui_cnn.core.network import Network
from tui_cnn.core.shape import elements
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe

SAME = Conv2D(filters=4, kernel_size=(3, 3), padding="same")


def test_the_tutorial_network():
    """The first pooling holds the most: 26·26·32 values go in and 13·13·32 come out, four bytes each."""
    needs = memory(analyze(preset("fashion-cnn")), batch_size=32)
    assert needs.parameters == 4 * 93_322
    assert needs.inference == 4 * (26 * 26 * 32 + 13 * 13 * 32)
    outputs = 28 * 28 + 26 * 26 * 32 + 13 * 13 * 32 + 11 * 11 * 64 + 5 * 5 * 64 + 3 * 3 * 64 + 64 + 10
    assert needs.training == 4 * (93_322 + 93_322 + 2 * 93_322 + 32 * outputs)


@pytest.mark.parametrize(("optimizer", "slots"), [("adam", 2), ("adamw", 2), ("rmsprop", 1), ("sgd", 1)])
def test_optimizers_keep_slots(keras, optimizer, slots):
    """What Keras itself makes when the optimizer is built; sgd with momentum."""
    analysis = analyze(preset("fashion-dnn"))
    kinds = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW, "rmsprop": keras.optimizers.RMSprop}
    made = kinds[optimizer]() if optimizer in kinds else keras.optimizers.SGD(momentum=0.9)
    from tui_cnn.worker.build import build

    model = build(analysis.network)
    made.build(model.trainable_variables)
    kept = sum(elements(tuple(variable.shape)) for variable in made.variables if len(variable.shape))
    assert kept == slots * analysis.totals.trainable
    plain = memory(analysis, 1, optimizer).training - memory(analysis, 1, "sgd").training
    assert plain == 4 * (slots - 1) * analysis.totals.trainable


@pytest.mark.parametrize("name", ["fashion-cnn", "fashion-dnn", "small-resnet", "small-mobile", "fashion-classical"])
def test_muon_keeps_one_number_for_a_hidden_kernel_and_two_for_all_else(keras, name):
    """What the worker's optimizer keeps when it is built."""
    from tui_cnn.worker.build import make_model

    analysis = analyze(preset(name))
    made = make_model(analysis.network, Recipe(optimizer="muon")).optimizer
    kept = sum(elements(tuple(variable.shape)) for variable in made.variables if len(variable.shape))
    assert memory(analysis, 1, "muon").training - memory(analysis, 1, "sgd").training == 4 * (
        kept - analysis.totals.trainable
    )


def test_muon_keeps_the_kernels_of_repeated_layers_and_of_none_that_is_frozen(keras):
    from tui_cnn.worker.build import make_model

    frozen = Conv2D(filters=4, kernel_size=(3, 3), trainable=False)
    for stack in (
        (Block(repeat=3, layers=(SAME, frozen)), Flatten(), Dense(units=10)),
        (Block(repeat=3, layers=(SAME,)),),
    ):
        analysis = analyze(Network("n", (8, 8, 4), stack))
        made = make_model(analysis.network, Recipe(optimizer="muon")).optimizer
        kept = sum(elements(tuple(variable.shape)) for variable in made.variables if len(variable.shape))
        found = memory(analysis, 1, "muon")
        assert found.training - memory(analysis, 1, "sgd").training == 4 * (kept - analysis.totals.trainable)


def test_a_skip_connection_keeps_its_input():
    """While the sum is made, the input, the convolution's output and the sum are alive: three times 8·8·4."""
    network = Network("skip", (8, 8, 4), (Branches(merge="add", branches=((SAME,), ())),))
    assert memory(analyze(network)).inference == 4 * 3 * 256


def test_parallel_branches_wait_for_each_other():
    """The first branch's output waits while the second has its input and its output: three; then two and the sum."""
    network = Network("two", (8, 8, 4), (Branches(merge="add", branches=((SAME, SAME), (SAME,))),))
    assert memory(analyze(network)).inference == 4 * 3 * 256
    wide = Conv2D(filters=16, kernel_size=(1, 1))
    joined = Network("cat", (8, 8, 4), (Branches(merge="concatenate", branches=((wide,), (wide,))),))
    assert memory(analyze(joined)).inference == 4 * (1024 + 1024 + 2048)


def test_a_view_takes_nothing():
    flat = Network("flat", (8, 8, 4), (SAME, Flatten()))
    assert memory(analyze(flat)).inference == 4 * 2 * 256
    assert (
        memory(analyze(Network("drop", (8, 8, 4), (SAME, Dropout(rate=0.5))))).training > memory(analyze(flat)).training
    )


def test_unknown_where_it_cannot_be_built():
    broken = Network("broken", (2, 2, 1), (Conv2D(filters=1, kernel_size=(5, 5)),))
    assert memory(analyze(broken))[:3] == (0, None, None)


@settings(max_examples=100)
@given(mostly_sound())
def test_bounds(network):
    """The peak holds the largest layer with its input, and never more than all values; a larger batch needs more."""
    analysis = analyze(network)
    needs, twice = memory(analysis, 1), memory(analysis, 2)
    if analysis.output_shape is None:
        return
    everything = elements(network.input_shape) + sum(elements(row.figures.output_shape) for row in analysis.rows)
    assert 4 * elements(network.input_shape) <= needs.inference <= 4 * everything
    assert needs.training < twice.training
    assert needs.inference == twice.inference


@settings(max_examples=60)
@given(mostly_sound())
def test_formulas_give_the_numbers(network):
    for optimizer in ("adam", "sgd"):
        needs = memory(analyze(network), 7, optimizer)
        for number, formula in zip(needs[:3], needs.formulas, strict=True):
            assert formula == "" if number is None else evaluate(formula) == number


def test_formulas_name_what_is_held():
    formulas = memory(analyze(preset("fashion-cnn"))).formulas
    assert formulas.inference == "4·(26·26·32 + 13·13·32)"
    assert formulas.training == "4·(93,322 + 3·93,322 + 32·37,818)"
    assert activation((26, 26, 32)) == (86_528, "4·26·26·32")
