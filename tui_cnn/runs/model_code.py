"""A model that someone's own code makes: built in a process of its own, of which only a description comes back."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import msgspec

from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.i18n import _
from tui_cnn.runs.errors import ended_by_signal, unstartable
from tui_cnn.runs.process import PACKAGES

SECONDS = 120
"""That the code has, with all that it imports, unless it is given another time."""
_MOST = 100_000
"""Characters of what the code prints; more are not shown."""
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


class BuiltModel(msgspec.Struct, frozen=True):
    """What comes back: the network, and what could not be kept of it; or else why there is none."""

    network: Network | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


def build_model(
    model: str, shape: Shape | None, seconds: int, printed: Callable[[str], None]
) -> tuple[Network, tuple[str, ...]]:
    """Import a module, as `python -m` in this directory does, call its function, and describe the model that it gives.

    Args:
        model: `module:function`; in place of a function it may name a model.
        shape: takes the place of the model's own input shape.
        seconds: that it has; then the process is killed, and so it is where this one is interrupted.
        printed: takes what the code prints, line by line.

    Returns:
        The network, and a line for each kind of thing that could not be kept.

    Raises:
        FormatError: there is no such function, it fails, takes too long, or gives no model.
        RunError: the process cannot be started.
    """
    with TemporaryDirectory(prefix="cnn-tui-") as folder:
        answer = Path(folder) / "answer.json"
        shape_text = "x".join(map(str, shape or ()))
        command = (
            sys.executable,
            "-m",
            "tui_cnn.worker",
            "model-code",
            model,
            str(Path.cwd()),
            str(answer),
            shape_text,
        )
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # its end tells the process that this one has ended
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=PACKAGES,
                env={**_QUIET, **os.environ, "PYTHONUNBUFFERED": "1"},
            )
        except OSError as error:
            raise unstartable(_("the worker"), command[0], error) from None
        assert process.stdout is not None
        reader = threading.Thread(target=_pass_on, args=(process.stdout, printed), daemon=True)
        reader.start()
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            message = _("did not end within {seconds} s; give it more time with --time-limit")
            raise FormatError(model, message.format(seconds=seconds)) from None
        finally:
            _kill(process)
            reader.join(1)
        if not answer.exists():
            raise FormatError(model, _ended(status))
        built = read_json(answer, BuiltModel)
    if built.network is None:
        raise FormatError(model, built.problem)
    return built.network, built.notes


def _pass_on(stream: IO[bytes], printed: Callable[[str], None]) -> None:
    """Give out what the code prints, as far as it is not endless; read the rest, so that it need not wait."""
    left = _MOST
    for line in iter(lambda: stream.readline(4096), b""):
        text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
        if left >= 0 and (left := left - len(text) - 1) < 0:
            text = _("… more output is not shown")
        elif left < 0:
            continue
        with suppress(OSError):  # who reads it has ended
            printed(text)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process, and what it has started."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ended(status: int) -> str:
    if status < 0:
        return _("the process ended ({reason}); no model was made").format(reason=ended_by_signal(-status))
    return _("the process ended with status {status}; no model was made").format(status=status)
