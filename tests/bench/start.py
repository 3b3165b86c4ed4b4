"""Time from the command to the first frame: cnn-tui against a Textual app of one label, side by side.

Run it from the checkout: `python -m tests.bench.start [PAIRS]`. The limit is a ratio of 2.5.
"""

import sys
import tempfile
from pathlib import Path

from tests.bench.pairs import environment, report
from tests.terminal import Terminal

LIMIT = 2.5
BARE_APP = """\
from textual.app import App
from textual.widgets import Label


class Bare(App):
    def compose(self):
        yield Label("first-frame")


Bare().run()
"""


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as directory:
        bare = Path(directory, "bare.py")
        bare.write_text(BARE_APP)

        def first_frame(text, *args):
            with Terminal(*args, env=environment(directory)) as terminal:
                return terminal.wait_for(text)

        report(
            "first frame",
            ("cnn-tui", lambda: first_frame("Conv2D", "-m", "tui_cnn")),
            ("a Textual app of one label", lambda: first_frame("first-frame", str(bare))),
            pairs,
            LIMIT,
        )


if __name__ == "__main__":
    main()
