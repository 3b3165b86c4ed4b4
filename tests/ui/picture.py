"""Whole screens as SVG pictures under `tests/snapshots/`, compared with what they were."""

import asyncio
import html
import re
import time
from difflib import unified_diff
from pathlib import Path

import pytest
from syrupy.extensions.image import SVGImageSnapshotExtension
from textual.widgets import Input

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}
PICTURES = Path(__file__).parents[1] / "snapshots"


class Pictures(SVGImageSnapshotExtension):
    """One file a test, in a directory for each module."""

    @classmethod
    def dirname(cls, *, test_location):
        return str(PICTURES / test_location.basename)


def take(app):
    """Export the screen, the same each time: without the name that Rich makes of the content."""
    svg = app.export_screenshot(title="cnn-tui", simplify=True)
    return re.sub(r"terminal-\d+", "terminal", svg)


async def at_rest(user):
    """Wait until the picture stays the same for a while: footers, charts and scroll bars come a moment late."""
    seen = []
    while len(seen) < 5 or any(cells != seen[-1] for cells in seen[-5:]):
        await asyncio.sleep(0.15)  # what is read twice a second comes in between
        await user.settle()
        for screen in user.app.screen_stack:  # what lies beneath a dialog, too
            screen._on_timer_update()
        seen.append(_cells(user.app))


def _cells(app):
    """What a picture is made of: the segments of each line, with the screens beneath a dialog."""
    compositor = app.screen._compositor
    painted = compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True)
    return [list(strips) for strips in painted.strips]


def hold_still(patch):
    """Let no cursor blink."""
    for name in ("_watch_cursor_blink", "_restart_blink", "_toggle_cursor"):
        patch(Input, name, lambda *_: None)


def words(svg):
    """The lines of text of a picture."""
    lines = {}
    for y, text in re.findall(r'<text class="terminal-r\d+"[^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        lines.setdefault(float(y), []).append(html.unescape(text).replace("\xa0", " "))
    return ["".join(parts).rstrip() for _y, parts in sorted(lines.items())]


def explain(stored, before, after, actual):
    """Say what has changed, where to look at it, and how to accept it."""
    if before is None:
        told = "there is no such picture yet"
    else:
        changed = "\n".join(unified_diff(words(before), words(after), "original", "as it is", lineterm="", n=0))
        told = changed or "the words are the same: colours or places differ"
    return (
        f"the screen is not as in its picture:\n{told}\n\n"
        f"look at both in a browser:\n  {stored}\n  {actual}\n"
        "if it is as it should be, accept it: pytest --snapshot-update\n"
    )


@pytest.fixture
def drawing(snapshot, tmp_path_factory):
    """Compare an SVG with the one that the test made before."""
    pictures = snapshot.use_extension(Pictures)

    def compare(svg):
        place = {"test_location": pictures.test_location, "index": pictures.index}
        stored = Path(pictures.extension.get_location(**place))
        before = stored.read_text("utf-8") if stored.exists() else None
        if pictures != svg:
            actual = tmp_path_factory.mktemp("pictures") / stored.name
            actual.write_text(svg, "utf-8")
            pytest.fail(explain(stored, before, svg, actual), pytrace=False)

    return compare


@pytest.fixture
def picture(drawing):
    """Compare the app's screen with the picture that the test made of it before."""
    return lambda app: drawing(take(app))


@pytest.fixture
def still(monkeypatch):
    """No cursor blinks, and the clock is that of Greenwich."""
    hold_still(monkeypatch.setattr)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
