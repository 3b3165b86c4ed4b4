"""Whatever a screen, a widget, a worker or a timer throws: the app lives, or ends with a line, and the work is kept."""

import asyncio
import re

import pytest
from textual.widgets import Static

from tests.terminal import Terminal
from tests.ui.driving import opened
from tui_cnn.ui.application.failures import log_file
from tui_cnn.ui.application.recovery import read_copy
from tui_cnn.ui.build.screen import BuildScreen
from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
from tui_cnn.ui.toolkit.main_screen import TopBar


class OddError(Exception):
    """An error that nothing expects."""


def fail(*_arguments, **_options):
    raise OddError("odd [/] one")


async def fail_later(*_arguments):
    raise OddError("odd later")


class Faults:
    """Ways in which things go wrong on the Build screen."""

    @staticmethod
    def action(user, patch):
        patch.setattr(BuildScreen, "action_help_oddly", fail, raising=False)
        user.app.call_later(user.app.run_action, "screen.help_oddly")

    @staticmethod
    def widget_message(user, patch):
        user.app.screen.query_one(TopBar).call_later(fail)

    @staticmethod
    def screen_message(user, patch):
        user.app.screen.call_later(fail)

    @staticmethod
    def next_callback(user, patch):
        user.app.screen.query_one(TopBar).call_next(fail)

    @staticmethod
    def subscriber(user, patch):
        with patch.context() as for_now:
            for_now.setattr(BuildScreen, "show_design", fail)
            user.app.workspace.undo()
            user.app.workspace.redo()

    @staticmethod
    def worker(user, patch):
        user.app.screen.run_worker(fail_later)

    @staticmethod
    def thread(user, patch):
        user.app.screen.run_worker(fail, thread=True)

    @staticmethod
    def timer(user, patch):
        user.app.screen.set_timer(0.001, fail)

    @staticmethod
    def compose(user, patch):
        class Odd(Static):
            def compose(self):
                yield Static()
                fail()

        user.app.screen.mount(Odd())

    @staticmethod
    def mount(user, patch):
        class Odd(Static):
            on_mount = fail

        user.app.screen.mount(Odd())

    @staticmethod
    def render(user, patch):
        class Odd(Static):
            render = fail

        user.app.screen.mount(Odd())


FAULTS = {name: getattr(Faults, name) for name in vars(Faults) if not name.startswith("_")}


async def outlive(user):
    """Wait until an error was caught, and go on as if there were no test's harness that looks for it."""
    while user.app._exception is None:
        await asyncio.sleep(0.001)
    error = user.app._exception
    assert isinstance(getattr(error, "error", error), OddError)
    user.app._exception = None
    await user.settle()


async def test_the_screen_is_built_anew_and_the_work_is_kept(monkeypatch, home):
    async with opened(painted=True) as user:
        await user.press("down", "d")
        before = user.network
        for name, fault in FAULTS.items():
            failed = user.app.screen
            fault(user, monkeypatch)
            await outlive(user)
            await user.until(lambda failed=failed: user.app.screen is not failed and not failed.is_running)
            assert user.network == before, name
            await user.sees("7 layers", "Internal error: OddError: odd")
            (copy,) = home.glob("recovery/*.json")
            assert any(str(copy) in notice and str(log_file()) in notice for notice in user.notices), name
            assert read_copy(copy).network == before
            assert "in fail" in log_file().read_text()
            log_file().unlink()
            user.app.clear_notifications()
            user.app._failures.clear()
        assert len(user.app._registry) < 2 * len(list(user.app.walk_children())), "what failed is gone"
        await user.press("down", "d", "u", "u")
        await user.sees("8 layers")


@pytest.mark.parametrize("key", ["a", "ctrl+o", "question_mark", "ctrl+p"])
async def test_a_dialog_that_fails_is_closed(key, monkeypatch):
    async with opened(painted=True) as user:
        screen = user.app.screen
        await user.press(key)
        await user.until(lambda: user.app.screen is not screen)
        dialog = user.app.screen
        dialog.call_later(fail)
        await outlive(user)
        await user.until(lambda: user.app.screen is screen and not dialog.is_running)
        await user.press("d")
        await user.sees("7 layers")
        await user.press(key)
        await user.until(lambda: user.app.screen is not screen)


async def test_a_screen_that_fails_out_of_sight_is_built_when_it_is_gone_to():
    async with opened(painted=True) as user:
        await user.press("4")
        await user.until(lambda: user.app.current_mode == "lab")
        lab = user.app.screen
        await user.press("1")
        lab.call_later(fail)
        await outlive(user)
        await user.until(lambda: not lab.is_running)
        await user.sees("8 layers", "Internal error")
        await user.press("4")
        await user.sees("Convolution", "Pooling")
        assert user.app.screen is not lab


async def test_a_worker_of_the_app_takes_no_screen_with_it():
    async with opened() as user:
        screen = user.app.screen
        user.app.run_worker(fail, thread=True)
        await outlive(user)
        await user.told("Internal error")
        assert user.app.screen is screen


async def test_a_screen_that_cannot_be_built_is_the_end(monkeypatch, home):
    async with opened() as user:
        await user.press("d")
        monkeypatch.setattr(BuildScreen, "body", fail)
        user.app.screen.call_later(fail)
        await ended(user)
        (copy,) = home.glob("recovery/*.json")
        assert read_copy(copy).network == user.network


async def test_what_goes_on_failing_is_the_end():
    async with opened() as user:
        for _each in range(3):
            user.app.call_later(fail)
            await outlive(user)
        user.app.screen.set_interval(0.001, fail)
        await ended(user)


async def ended(user):
    """Wait until the app ends by itself, with a status and a line that are not those of success."""
    while user.app.is_running:
        await asyncio.sleep(0.001)
    user.app._exception = None
    assert user.app.return_code == 1
    assert user.app.last_words.startswith("cnn-tui closed after an internal error: OddError: odd")
    assert "\n" not in user.app.last_words


@pytest.mark.parametrize("beneath", ["another mode", "another dialog"])
async def test_a_dialog_that_is_no_longer_in_front_closes_itself_and_nothing_else(beneath):
    async with opened() as user:
        await user.press("a")
        dialog = user.app.screen
        await (user.app.switch_mode("lab") if beneath == "another mode" else user.app.push_screen(TextDialog("", "")))
        dialog.dismiss(None)
        await user.until(lambda: not dialog.is_running)
        await user.press("1" if beneath == "another mode" else "escape")
        assert len(user.app.screen_stack) == 1
        await user.press("d")
        await user.sees("7 layers")


@pytest.mark.parametrize("action", ["go_to", "action_help"])
async def test_a_screen_is_left_before_it_is_made(action):
    for mode in ("train", "inspect", "lab", "runs"):
        async with opened() as user:
            user.app.go_to(mode)
            assert user.app.current_mode == mode
            getattr(user.app, action)(*(["build"] if action == "go_to" else []))
            await user.until(lambda: user.app.current_mode == "build" or len(user.app.screen_stack) == 2)


PROGRAM = """
from tui_cnn.ui.build.screen import BuildScreen
from tui_cnn.ui.app import CnnTui
from tui_cnn.cli import main

def fail(*_):
    raise ZeroDivisionError("odd")

{fault}
main()
"""


@pytest.mark.parametrize("fault", ["BuildScreen.body = fail", "CnnTui.on_mount = fail", "CnnTui.on_unmount = fail"])
def test_the_program_ends_with_one_line_and_a_status(fault, home):
    with Terminal("-c", PROGRAM.format(fault=fault)) as terminal:
        if "unmount" in fault:
            terminal.wait_for("Conv2D")
            terminal.type(b"q")
        assert terminal.wait() == 2
        said = terminal.output.rpartition(b"\x1b[?1049l")[2].decode()
        lines = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", said).split("\r\n")
        (line,) = filter(str.strip, lines)
        assert re.search(r"cnn-tui closed after an internal error: ZeroDivisionError: odd. .*errors.log", line), said
