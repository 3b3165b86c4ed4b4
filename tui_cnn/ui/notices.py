"""An app whose notices do not pile up: what was just said is not said twice, and the oldest small talk gives way."""

from textual import on
from textual.app import App
from textual.notifications import Notify

_SMALL_TALK = 3
"""So many notices that are neither warnings nor errors are shown at once."""


class NoticingApp(App[None]):
    """Makes room for each new notice."""

    @on(Notify)
    def _make_room(self, event: Notify) -> None:
        new = event.notification
        shown = list(self._notifications)
        said = [notice for notice in shown if (notice.message, notice.title) == (new.message, new.title)]
        talk = [notice for notice in shown if notice.severity == "information" and notice not in said]
        gives_way = talk[: len(talk) + 1 - _SMALL_TALK] if new.severity == "information" else []
        for notice in (*said, *gives_way):
            self._unnotify(notice, refresh=False)
