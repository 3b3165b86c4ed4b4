"""What the program remembers from one session to the next: the theme that was chosen, recent files, hidden columns.

It is `state.json` in the data directory, apart from the user's settings; losing it does no harm.
"""

from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from tui_cnn.formats.atomic import write_atomic
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.runs.directory import home
from tui_cnn.visible import is_unicode

_MOST_RECENT = 10


class State(msgspec.Struct, frozen=True):
    """What is remembered.

    Attributes:
        theme: the theme that was last chosen in the program, empty if none was.
        theme_over: what the settings' theme was then: once that changes, it counts again.
        recent: the files lately opened or saved, the latest first.
        hidden_columns: the columns of the stack that the user does not want.
        lessons_read: the names of the lessons that were opened.
    """

    theme: str = ""
    theme_over: str = ""
    recent: tuple[str, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    lessons_read: tuple[str, ...] = ()

    def opened(self, path: Path) -> tuple[str, ...]:
        """Return the recent files with `path` as the latest; one whose name is no Unicode cannot be remembered."""
        name = str(path.absolute())
        if not is_unicode(name):
            return self.recent
        return (name, *(other for other in self.recent if other != name))[:_MOST_RECENT]


def first_theme(chosen: str, state: State) -> str:
    """Return the theme to begin with: what was chosen later, in the settings or in the program; empty if none was."""
    return state.theme if state.theme and state.theme_over == chosen else chosen


_writing = Lock()


def read_state() -> State:
    """Read what is remembered; nothing, where that is damaged or gone."""
    try:
        return read_json(state_file(), State)
    except FormatError:
        return State()


def remember(**changes: Any) -> State:
    """Change some of what is remembered, on top of what another process may have written; for use in a thread.

    Raises:
        OSError: it cannot be written.
    """
    with _writing:
        state = msgspec.structs.replace(read_state(), **changes)
        state_file().parent.mkdir(parents=True, exist_ok=True)
        write_atomic(state_file(), msgspec.json.encode(state))
        return state


def state_file() -> Path:
    """Return where it is kept."""
    return home() / "state.json"
