"""Garbage is collected while nobody types."""

import gc

from tests.ui.driving import opened
from tui_cnn.ui.application import gc_policy


async def test_garbage_is_collected_when_it_is_quiet(monkeypatch):
    monkeypatch.setattr(gc_policy, "_CHECK", 0.02)
    collected = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 1))
    monkeypatch.setattr(gc_policy, "_QUIET", 1_000_000_000)
    async with opened() as user:
        await user.press("down")
        await user.pilot.pause(0.1)
        assert not collected, "somebody types"
        monkeypatch.setattr(gc_policy, "_QUIET", 0)
        await user.until(lambda: len(collected) > 2)
