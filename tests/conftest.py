"""What holds for every test: English, a data directory of its own, a quiet TensorFlow, the same examples each time."""

import gc
import os
import sys
import warnings

import pytest
from hypothesis import Phase, settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["LANGUAGE"] = "en"  # whatever the developer's own is

settings.register_profile(
    "cnn-tui",
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
settings.load_profile("cnn-tui")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """No test ever touches the user's own runs."""
    path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CNN_TUI_HOME", str(path))
    return path


@pytest.fixture(scope="module", autouse=True)
def _keras_is_cleared():
    """What Keras keeps of models is freed after each module: with all of it, a process would need several gigabytes."""
    yield
    if "keras" in sys.modules:
        sys.modules["keras"].backend.clear_session()
        gc.collect()


@pytest.fixture(scope="session")
def keras():
    """Import Keras once, with what its own dependencies warn of at import let through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keras
    return keras


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A run of a small network that has finished; only to be read."""
    from tests.trained import train

    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture
def without(monkeypatch):
    """Hide a package, as where its extra is not installed."""
    from tui_cnn import extras

    found = extras.find_spec

    def hide(package):
        monkeypatch.setattr(extras, "find_spec", lambda name: None if name == package else found(name))

    return hide
