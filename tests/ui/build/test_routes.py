"""Routes on the Build screen: wires beside the stack, names typed as they are shown, layers that are frozen."""

from tests.ui.driving import opened
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Conv2D, Dense, Flatten, Route, Shared
from tui_cnn.core.network import Network
from tui_cnn.ui.build.wires import drawn, wires

SAME = {"filters": 2, "kernel_size": (3, 3), "padding": "same"}


def beside(*layers):
    """Draw the wires of a stack, a line for the input and each layer."""
    analysis = analyze(Network("n", (8, 8, 1), layers))
    lines = [node.path[0] + 1 if node.path else 0 for node in analysis.graph.nodes]
    return drawn(wires(analysis, lines), len(layers) + 1)


def conv(name):
    return Conv2D(name=name, **SAME)


def test_a_stack_has_none():
    assert beside(conv("a"), conv("b")) == ["", "", ""]


def test_a_wire_goes_from_the_layer_to_the_route():
    assert beside(conv("a"), conv("b"), Route(layers=("a", "b"))) == [" ", "╭", "│", "╰"]


def test_one_layer_has_one_wire_to_all_that_name_it():
    routes = (Route(name="r", layers=("a", "b")), conv("c"), Route(layers=("a", "c")))
    assert beside(conv("a"), conv("b"), *routes) == [" ", "╭", "│", "├", "│", "╰"]


def test_the_shorter_wire_is_inside_and_what_it_crosses_is_joined():
    layers = (conv("a"), conv("b"), conv("c"), Route(name="r", layers=("b", "c")), Route(layers=("input_layer", "r")))
    assert beside(*layers) == ["╭─", "│ ", "│╭", "││", "│╰", "╰─"]
    crossing = (conv("a"), conv("b"), conv("c"), Route(name="r", layers=("a", "c")), Route(layers=("b", "r")))
    assert beside(*crossing) == ["  ", " ╭", "╭┼", "││", "│╰", "╰─"]


def test_of_many_wires_the_longest_are_left_out():
    layers = [conv(f"c{number}") for number in range(8)]
    names = tuple(f"c{number}" for number in range(7))
    assert {len(line) for line in beside(*layers, Route(layers=names))} == {4}


async def test_the_wires_stand_beside_the_stack_and_go_with_the_route():
    network = Network("n", (28, 28, 1), (conv("a"), conv("b"), Route(layers=("a", "b")), Flatten(), Dense(units=10)))
    async with opened(network, size=(120, 40)) as user:
        assert "╭1" in user.text
        assert "╰3" in user.text
        await user.press("down", "down", "d")
        assert "╭1" not in user.text


async def test_a_name_that_is_only_shown_may_be_typed():
    """The layer gets the name of its own, so that it stays when layers come before it."""
    network = Network("n", (28, 28, 1), (Conv2D(**SAME), Conv2D(**SAME), Flatten(), Dense(units=10)))
    async with opened(network, size=(120, 40)) as user:
        await user.press("down", "a")
        await user.type("route")
        await user.press("enter", "e")
        field = user.app.screen.query_one("#field-layers")
        field.focus()
        field.value = ""
        await user.settle()
        await user.type("conv2d, conv2d_1")
        await user.press("enter")
        route = user.layers[2]
        assert route.layers == ("conv2d", "conv2d_1")
        assert [layer.name for layer in user.layers[:2]] == ["conv2d", "conv2d_1"]
        assert not [check for check in user.app.workspace.design.analysis.checks if check.severity == "error"]


async def test_layers_are_frozen_and_trained_again():
    async with opened("fashion-cnn", size=(160, 45)) as user:
        await user.press("F")
        assert not user.layers[0].trainable
        await user.sees("frozen")
        await user.press("F")
        assert user.layers[0].trainable
        await user.press("down", "F")
        await user.sees("MaxPooling2D has no weights")
        await user.press("home", "down", "V", "end", "F")
        assert [layer.trainable for layer in user.layers] == [
            type(layer).__name__ not in ("Conv2D", "Dense") for layer in user.layers
        ]


async def test_a_shared_layer_is_added_and_counted_once():
    network = Network(
        "n",
        (28, 28, 1),
        (Conv2D(name="a", filters=1, kernel_size=(3, 3)), Shared(layer="a"), Flatten(), Dense(units=10)),
    )
    async with opened(network, size=(120, 40)) as user:
        row = user.app.workspace.design.analysis.rows[1]
        assert (row.figures.parameters.total, row.figures.macs.value) == (0, 9 * 24 * 24)
