"""The mouse on the stack: layers are dragged to another line; the right button opens a menu, which has a key too."""

from tests.ui.driving import opened
from tui_cnn.core.layers import Block, Conv2D, Flatten
from tui_cnn.core.network import Network

TREE = Network(
    "tree",
    (12, 12, 4),
    (
        Conv2D(filters=3, kernel_size=(3, 3)),
        Block(name="stem", layers=(Conv2D(filters=5, kernel_size=(3, 3)), Conv2D(filters=6, kernel_size=(3, 3)))),
        Flatten(),
    ),
)


def at(user, text):
    """Where `text` stands on the screen."""
    lines = user.text.split("\n")
    y = next(y for y, line in enumerate(lines) if text in line)
    return lines[y].index(text), y


async def drag(user, start, *over):
    """Press the button on a text, go over others, and let go on the last."""
    await user.pilot.mouse_down(offset=at(user, start))
    for text in over:
        await user.pilot.hover(offset=at(user, text))
        await user.settle()
    marked = user.style(over[-1])
    await user.pilot.mouse_up(offset=at(user, over[-1]))
    await user.settle()
    return marked


def filters(network):
    return [getattr(layer, "filters", type(layer).__name__) for layer in network.layers]


async def test_a_layer_is_dragged_to_another_line_in_one_step():
    async with opened(size=(100, 30)) as user:
        plain = user.style("576")
        marked = await drag(user, "26×26×32", "13×13×32", "11×11×64", "3×3×64")
        assert marked.bgcolor != plain.bgcolor, "the line where it would stand is marked"
        assert user.kinds[:5] == ["MaxPooling2D", "Conv2D", "MaxPooling2D", "Conv2D", "Conv2D"]
        assert user.cursor == (4,)
        assert "u Undo: move" in user.text
        await user.press("u")
        assert user.kinds[0] == "Conv2D"


async def test_a_range_is_dragged_as_a_whole_and_into_an_open_block():
    async with opened(TREE, size=(100, 30)) as user:
        await drag(user, "3 · 3×3", "stem")
        assert [layer.filters for layer in user.layers[0].layers] == [3, 5, 6]
        await user.press("u")
        await user.click("5 · 3×3")
        await user.press("shift+down")
        await drag(user, "6 · 3×3", "3 · 3×3")
        assert filters(user.network) == [5, 6, 3, "Block", "Flatten"]
        assert user.app.screen.stack.span.length == 2


async def test_a_click_that_moves_nowhere_is_a_click_and_the_input_cannot_be_dragged():
    async with opened(TREE, size=(100, 30)) as user:
        await drag(user, "→ Flatten", "5 · 3×3", "→ Flatten")
        assert user.network == TREE
        await drag(user, "→ Flatten", "5 · 3×3", " RF")
        assert user.network == TREE, "beside the lines nothing is dropped"
        await drag(user, "Input", "→ Flatten")
        assert user.network == TREE
        await user.click("▾ stem")
        await user.sees("▸ stem")
        await user.click("3 · 3×3", times=2)
        assert user.app.screen.has_class("-editing")


async def test_the_right_button_tells_what_can_be_done_with_the_layer():
    async with opened(size=(100, 30)) as user:
        await user.pilot.click(offset=at(user, "11×11×64"), button=3)
        await user.sees("Actions", "Duplicate the selected layers below")
        assert user.app.screen_stack[-2].stack.path == (2,)
        await user.choose("duplicate")
        assert [layer.filters for layer in user.layers[2:4]] == [64, 64]
        await user.press("full_stop")
        await user.sees("Actions")
        await user.choose("undo")
        assert len(user.layers) == 8
        await user.press("full_stop", "escape")
        assert len(user.layers) == 8
