"""What a user may set, and what the program remembers from one session to the next.

The settings are `config.toml` in the user's configuration directory (`~/.config/cnn-tui` on Linux), or in
`$CNN_TUI_HOME` where that is set. What is wrong with it is reported in a line each, and the rest still counts.
What is remembered is `state.json` in the data directory, apart from the settings; losing it does no harm.
"""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.runs.alert_settings import AlertSettings
from tui_cnn.visible import is_unicode

Keymap = Mapping[str, str]
"""The id of a binding, `stack.add_layer`, and its keys, `o,insert`."""

Mode = Literal["build", "train", "inspect", "lab", "runs", "search"]
"""The screens, as the app's modes are called."""

Flops = Literal["2xmacs", "tf"]


class Settings(AlertSettings, frozen=True, forbid_unknown_fields=True):
    """What a user may set, each with what it is when left out; the alerts last."""

    theme: Annotated[str, Meta(description="Theme at start, such as textual-light; ^p Theme lists them")] = ""
    language: Annotated[
        str, Meta(description="en or ko; empty: from the environment (LANG); --lang takes precedence")
    ] = ""
    flops: Annotated[Flops, Meta(description="2xmacs: 2 per MAC; tf: as counted by TensorFlow's profiler")] = "2xmacs"
    signs: Annotated[
        Literal["auto", "ascii", "unicode"],
        Meta(description="ascii: ASCII symbols only; auto: ASCII if the locale is not UTF-8"),
    ] = "auto"
    lessons: Annotated[str, Meta(description="Folder with your own lessons (.md) for the Lab; empty: none")] = ""


class Configuration(NamedTuple):
    """The settings, the keys that the user chose, and a line for each thing in the file that does not count."""

    settings: Settings = Settings()
    keys: Keymap = MappingProxyType({})
    problems: tuple[str, ...] = ()


_MOST_RECENT = 10
_writing = Lock()


class State(msgspec.Struct, frozen=True):
    """What is remembered.

    Attributes:
        theme: the theme that was last chosen in the program, empty if none was.
        theme_over: what the settings' theme was then: once that changes, it counts again.
        recent: the files lately opened or saved, the latest first.
        hidden_columns: the columns of the stack that the user does not want.
        lessons_read: the names of the lessons that were opened.
        lesson: the name of the one that was open last.
        lesson_place: which of its things to try was highlighted, from 0.
        lab: the page of the Lab that was shown last and its settings, as a link.
        screen: the one that was open last, where the teacher of a class is to see it; else empty.
    """

    theme: str = ""
    theme_over: str = ""
    recent: tuple[str, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    lessons_read: tuple[str, ...] = ()
    lesson: str = ""
    lesson_place: int = 0
    lab: str = ""
    screen: Mode | Literal[""] = ""

    def opened(self, path: Path) -> tuple[str, ...]:
        """Return the recent files with `path` as the latest; one whose name is no Unicode cannot be remembered."""
        name = str(path.absolute())
        if not is_unicode(name):
            return self.recent
        return (name, *(other for other in self.recent if other != name))[:_MOST_RECENT]


def first_theme(chosen: str, state: State) -> str:
    """Return the theme to begin with: what was chosen later, in the settings or in the program; empty if none was."""
    return state.theme if state.theme and state.theme_over == chosen else chosen


def read_state(of: Path | None = None) -> State:
    """Read what is remembered, see `state_file`; nothing, where that is damaged or gone."""
    try:
        return read_json(state_file(of), State)
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


def state_file(of: Path | None = None) -> Path:
    """Return where the state is kept in a data directory, by default the user's own."""
    return (of or home()) / "state.json"
