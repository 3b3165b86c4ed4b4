"""Alerts that leave the program: the user's command and webhook. What fails there is a line, and nothing else.

A command gets its arguments without a shell. A webhook is one POST of JSON, which follows no redirect: the address
that was set is the only one that learns of the run.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import msgspec

import tui_cnn
from tui_cnn.confinement import is_served
from tui_cnn.i18n import _
from tui_cnn.runs.alert_settings import AlertSettings, read_alert_settings
from tui_cnn.runs.alerts import Alert
from tui_cnn.visible import visible

_COMMAND_SECONDS, _WEBHOOK_SECONDS = 60.0, 10.0
_MOST_WORDS = 200
"""Letters of what a server says that are written down."""
_PLACEHOLDER = re.compile(r"\{(run|name|outcome|accuracy|path)\}")


def deliver(alert: Alert, log: Path) -> None:
    """Send an alert where the user's settings say, and write to `log` what came of it. It never raises.

    Takes up to 70 seconds: nothing may wait for it. A served app sends none: its settings are a guest's.
    """
    if is_served():
        return
    settings, problems = read_alert_settings()
    if not (problems or settings.on_finish or settings.webhook):
        return
    try:
        with log.open("ab") as file:
            lines = [*problems, send(settings.webhook, alert), run_command(settings, alert, file, log.parent)]
            file.write("".join(f"{visible(line)}\n" for line in lines if line).encode("utf-8", "backslashreplace"))
    except OSError as error:
        sys.stderr.write(f"{visible(error)}\n")


def arguments(words: Sequence[str], alert: Alert) -> list[str]:
    """Fill the placeholders in; a value that looks like a placeholder is left as it is."""
    values = {name: value.replace("\0", "") for name, value in alert.fields.items()}
    return [_PLACEHOLDER.sub(lambda match: values[match[1]], word) for word in words]


def run_command(
    settings: AlertSettings, alert: Alert, output: IO[bytes], directory: Path, seconds: float = _COMMAND_SECONDS
) -> str:
    """Run the user's command in `directory`, its output to `output`; return what went wrong, empty: nothing.

    After so many `seconds`, it and all that it has started are killed.
    """
    command = arguments(settings.command, alert)
    if not command:
        return ""
    name = "on_finish: " + command[0]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=directory, start_new_session=True
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return _("{command}: cannot be started: {reason}; check on_finish in the settings").format(
            command=name, reason=reason
        )
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        return _("{command}: was ended after {seconds:.0f} seconds").format(command=name, seconds=seconds)
    return _("{command}: ended with exit status {status}").format(command=name, status=status) if status else ""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a command with all in its session."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(OSError):  # some of it may belong to another user
            os.killpg(process.pid, signal.SIGKILL)  # it is not waited for yet, so its number is still its own
    with suppress(subprocess.TimeoutExpired):
        process.wait(1)


def send(address: str, alert: Alert, seconds: float = _WEBHOOK_SECONDS) -> str:
    """Send an alert as JSON to an address of the web; return what went wrong, empty: nothing.

    The line names only the host: the rest of such an address is often a secret.
    """
    if not address:
        return ""
    problem: list[str] = []
    sender = threading.Thread(target=lambda: problem.append(_post(address, alert, seconds)), daemon=True)
    sender.start()
    sender.join(seconds)  # the limit of a socket is for each of its steps; this one is for all of them
    reason = problem[0] if problem else _("no answer within {seconds:.0f} seconds").format(seconds=seconds)
    return _("webhook {host}: {reason}").format(host=urlsplit(address).hostname, reason=reason) if reason else ""


def body(alert: Alert) -> bytes:
    """Write an alert as JSON; `text` is what chat programs show."""
    texts = {**alert.fields, "reason": alert.reason, "text": alert.line}
    unicode = {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}
    return msgspec.json.encode({**unicode, "accuracy": alert.accuracy})


class _NoRedirects(request.HTTPRedirectHandler):
    """Makes an error of a redirect."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _post(address: str, alert: Alert, seconds: float) -> str:
    headers = {"Content-Type": "application/json", "User-Agent": f"cnn-tui/{tui_cnn.__version__}"}
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPErrorProcessor(),
        request.HTTPDefaultErrorHandler(),
        _NoRedirects(),
    ):
        opener.add_handler(handler)
    try:
        with opener.open(request.Request(address, body(alert), headers, method="POST"), timeout=seconds):
            return ""
    except HTTPError as error:
        with error:
            if 300 <= error.code < 400:
                return _("answered {status}, a redirect; set the address that it leads to").format(status=error.code)
            return _("answered {status} {reason}").format(status=error.code, reason=error.reason[:_MOST_WORDS])
    except TimeoutError:
        return _("no answer within {seconds:.0f} seconds").format(seconds=seconds)
    except URLError as error:
        return str(error.reason)
    except (OSError, HTTPException, ValueError) as error:
        return str(error) or type(error).__name__
