"""Drawing once there is something to draw on: a screen may be resized before it is laid out, or while it closes."""

import asyncio

import pytest
from textual.app import App
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_cnn.ui.toolkit.textual_adapter import after_layout


class Drawn(ModalScreen[None]):
    def __init__(self, later):
        super().__init__()
        self._later, self.drawn = later, 0

    async def _on_compose(self, event):
        await asyncio.sleep(0)  # as with many widgets: other messages come before all are there
        await super()._on_compose(event)

    def compose(self):
        yield Static(id="curve")

    def draw(self):
        self.query_one("#curve").update("drawn")
        self.drawn += 1

    def draw_soon(self):
        self._later(self, self.draw)


async def drawn(later, turns):
    """Push a screen, draw on it at once and after so many turns, close it; return how often it was drawn on."""
    async with App().run_test() as pilot:
        screen = Drawn(later)
        pilot.app.push_screen(screen)
        for _turn in range(turns):
            await asyncio.sleep(0)
        if screen.is_running:
            screen.draw_soon()
        if turns < 20:
            screen.dismiss()
        await pilot.pause()
        return screen.drawn


@pytest.mark.parametrize("turns", range(25))
async def test_whatever_happens_meanwhile(turns):
    assert await drawn(after_layout, turns) <= 1


async def test_it_is_drawn_once_it_is_there():
    async with App().run_test() as pilot:
        screen = Drawn(after_layout)
        pilot.app.push_screen(screen)
        while not screen.is_running:
            await asyncio.sleep(0)
        assert not screen.is_mounted
        screen.draw_soon()
        await pilot.pause()
        await pilot.pause()
        assert screen.drawn == 1
