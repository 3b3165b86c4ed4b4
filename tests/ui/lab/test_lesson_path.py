"""What the last lessons ask for can be done: the tutorial network is built by hand, from the keys that they name."""

from tests.ui.driving import opened
from tui_cnn.formats.presets import preset


async def test_the_tutorial_network_is_built_by_hand():
    async with opened(size=(120, 40)) as user:
        user.app.follow_link("build:fashion-dnn")
        await user.until(lambda: user.network.name == "fashion-dnn")
        await put(user, "i", "conv2d")
        for _round in range(2):
            await put(user, "a", "maxpool")
            await put(user, "a", "conv2d")
            await edit(user, "64")
        await user.press("down", "down")
        await edit(user, "64")
        assert user.network.layers == preset("fashion-cnn").layers
        assert "93,322 parameters" in user.top


async def put(user, key, kind):
    await user.press(key)
    await user.choose(kind)


async def edit(user, value):
    """Change the first setting of the layer under the cursor."""
    await user.press("e")
    await user.type(value)
    await user.press("enter")
