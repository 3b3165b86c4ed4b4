"""A finished run is trained further from the Runs and the Train screen; the new run says what it continues."""

import pytest

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.runs import launch
from tui_cnn.runs.events import Continued
from tui_cnn.runs.recipe import Recipe

NEW = "20260103-000000-fashion-cnn-beef"


@pytest.fixture
def asked(monkeypatch):
    """What would be started: the run is there, and nothing trains it."""
    calls = []

    def train_further(run, epochs, **how):
        calls.append((run, epochs, how))
        longer = records.make_run(NEW, recipe=Recipe(epochs=5 + epochs))
        records.write(longer, records.started(), *records.trained(5), Continued(run=run.id, epochs=5))
        records.write(longer, records.started(epochs=5 + epochs, resumed_from=5 * records.STEPS))
        return longer

    monkeypatch.setattr(launch, "train_further", train_further)
    return calls


@pytest.mark.parametrize("screen", ["5", "2"])
async def test_by_a_key(asked, screen):
    run = records.finished_run()
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("finished")
        if screen == "2":
            await user.press("enter")
            await user.sees("test accuracy")
        await user.press("f")
        await user.sees("Epochs to add")
        await user.press("home", "ctrl+k", "x", "enter")
        await user.told("“x” is not a number of epochs; enter for example 5")
        await user.press("f")
        await user.sees("Epochs to add")
        await user.press("home", "ctrl+k", "3", "enter")
        await user.until(lambda: asked == [(run, 3, {"restarted": False})])
        await user.sees("of 8 epochs", f"continues {run.id} after epoch 5", "continued")


async def test_a_schedule_is_asked_about(asked):
    run = records.make_run(recipe=Recipe(schedule="cosine"))
    records.write(run, records.started(), *records.trained(5), records.finished())
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("f")
        await user.sees("Epochs to add")
        await user.press("enter")
        await user.sees("Stretch the schedule (cosine)")
        await user.press("r")
        await user.until(lambda: asked == [(run, 5, {"restarted": True})])


async def test_a_run_that_is_not_finished_is_not_offered(asked):
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2))
    async with opened() as user:
        await user.press("5")
        await user.sees("interrupted")
        await user.press("f")
        assert len(user.app.screen_stack) == 1
        assert not asked
