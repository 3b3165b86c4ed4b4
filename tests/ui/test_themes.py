"""Every theme that can be chosen draws every screen; also those in the terminal's own sixteen colours."""

from textual.theme import BUILTIN_THEMES

from tests.ui import records
from tests.ui.answering import Answering, make_run
from tests.ui.driving import opened
from tui_cnn.ui.inspect import screen as inspect

VIEWS = {"build": "t", "train": "", "inspect": "", "lab": "", "runs": "", "search": "n"}
"""The screens, and the key of a dialog that draws with colours of its own."""


async def test_every_theme_draws_every_screen(monkeypatch):
    monkeypatch.setattr(inspect, "Inspector", Answering)
    run = make_run()
    other = records.make_run("20260103-000000-other-0001")
    records.write(other, records.started(), *records.trained(3), records.finished())
    async with opened() as user:
        await user.press("down")
        user.app.go_to("runs")
        await user.sees(run.id[-4:], other.id[-4:])
        await user.press("space", "down", "space")  # their curves over each other
        assert set(BUILTIN_THEMES) < set(user.app.available_themes)
        for theme in user.app.available_themes:
            user.app.theme = theme
            for mode, dialog in VIEWS.items():
                try:
                    user.app.go_to(mode)
                    await user.settle()
                    await user.press(*dialog)
                    assert user.text.strip()
                    await user.press(*["escape"] * len(dialog))
                except Exception as error:
                    raise AssertionError(f"{theme}: {mode}") from error
                assert user.app.current_mode == mode
