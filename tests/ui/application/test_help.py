"""Help that knows where one is: what has the focus is explained, and its keys come first."""

from tests.ui import records
from tests.ui.driving import opened


def order(user, *texts):
    places = [user.text.find(text) for text in texts]
    return -1 not in places and places == sorted(places)


async def test_help_on_the_build_screen():
    async with opened(size=(120, 160)) as user:
        await user.press("down", "down", "?")
        await user.sees(
            "Conv2D, layer 3", "Slides filters over the image", "kernel_size", "Height and width of each filter"
        )
        assert order(user, "Conv2D, layer 3", "Build: the stack", "Add a layer below", "Height and width", "Everywhere")
        assert "64" in user.line("Number of filters")
        await user.press("escape", "home", "?")
        await user.sees("The network: the input shape of one image", "receptive field: side of the input region")
        await user.press("escape", "down", "down", "enter", "f1")
        await user.sees("MaxPooling2D, layer 2")
        assert order(user, "MaxPooling2D, layer 2", "Apply the settings", "Build: the stack")


async def test_help_on_the_other_screens():
    records.write(records.make_run(), records.started())
    async with opened(size=(120, 160)) as user:
        await user.press("2", "f1")
        await user.sees("How to train the network", "learning_rate")
        assert order(user, "Train: run settings", "learning_rate", "Everywhere")
        await user.press("escape", "escape", "5", "?")
        await user.sees("Each line is a training run", "evaluated once, at the end")
        assert order(user, "Open the run on the Train screen", "evaluated once, at the end", "Everywhere")


async def test_the_palette_finds_actions_presets_and_themes_by_any_word():
    async with opened() as user:
        for query, found in [
            ("sevval", "Sweep"),
            ("cmpvar", "Variants"),
            ("onnx", "Export"),
            ("resn50", "resnet-50"),
            ("light theme", "Theme textual-light"),
        ]:
            await user.press("ctrl+p")
            await user.until(lambda: type(user.app.screen).__name__ == "Palette" and user.app.focused is not None)
            await user.press_at_once(*query)
            await user.sees(found)
            await user.press("escape")
            await user.until(lambda: type(user.app.screen).__name__ != "Palette")
        await user.press("ctrl+p")
        await user.until(lambda: type(user.app.screen).__name__ == "Palette" and user.app.focused is not None)
        await user.press_at_once(*"theme nord")
        await user.sees("Theme nord")
        await user.press("enter")
        await user.until(lambda: user.app.theme == "nord")
