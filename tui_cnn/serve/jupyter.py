"""The app in the launcher of Jupyter, by an entry point that jupyter-server-proxy finds.

Who is signed in to the Jupyter server is the one person that is served. The port is one of the loopback, which others
on the machine reach too: what lets the person in is the token in the launcher's link, as everywhere.
"""

import getpass
import os
import sys
from contextlib import suppress
from typing import Any

from tui_cnn import landlock
from tui_cnn.config import home
from tui_cnn.extras import what_is_missing
from tui_cnn.serve.people import ServeError, is_name, numbered, open_roster

_ENTRY = "cnn-tui"
"""The name of the entry point in pyproject.toml, and so the path below the Jupyter server's."""
_PATIENCE = 60.0
"""Seconds for the start, on a busy machine."""


def server_process() -> dict[str, Any]:
    """Describe the server to jupyter-server-proxy, which fills in `{port}` and `{base_url}`.

    Jupyter has checked the address and the origin of what it passes on, and our server cannot know them: they are
    replaced by its own. See https://jupyter-server-proxy.readthedocs.io/en/latest/server-process.html.

    Raises:
        ServeError: the extra `web` is not installed.
        FormatError: the file of the tokens is damaged.
        OSError: it cannot be written.
    """
    if missing := what_is_missing("web", "cnn-tui serve"):
        raise ServeError(missing)
    place, name = home() / "jupyter", _user()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    token = open_roster(place, [name]).people[name]
    own = "http://127.0.0.1:{port}"
    command = [*map(_literal, (sys.executable, "-m", "tui_cnn", "serve", "--home", str(place), "--name", name))]
    command += ["--port", "{port}", "--address", f"{own}{{base_url}}{_ENTRY}/"]
    if not landlock.version():  # who is signed in to Jupyter has a terminal anyway
        command.append("--trust-people")
    return {
        "command": command,
        "timeout": _PATIENCE,
        "request_headers_override": {"Host": "127.0.0.1:{port}", "Origin": own},
        "launcher_entry": {"title": "cnn-tui", "path_info": f"{_ENTRY}/join/{token}"},
    }


def _literal(text: str) -> str:
    """Write what is no template."""
    return text.replace("{", "{{").replace("}", "}}")


def _user() -> str:
    """Return the name of the person in the Jupyter server, if it can be one here."""
    user = os.environ.get("JUPYTERHUB_USER", "")
    with suppress(OSError, KeyError):  # a user without an entry in the machine's list
        user = user or getpass.getuser()
    return user if is_name(user) else numbered(1)[0]
