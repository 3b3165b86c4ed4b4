"""Editing the tree by keys and by the mouse: each action is one step that can be taken back."""

import pytest
from textual import events

from tests.ui.driving import opened
from tui_cnn.core import edits
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Dropout, Flatten, Route
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import dumps_layers, loads_network
from tui_cnn.ui.design import open_design

A, B, C = (Conv2D(filters=filters, kernel_size=(3, 3), padding="same") for filters in (1, 2, 3))
END = (Flatten(), Dense(units=10))
FLAT = Network("flat", (8, 8, 1), (A, B, C, *END))
TREE = Network("tree", (8, 8, 1), (Block(name="stem", layers=(A, B)), Branches(branches=((B,), ())), *END))


async def taken_back(user, network, steps):
    """Undo so many steps, and no more."""
    await user.press(*"u" * steps)
    assert user.network == network
    assert user.app.workspace.design.history.past is None


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_range_is_selected_deleted_copied_and_moved(size):
    async with opened(FLAT, size=size) as user:
        await user.press("V", "down")
        await user.sees("5 layers · 2 selected")
        await user.press("d")
        assert user.layers == (C, *END)
        await user.press("u", "home", "down", "shift+down", "D")
        assert user.layers == (A, B, A, B, C, *END)
        await user.sees("2 selected")
        await user.press("u", "home", "down", "shift+down", "J")
        assert user.layers == (C, A, B, *END)
        await user.press("J", "K", "K")
        assert user.layers == FLAT.layers
        await user.press("escape", "J")
        assert user.layers[:2] == (B, A), "Escape lets the range go"
        await user.press("shift+up", "shift+up", "shift+up", "shift+up")
        assert user.cursor == (0,), "the input is not selected"
        await user.press("escape", "home", "V", "d")
        assert user.layers == (A, C, *END), "a range begun on the input begins with the first layer"
        await taken_back(user, FLAT, 6)


async def test_a_range_begun_on_the_input_begins_with_the_first_layer():
    for keys in (("V", "end"), ("shift+down", "shift+down", "shift+down", "shift+down", "shift+down")):
        async with opened(FLAT) as user:
            await user.press("home", "up", *keys, "d")
            assert user.layers == ()
            await taken_back(user, FLAT, 1)


@pytest.mark.parametrize("edit", ["D", "J", "m", "b"])
async def test_what_an_edit_leaves_selected_ends_where_the_cursor_is_moved(edit):
    async with opened(FLAT) as user:
        await user.press("home", "down", "V", "down", edit)
        after = user.layers
        await user.press("down")
        assert "selected" not in user.text
        await user.press("end", "]")
        assert user.layers == (*after[:-1], Dense(units=20))


async def test_moving_into_what_is_open_and_past_what_is_folded():
    async with opened(TREE) as user:
        await user.press("end", "up", "K")
        assert user.layers[1].branches == ((B,), (END[0],))
        assert user.cursor == (1, 1, 0)
        await user.press("K", "K", "K")
        assert user.layers[1] == END[0], "up and out of the branches"
        await user.press("up", "left", "left")
        await user.sees("▸ stem")
        await user.press("down", "K")
        assert user.layers[:2] == (END[0], TREE.layers[0]), "over a folded block"
        await user.sees("▸ stem")


async def test_wrap_and_unwrap():
    async with opened(FLAT) as user:
        await user.press("V", "down", "b")
        assert user.layers == (Block(layers=(A, B)), C, *END)
        assert user.cursor == (0,)
        await user.press("W")
        assert user.layers == FLAT.layers
        await user.press("escape", "home", "down", "down", "B")
        assert user.layers == (A, Branches(branches=((B,), ())), C, *END)
        await user.sees("branch 1", "╌ skip")
        await user.press("plus")
        assert user.layers[1].branches == ((B,), (), ())
        assert user.cursor == (1, 2)
        await user.press("a")
        await user.choose("dropout")
        assert user.layers[1].branches == ((B,), (), (Dropout(rate=0.5),)), "an empty branch takes a layer"
        await user.press("left", "K")
        assert user.layers[1].branches == ((B,), (Dropout(rate=0.5),), ())
        await user.press("D", "d")
        assert len(user.layers[1].branches) == 3
        await user.press("home", "down", "down", "W")
        await user.told("Select the branch to keep.")
        await user.press("r")
        assert user.layers[1].merge == "concatenate"
        await user.press("down", "W")
        assert user.layers == FLAT.layers
        await user.press("W")
        await user.told("Nothing to unwrap.")


async def test_the_last_two_branches_stay_and_a_branch_has_no_settings():
    async with opened(TREE) as user:
        await user.press("home", *["down"] * 5)
        assert user.cursor == (1, 0)
        for key, told in [
            ("d", "At least two branches are needed."),
            ("m", "cannot be muted"),
            ("b", "cannot be wrapped"),
            ("]", "no settings"),
        ]:
            await user.press(key)
            await user.told(told)
        await user.press("home", "down", "plus")
        await user.told("Select branches first")
        assert user.network == TREE


async def test_mute():
    async with opened() as user:
        await user.press("down", "down", "m")
        assert "3·3·1 + 1" not in user.text
        assert "muted" in user.line("3  ▦ Conv2D")
        await user.sees("8 layers · 1 muted", "passes through unchanged")
        assert edits.change(user.network, (2,), muted=False) == preset("fashion-cnn")
        assert "74,826 parameters" not in user.top
        await user.press("m")
        assert user.network == preset("fashion-cnn")


async def test_copied_layers_are_toml_and_come_back():
    async with opened(FLAT) as user:
        await user.press("p")
        await user.told("Nothing to paste.")
        await user.press("V", "down", "y")
        await user.told("2 layers copied.")
        assert loads_network(f'name = "x"\ninput_shape = [1]\n{user.app.clipboard}', "x").layers == (A, B)
        await user.press("end", "P")
        assert user.layers == (A, B, C, END[0], A, B, END[1])
        assert user.cursor == (4,)
        await user.press("x")
        assert user.layers == FLAT.layers
        await user.press("home", "p")
        assert user.layers == (A, B, *FLAT.layers)
        await taken_back(user, FLAT, 3)


async def test_text_from_another_program_is_pasted():
    named = Dense(units=7, name="own")
    async with opened(edits.insert(FLAT, (4,), named)) as user:
        user.app.post_message(events.Paste(dumps_layers((named, A))))
        await user.settle()
        assert user.layers[1:3] == (Dense(units=7), A), "names are unique"
        for text, told in [
            ("x = [", "the clipboard: is not valid TOML"),
            ('[[layers]]\ntype = "Conv4D"', "did you mean “Conv"),
            ("a = 1", "has no [[layers]]; add at least one"),
        ]:
            user.app.post_message(events.Paste(text))
            await user.settle()
            await user.told(told)
        await user.press("u", "enter")
        user.app.post_message(events.Paste("[[layers]]"))
        await user.settle()
        assert len(user.layers) == 6, "into a form it goes as text"


async def test_what_is_pasted_names_its_own_layers():
    conv = Conv2D(name="conv", filters=4, kernel_size=(3, 3), padding="same")
    block = Block(name="res", repeat=2, layers=(conv, Dropout(rate=0.5), Route(layers=("conv", "input_layer"))))
    start = Conv2D(filters=4, kernel_size=(3, 3))
    async with opened(Network("copied", (8, 8, 4), (block, start, Flatten(), Dense(units=2)))) as user:
        await user.press("home", "down", "y", "p")
        pasted = user.layers[1]
        assert (pasted.repeat, pasted.layers[0].name, pasted.layers[2].layers) == (
            2,
            "conv_2",
            ("conv_2", "input_layer"),
        )
        await user.press("u")
        assert len(user.layers) == 4


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [("]", "filters", 2), ("}", "kernel_size", (5, 5)), ("{", "kernel_size", (1, 1)), ("s", "strides", (2, 2)),
     ("=", "padding", "valid"), ("r", "activation", "relu")],
)  # fmt: skip
async def test_quick_edits(key, field, value):
    async with opened(FLAT) as user:
        await user.press(key)
        assert user.layers[0] == edits.layer_at(edits.change(FLAT, (0,), **{field: value}), (0,))
        await taken_back(user, FLAT, 1)


async def test_a_quick_edit_of_many_layers_is_one_step_and_one_of_none_says_so():
    async with opened(FLAT) as user:
        await user.press("V", "end", "]")
        assert [layer.filters for layer in user.layers[:3]] == [2, 4, 6]
        assert user.layers[-1].units == 20
        await taken_back(user, FLAT, 1)
        await user.press("end", "}")
        await user.told("Dense has no kernel or pooling window.")


async def test_folds_stay_through_edits_and_open_around_them():
    async with opened(TREE) as user:
        await user.press("home", "down", "space")
        await user.sees("▸ stem")
        assert "1  │ ▦" not in user.text.split("branch 1")[0]
        await user.press("i")
        await user.choose("dropout")
        await user.sees("▸ stem")
        await user.press("u", "down", "J", "u", "K", "u")
        await user.sees("▸ stem")
        await user.press("home", "down", "right")
        await user.sees("▾ stem")
        await user.press("right")
        assert user.cursor == (0, 0)
        await user.press("left")
        assert user.cursor == (0,)
        await user.press("Z")
        await user.sees("▸ stem", "▸ Branches")
        await user.press("Z")
        await user.sees("▾ stem", "▾ Branches")
        await user.press("down", "d", "up", "z")
        await user.sees("▸ stem")
        await user.press("u")
        await user.sees("▾ stem")
        assert user.cursor == (0, 0), "what an undo is about comes into view"


async def test_deep_networks_open_folded_and_shallow_ones_open():
    async with opened("resnet-50", size=(120, 40)) as user:
        assert "▸ conv2_x" in user.text
        assert "14,998,528" in user.line("▸ conv5_x")
        await user.press("home", "down", "right")
        await user.sees("▾ conv1", "ZeroPadding2D")
        await user.resize(80, 24)
        await user.sees("▾ conv1", "ZeroPadding2D")
    async with opened("small-resnet", size=(120, 100)) as user:
        await user.sees("▾ stage_3", "branch 1", "╌ skip")


async def test_the_mouse_folds_extends_and_points():
    async with opened(TREE) as user:
        await user.click("▾ stem")
        await user.sees("▸ stem")
        await user.click("▸ stem")
        await user.sees("▾ stem")
        await user.click("stem")
        assert user.app.screen.stack.layer_tree.is_open((0,))
        y = next(y for y, line in enumerate(user.text.split("\n")) if "Flatten" in line)
        await user.pilot.click(offset=(20, y), shift=True)
        await user.settle()
        await user.sees("3 selected")
        lines = user.text.split("\n")
        drawing = next(y for y, line in enumerate(lines) if "Volume" in line)
        y = next(y for y in range(drawing, len(lines)) if "128" in lines[y])
        x = lines[y].index("128")
        await user.pilot.click(offset=(x, y - 3))
        await user.settle()
        assert user.cursor == (2,)


async def test_columns_are_chosen():
    async with opened() as user:
        await user.press("c")
        await user.sees("share of all parameters")
        await user.press("space", "down", "down", "space", "enter")
        assert set(user.app.workspace.state.hidden_columns) == {"settings", "params"}
        head = user.text.split("\n")[2].strip("│ ").split()
        assert head[:5] == ["#", "layer", "output", "MACs", "RF"]
        await user.press("c", "space", "escape")
        assert set(user.app.workspace.state.hidden_columns) == {"settings", "params"}


async def test_why_shows_every_number_at_any_size():
    async with opened(size=(80, 24)) as user:
        await user.press("down", "down", "w")
        await user.sees(
            "(3·3·32 + 1)·64",
            "2·2,230,272: 2 per MAC",
            "31.0 kB",
            "as counted by TensorFlow's profiler",
            "4 + (3 - 1)·2 = 8",
        )
        await user.press("escape", "home", "w")
        await user.sees("after 8 layers")


async def test_numbers_step_in_the_form_within_their_bounds():
    network = Network("n", (8, 8, 1), (A, Dropout(rate=0.5), *END))
    async with opened(network) as user:
        await user.press("enter")
        await user.sees("1 – 65,536")
        await user.press("plus", "plus", "minus", "minus", "minus")
        assert user.app.focused.value == "1"
        await user.press("ctrl+up", "down", "plus")
        assert user.app.focused.value == "4×4"
        await user.press("enter")
        assert (user.layers[0].filters, user.layers[0].kernel_size) == (2, (4, 4))
        await user.press("u", "down", "enter", "ctrl+up")
        assert user.app.focused.value == "0.55"
        await user.press("escape")
        assert user.network == network


async def test_what_one_seldom_changes_is_behind_more():
    async with opened(FLAT) as user:
        await user.press("enter")
        assert "kernel_initializer" not in user.text
        while user.focused != "more":
            await user.press("down")
        await user.press("right")
        await user.sees("kernel_initializer", "bias_regularizer")
        await user.press("down", "h", "enter")
        assert user.layers[0].kernel_initializer == "he_uniform"
        await user.sees("kernel_initializer")
        await user.press("enter")
        await user.sees("‹ shown ›")


async def test_the_form_of_a_branch_is_that_of_its_branches():
    async with opened(TREE) as user:
        await user.press("home", *["down"] * 5, "enter")
        assert user.focused == "field-merge"
        await user.press("right", "enter")
        assert user.layers[1].merge == "concatenate"
        assert user.cursor == (1, 0)


async def test_another_edit_comes_after_what_was_typed_into_the_form():
    async with opened() as user:
        await user.press("down", "down", "down", "down", "enter")
        await user.type("48")
        user.app.workspace.edit("shorten", lambda network: edits.delete(network, (4,)), (2,))
        await user.settle()
        assert user.layers[2].filters == 64
        await user.press("u")
        assert user.layers[4].filters == 48, "each is a step of its own"


async def test_a_form_is_not_applied_to_another_network():
    async with opened() as user:
        await user.press("end", "up", "enter")
        await user.type("48")
        user.app.workspace.design = open_design(preset("fashion-dnn"), None)
        await user.told("the network was changed in the meantime; nothing was edited")
        assert user.network == preset("fashion-dnn")
        assert not user.app.screen.has_class("-editing")
