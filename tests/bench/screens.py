"""First visits of the screens, and steps to the next field of a form: styled as the app does it, and as Textual does.

Processor time in the app, in turns. Run it from the checkout: `python -m tests.bench.screens [PAIRS]`. The limits are
0.8 of Textual's time for the visits, and 0.5 for the steps.
"""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from statistics import median
from unittest.mock import patch

from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

TEXTUALS_OWN = (
    (RuleSet, "__hash__", RuleSet.__hash__),
    (Stylesheet, "reparse", Stylesheet.reparse),
    (Screen, "_update_focus_styles", Screen._update_focus_styles),
    (Screen, "_on_screen_resume", Screen._on_screen_resume),
)
"""Before the app changes them."""

from tests.bench.pairs import in_turns  # noqa: E402
from tests.ui.driving import opened  # noqa: E402
from tui_cnn.ui.toolkit import textual_adapter  # noqa: E402

VISITS, STEPS = ("2", "3", "4", "5", "6"), ("down", "down", "up", "down")
LIMITS = {"first visits of five screens": 0.8, "four steps in the Train form": 0.5}


async def used():
    """Open the app, visit the screens, and step through a form; return the seconds of each."""
    async with opened(size=(120, 40)) as user:
        visits = await pressed(user, VISITS)
        await user.press("2")
        return visits, await pressed(user, STEPS)


async def pressed(user, keys):
    begun = time.process_time()
    await user.press(*keys)
    return time.process_time() - begun


def ours():
    return asyncio.run(used())


def textuals():
    with ExitStack() as changed:
        for owner, name, own in TEXTUALS_OWN:
            changed.enter_context(patch.object(owner, name, own))
        changed.enter_context(patch.object(textual_adapter, "_MOST_SHEETS", 64))
        changed.enter_context(patch.object(textual_adapter.AdaptedApp, "refresh_css", App.refresh_css))
        return asyncio.run(used())


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    ours()
    given = in_turns([("cnn-tui", ours), ("Textual", textuals)], pairs)
    failed = False
    for number, (what, limit) in enumerate(LIMITS.items()):
        app, plain = (median(each[number] for each in given[name]) for name in ("cnn-tui", "Textual"))
        print(f"{what}: {1000 * app:.0f} ms, styled by Textual alone {1000 * plain:.0f} ms")
        print(f"  ratio {app / plain:.3f}, limit {limit}")
        failed |= app / plain > limit
    sys.exit(failed)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        main()
