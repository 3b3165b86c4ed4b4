"""Make the README's pictures from the real program: `python -m tests.screenshots`, on an idle machine.

It is run in a pseudo-terminal and driven by keys, as a person would; Chromium draws what its terminal shows. While it
trains, which takes a minute or two, the recording runs faster.
"""

import asyncio
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.serve.browser import CHROMIUM, Browser
from tests.terminal import Grid, Terminal
from tests.terminal_pictures import page, size_of

PICTURES = Path(__file__).parents[1] / "assets" / "screenshots"
COLUMNS, ROWS = 112, 34
RATE = 12
"""Pictures per second, at most."""

WHILE_TRAINING = 0.07
"""Seconds of the recording for each second of training."""

PACE = 0.8
"""Seconds of the recording for each second that was watched."""

LARGEST = 3_000_000


class Frame(NamedTuple):
    """What the terminal shows, and for how many seconds of the recording."""

    cells: list
    seconds: float


class Session:
    """The program in a terminal, and what it has shown; `still` keeps a picture under a name."""

    def __init__(self, home):
        self.grid = Grid(COLUMNS, ROWS)
        self.frames = []
        self.stills = {}
        settings = {"CNN_TUI_HOME": str(home), "LC_ALL": "C.UTF-8"}
        self._terminal = Terminal("-m", "tui_cnn", env=settings, columns=COLUMNS, rows=ROWS)
        self._taken = 0

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self._terminal.__exit__(*details)

    def wait(self, text, seconds=120, *, speed=0.0):
        """Go on until the terminal shows a text; the recording takes `speed` seconds for each that passes."""
        end = time.monotonic() + seconds
        while text not in self.grid.text:
            assert time.monotonic() < end, f"no {text!r} in:\n{self.grid.text}"
            self._pass(1 / RATE if speed else 0.05, speed)

    def wait_while(self, text, seconds=120):
        """Go on while the terminal shows a text; the recording leaves the wait out."""
        self._pass(0.3, 0.0)
        end = time.monotonic() + seconds
        while text in self.grid.text:
            assert time.monotonic() < end, f"still {text!r} in:\n{self.grid.text}"
            self._pass(0.05, 0.0)

    def press(self, keys, seconds=0.35):
        """Press keys together, and look at what they do for a while."""
        self._terminal.type(keys.encode())
        self._watch(seconds)

    def type(self, text, seconds=0.5):
        """Type a text as a person does."""
        for sign in text:
            self.press(sign, 0.09)
        self._watch(seconds)

    def still(self, name):
        """Keep what the terminal shows once nothing changes any more; the recording leaves the wait out."""
        shown = None
        while shown != self.grid.cells:
            shown = [list(row) for row in self.grid.cells]
            self._pass(1.0, 0.0)
        self.stills[name] = [list(row) for row in self.grid.cells]

    def _watch(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._pass(1 / RATE, 1.0)

    def _pass(self, seconds, speed):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._terminal.reads(left)
        news = self._terminal.output[self._taken :]
        self._taken += len(news)
        self.grid.write(news.decode("utf-8", "replace").replace("\x1b[?2026$p", ""))
        if not speed:
            return
        cells = [list(row) for row in self.grid.cells]
        if self.frames and self.frames[-1].cells == cells:
            self.frames[-1] = Frame(cells, self.frames[-1].seconds + seconds * speed)
        else:
            self.frames.append(Frame(cells, seconds * speed))


DOWN, RIGHT, ENTER, ESCAPE = "\x1b[B", "\x1b[C", "\r", "\x1b"


OTHERS = (
    ("fashion-dnn", "--recipe", "quick"),
    ("small-inception", "--recipe", "quick", "--limit", "6000", "--epochs", "2"),
    ("all-conv", "--recipe", "quick", "--epochs", "2"),
)
"""Runs that the list has beside the recorded one."""


def train_others(home):
    """Train some networks, so that the list of runs has something to compare."""
    for arguments in OTHERS:
        command = [sys.executable, "-m", "tui_cnn", "train", *arguments]
        done = subprocess.run(command, env={**os.environ, "CNN_TUI_HOME": home}, capture_output=True, text=True)
        print(*arguments, done.stdout[-300:] if not done.returncode else done.stderr)


def play(session):
    """Build, train and look inside."""
    session.wait("93,322")
    session.press("", 1.2)
    for _layer in range(2):
        session.press(DOWN, 0.25)
    session.press("]", 1.0)
    session.press("u", 0.6)
    session.press("a", 0.5)
    session.type("resid", 0.7)
    session.press(ENTER, 1.2)
    session.press(ENTER, 0.5)
    session.wait("residual")
    session.press("", 1.3)
    session.still("build")
    session.press("2", 1.2)
    session.press(RIGHT, 0.8)
    session.press(ENTER, 1.0)
    session.wait("test accuracy", 900, speed=WHILE_TRAINING)
    session.press("", 1.6)
    session.still("train")
    session.press("i", 0.5)
    session.wait("dead in 1,000 images")
    session.press("", 1.2)
    for key in (DOWN, DOWN, RIGHT, RIGHT):
        session.press(key, 0.45)
    session.press("", 0.8)
    session.still("inspect")
    for key in ("k", "w", "e"):
        session.press(key, 0.0)
        session.wait_while("working")
        session.press("", 1.3)
    session.press("5", 0.0)
    session.wait("finished")
    session.press("", 0.5)
    session.still("runs")


async def draw(session):
    """Draw the stills as PNG files, and the recording as one WebP."""
    width, height = size_of(COLUMNS, ROWS)
    with tempfile.TemporaryDirectory() as directory:
        async with Browser(Path(directory) / "profile") as browser:
            window = await browser.open("about:blank", width, height)

            async def drawn(cells):
                file = Path(directory) / "frame.html"
                file.write_text(page(cells), "utf-8")
                await window.go(file.as_uri())
                await window.until("document.readyState === 'complete' && document.fonts.status === 'loaded'")
                return Image.open(io.BytesIO(await window.picture())).convert("RGB")

            for name, cells in session.stills.items():
                (await drawn(cells)).save(PICTURES / f"{name}.png", optimize=True)
            pictures = [await drawn(frame.cells) for frame in session.frames]
    lengths = [max(20, round(1000 * PACE * frame.seconds)) for frame in session.frames]
    recording = PICTURES / "recording.webp"
    pictures[0].save(
        recording, save_all=True, append_images=pictures[1:], duration=lengths, loop=0, lossless=True, method=6,
        minimize_size=True,
    )  # fmt: skip
    size = recording.stat().st_size
    print(f"{recording}: {len(pictures)} frames, {sum(lengths) / 1000:.1f} s, {size:,} bytes")
    if size > LARGEST:
        raise SystemExit(f"larger than {LARGEST:,} bytes")


def main():
    if CHROMIUM is None:
        raise SystemExit("Chromium is not installed; it draws the pictures")
    os.environ["TZ"] = "UTC"
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        train_others(home)
        with Session(home) as session:
            play(session)
            asyncio.run(draw(session))
    print(*sorted(path.name for path in PICTURES.iterdir()), file=sys.stderr)


if __name__ == "__main__":
    main()
