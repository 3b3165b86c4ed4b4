"""What holds for every test: English, a data directory of its own, a quiet TensorFlow, the same examples each time."""

import compileall
import gc
import os
import sys
import warnings
from itertools import count
from pathlib import Path

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


def pytest_configure(config):
    """Compile the package once: each of a thousand processes would do it, where Python is told to write no bytecode."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(__file__).parents[1] / "tui_cnn", quiet=2)


def pytest_collection_finish():
    """All that is loaded now stays: each search for garbage, as after each module, would take a second with it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory):
    """Yield directories: pytest's own would read the names of all that there are, to give the next one its number."""
    directory = tmp_path_factory.mktemp("homes")
    return (directory / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(_homes, monkeypatch):
    """No test ever touches the user's own runs."""
    path = next(_homes)
    path.mkdir()
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
