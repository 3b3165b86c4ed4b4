"""Without colour everything can be told: what is selected is turned over, and changes have signs."""

import pytest

from tests.ui.driving import opened


@pytest.fixture(autouse=True)
def no_color(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")


async def test_what_is_selected_is_turned_over():
    async with opened() as user:
        await user.press("t")
        await user.sees("● 32", "−15 %", "+20 %")
        assert user.style("● 32").reverse
        assert not user.style("26×26×64").reverse
        await user.press("escape", "a")
        await user.sees("Add a layer")
        chosen, other = user.style("Conv2D              "), user.style("MaxPooling2D        ")
        assert chosen.bgcolor.triplet.red > 200, chosen
        assert other.bgcolor.triplet.red < 60, other
        about = user.style("Slides filters over the image; each filter")
        assert about.bgcolor.triplet.red - about.color.triplet.red > 80, about
