"""Building blocks in the Add list, repeating layers, and new networks: forms with their effect, each one undo step."""

import re

import pytest

from tests.ui.driving import opened
from tui_cnn.core import adapting
from tui_cnn.core.analysis import analyze
from tui_cnn.core.building_blocks import BUILDING_BLOCKS, DenseBlock, Residual
from tui_cnn.core.layers import Activation, Block, Branches, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats import new_network, presets
from tui_cnn.formats.presets import preset

CONV = Conv2D(filters=16, kernel_size=(3, 3), padding="same", activation="relu")
NETWORK = Network("small", (16, 16, 3), (CONV, Flatten(), Dense(units=10)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 55)])
async def test_a_residual_block_is_found_set_and_added(size):
    async with opened(NETWORK, size=size) as user:
        await user.press("a", *"residual")
        await user.sees("Two convolutions with a skip connection", "16×16×16 → 16×16×16 · total: +4.74 k parameters")
        await user.press("enter")
        await user.sees("Add Residual", "filters", "16", "strides", "repeat", "Branches add")
        await user.press("down", "down", "down", "down", "down", "3")
        await user.sees("16×16×16 → 16×16×16 · total: +14.2 k parameters", "Block ×3")
        await user.press("enter")
        added = Residual(filters=16, repeat=3).made_for((16, 16, 16))
        assert user.layers == (CONV, added, *NETWORK.layers[1:])
        assert user.cursor == (1,)
        await user.sees("residual ×3")
        await user.press("u")
        assert user.network == NETWORK


async def test_a_setting_that_makes_no_sense_adds_nothing_and_escape_neither():
    async with opened(NETWORK) as user:
        await user.press("a", *"residual", "enter")
        await user.press("0", "enter")
        await user.sees("filters must be a whole number, at least 1, not 0", "Add Residual")
        await user.press("escape")
        assert user.network == NETWORK


@pytest.mark.parametrize("kind", BUILDING_BLOCKS, ids=lambda kind: kind.named())
async def test_each_block_is_added_as_its_form_begins(kind):
    async with opened(NETWORK) as user:
        await user.press("a")
        await user.choose(kind.named())
        await user.sees(f"Add {kind.named()}")
        await user.press("enter")
        assert user.layers[1] == kind.begun_for((16, 16, 16)).made_for((16, 16, 16))


async def test_behind_a_row_of_numbers_a_block_says_why_it_cannot_be_added():
    async with opened(NETWORK) as user:
        await user.press("end", "a", *"inception")
        await user.sees("✗ needs height × width × channels, but gets 10")
        await user.press("enter", "enter")
        await user.told("needs height × width × channels, but gets 10")
        assert user.network == NETWORK


async def test_behind_what_is_broken_a_block_is_not_guessed():
    broken = Network("broken", (4, 4, 3), (Conv2D(filters=2, kernel_size=(9, 9)), CONV, Flatten(), Dense(units=10)))
    async with opened(broken) as user:
        await user.press("end", "up", "up", "a", *"bottleneck")
        await user.sees("✗ the shape here is unknown")


async def test_blocks_and_branches_are_found_and_can_be_filled():
    async with opened(NETWORK) as user:
        await user.press("a")
        await user.choose("Branches")
        await user.press("3", "enter")
        assert user.layers[1] == Branches(merge="add", branches=((), (), ()))
        await user.press("right", "right", "a")
        await user.choose("Dropout")
        assert [len(branch) for branch in user.layers[1].branches] == [1, 0, 0]


async def test_the_layers_selected_are_repeated_as_one_declaration():
    two = Network("two", (16, 16, 3), (CONV, CONV, Activation(activation="relu"), Flatten(), Dense(units=10)))
    async with opened(two) as user:
        await user.press("home", "down", "down", "V", "down", "R")
        await user.sees("Repeat", "Number of repetitions in sequence", "parameters")
        assert re.search("output +16×16×16 +→ +16×16×16", user.text), "what comes out of the block"
        await user.press("5", "enter")
        assert user.layers[1] == Block(repeat=5, layers=two.layers[1:3])
        await user.sees("Block ×5", "13 layers")  # a Conv2D, 5·2, Flatten, Dense
        await user.press("R")
        await user.press("2", "enter")
        assert user.layers[1].repeat == 2, "a block that is selected alone is not wrapped again"
        await user.press("u", "u")
        assert user.network == two


async def test_a_branch_is_not_repeated():
    residual = preset("small-resnet")
    async with opened(residual) as user:
        await user.press("home", "down", "down", "right", "right", "down", "R")
        assert user.network == residual


async def test_unwrapping_a_repeated_block_keeps_the_numbers():
    dense = DenseBlock(repeat=3).made_for((16, 16, 16))
    async with opened(Network("dense", (16, 16, 3), (CONV, dense, Flatten(), Dense(units=10)))) as user:
        before = analyze(user.network).totals
        await user.press("home", "down", "down", "W")
        assert [type(layer) for layer in user.layers[1:4]] == [Branches] * 3
        assert analyze(user.network).totals == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_new_network_is_a_simple_cnn_for_the_images_and_classes(size):
    async with opened(NETWORK, size=size) as user:
        await user.press("ctrl+n")
        await user.sees("New network", "cnn", "empty", "alexnet")
        await user.press("enter")
        await user.sees("New network: cnn", "input_shape", "28×28×1", "classes", "93,962")
        await user.press("down", "7", "enter")
        assert user.network.input_shape == (28, 28, 1)
        assert analyze(user.network).output_shape == (7,)
        assert user.app.workspace.design.file is None


async def test_a_preset_is_begun_for_other_images_and_one_that_does_not_fit_says_so():
    async with opened(NETWORK) as user:
        await user.press("ctrl+n")
        await user.choose("vgg-16")
        await user.sees("224×224×3", "13")
        await user.press(*"8x8x3")
        await user.sees("✗ vgg-16: does not work with an input of 8×8×3")
        await user.press("enter")
        await user.told("does not work with an input of 8×8×3")
        assert user.network == NETWORK
        await user.press("ctrl+n")
        await user.choose("small-resnet")
        await user.press(*"32x32x3", "down", "down", *"mine", "enter")
        assert (user.network.name, user.network.input_shape) == ("mine", (32, 32, 3))
        assert analyze(user.network).output_shape == (10,)


async def test_a_preset_is_read_once_and_analysed_only_for_other_images_or_classes(monkeypatch):
    calls = []

    def counted(module, name):
        function = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **named: calls.append(name) or function(*given, **named))

    counted(presets, "read_network")
    counted(new_network, "analyze")
    counted(adapting, "analyze")
    preset.cache_clear()
    async with opened(NETWORK) as user:
        calls.clear()
        await user.press("ctrl+n")
        await user.choose("small-resnet")
        await user.sees("New network: small-resnet", "78,426")
        assert calls.count("read_network") == 1
        calls.clear()
        await user.press("down", "down", *"mine")
        assert calls == []
        await user.press("up", "7")
        await user.sees("78,231")  # (64 + 1)·3 fewer
        assert calls == ["analyze"] * 2, "once to see what does not fit the classes, once with what does"
        await user.press("enter")
        assert calls == ["analyze"] * 2
        assert (user.network.name, analyze(user.network).output_shape) == ("mine", (7,))


async def test_escape_keeps_the_network():
    async with opened(NETWORK) as user:
        for keys in (("escape",), ("enter", "escape")):
            await user.press("ctrl+n", *keys)
            assert user.network == NETWORK
