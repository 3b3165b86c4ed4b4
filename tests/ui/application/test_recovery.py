"""What was not saved outlives a crash."""

import os
import subprocess
import sys
import threading

import msgspec
import pytest

from tests.ui.driving import opened
from tui_cnn.core.edits import delete
from tui_cnn.formats.presets import preset
from tui_cnn.ui.application import recovery
from tui_cnn.ui.application.recovery import Copy, Recovery, read_copy

SAVED = preset("lenet-5")
UNSAVED = delete(SAVED, (1,))


def copies(home):
    return sorted((home / "recovery").glob("[!.]*"))  # one that is being written begins with a dot


@pytest.fixture(scope="module")
def dead():
    """The id of a process that lives no longer."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def left_behind(home, dead):
    """The copy of a session that died."""
    path = home / "recovery" / f"{dead}-1.json"
    path.parent.mkdir()
    path.write_bytes(msgspec.json.encode(Copy(UNSAVED, SAVED, "")))
    return path


async def test_a_copy_is_kept_after_an_edit_and_gone_after_undo(home):
    async with opened() as user:
        await user.press("d")
        await user.until(lambda: copies(home))
        (path,) = copies(home)
        assert path.name.startswith(f"{os.getpid()}-")
        await user.until(lambda: read_copy(path) == Copy(user.network, preset("fashion-cnn"), ""))
        await user.press("d")
        await user.until(lambda: read_copy(path).network == user.network)
        await user.press("u", "u")
        await user.until(lambda: not copies(home))


async def test_a_copy_is_gone_after_saving(home, here):
    async with opened(file=here / "net.toml") as user:
        await user.press("d")
        await user.until(lambda: copies(home))
        assert read_copy(copies(home)[0]).file == str(here / "net.toml")
        await user.press("ctrl+s")
        await user.until(lambda: not copies(home))


async def test_no_copy_is_left_after_a_clean_end(home):
    async with opened() as user:
        await user.press("d")
        await user.until(lambda: copies(home))
        await user.press("q", "d")
        await user.until(lambda: not user.app.is_running)
        assert not copies(home)


async def test_a_copy_that_is_just_being_written_is_gone_as_well(home, monkeypatch):
    begun, go = threading.Event(), threading.Event()
    write = recovery.write_atomic

    def slow(path, data):
        begun.set()
        go.wait(20)
        write(path, data)

    monkeypatch.setattr(recovery, "write_atomic", slow)
    keeper = Recovery()
    writer = threading.Thread(target=keeper.keep, args=[Copy(UNSAVED, SAVED, "")])
    writer.start()
    assert begun.wait(20)
    ender = threading.Thread(target=keeper.end)
    ender.start()
    go.set()
    writer.join()
    ender.join()
    keeper.keep(Copy(UNSAVED, SAVED, ""))
    assert not copies(home)


async def test_unsaved_work_is_offered_and_restored(home, left_behind):
    async with opened() as user:
        await user.sees("Unsaved work found", "“lenet-5” had unsaved changes when cnn-tui closed on")
        await user.press("r")
        await user.until(lambda: user.network == UNSAVED)
        await user.until(lambda: "● lenet-5" in user.top)
        await user.until(lambda: not left_behind.exists() and copies(home))
        assert read_copy(copies(home)[0]) == Copy(UNSAVED, SAVED, ""), "and is kept on"


async def test_restored_work_is_saved_to_its_own_file(here, left_behind):
    left_behind.write_bytes(msgspec.json.encode(Copy(UNSAVED, SAVED, str(here / "mine.toml"))))
    async with opened() as user:
        await user.sees("Unsaved work found")
        await user.click("Restore")
        await user.until(lambda: user.network == UNSAVED)
        await user.press("ctrl+s")
        await user.told("Saved to")
        assert (here / "mine.toml").exists()


async def test_unsaved_work_is_discarded(home, left_behind):
    async with opened() as user:
        await user.sees("Unsaved work found")
        await user.press("d")
        await user.until(lambda: not left_behind.exists())
        assert user.network == preset("fashion-cnn")


async def test_unsaved_work_is_put_off(left_behind):
    async with opened() as user:
        await user.sees("Unsaved work found")
        await user.press("escape")
        await user.press("down")
        assert user.cursor == (1,)
        assert left_behind.exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b'{"network": {"name": "x", "input_shape": []}}'])
async def test_a_damaged_copy_is_ignored(left_behind, damage):
    left_behind.write_bytes(damage)
    async with opened() as user:
        await user.until(lambda: not left_behind.exists())
        await user.told("A recovery copy cannot be read; it is kept as")
        assert left_behind.with_name(f"{left_behind.name}.damaged").read_bytes() == damage
        await user.press("down")
        assert user.cursor == (1,)


async def test_the_copy_of_a_session_that_lives_is_let_alone(home, left_behind):
    living = left_behind.rename(home / "recovery" / f"{os.getpid()}-1.json")
    async with opened() as user:
        await user.press("down")
        assert user.cursor == (1,)
        assert living.exists()


async def test_the_newest_of_several_comes_first(home, left_behind, dead):
    newest = delete(UNSAVED, (0,))
    (home / "recovery" / f"{dead}-2.json").write_bytes(msgspec.json.encode(Copy(newest, SAVED, "")))
    async with opened() as user:
        await user.sees("Unsaved work found")
        await user.press("r")
        await user.until(lambda: user.network == newest)
        assert left_behind.exists()


async def test_where_no_copy_can_be_kept_it_is_told(here, monkeypatch):
    (here / "[b]file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(here / "[b]file"))
    async with opened() as user:
        await user.press("d")
        await user.told("Cannot save a recovery copy: Not a directory. Save often.")
        await user.press("d")
        assert len(user.layers) == 6
        await user.press("q", "d")
        await user.until(lambda: not user.app.is_running)
