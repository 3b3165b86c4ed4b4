"""The app as a user has it before them: keys go in, a screen full of text comes out."""

import asyncio
import re
import time
from contextlib import asynccontextmanager
from unittest.mock import patch

from textual import events
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.screen import Screen

from tui_cnn.config import config_file
from tui_cnn.formats.presets import preset
from tui_cnn.ui.app import CnnTui
from tui_cnn.ui.application.settings import read_settings
from tui_cnn.ui.design import open_design

_CALM_TURNS = 4
"""So many turns of the event loop without work mean that nothing follows; what a worker awaited comes in one or two."""

_BUSY_TURNS = 200
"""After so many turns with work it is most likely a thread that is waited for."""

_PATIENCE = int(__import__("os").environ.get("PATIENCE", 30))
"""Seconds to wait for what hangs on a thread or a clock; it takes a fraction of one unless the machine is choked."""


class User:
    """Presses keys, uses the mouse, reads the screen."""

    def __init__(self, app, pilot):
        self.app = app
        self.pilot = pilot

    @property
    def network(self):
        return self.app.workspace.design.network

    @property
    def layers(self):
        return self.app.workspace.design.network.layers

    @property
    def kinds(self):
        return [type(layer).__name__ for layer in self.layers]

    @property
    def cursor(self):
        """The path of the layer under the stack's cursor."""
        return self.app.screen.stack.path

    @property
    def focused(self):
        """The id of the widget that has the focus."""
        return self.app.focused.id if self.app.focused else None

    @property
    def text(self):
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def top(self):
        return self.text.split("\n")[0]

    @property
    def footer(self):
        return self.text.split("\n")[-1]

    @property
    def notices(self):
        return [notice.message for notice in self.app._notifications]

    def line(self, text):
        """The line of the screen on which `text` stands."""
        return next((line for line in self.text.split("\n") if text in line), "")

    async def press(self, *keys):
        """Press keys one by one, each once the last one's work is done."""
        for key in keys:
            self.send(key)
            await self.settle()

    async def press_at_once(self, *keys):
        """Press keys faster than the app follows, as a key that is held down does on a slow line."""
        for key in keys:
            self.send(key)
        await self.settle()

    async def type(self, text):
        """Put `text` in the place of what stands in the field; a long one is pasted."""
        await self.press("end", "ctrl+u")
        if len(text) > 20:
            self.app.post_message(events.Paste(text))
            await self.settle()
        else:
            await self.press_at_once(*text)

    async def choose(self, word):
        """Pick from a list by typing a part of the name."""
        await self.press_at_once(*word)
        await self.press("enter")

    async def settle(self):
        """Let the app do all that was set off, except what waits for a thread or a clock."""
        calm = turns = 0
        while calm < _CALM_TURNS:
            turns += 1
            # A handler that waits for a thread lets it work: a loop that never rests keeps Python's lock from it.
            await asyncio.sleep(0 if turns < _BUSY_TURNS else 0.001)
            if self.app._exception is not None:
                raise self.app._exception
            busy = _dispatching or self._has_messages() or self.app.keys.is_behind
            calm = 0 if busy else calm + 1
            if calm == 2:  # lay out now, not at the next sixtieth of a second
                self.app.screen._on_timer_update()

    def _has_messages(self):
        nodes = (self.app, *self.app.screen.walk_children(with_self=True))
        return any(node._message_queue.qsize() or node._next_callbacks for node in nodes)

    async def until(self, condition, seconds=_PATIENCE):
        """Wait for something that hangs on a thread, a clock or another process."""
        end = time.monotonic() + seconds
        await self.settle()
        while not condition():
            assert time.monotonic() < end, f"it never came about; the screen says:\n{self.text}"
            await asyncio.sleep(0.01)
            await self.settle()

    async def sees(self, *texts, seconds=_PATIENCE):
        """Wait until all the texts stand on the screen."""
        try:
            await self.until(lambda: not self._missing(texts), seconds)
        except AssertionError:
            missing = self._missing(texts)
            raise AssertionError(f"{missing} not on the screen:\n{self.text}") from None

    def _missing(self, texts):
        shown = self.text
        return [text for text in texts if text not in shown]

    async def offers(self, *labels, seconds=_PATIENCE):
        """Wait until the footer offers exactly these actions, beside those that every screen offers."""

        def shown():
            found = re.findall(r"(\S+) ([A-Z][a-z]+(?: [a-z]+)*)(?=\s|$)", self.footer)
            return [label for key, label in found if key not in ("^s", "^o", "?", "f1")]

        try:
            await self.until(lambda: shown() == list(labels), seconds)
        except AssertionError:
            raise AssertionError(f"the footer offers {shown()}, not {list(labels)}: {self.footer}") from None

    async def told(self, text):
        """Wait for a notification."""
        await self.until(lambda: any(text in notice for notice in self.notices))

    async def click(self, text, times=1, right=0):
        """Click where `text` stands first, `right` cells to the right of its beginning."""
        lines = self.text.split("\n")
        y = next((y for y, line in enumerate(lines) if text in line), None)
        assert y is not None, f"{text!r} is not on the screen:\n{self.text}"
        await self.pilot.click(offset=(lines[y].index(text) + right, y), times=times)
        await self.settle()

    async def resize(self, width, height):
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    def style(self, text):
        """The style of the first cell of `text` on the screen."""
        for strip in self.app.screen._compositor.render_strips():
            if text in strip.text:
                before = len(strip.text[: strip.text.index(text)])
                for segment in strip:
                    if before < len(segment.text):
                        return segment.style
                    before -= len(segment.text)
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")

    def send(self, key):
        """Strike a key, and do not wait."""
        character = key if len(key) == 1 else {"space": " ", "question_mark": "?"}.get(key)
        event = events.Key(_character_to_key(key) if len(key) == 1 else key, character)
        event.set_sender(self.app)
        self.app._driver.send_message(event)


_dispatching: list[object] = []


def _watched(dispatch):
    """Note which messages are being handled: a handler may wait for something with its queue empty."""

    async def watched(self, message):
        if message.no_dispatch:
            return
        _dispatching.append(self)
        try:
            await dispatch(self, message)
        finally:
            _dispatching.remove(self)

    return watched


def _unpainted(refresh):
    """Spare the painting for a terminal that nobody looks at; reading the screen paints it anew."""

    def unpainted(self):
        if self is not self.app.screen:
            return refresh(self)
        self._dirty_widgets.clear()
        self._compositor._dirty_regions.clear()
        return self.app._update_mouse_over(self)

    return unpainted


@asynccontextmanager
async def opened(network="fashion-cnn", size=(120, 40), file=None, data="", painted=False):
    """Open the app on a network, or on a preset by its name."""
    network = preset(network) if isinstance(network, str) else network
    app = CnnTui(open_design(network, file), data, read_settings(config_file()))
    refresh = Screen._compositor_refresh
    with (
        patch.object(MessagePump, "_dispatch_message", _watched(MessagePump._dispatch_message)),
        patch.object(Screen, "_compositor_refresh", refresh if painted else _unpainted(refresh)),
    ):
        _dispatching.clear()
        async with app.run_test(size=size, notifications=True) as pilot:
            user = User(app, pilot)
            await user.settle()
            yield user
