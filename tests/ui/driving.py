"""The app as a user has it before them: keys go in, a screen full of text comes out."""

import asyncio
import re
import time
from contextlib import asynccontextmanager

from textual import events
from textual.keys import _character_to_key

from tui_cnn.formats.presets import preset
from tui_cnn.ui.app import CnnTui
from tui_cnn.ui.design import open_design

_CALM_ROUNDS = 2
"""So often in a row all message queues must be found empty; the second time waits for what the first set off."""

_PATIENCE = 6
"""Seconds to wait for what hangs on a thread or a clock; it takes a fraction of one unless the machine is choked."""


class User:
    """Presses keys, uses the mouse, reads the screen."""

    def __init__(self, app, pilot):
        self.app = app
        self.pilot = pilot

    @property
    def network(self):
        return self.app.design.network

    @property
    def layers(self):
        return self.app.design.network.layers

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
            self._send(key)
            await self.settle()

    async def press_at_once(self, *keys):
        """Press keys faster than the app follows, as a key that is held down does on a slow line."""
        for key in keys:
            self._send(key)
        await self.settle()

    async def type(self, text):
        """Put `text` in the place of what stands in the field."""
        await self.press("end", "ctrl+u")
        await self.press_at_once(*text)

    async def choose(self, word):
        """Pick from a list by typing a part of the name."""
        await self.press_at_once(*word)
        await self.press("enter")

    async def settle(self):
        """Let the app do all that was set off, except what waits for a thread or a clock."""
        calm = 0
        while calm < _CALM_ROUNDS:
            await self.pilot._wait_for_screen(timeout=60)
            for _turn in range(3):
                await asyncio.sleep(0)
            nodes = [self.app, *self.app.screen.walk_children(with_self=True)]
            busy = any(node.message_queue_size or node._next_callbacks for node in nodes)
            calm = 0 if busy else calm + 1
            if calm == 1:  # lay out and paint now, not at the next sixtieth of a second
                self.app.screen._on_timer_update()

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
            await self.until(lambda: all(text in self.text for text in texts), seconds)
        except AssertionError:
            missing = [text for text in texts if text not in self.text]
            raise AssertionError(f"{missing} not on the screen:\n{self.text}") from None

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

    def _send(self, key):
        character = key if len(key) == 1 else {"space": " ", "question_mark": "?"}.get(key)
        event = events.Key(_character_to_key(key) if len(key) == 1 else key, character)
        event.set_sender(self.app)
        self.app._driver.send_message(event)


@asynccontextmanager
async def opened(network="fashion-cnn", size=(120, 40), file=None, data=""):
    """Open the app on a network, or on a preset by its name."""
    network = preset(network) if isinstance(network, str) else network
    app = CnnTui(open_design(network, file), data)
    async with app.run_test(size=size, notifications=True) as pilot:
        user = User(app, pilot)
        await user.settle()
        yield user


def first_difference(one, other):
    """The first lines in which two texts differ, for a message."""
    pairs = zip(one.split("\n"), other.split("\n"), strict=False)
    return next((f"{a!r} became {b!r}" for a, b in pairs if a != b), "the lengths differ")


def layer_numbers(text):
    """The numbers of the lines of the stack that are in view."""
    return re.findall(r"^[▌ ] +([\d.]+) ", text, re.MULTILINE)
