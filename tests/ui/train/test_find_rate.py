"""The search for a learning rate on the Train screen: its curve, and the suggestion that is taken over."""

import pytest

from tests.runs.test_rate_search import RATES, bowl
from tests.ui.driving import opened
from tui_cnn.errors import UserError
from tui_cnn.runs.rate_search import curve
from tui_cnn.ui.train import rate_dialog

TRIED = bowl(0.01, RATES)


class FakeSearch:
    """Gives steps without a worker."""

    tried = TRIED
    error = None
    closed = 0

    def __init__(self, network, recipe):
        self.asked = network, recipe

    def steps(self):
        yield from self.tried
        if self.error:
            raise self.error

    def close(self):
        type(self).closed += 1


@pytest.fixture
def search(monkeypatch):
    class Search(FakeSearch):
        closed = 0

    monkeypatch.setattr(rate_dialog.RateDialog.__init__, "__defaults__", (Search,))
    return Search


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_suggested_rate_is_taken_over(search, size):
    async with opened(size=size) as user:
        await user.press("2", "f2")
        suggested = curve(TRIED).suggested
        await user.sees("Find a learning rate", f"suggested learning rate: {suggested:g}", "smoothed loss")
        await user.press("enter")
        await user.until(lambda: user.app.screen.query_one("#field-learning_rate").value == str(suggested))
        assert search.closed == 1


async def test_escape_leaves_the_rate_as_it_is_and_ends_the_worker(search):
    async with opened() as user:
        await user.press("2", "f2")
        await user.sees("suggested learning rate")
        await user.press("escape")
        await user.until(lambda: search.closed == 1)
        assert user.app.screen.query_one("#field-learning_rate").value == "0.001"


async def test_a_loss_that_never_falls_and_a_worker_that_fails(search):
    search.tried = TRIED[-50:]
    async with opened() as user:
        await user.press("2", "f2")
        await user.sees("No rate can be suggested: the loss did not fall.")
        await user.press("enter")
        await user.sees("Find a learning rate")
        await user.press("escape")
        search.tried, search.error = [], UserError("no such device")
        await user.press("f2")
        await user.sees("no such device")
