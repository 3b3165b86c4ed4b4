"""Flash and RAM in int8: worked by hand, and as LiteRT Micro reported them."""

import pytest
from hypothesis import given, settings

from tests.core.strategies import mostly_sound
from tui_cnn.core.analysis import analyze
from tui_cnn.core.boards import BOARDS
from tui_cnn.core.int8 import ALIGNMENT, Int8Operators, int8_needs
from tui_cnn.core.layers import (
    Activation,
    BatchNormalization,
    Block,
    Branches,
    Conv2D,
    Conv2DTranspose,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Shared,
)
from tui_cnn.core.lifetimes import Lifetimes
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset

REPORTED = {
    "fashion-classical": 13_520,
    "fashion-cnn": 27_040,
    "fashion-cnn-strides": 27_040,
    "fashion-dnn": 1_568,
    "fashion-dropout": 27_040,
    "lenet-5": 9_408,
    "all-conv": 27_040,
    "small-inception": 31_360,
    "small-mobile": 18_816,
    "small-resnet": 37_632,
    "mobilenet": 1_204_224,
    "mobilenet-v2": 1_505_280,
    "googlenet": 1_003_520,
    "alexnet-grouped": 444_992,
}
"""Bytes of the head of the arena, where the activations are.

The package tflite-micro (0.dev20261023) printed them for files of TensorFlow 2.21's converter: `print_allocations()` of
its interpreter, which runs LiteRT Micro itself.
"""

SAME = Conv2D(filters=4, kernel_size=(3, 3), padding="same")


@pytest.mark.parametrize("name", REPORTED)
def test_the_arena_is_that_of_litert_micro(name):
    assert int8_needs(analyze(preset(name))).ram == REPORTED[name]


def test_the_tutorial_network():
    """The first pooling holds the most: 26·26·32 bytes go in and 13·13·32 come out. A weight takes a byte."""
    needs = int8_needs(analyze(preset("fashion-cnn")))
    assert needs.ram == 26 * 26 * 32 + 13 * 13 * 32
    weights = 9 * 32 + 9 * 32 * 64 + 9 * 64 * 64 + 576 * 64 + 64 * 10
    channels = 32 + 64 + 64 + 64 + 10
    constants = 2 * 5 + 1  # a kernel and a bias each, and the shape of the reshaping
    assert needs.flash == weights + channels * (4 + 12 + 12) + 300 + 208 * (constants + 10)


def lifetimes(*arrays):
    """Arrays of so many bytes, each made of others by their numbers."""
    found = Lifetimes()
    for size, sources in arrays:
        found.make(sources, (size,))
    return found


def test_a_plan_worked_by_hand():
    """Of 64, 32, 48 and 16 bytes: the largest at 0, then 48 at 64, though the 32 of before are free by then."""
    found = lifetimes((32, []), (64, [0]), (48, [1]), (16, [2]))
    assert [(value.made, value.used) for value in found.values] == [(0, 1), (1, 2), (2, 3), (3, 3)]
    assert found.arena(1, 16) == 64 + 48
    assert found.arena(4, 16) == 4 * (64 + 48)


def test_sizes_are_rounded_up():
    assert lifetimes((10, []), (17, [0])).arena(1, 16) == 16 + 32
    assert lifetimes((10, []), (17, [0])).arena(1, 1) == 27


def test_a_plan_that_needs_more_than_the_peak():
    """Placed are the last (48) at 0, that before it behind at 48, the second at 0; 16 meets both and comes after."""
    found = lifetimes((16, []), (48, []), (48, [0]), (48, [2]))
    assert [(value.made, value.used) for value in found.values] == [(0, 2), (1, 1), (2, 3), (3, 3)]
    assert found.peak(1).value == 48 + 48
    assert found.arena(1, 16) == 48 + 48 + 16


@settings(max_examples=60, deadline=None)
@given(mostly_sound())
def test_bounds(network):
    """The arena holds the peak, and no more than all activations."""
    analysis = analyze(network)
    needs = int8_needs(analysis)
    if needs.ram is None:
        return
    activations = Int8Operators(analysis).activations
    rounded = sum(-(-value.size // ALIGNMENT) * ALIGNMENT for value in activations.values)
    assert activations.peak(1).value <= needs.ram <= rounded
    assert needs.flash > analysis.totals.params * 0.5


def shapes(*layers, shape=(8, 8, 4)):
    return [value.shape for value in Int8Operators(analyze(Network("n", shape, layers))).activations.values]


def test_what_is_folded_is_no_operator():
    image, ending = (8, 8, 4), (GlobalAveragePooling2D(), Dense(units=3, activation="softmax"))
    folded = shapes(SAME, BatchNormalization(), Activation(activation="relu"), Dropout(rate=0.5), *ending)
    assert folded == [image, image, (4,), (3,), (3,)]
    assert shapes(BatchNormalization(), SAME) == [image, image, image, image], "a product and a sum"
    both = Branches(branches=((Activation(activation="relu"), SAME), ()))
    assert shapes(SAME, both) == [image] * 5, "what two read keeps the values before the ReLU"
    assert shapes(SAME, Flatten(), Dense(units=5, activation="tanh")) == [image, image, (256,), (5,), (5,)]


def test_shared_weights_are_in_the_file_once():
    named = Conv2D(name="own", filters=4, kernel_size=(3, 3), padding="same")
    once = int8_needs(analyze(Network("n", (8, 8, 4), (named,))))
    shared = int8_needs(analyze(Network("n", (8, 8, 4), (named, Shared(layer="own")))))
    repeated = int8_needs(analyze(Network("n", (8, 8, 4), (Block(repeat=2, layers=(SAME,)),))))
    kernel = 9 * 4 * 4 + 4 * (4 + 12 + 12)
    assert shared.flash - once.flash == 208
    assert repeated.flash - shared.flash == kernel + 2 * 208


def test_what_is_not_known():
    transposed = Network("n", (8, 8, 4), (Conv2DTranspose(filters=4, kernel_size=(3, 3)),))
    assert int8_needs(analyze(transposed)) == (None, None, "Conv2DTranspose")
    odd = Network("n", (8, 8, 4), (Conv2D(filters=4, kernel_size=(3, 3), activation="mish"),))
    assert int8_needs(analyze(odd)) == (None, None, "mish")
    broken = Network("n", (2, 2, 1), (Conv2D(filters=1, kernel_size=(5, 5)),))
    assert int8_needs(analyze(broken)) == (None, None, "")


def test_boards_name_their_source():
    for board in BOARDS.values():
        assert board.flash % 1024 == board.ram % 1024 == 0
        assert board.flash > board.ram > 0
        assert board.source
    assert BOARDS["arduino-nano-33-ble"][:2] == (2**20, 2**18)
