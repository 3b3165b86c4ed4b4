"""Work that a request of JSON on the standard input asks for, answered in lines of JSON on the standard output."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from tui_cnn.errors import UserError

Request = TypeVar("Request", bound=msgspec.Struct)


def answer_in_lines(kind: type[Request], work: Callable[[Request], Iterable[msgspec.Struct]]) -> int:
    """Do the work of a request, and write each of its answers as soon as it is there.

    What libraries print meanwhile goes to standard error. Returns the exit status: 2, with a line on standard error,
    where it cannot be done.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        for answer in work(msgspec.json.decode(sys.stdin.buffer.read(), type=kind)):
            answers.write(msgspec.json.encode(answer) + b"\n")
            answers.flush()
    except (UserError, msgspec.DecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:  # nobody wants to know any more
        return 0
    return 0
