"""What holds for the screen's tests: a working directory of their own, and no process that is not asked for."""

import pytest

from tests.ui.picture import drawing, picture, still  # noqa: F401
from tui_cnn.runs import launch
from tui_cnn.ui.application import run_alerts
from tui_cnn.ui.train import worker_pool as warm


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


class NoPrewarmedWorker:
    """A prewarmed worker that never becomes ready."""

    ready = False
    loading = True

    def __init__(self, runtime):
        self.runtime = runtime

    def wait(self, seconds):
        return False

    def close(self):
        """It has nothing to end."""


@pytest.fixture(autouse=True)
def no_alerts(monkeypatch):
    """A run that ends lays no notice over what a test looks at; the tests of the alerts undo this."""
    monkeypatch.setattr(run_alerts, "EVERY", 100_000.0)


def start_no_process(put):
    """Looking at the Train screen starts neither a prewarmed worker nor a measurement of the machine."""
    put(warm, "PrewarmedWorker", NoPrewarmedWorker)
    put(launch, "probe", lambda: None)


@pytest.fixture(autouse=True)
def no_prewarmed_worker(monkeypatch):
    start_no_process(monkeypatch.setattr)
