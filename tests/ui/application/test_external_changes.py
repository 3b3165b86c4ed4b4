"""A file that another program changes while it is open: nothing is lost on either side."""

import pytest

from tests.ui.driving import opened
from tui_cnn.core import edits
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.ui.application import external_changes

OURS = preset("fashion-cnn")
THEIRS = edits.change(OURS, (2,), filters=48)
OTHERS = edits.change(OURS, (2,), filters=24)


@pytest.fixture
def file(here, monkeypatch):
    monkeypatch.setattr(external_changes, "_EVERY", 0.05)
    path = here / "net.toml"
    save_network(path, OURS)
    return path


async def test_what_was_not_changed_here_is_read_again_and_can_be_taken_back(file):
    async with opened(file=file) as user:
        save_network(file, THEIRS)
        await user.told("has been reloaded")
        assert user.network == THEIRS
        assert "●" not in user.top
        save_network(file, OTHERS)
        await user.until(lambda: user.network == OTHERS)
        await user.press("u", "u")
        assert user.network == OURS
        assert "●" in user.top
        await user.press("ctrl+s")
        await user.told("Saved to")
        assert read_network(file) == OURS


async def test_touching_the_file_or_saving_the_same_says_nothing(file):
    async with opened(file=file) as user:
        save_network(file, OURS)
        await user.press("d")
        deleted = user.network
        save_network(file, deleted)
        await user.until(lambda: not user.app.workspace.design.dirty)
        assert user.notices == []


async def test_both_changed_is_asked_about(file):
    async with opened(file=file) as user:
        await user.press("end", "d")
        mine = user.network
        save_network(file, THEIRS)
        await user.sees("Changed on disk", "you have unsaved changes", "Back (Esc)")
        await user.press("d")
        await user.sees("Difference: file → current network", "filters 48 → 64", "−  8  Dense")
        await user.press("escape")
        await user.sees("Keep mine (k)")
        await user.press("k")
        assert user.network == mine
        assert user.app.workspace.design.saved == THEIRS
        save_network(file, OTHERS)
        await user.sees("Changed on disk")
        await user.press("t")
        assert user.network == OTHERS
        assert not user.app.workspace.design.dirty
        await user.press("u")
        assert user.network == mine, "what was here can be brought back"


async def test_saving_over_it_asks_first(file, monkeypatch):
    monkeypatch.setattr(external_changes, "_EVERY", 3600)
    async with opened(file=file) as user:
        await user.press("end", "d")
        for text in (None, "not TOML ["):
            save_network(file, THEIRS) if text is None else file.write_text(text)
            before = file.read_bytes()
            await user.press("ctrl+s")
            await user.sees("net.toml was changed by another program after you opened it.")
            assert ("Difference" in user.text) == (text is None)
            await user.press("escape")
            assert file.read_bytes() == before
        await user.press("ctrl+s")
        await user.sees("Overwrite (r)")
        await user.press("r")
        await user.told("Saved to")
        assert read_network(file) == user.network


async def test_a_file_that_is_gone_or_broken_is_told_of_and_the_network_stays(file):
    async with opened(file=file) as user:
        file.write_text("[[layers")
        await user.told("cannot be read: is not valid TOML")
        file.unlink()
        await user.told("no longer exists")
        assert user.network == OURS
        await user.press("d", "ctrl+s")
        await user.told("Saved to")
        assert read_network(file) == user.network


async def test_a_dialog_is_not_interrupted(file):
    async with opened(file=file) as user:
        await user.press("d", "a")
        await user.sees("Add a layer")
        save_network(file, THEIRS)
        await user.pilot.pause(0.3)
        assert "Changed on disk" not in user.text
        await user.press("escape")
        await user.sees("Changed on disk")
        await user.press("escape")


async def test_coming_back_to_the_terminal_looks_at_once(file, monkeypatch):
    from textual import events

    monkeypatch.setattr(external_changes, "_EVERY", 3600)
    async with opened(file=file) as user:
        save_network(file, THEIRS)
        user.app.post_message(events.AppFocus())
        await user.told("has been reloaded")
