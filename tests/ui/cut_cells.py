"""Looks for numbers in tables that lost some digits: `python -m tests.ui.cut_cells LANGUAGE` writes them, a line each.

`1,2` in the place of `1,234` is such a one; a number that is left out, or ends in a sign of omission, is not.
"""

import asyncio
import re
import sys

from tui_cnn.i18n import use_language

if __name__ == "__main__":
    use_language(sys.argv[1])  # the keys of the screens get their names when they are loaded

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.core.layers import Block, Conv2D, Dense, Flatten, Opaque, Route, Shared
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import About, write_about
from tui_cnn.ui.build.lines_view import LinesView
from tui_cnn.ui.runs.run_table import RunTable

WIDE = (240, 80)
SIZES = ((80, 24), (100, 30), (120, 40), (160, 55))
NUMBER = re.compile(r"\d(?:[\d.,:×x%-]*[\d%])?")

CONV = {"filters": 64, "kernel_size": (3, 3), "padding": "same"}
GRAPH = Network(
    "graph",
    (256, 256, 3),
    (
        Conv2D(name="a", **CONV),
        Conv2D(name="b", **CONV),
        Shared(layer="b"),
        Route(name="joined", layers=("a", "b")),
        Opaque(kind="Custom", config="{}", stated_shape=(128, 128, 1024), weights=1_234_567),
        Block(name="stage", layers=(Conv2D(**CONV), Conv2D(filters=1024, kernel_size=(7, 7)))),
        Flatten(),
        Dense(units=1000),
    ),
)


def runs():
    """Leave three runs; the newest has numbers for each class."""
    records.write(
        large := records.make_run("20260101-120000-large-0001", preset("vgg-16")),
        records.started(),
        *records.trained(3),
        records.finished(),
    )
    write_about(large, About(title="a title of 1,234,567 words", tags=("first", "1,234")))
    records.write(records.make_run("20260101-120001-graph-0002", GRAPH), records.started(), records.failed())
    records.finished_run()


def cut(shown, whole):
    """The numbers of a text that are the beginnings of longer ones, and are not in the whole text themselves."""
    full = set(NUMBER.findall(whole))
    return [
        number
        for number in NUMBER.findall(shown)
        if number not in full and any(long.startswith(number) or long.endswith(number) for long in full)
    ]


def lines_of(user, widget):
    """What is seen of a widget, a line each."""
    x, y, width, height = widget.content_region
    strips = user.app.screen._compositor.render_strips()[y : y + height]
    return [strip.crop(x, x + width).text for strip in strips]


async def of_build(user):
    view = user.app.screen.query_one(LinesView)
    await user.press("home")
    shown = lines_of(user, view)[1:]
    return [
        found for line, cells in zip(shown, view._cells, strict=False) for found in cut(line, "  ".join(cells.values()))
    ]


async def of_runs(user):
    await user.press("5")
    table = user.app.screen.query_one(RunTable)
    await user.until(lambda: len(table.shown) == 3)
    found = []
    for _step in range(12):
        shown = lines_of(user, table)[1:]
        whole = [
            "  ".join([listed.summary.about.title, *(cell.plain for cell in cells)])
            for listed, cells in zip(table.shown, table._cells.values(), strict=True)
        ]
        found += [each for line, cells in zip(shown, whole, strict=False) for each in cut(line, cells)]
        await user.press("right")
    return found


async def main():
    runs()
    whole = ""
    for size in (WIDE, *SIZES):
        for network in (GRAPH, preset("vgg-16")):
            async with opened(network, size=size) as user:
                for number in await of_build(user):
                    print("build", size, network.name, number)
        async with opened(size=size) as user:
            for number in await of_runs(user):
                print("runs", size, number)
            await user.press("enter", "v", "v")
            whole = whole or user.text
            for number in cut(user.text, whole):
                print("classes", size, number)


if __name__ == "__main__":
    asyncio.run(main())
