"""A run that was imported from a file: nothing of a training is said of it, and it can be inspected."""

from tests.ui.driving import opened
from tests.ui.records import make_run, write
from tui_cnn.runs.events import Imported


async def test_an_imported_run_is_inspected_not_resumed(monkeypatch):
    run = make_run()
    write(run, Imported(file="/models/net.h5"))
    async with opened(size=(120, 40)) as user:
        shown = []
        monkeypatch.setattr(user.app.workspace, "inspect_run", shown.append)
        user.app.workspace.show_run(run)
        await user.sees("imported", "Imported from /models/net.h5.", "press i to inspect it")
        assert "resume" not in user.text.lower()
        assert "tutorial" not in user.text
        await user.press("i")
        assert shown == [run]
