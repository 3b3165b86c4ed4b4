"""Bytes that the program writes to the terminal for one cursor move and for one edit: what a slow line has to carry.

Run it from the checkout: `python -m tests.bench.bytes [MODEL]`. The limits are 2.6 kB for a cursor move and 5 kB for an
edit, in a terminal of 120 columns and 40 rows.
"""

import sys
import tempfile
import time
from statistics import median

from tests.bench.pairs import environment
from tests.terminal import Terminal

MOVE_LIMIT, EDIT_LIMIT = 2_600, 5_000
QUIET = 0.4
"""Seconds without output after which a repaint is over."""


def measure(terminal, keys):
    """Press keys, and count the bytes that come until it is quiet again."""
    before = len(terminal.output)
    terminal.type(keys)
    drain(terminal)
    return len(terminal.output) - before


def drain(terminal):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            terminal._read(QUIET)
        except TimeoutError:
            return


def main():
    model = sys.argv[1] if len(sys.argv) > 1 else "fashion-cnn"
    failed = False
    for columns, rows in ((80, 24), (120, 40), (200, 60)):
        with (
            tempfile.TemporaryDirectory() as directory,
            Terminal("-m", "tui_cnn", model, env=environment(directory), columns=columns, rows=rows) as terminal,
        ):
            terminal.wait_for("Conv2D")
            time.sleep(1.5)
            drain(terminal)
            first = len(terminal.output)
            moves = [measure(terminal, key) for key in (b"j", b"j", b"k", b"k", b"j", b"j")]
            edits = [measure(terminal, key) for key in (b"D", b"u", b"D", b"u")]
        print(
            f"{model} at {columns}x{rows}: first frames {first:,} bytes; cursor move {median(moves):,.0f}, "
            f"at most {max(moves):,}; edit or undo {median(edits):,.0f}, at most {max(edits):,}"
        )
        if (columns, rows) == (120, 40):
            failed = median(moves) > MOVE_LIMIT or median(edits) > EDIT_LIMIT
    print(f"limits at 120x40: {MOVE_LIMIT:,} for a move, {EDIT_LIMIT:,} for an edit")
    sys.exit(failed)


if __name__ == "__main__":
    main()
