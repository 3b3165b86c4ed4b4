import pytest

from tui_cnn.ui.toolkit.pictures import drawing


@pytest.fixture
def coloured(monkeypatch):
    """A terminal of many colours, whatever the tests run in."""
    monkeypatch.setattr(drawing, "ink", lambda _app: "blocks")
