"""Garbage is looked for now and then, and not while keys come."""

import gc

from tests.ui.driving import opened
from tui_cnn.ui import app


async def test_garbage_is_collected_now_and_then(monkeypatch):
    monkeypatch.setattr(app, "SELDOM", 0.05)
    collected = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    async with opened() as user:
        await user.until(lambda: len(collected) > 2)


def test_no_search_through_everything_comes_by_itself():
    before = gc.get_threshold()
    searched = []
    gc.callbacks.append(note := lambda phase, about: searched.append(about["generation"]))
    try:
        app.postpone_garbage()
        kept = [[number] for number in range(200_000)]
        assert len(kept) == 200_000
    finally:
        gc.callbacks.remove(note)
        gc.set_threshold(*before)
    assert 0 in searched
    assert 2 not in searched
