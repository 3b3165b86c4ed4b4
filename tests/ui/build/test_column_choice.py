"""Which columns of the stack stay where there is little room."""

import pytest

from tests.ui.driving import opened
from tui_cnn.i18n import use_language
from tui_cnn.ui.build.columns import titles


@pytest.fixture
def korean():
    use_language("ko")
    yield
    use_language("en")


async def shown(size):
    async with opened(size=size) as user:
        header = next(line for line in user.text.split("\n")[1:] if titles()["params"] in line)  # below the top
        return titles()["macs"] in header, titles()["field"] in header


@pytest.mark.parametrize("size", [(80, 24), (90, 32), (100, 32), (110, 32), (120, 40), (140, 40)])
async def test_macs_and_receptive_field_stay(size):
    assert await shown(size) == (True, True)


@pytest.mark.usefixtures("korean")
async def test_the_receptive_field_stays_in_korean():
    assert await shown((120, 40)) == (True, True)
