"""TensorFlow and Keras are loaded without what Keras loads for wrappers that nothing uses."""

import sys
from contextlib import suppress
from importlib.util import find_spec

from tui_cnn.worker import loading


def test_keras_is_loaded_without_scikit_learn_which_can_be_used_afterwards(monkeypatch):
    for name in ("keras", "sklearn"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    found = []

    def load(_name):
        with suppress(ImportError):
            found.append(__import__("sklearn"))

    monkeypatch.setattr(loading, "import_module", load)
    monkeypatch.setattr(loading, "_ENVIRONMENT", {})
    loading.load_tensorflow()
    assert found == []
    assert "sklearn" not in sys.modules
    assert find_spec("sklearn")
