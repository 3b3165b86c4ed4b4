"""Programs run in a pseudo-terminal, as a person would run them."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time


class Terminal:
    """A program in a terminal of 120 columns and 40 rows; it ends with the `with` block."""

    def __init__(self, *args, env=None, columns=120, rows=40):
        self.output = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it to what it runs in the background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
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
