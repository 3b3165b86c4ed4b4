"""Textual's driver for the browser, of an app that outlives the connection: it can be asked to draw all again."""

from typing import Any

from textual import messages
from textual.drivers.web_driver import WebDriver

_MODES = "\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?25l\x1b[?2004h"
"""What a terminal must be told before an app draws on it: second screen, mouse, no cursor, pastes in brackets."""


class ServedDriver(WebDriver):
    """A driver whose terminal may be another one than a moment ago."""

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """Take what the server says beside the keys: draw all again, or show a notice."""
        if packet_type == "repaint":
            self._app.call_later(self._repaint)
        elif packet_type == "notice":
            self._app.call_later(self._app.notify, str(payload.get("text", "")), markup=False)
        else:
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        """Read what the server sends; with its end, the app ends too."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(messages.ExitApp())

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Open nothing: what a file of someone else links to is not for the browser of this one."""

    def _repaint(self) -> None:
        app: Any = self._app
        self.write(_MODES)
        app.terminal.forget()
        app.refresh(layout=True)
