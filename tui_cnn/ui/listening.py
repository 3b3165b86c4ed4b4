"""An app that its threads can tell something for as long as it runs."""

from collections.abc import Callable
from typing import Any

from textual.app import App


class ListeningApp(App[None]):
    """What a thread has found out when the screens are being closed comes too late: their widgets are going."""

    def call_from_thread(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call something on the thread of the screen, unless the app is closing."""

        def unless_closing() -> Any:
            return callback(*args, **kwargs) if self.is_running else None

        return super().call_from_thread(unless_closing)
