"""Lines for the person whose program trains: on its standard error, beside what Keras shows."""

import sys
from contextlib import suppress

from tui_cnn.visible import visible


def write_line(line: str) -> None:
    """Write a line on standard error, which may be closed."""
    with suppress(Exception):
        sys.stderr.write(f"cnn-tui: {visible(' '.join(line.split())[:500])}\n")
