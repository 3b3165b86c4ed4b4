"""Workers of a served class that share one TensorFlow: a process that has loaded it forks each that is asked for.

The app of a person has a socket to the server (`$CNN_TUI_WORKERS`). Where it starts `python -m tui_cnn.worker NAME`,
that process loads nothing: it hands its standard streams to the server, waits for its turn and for the end, and exits
as the forked worker has. Each message is JSON in one packet (SOCK_SEQPACKET, unix(7)).
"""

import json
import os
import socket
from contextlib import suppress
from typing import Any

from tui_cnn.confinement import WORKERS

SHARED = ("export", "export-trained", "inspect", "layer-profile", "load-weights", "preview", "quantize", "rates")
"""The workers that may be forked: what they compute does not depend on how NumPy was loaded."""

LARGEST = 1 << 16
"""Bytes of a message; more than a few arguments are none of ours."""


def sockets_passed_on() -> tuple[int, ...]:
    """Return what a process that may be such a worker must inherit."""
    number = os.environ.get(WORKERS)
    return (int(number),) if number else ()


def is_shared(arguments: list[str]) -> bool:
    """Return whether a worker with these arguments is forked from the shared one."""
    return bool(sockets_passed_on()) and any(name in SHARED for name in arguments[:1])


def pair() -> tuple[socket.socket, socket.socket]:
    """Make two connected sockets for messages.

    Raises:
        OSError: there are too many.
    """
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(to: socket.socket, message: dict[str, Any], files: list[int] | None = None) -> None:
    """Send a message, and copies of open files.

    Raises:
        OSError: the other end is closed, or takes no more.
    """
    socket.send_fds(to, [json.dumps(message).encode()], files or [])


def receive(source: socket.socket, most_files: int = 0) -> tuple[dict[str, Any] | None, list[int]]:
    """Receive a message, empty if it is none of ours, and the files that came with it; None: the other end is closed.

    Raises:
        OSError: there is none now.
    """
    data, files, _flags, _address = socket.recv_fds(source, LARGEST, most_files)
    if not data:
        return None, list(files)
    with suppress(ValueError, RecursionError):
        if isinstance(message := json.loads(data), dict):
            return message, list(files)
    return {}, list(files)
