"""Programs run in a pseudo-terminal, as a person would run them."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

from rich.cells import cell_len

from tests.terminal_style import TerminalStyle


class Grid:
    """A terminal that knows how to go to a place, to take a style, and to write; wide signs take two cells.

    What is written beyond its edges is lost.
    """

    WRITTEN = re.compile(
        r"\x1b\[(?P<numbers>[0-?]*)[ -/]*(?P<does>[@-~])|\x1b\].*?(?:\x07|\x1b\\)|\x1b[=>7-8]|(?P<sign>[^\x1b])"
    )

    def __init__(self, columns, rows, filled=" "):
        self.cells = [[(filled, 0, "")] * columns for _ in range(rows)]
        self._x = self._y = 0
        self._style, self._rest = TerminalStyle(), ""

    @property
    def text(self):
        signs = [["" if half else sign for sign, half, _style in row] for row in self.cells]
        return "\n".join("".join(row).rstrip() for row in signs)

    @property
    def looks(self):
        """The cells, full blocks as the blanks that look the same."""
        return [[_as_blank(*cell) for cell in row] for row in self.cells]

    def write(self, data):
        data, end = self._rest + data, 0
        while match := self.WRITTEN.match(data, end):
            end = match.end()
            self._do(**match.groupdict())
        self._rest = data[end:]  # a sequence that goes on in what comes next

    def _do(self, numbers, does, sign):
        if does == "H":
            self._y, self._x = (int(number) - 1 for number in numbers.split(";")) if numbers else (0, 0)
        elif does == "G":
            self._x = int(numbers or 1) - 1
        elif does == "m":
            self._style = self._style.after(numbers)
        elif sign is not None and sign >= " ":
            for half in range(cell_len(sign)):
                if self._y < len(self.cells) and self._x < len(self.cells[0]):
                    self._clear_other_half()
                    self.cells[self._y][self._x] = (sign, half, self._style.seen_on(sign).codes)
                self._x += 1
        elif sign == "\n":
            self._y += 1
        elif sign not in (None, "\a"):
            raise AssertionError(f"it wrote {sign!r}")
        elif does and does not in "hlutqpn":
            raise AssertionError(f"it wrote ␛[{numbers}{does}")

    def _clear_other_half(self):
        """A wide sign of which one half is overwritten is gone."""
        sign, half, _codes = self.cells[self._y][self._x]
        other = self._x + (-1 if half else 1)
        if cell_len(sign) > 1 and other < len(self.cells[0]) and self.cells[self._y][other][0] == sign:
            self.cells[self._y][other] = (" ", 0, self._style.seen_on(" ").codes)


def _as_blank(sign, half, codes):
    solid = TerminalStyle().after(codes).solid if sign == "█" else None
    return (sign, half, codes) if solid is None else (" ", 0, solid.codes)


_SIZE = ("COLUMNS", "LINES")
"""They would count more than the size of the terminal."""


class Terminal:
    """A program in a terminal of 120 columns and 40 rows; it ends with the `with` block."""

    def __init__(self, *args, program=sys.executable, env=None, columns=120, rows=40):
        self.output = b""
        self._master, slave = pty.openpty()
        self._set_size(columns, rows)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it to what it runs in the background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        inherited = {name: value for name, value in os.environ.items() if name not in _SIZE}
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            [program, *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_details):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    def wait_for(self, text, timeout=60):
        """Read on until the program has written `text`; return the seconds since it was started."""
        while text.encode() not in self.output:
            if not self._read(timeout):
                raise AssertionError(f"no {text!r} in {self.output.decode(errors='replace')!r}")
        return time.perf_counter() - self.begun

    def wait(self, timeout=60):
        """Read on until the program ends; return its exit status."""
        while self._read(timeout):
            pass
        return self.process.wait(timeout)

    def interrupt(self):
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def type(self, keys):
        """Press keys."""
        os.write(self._master, keys)

    def resize(self, columns, rows):
        """Change the size, as when a window is dragged."""
        self._set_size(columns, rows)
        self.process.send_signal(signal.SIGWINCH)

    def _set_size(self, columns, rows):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def reads(self, timeout):
        """Read what the program writes next, if it does so within `timeout` seconds; tell whether it did."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        return bool(ready) and self._read(timeout)

    def _read(self, timeout):
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            raise TimeoutError(self.output.decode(errors="replace"))
        try:
            news = os.read(self._master, 65_536)
        except OSError:  # Linux: the other end is closed
            return False
        self.output += news
        return bool(news)
