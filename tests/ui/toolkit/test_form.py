"""The form of a layer: each field is checked as it is typed, and nothing that was typed is lost."""

import pytest

from tests.ui.driving import opened
from tui_cnn.core.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset

EVERY_KIND = Network(
    "net",
    (28, 28, 1),
    (
        Conv2D(filters=4, kernel_size=(3, 3)),
        BatchNormalization(),
        MaxPooling2D(),
        Dropout(rate=0.5),
        Activation(activation="relu"),
        Flatten(),
        Dense(units=10),
    ),
)


@pytest.mark.parametrize(
    ("layer", "field", "wrong", "message"),
    [
        (0, "filters", "", "filters must be a whole number, not ''"),
        (0, "filters", "0", "filters must be a whole number, at least 1, not 0"),
        (0, "filters", "70000", "filters must be a whole number, at most 65536, not 70000"),
        (0, "filters", "many", "filters must be a whole number"),
        (0, "filters", "[/x]", "filters must be a whole number"),
        (0, "filters", "9" * 5000, "filters must be a whole number"),
        (0, "kernel_size", "3×", "kernel_size must be a list"),
        (0, "kernel_size", "0", "kernel_size must be a whole number, at least 1"),
        (0, "kernel_size", "3x3x3", "kernel_size must be a list of length exactly 2"),
        (0, "name", "a/b", "name must be letters A to Z"),
        (0, "name", "n" * 65, "name must be text of length at most 64"),
        (1, "epsilon", "0", "epsilon must be a number, more than 0"),
        (1, "momentum", "1.5", "momentum must be a number, at most 1"),
        (2, "strides", "0", "strides must be a whole number, at least 1"),
        (3, "rate", "nan", "rate must be a number"),
    ],
)
async def test_a_wrong_value_is_said_as_it_is_typed_and_enter_keeps_it(layer, field, wrong, message):
    async with opened(EVERY_KIND, size=(120, 40)) as user:
        await user.press("home", *["down"] * (layer + 1), "enter")
        while user.focused != f"field-{field}":
            await user.press("tab")
        await user.type(wrong)
        advice = " ".join(part.strip("│ ").split("│")[-1].strip() for part in user.text.split("\n")[1:])
        assert message in " ".join(advice.split())
        marked = [line.id for line in user.app.screen.query(".field.-wrong")]
        assert marked == [f"line-{field}"]
        assert not user.app.screen.query_one("#effect").display, "what makes no sense has no effect to show"
        await user.press("enter")
        assert user.network == EVERY_KIND
        assert user.app.focused.value == wrong, "and can be mended"
        await user.press("escape")
        assert user.network == EVERY_KIND
        assert user.focused == "stack"


async def test_what_was_wrong_can_be_mended():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.type("x")
        assert user.style("filters").color == user.style("x  ").color or user.app.screen.query(".-wrong")
        await user.type("1,024")
        assert not user.app.screen.query(".-wrong")
        await user.sees("Number of filters")
        await user.press("enter")
        assert user.layers[0].filters == 1024


async def test_fields_are_explained_and_walked():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.sees("Number of filters")
        await user.press("down")
        await user.sees("Height and width of each filter")
        await user.press("down", "down")
        await user.sees("valid: inside the image only")
        await user.press("up", "up", "tab", "shift+tab")
        assert user.focused == "field-kernel_size"


async def test_a_pair_may_be_typed_in_several_ways():
    async with opened(EVERY_KIND) as user:
        for typed, pair in [("5", (5, 5)), ("1x5", (1, 5)), ("5,1", (5, 1)), (" 2 × 3 ", (2, 3))]:
            await user.press("enter", "down")
            await user.type(typed)
            await user.press("enter")
            assert user.layers[0].kernel_size == pair


async def test_what_is_left_empty_says_what_that_means():
    async with opened(EVERY_KIND) as user:
        await user.press("down", "down", "enter", "down")
        assert user.focused == "field-strides"
        await user.sees("the window size")
        await user.type("3")
        await user.press("enter")
        assert user.layers[2].strides == (3, 3)
        await user.press("enter", "down", "end", "ctrl+u", "enter")
        assert user.layers[2].strides is None


async def test_choices_by_arrows_letters_and_mouse():
    async with opened(EVERY_KIND) as user:
        await user.press("enter", *["down"] * 3)
        assert user.focused == "field-padding"
        await user.press("right")
        await user.sees("‹ same ›")
        await user.press("right")
        await user.sees("‹ valid ›")
        await user.press("left")
        await user.sees("‹ same ›")
        await user.press("down", "down", "down")
        assert user.focused == "field-activation"
        await user.press("r")
        await user.sees("‹ relu ›")
        await user.press("r")
        await user.sees("‹ relu6 ›")
        await user.press("S", "d", "x", "7", "q")  # S: selu; no word begins with any of the others
        await user.sees("‹ selu ›")
        assert user.app.current_mode == "build", "no key acts on the screen from within a form"
        await user.press("space")
        await user.sees("‹ celu ›")
        await user.click("‹ celu")
        await user.sees("‹ selu ›")
        await user.click("selu ›")
        await user.sees("‹ celu ›")
        await user.press("down", "n", "enter")
        assert user.layers[0] == Conv2D(
            filters=4, kernel_size=(3, 3), padding="same", activation="celu", use_bias=False
        )
        assert len(user.layers) == 7


async def test_digits_leave_a_field_that_chooses_for_another_screen():
    async with opened(EVERY_KIND) as user:
        await user.press("enter", *["down"] * 3, "right")
        assert user.focused == "field-padding"
        await user.press("5")
        assert user.app.current_mode == "runs"
        assert user.layers[0].padding == "same", "what was chosen is applied first"


async def test_escape_gives_the_form_up():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.type("9")
        await user.press("escape")
        assert user.network == EVERY_KIND
        assert user.focused == "stack"
        assert not user.app.workspace.design.history.past
        await user.press("e")
        assert user.app.focused.value == "4"


async def test_enter_without_a_change_leaves_no_step_behind():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.type("4")
        await user.press("enter")
        assert user.focused == "stack"
        assert not user.app.workspace.design.history.past


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_form_that_is_left_by_the_mouse_keeps_what_was_typed(size):
    async with opened(EVERY_KIND, size=size) as user:
        await user.press("enter")
        await user.type("9")
        await user.click("Flatten")
        assert user.layers[0].filters == 9
        assert user.cursor == (5,)
        assert not user.app.screen.query("StructForm")
        await user.press("u")
        assert user.network == EVERY_KIND


async def test_the_mouse_walks_the_fields():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.click("kernel_size", right=22)
        assert user.focused == "field-kernel_size"


async def test_the_network_itself_has_a_form():
    async with opened("lenet-5") as user:
        await user.press("home", "enter")
        assert user.focused == "field-input_shape"
        await user.type("32x32x3")
        await user.sees("32×32×1 → 32×32×3", "after this change")
        await user.press("down")
        assert user.focused == "field-outputs"
        await user.press("down")
        assert user.focused == "field-name"
        await user.type("my [/net] [bold]")
        await user.sees("must be text")
        await user.type("my [net] [bold]")
        await user.press("enter")
        assert user.network.name == "my [net] [bold]"
        assert user.network.input_shape == (32, 32, 3)
        assert "● my [net] [bold]" in user.top
        await user.press("u")
        assert user.network == preset("lenet-5"), "one form is one step"


async def test_a_network_form_says_what_is_wrong():
    async with opened("lenet-5", size=(160, 40)) as user:
        await user.press("home", "enter")
        for wrong in ("", "28x", "0x28x1", "1x2x3x4x5", "9999999"):
            await user.type(wrong)
            await user.sees("input_shape must be")
            await user.press("enter")
            assert user.focused == "field-input_shape"
        await user.press("down")
        await user.type("")
        await user.press("escape")
        assert user.network == preset("lenet-5")


async def test_the_preview_says_why_an_edit_breaks_the_stack():
    async with opened("lenet-5") as user:
        await user.press("home", "enter")
        await user.type("4x4x1")
        await user.sees("✗ layer 1: Conv2D: a 5×5 window")
        await user.type("32x32x1")
        assert not user.app.screen.query_one("#effect").display


async def test_a_long_text_may_be_pasted():
    from textual.events import Paste

    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        user.app.post_message(Paste("48\nmore lines\n" * 1000))
        await user.settle()
        await user.press("end", "ctrl+u")
        user.app.post_message(Paste("x" * 100_000))
        await user.settle()
        await user.sees("filters must be a whole number")
        await user.press("escape")
        assert user.network == EVERY_KIND


async def test_the_form_stays_while_other_things_happen():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.type("9")
        await user.press("f1")
        await user.sees("Close the form without applying")
        await user.press("escape")
        assert user.focused == "field-filters"
        await user.resize(80, 24)
        await user.resize(60, 16)
        await user.resize(120, 40)
        assert user.app.focused.value == "9"
        await user.press("2")
        assert user.app.focused.value == "92", "a digit is typed, and does not leave the screen"
        await user.press("enter")
        assert user.layers[0].filters == 92


async def test_going_elsewhere_takes_the_form_along():
    async with opened(EVERY_KIND) as user:
        await user.press("enter")
        await user.type("9")
        await user.click(" 2 Train ")
        await user.sees("Train net")
        assert user.layers[0].filters == 9


async def test_several_words_are_chosen_by_keys_and_mouse():
    """In the form of a recipe: how images are augmented."""
    async with opened(size=(80, 24)) as user:
        await user.press("2")
        while user.focused != "field-settings":
            await user.press("down")
        await user.press("right")
        while user.focused != "field-augmentation":
            await user.press("down")
        form = user.app.screen.query_one("#recipe")
        await user.sees("‹   flip ›  none", "erase, mixup (← → to move, space to choose)")
        await user.press("space", "c")
        await user.sees("‹   crop ›  flip")
        await user.press("space")
        await user.sees("‹ ✓ crop ›  flip+crop")
        assert form.recipe.augmentation == "flip+crop"
        await user.press("c", "c")
        await user.sees("‹ ✓ crop ›")
        await user.press("left", "left", "left", "left")
        await user.sees("‹   mixup ›")
        await user.press("space", "right", "space")
        assert form.recipe.augmentation == "crop+mixup", "a second space takes away"
        await user.pilot.click("#field-augmentation", offset=(5, 0))
        assert form.recipe.augmentation == "flip+crop+mixup"
        await user.pilot.click("#field-augmentation", offset=(0, 0))
        await user.press("down")
        await user.sees("flip+crop+mixup")
        assert "‹ ✓" not in user.text


async def test_the_screen_keeps_no_field_of_a_form_that_is_gone():
    async with opened() as user:
        for _form in range(3):
            await user.press("down", "enter", "escape")
        heard_by = user.app.screen.text_selection_started_signal._subscriptions
        assert [field for field in heard_by if not field.is_running] == []
