"""What holds for the screen's tests: a working directory of their own, so that files saved by name harm nothing."""

import pytest

from tests.ui.picture import drawing, picture  # noqa: F401


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path
