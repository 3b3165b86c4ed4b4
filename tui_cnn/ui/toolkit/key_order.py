"""Keys and pasted text, handled one after another, however fast they come.

Textual gives a letter to the widget with the focus at once, but a key with an action goes up through all containers
first: of Ctrl+U and 1, typed fast or over a slow line, the 1 comes first and is deleted; letters meant for the dialog
that a key opens are keys of the screen below it.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

_PATIENCE = 0.25
"""Seconds after which the next key no longer waits for one that something keeps from its end."""


class KeyHandled(Message):
    """Follows a key through the same queues: when this is at the app, the key has been handled."""

    def __init__(self, key: events.Event) -> None:
        super().__init__()
        self.key = key


class KeyOrder:
    """Hands keys and pasted text on: each once the one before has been handled, and what it opened is there."""

    def __init__(self, app: App[None], handle: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._handle = handle
        self._waiting: deque[events.Event] = deque()
        self._under_way: events.Event | None = None
        self._screen: Screen[Any] | None = None
        self._opening: Screen[Any] | None = None
        self._timer: Timer | None = None

    @property
    def is_behind(self) -> bool:
        """Whether something that was typed is not handled yet; what comes after the end never is."""
        return bool(self._waiting) and self._app.is_running

    async def take(self, event: events.Event) -> None:
        """Take a key, or pasted text, from the terminal."""
        self._waiting.append(event)
        await self._go_on()

    async def handled(self, message: KeyHandled) -> None:
        """Go on with the next one."""
        if message.key is self._under_way:
            self._under_way = None
            self._look_for_screen()
            await self._go_on()

    async def _go_on(self) -> None:
        while self._waiting and self._under_way is None and self._opening is None:
            self._stop_timer()
            await self._hand_on(self._waiting.popleft())
        if self._waiting and self._timer is None:
            self._timer = self._app.set_timer(_PATIENCE, self._give_up)

    async def _hand_on(self, event: events.Event) -> None:
        target = self._app.focused or self._app.screen
        try:
            await self._handle(event)
        except Exception:
            self._waiting.clear()  # it was typed for what has failed
            raise
        if event.is_forwarded and target.post_message(KeyHandled(event)):
            self._under_way = event
        else:
            self._look_for_screen()

    def _look_for_screen(self) -> None:
        """Where a key has opened another screen, the next key waits until it is drawn and has its focus."""
        if (screen := self._app.screen) is not self._screen:
            self._screen = self._opening = screen
            opened = partial(self._app.call_later, self._opened, screen)
            screen.call_after_refresh(screen.call_after_refresh, opened)  # a form takes its focus once it is drawn

    async def _opened(self, screen: Screen[Any]) -> None:
        if screen is self._opening:
            self._opening = None
            await self._go_on()

    async def _give_up(self) -> None:
        """Wait no longer for what keeps the next key."""
        self._under_way = self._opening = None
        self._stop_timer()
        await self._go_on()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
