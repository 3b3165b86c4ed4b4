"""Make the README's pictures: `python -m tests.screenshots [--run RUN_DIRECTORY]`.

Without `--run` the tutorial network is trained for five epochs on all of the data first, which takes some minutes.
"""

import argparse
import asyncio
import os
import re
import tempfile
import time
from pathlib import Path

from tests.ui.driving import opened
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.ui.toolkit.pictures import drawing

PICTURES = Path(__file__).parents[1] / "assets" / "screenshots"
SIZE = (120, 36)


def train() -> RunDirectory:
    """Train the tutorial network to the end."""
    run = launch.start(preset("fashion-cnn"), Recipe())
    follower = Follower(run)
    while (snapshot := follower.poll()).state == "running":
        print(f"\repoch {len(snapshot.epochs)} of 5", end="", flush=True)
        time.sleep(1)
    print()
    if snapshot.finished is None:
        raise SystemExit(f"{run.path}: {snapshot.state}; see worker.log there")
    return run


def save(user, name):
    """Write the screen; without the name that Rich makes of the content, so that a diff shows what has changed."""
    svg = re.sub(r"terminal-\d+", "terminal", user.app.export_screenshot(title="cnn-tui", simplify=True))
    (PICTURES / f"{name}.svg").write_text(svg, "utf-8")
    print(PICTURES / f"{name}.svg")


async def draw(run):
    async with opened(size=SIZE) as user:
        await user.press("down", "down", "enter")
        await user.type("48")
        await user.sees("79.5 k")
        save(user, "build")
    async with opened(size=SIZE) as user:
        user.app.workspace.shown_run = run
        await user.press("2")
        await user.sees("test accuracy")
        await asyncio.sleep(1)
        await user.settle()
        save(user, "train")
        user.app.workspace.inspect_run(run)
        await user.sees("dead in 1,000 images")
        await user.press("down", "down", "right", "right")
        await user.sees("3 Conv2D", "map 2")
        save(user, "inspect")
        await user.press("5")
        await user.sees("finished")
        await user.settle()
        save(user, "runs")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="a finished run of fashion-cnn; its neighbours are listed, too")
    directory = parser.parse_args().run
    os.environ["TZ"] = "UTC"
    time.tzset()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = str(directory.absolute().parents[1]) if directory else home
        run = RunDirectory(directory.absolute()) if directory else train()
        PICTURES.mkdir(exist_ok=True)
        drawing.ink = lambda _app: "blocks"  # there is no terminal whose colours could be asked for
        asyncio.run(draw(run))


if __name__ == "__main__":
    main()
