"""The Runs screen: every run is listed as it stands, and can be opened."""

import shutil

import pytest

from tests.ui import told
from tests.ui.driving import opened
from tui_cnn.formats.presets import preset

OLD = "20260101-000000-lenet-5-0001"
NEW = "20260102-030405-fashion-cnn-abcd"


@pytest.fixture
def runs():
    """An older run that is finished and a newer one that was interrupted."""
    old, new = told.make_run(OLD, preset("lenet-5")), told.make_run(NEW)
    told.write(old, told.started(), *told.trained(5), told.finished())
    told.write(new, told.started(), *told.trained(2.5))
    return old, new


async def test_no_runs_say_what_to_do():
    async with opened() as user:
        await user.press("5")
        await user.sees("No runs yet. Press 2 to train the network that is on the Build screen.")
        await user.offers()
        await user.press("enter", "b", "down")
        assert user.app.current_mode == "runs"
        told.make_run()
        await user.sees("interrupted")
        await user.offers("Open", "Inspect", "Build")


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_runs_are_listed_newest_first(runs, size):
    async with opened(size=size) as user:
        await user.press("5")
        await user.sees("finished", "lenet-5", "fashion-cnn", "2 of 5", "5 of 5", "interrupted")
        assert user.text.index("fashion-cnn  ") < user.text.index("lenet-5 ")
        if size[0] > 100:
            await user.sees("0.9042", "0.9170", "50 s", OLD, NEW)


async def test_a_run_is_opened_by_key_and_by_mouse(runs):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees(OLD)
        await user.press("down", "enter")
        await user.sees("test accuracy 0.9042")
        assert user.app.shown_run == runs[0]
        await user.press("5")
        await user.sees(NEW)
        await user.click(NEW)
        await user.click(NEW)
        await user.sees("r resumes it")
        assert user.app.shown_run == runs[1]


async def test_a_runs_network_is_put_on_the_build_screen(runs):
    async with opened("fashion-dnn") as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("down", "b")
        await user.until(lambda: user.network == preset("lenet-5"))
        assert user.app.current_mode == "build"
        await user.sees("61,706")


async def test_unsaved_changes_are_asked_about_before_a_runs_network_comes(runs):
    async with opened("fashion-dnn") as user:
        await user.press("d", "5")
        await user.sees("finished")
        await user.press("b")
        await user.sees("Unsaved changes")
        await user.press("escape")
        assert user.app.current_mode == "runs"
        assert len(user.layers) == 2
        await user.press("b", "d")
        await user.until(lambda: user.network == preset("fashion-cnn"))


async def test_a_damaged_network_is_told(runs):
    runs[1].network_file.write_text("[[")
    async with opened() as user:
        await user.press("5")
        await user.sees("finished")
        await user.press("b")
        await user.told("not valid TOML")
        assert user.app.current_mode == "runs"


async def test_a_run_is_followed_and_the_cursor_stays_on_its_run(runs):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("2 of 5")
        await user.press("down")
        with told.training(runs[1]):
            await user.sees("running")
            told.write(runs[1], *list(told.trained(3))[-3:])
            await user.sees("3 of 5")
            told.make_run("20260103-000000-new-0003")
            await user.sees("new-0003")
            await user.press("enter")
            assert user.app.shown_run == runs[0]


async def test_a_run_that_goes_away(runs):
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees(OLD, NEW)
        shutil.rmtree(runs[1].path)
        await user.press("b")
        await user.until(lambda: NEW not in user.text)
        await user.press("enter")
        assert user.app.shown_run == runs[0]


async def test_directories_named_by_hand():
    told.make_run("99999999-999999-[bold] x [[-0000")
    told.make_run("20261301-000000-month-0000")
    async with opened(size=(140, 40)) as user:
        await user.press("5")
        await user.sees("month")
        await user.until(lambda: user.text.count("[bold] x [[") == 2)  # as the network's name, and in the run's id
        await user.press("enter")
        await user.sees("interrupted after 0 s")
