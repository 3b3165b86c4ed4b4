"""The Build screen: a network is read and changed, by keys and by the mouse."""

import pytest

from tests.ui.driving import opened
from tui_cnn.core.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset

SOUND = Network(  # nothing is to be said about it
    "sound",
    (28, 28, 1),
    (
        Conv2D(filters=8, kernel_size=(5, 5), activation="relu"),
        MaxPooling2D(),
        Conv2D(filters=16, kernel_size=(5, 5), activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(units=10, activation="softmax"),
    ),
)
SMALL = Network("small", (8, 8, 1), (Conv2D(filters=4, kernel_size=(3, 3), name="own"), Flatten(), Dense(units=10)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_tutorial_from_64_filters_to_48_and_back(size):
    # 320 for the first convolution; (3·3·32 + 1)·48 = 13,872; (3·3·48 + 1)·64 = 27,712; 3·3·64 = 576 features;
    # (576 + 1)·64 = 36,928; (64 + 1)·10 = 650: together 79,482.
    async with opened(size=size) as user:
        assert "93,322 parameters · 2.79 M MACs" in user.top
        await user.press("down", "down", "enter")
        assert user.focused == "field-filters"
        await user.type("48")
        await user.sees("11×11×64 → 11×11×48", "93.3 k →   79.5 k  −15 %", "2.79 M →   2.15 M  −23 %")
        assert "93,322" in user.top, "it is only a preview"
        await user.press("enter")
        assert "79,482 parameters · 2.15 M MACs" in user.top
        assert "13,872" in user.line("48 · 3×3 · relu")
        assert "●" in user.top
        await user.sees("(3·3·32 + 1)·48", "3·3·32·11·11·48")
        for undo, redo in (("u", "U"), ("ctrl+z", "ctrl+y")):
            await user.press(undo)
            assert "93,322" in user.top
            assert "●" not in user.top
            await user.press(redo)
            assert "79,482" in user.top
        assert user.cursor == (2,)


async def test_what_stands_where_no_layer_is_selected():
    async with opened(size=(120, 40)) as user:
        await user.press("home")
        await user.sees("the whole network", "after 8 layers", "Input · network", "28×28×1")


async def test_the_cursor():
    async with opened() as user:
        for key, path in [
            ("j", (1,)), ("j", (2,)), ("k", (1,)), ("G", (7,)), ("j", (7,)), ("g", ()), ("k", ()),
            ("pagedown", (7,)), ("pageup", ()), ("down", (0,)), ("end", (7,)), ("up", (6,)), ("home", ()),
        ]:  # fmt: skip
            await user.press(key)
            assert user.cursor == path, key


async def test_add_goes_below_the_selected_layer():
    async with opened(SMALL) as user:
        await user.press("a")
        await user.sees("Add a layer", "Conv2D", "GlobalMaxPooling2D", "BatchNormalization", "Reduces each feature map")
        assert "Branches" not in user.text
        await user.choose("dropout")
        assert user.kinds == ["Conv2D", "Dropout", "Flatten", "Dense"]
        assert user.layers[1] == Dropout(rate=0.5)
        assert user.cursor == (1,)
        await user.press("end", "a")
        await user.choose("dense")
        assert user.kinds[-2:] == ["Dense", "Dense"]
        assert user.cursor == (4,)
        await user.press("home", "a")
        await user.choose("maxp")
        assert user.kinds[0] == "MaxPooling2D"
        assert user.cursor == (0,)


async def test_insert_goes_above_the_selected_layer():
    async with opened(SMALL) as user:
        await user.press("down", "i")
        await user.choose("dropout")
        assert user.kinds == ["Conv2D", "Dropout", "Flatten", "Dense"]
        assert user.cursor == (1,)
        await user.press("home", "i")
        await user.choose("avera")
        assert user.kinds[0] == "AveragePooling2D"


async def test_choosing_a_layer_to_add():
    async with opened(SMALL) as user:
        await user.press("a", "escape")
        assert user.kinds == ["Conv2D", "Flatten", "Dense"]
        await user.press("a", *"nosuch", "enter")
        await user.sees("Add a layer")
        await user.press(*["backspace"] * 6, "down", "down", "up", "enter")
        assert user.kinds[1] == "MaxPooling2D", "the arrows move in the list while one types"
        await user.press("a")
        await user.click("GlobalAveragePooling2D")
        assert user.kinds[2] == "GlobalAveragePooling2D"
        await user.press("a")
        await user.choose("set to zero")  # in what is told about Dropout, not in a name
        assert user.kinds[3] == "Dropout"


async def test_delete():
    async with opened(SMALL) as user:
        await user.press("down", "d")
        assert user.kinds == ["Conv2D", "Dense"]
        assert user.cursor == (1,), "the one below comes under the cursor"
        await user.press("u", "home", "down")
        await user.press("d")
        assert user.kinds == ["Flatten", "Dense"]
        assert user.cursor == (0,)
        await user.press("end", "delete")
        assert user.kinds == ["Flatten"]
        assert user.cursor == (0,)
        await user.press("home", "d")
        assert user.kinds == ["Flatten"], "the input stays"


async def test_an_empty_network_says_what_to_do():
    async with opened(SMALL) as user:
        await user.press("d", "d", "d")
        assert user.kinds == []
        await user.sees("the network has no layers; add one", "0 layers")
        await user.press("d", "D", "J", "K", "f", "end")
        assert user.kinds == []
        await user.press("a")
        await user.choose("flatten")
        assert user.kinds == ["Flatten"]
        assert user.cursor == (0,)
        await user.press(*"uuuu")
        assert user.network == SMALL


async def test_duplicate():
    async with opened(SMALL) as user:
        await user.press("D")
        assert user.kinds == ["Conv2D", "Conv2D", "Flatten", "Dense"]
        assert user.layers[1] == Conv2D(filters=4, kernel_size=(3, 3)), "names are unique, so the copy has none"
        assert user.cursor == (1,)
        await user.press("end", "D")
        assert user.layers[-1] == user.layers[-2]
        assert user.cursor == (4,)
        await user.press("home", "D")
        assert len(user.layers) == 5


@pytest.mark.parametrize(("down", "up"), [("J", "K"), ("alt+down", "alt+up")])
async def test_move(down, up):
    async with opened(SMALL) as user:
        await user.press(up)
        assert not user.app.workspace.design.history.past, "the first one cannot go up, and nothing is left to undo"
        await user.press(down)
        assert user.kinds == ["Flatten", "Conv2D", "Dense"]
        await user.press(down)
        assert user.kinds == ["Flatten", "Dense", "Conv2D"]
        assert user.cursor == (2,)
        await user.press(down)
        assert user.kinds == ["Flatten", "Dense", "Conv2D"]
        await user.press(up, up)
        assert user.network == SMALL
        await user.press("home", down, up)
        assert user.network == SMALL


async def test_keys_that_come_at_once_act_as_if_they_came_one_by_one():
    async with opened() as user:
        await user.press_at_once("J", "J")
        assert user.kinds[:3] == ["MaxPooling2D", "Conv2D", "Conv2D"]
        assert user.layers[2].filters == 32
        await user.press_at_once("u", "u", "end", "d", "d", "d")
        assert user.kinds == [type(layer).__name__ for layer in preset("fashion-cnn").layers[:5]]
        await user.press_at_once("home", "down", "down", "enter")
        await user.sees("Conv2D · layer 1" if user.cursor == (0,) else "MaxPooling2D · layer 2")
        assert user.focused == "field-pool_size"


async def test_the_cursor_goes_where_undo_and_redo_act():
    async with opened() as user:
        await user.press("down", "down", "D", "home", "u")
        assert user.kinds == [type(layer).__name__ for layer in preset("fashion-cnn").layers]
        assert user.cursor == (3,)
        await user.press("home", "U")
        assert user.cursor == (3,)


async def test_undo_is_offered_where_there_is_something_to_undo():
    async with opened(SOUND) as user:
        await user.offers("Add", "Edit", "Delete", "Fix")
        await user.press("u", "U")
        assert user.network == SOUND
        await user.press("down", "down", "down", "d")
        await user.offers("Add", "Edit", "Delete", "Fix", "Undo")
        await user.press("u", "u")
        await user.offers("Add", "Edit", "Delete", "Fix")
        await user.press("U", "U")
        assert len(user.layers) == 5


async def test_the_mouse():
    async with opened() as user:
        await user.click("13×13×32")
        assert user.cursor == (1,)
        await user.click("Input")
        assert user.cursor == ()
        await user.click("3×3×64", times=2)
        await user.sees("Conv2D · layer 5")
        assert user.focused == "field-filters"
        await user.press("escape")
        await user.click("d Delete")
        assert len(user.layers) == 7
        await user.click(" 2 Train ")
        await user.sees("Train fashion-cnn")
        await user.click(" 1 Build ")
        assert user.app.current_mode == "build"


async def test_a_click_beside_the_layers_changes_nothing():
    async with opened(size=(80, 24)) as user:
        await user.press("end")
        y = user.text.split("\n").index(user.line("10 · softmax"))
        for below in (2, -9):  # the empty lines under the stack, the header over it
            await user.pilot.click(offset=(10, y + below))
            await user.settle()
            assert user.cursor == (7,)


async def test_a_stack_that_cannot_be_built_says_why_and_stays_in_view():
    async with opened(SOUND, size=(160, 40)) as user:
        await user.press("down", "down", "enter", "down")
        await user.type("13")
        await user.sees("✗ layer 3: Conv2D: a 13×13")
        await user.press("enter")
        assert "✗ a 13×13 window does not fit" in user.line("13×13 · relu")
        for name in ("Flatten", "10 · softmax"):
            assert "—" in user.line(name), "what comes after it has no numbers, but a line"
        assert "≥ 208 parameters" in user.top
        await user.sees('padding = "same"')
        await user.offers("Add", "Edit", "Delete", "Fix", "Undo")
        await user.press("f")
        assert user.layers[2].padding == "same"
        await user.sees("no problems found")
        await user.offers("Add", "Edit", "Delete", "Fix", "Undo")
        await user.press("u")
        await user.sees("✗ layer 3")
        await user.press("u")
        assert user.network == SOUND


async def test_the_problem_of_the_selected_layer_is_mended_first():
    kernels = [Conv2D(filters=4, kernel_size=(9, 9), name=name) for name in ("a", "a", "a")]
    async with opened(Network("net", (28, 28, 1), (*kernels, Flatten(), Dense(units=10)))) as user:
        await user.press("end", "up", "up")
        assert user.cursor == (2,)
        await user.press("f")
        assert [layer.name for layer in user.layers[:3]] == ["a", "a", ""]
        await user.press("home", "f")
        assert [layer.name for layer in user.layers[:3]] == ["a", "", ""]


async def test_where_there_is_nothing_to_fix_that_is_said():
    async with opened(Network("net", (28, 28, 1), ()), size=(120, 40)) as user:
        await user.press("f")
        await user.told("There are no quick fixes.")
        await user.press("n")
        assert user.kinds == []


FINDINGS = Network(
    "net",
    (28, 28, 1),
    (
        Conv2D(filters=4, kernel_size=(3, 3), name="x", activation="relu"),
        Conv2D(filters=4, kernel_size=(3, 3), name="x", activation="relu"),
        MaxPooling2D(pool_size=(5, 5)),
        Flatten(),
        Conv2D(filters=4, kernel_size=(3, 3), name="x"),
        Dense(units=10),
    ),
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_of_findings(size):
    async with opened(FINDINGS, size=size) as user:
        checks = user.app.workspace.design.analysis.checks
        assert [check.path for check in checks] == [(1,), (4,), (4,), (4,), (2,)]
        await user.sees("3 errors · 1 warning · 1 info", "✗ 2 layers (2, 5): the name “x” is")
        assert "✗" in user.line("2  ▦ x"), "and the layer's own line is marked"
        stack = user.app.screen.stack
        assert stack.size.height >= len(user.layers) + 2, "the list leaves the stack its room"
        await user.press("tab", "end")
        assert user.focused == "checks"
        await user.sees("layer 3: MaxPooling2D")
        await user.press("f")
        assert user.layers[2].padding == "same"
        assert user.focused == "checks"
        await user.press("up", "enter")
        assert (user.cursor, user.focused) == ((4,), "stack")
        await user.press("u")
        assert user.network == FINDINGS
        await user.press("home", "n")
        assert user.cursor == (1,)
        await user.press("n", "n")
        assert user.cursor == (4,)
        await user.press("n", "N")
        assert user.cursor == (4,), "around the end and back"
        await user.press("home")
        await user.click("✗ 2 layers")
        assert (user.cursor, user.focused) == ((1,), "stack")
        await user.press("tab", "escape")
        assert user.focused == "stack"
        await user.press("tab", "home", "f")
        assert [layer.name for layer in user.layers] == ["x", "", "", "", "", ""], "one fix for all that says the same"


async def test_blocks_and_branches_are_shown_and_edited_in_place():
    from tui_cnn.core.layers import Block, Branches

    inner = Conv2D(filters=1, kernel_size=(3, 3), padding="same")
    block = Block(name="stem", layers=(inner, MaxPooling2D()))
    network = Network("tree", (8, 8, 1), (block, Branches(branches=((inner,), ())), Flatten(), Dense(units=10)))
    async with opened(network) as user:
        await user.press("home", "down", "down")
        assert user.cursor == (0, 0)
        await user.press("J")
        assert [type(layer).__name__ for layer in user.layers[0].layers] == ["MaxPooling2D", "Conv2D"]
        assert user.cursor == (0, 1)
        await user.press("down", "down", "down")
        assert user.cursor == (1, 0, 0)
        await user.press("d")
        assert user.layers[1].branches == ((), ())
        assert user.cursor == (1, 0)
        await user.press("enter")
        assert user.focused == "field-merge"
        await user.press("a", "a", "enter")
        assert user.layers[1].merge == "add"
        await user.press("u", "u")
        assert user.network == network


async def test_a_long_network_scrolls_with_its_cursor():
    layers = [Conv2D(filters=i + 1, kernel_size=(1, 1)) for i in range(300)]
    network = Network("long", (8, 8, 1), (*layers, Flatten(), Dense(units=10)))
    async with opened(network, size=(80, 24)) as user:
        await user.press("end")
        await user.sees("302  ≡ Dense")
        assert "layer  " in user.text.split("\n")[2], "the header stays"
        await user.press("pageup")
        assert "▌" in user.line("292  ▦ Conv2D")
        await user.press("home")
        await user.sees("Input")
        await user.press("end", "up", "up", "enter")
        await user.type("7")
        await user.press("enter")
        assert user.layers[299].filters == 7
        await user.sees("300  ▦ Conv2D")


async def test_the_mouse_over_the_volume_names_the_layer_and_its_shape():
    async with opened() as user:
        volume = user.app.screen.volume
        lines = user.text.split("\n")
        y = next(y for y in range(volume.region.y, len(lines)) if "13×13×32" in lines[y])
        await user.pilot.hover(offset=(lines[y].index("13×13×32") + 4, y - 6))
        await user.settle()
        await user.sees("MaxPooling2D · layer 2 · 13×13×32")
        await user.pilot.hover(offset=(lines[y].index("28×28×1") + 2, y - 6))
        await user.settle()
        await user.sees("Input · 28×28×1")
