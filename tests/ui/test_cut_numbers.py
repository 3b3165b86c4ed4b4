"""No number is cut in the middle, on any screen, in terminals of any size: it is shortened, or left out."""

import re

import pytest

from tests.ui import answering, records, search_records
from tests.ui.answering import Answering
from tests.ui.driving import opened
from tests.ui.train.test_find_rate import FakeSearch
from tui_cnn.formats.presets import preset
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.train import rate_dialog

SIZES = ((60, 16), (80, 24), (90, 28), (100, 32), (120, 40), (140, 45), (160, 55), (200, 60))
CUT = re.compile(r"\d[.,]?…")
RUN = re.compile(r"· 2026\d*…")
"""The id of a run, which is a name."""
BUILD = (
    *(("1", "home", *["down"] * downs) for downs in (0, 2, 6)),
    ("1", "c", "space", "enter"),
    ("2",),
)
"""Screens that show the network."""
OTHERS = (
    ("2", "ctrl+d"),
    ("2", "ctrl+d", "v"),
    ("2", "ctrl+d", "v", "v"),
    ("2", "escape", "f2"),
    ("escape", "5"),
    ("5", "home", "space", "down", "space", "c"),
    ("escape", "5", "G"),
    ("escape", "5", "v"),
    ("escape", "1"),
    ("6",),
    *(("6", "v") for _view in range(5)),
    ("1", "asterisk", "enter", "6", "n"),
    ("escape", "1"),
    *(("3", key) for key in "mkfwevh"),
    *(("4", key) for key in "cpswumPv"),
)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize(("name", "walk"), [("vgg-16", BUILD + OTHERS), ("small-resnet", BUILD)], ids=["vgg", "resnet"])
async def test_no_number_is_cut(name, walk, size, monkeypatch):
    monkeypatch.setattr(inspect, "Inspector", Answering)
    monkeypatch.setattr(rate_dialog.RateDialog.__init__, "__defaults__", (FakeSearch,))
    run = answering.make_run()
    other = records.make_run("20260101-120000-large-0001", preset(name))
    records.write(other, records.started(), *records.trained(3), records.finished())
    search_records.finished_search(4)
    cut = {}
    async with opened(name, size=size) as user:
        user.app.workspace.shown_run = run
        for keys in walk:
            await user.press(*keys)
            if keys[0] == "6":
                await user.until(lambda: "2026" in user.text)
            if keys[0] == "3":
                await user.until(lambda: "Test image 0" in user.text)
            cut |= {line.strip(): keys for line in user.text.split("\n") if CUT.search(RUN.sub("", line))}
    assert not cut
