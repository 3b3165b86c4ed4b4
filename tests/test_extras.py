"""How to install what is missing, for the way in which the program was installed."""

import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from tui_cnn import extras

DECLARED = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_extra_is_declared_with_one_package():
    declared = dict(DECLARED["optional-dependencies"])
    tests = declared.pop("test")
    assert set(declared) == set(get_args(extras.Extra))
    for name, packages in declared.items():
        (package,) = packages
        assert package in tests, "what is tested is what is installed"
        assert extras.is_installed(name)
        assert extras.what_is_missing(name, "this") == ""


def test_no_dependency_is_an_extra_too():
    extra = [package for name in get_args(extras.Extra) for package in DECLARED["optional-dependencies"][name]]
    assert set(extra).isdisjoint(DECLARED["dependencies"])


@pytest.mark.parametrize(
    ("prefix", "has_pip", "command"),
    [
        ("/home/ada/project/.venv", True, '{python} -m pip install "tensorflow>=2.20"'),
        ("/home/ada/.local/share/pipx/venvs/cnn-tui", True, 'pipx inject cnn-tui "tensorflow>=2.20"'),
        ("/home/ada/.local/share/uv/tools/cnn-tui", False, 'uv pip install --python {python} "tensorflow>=2.20"'),
    ],
    ids=["venv", "pipx", "uv"],
)
def test_it_is_added_to_this_installation(monkeypatch, prefix, has_pip, command):
    def found(name):
        return None if name == "tensorflow" or (name == "pip" and not has_pip) else find_spec(name)

    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(extras, "find_spec", found)
    monkeypatch.setattr(metadata, "requires", lambda _name: ["numpy>=1.26", "tensorflow>=2.20; extra == 'train'"])
    extras._requirement.cache_clear()
    wanted = command.format(python=sys.executable)
    assert extras.what_is_missing("train", "this") == f"this needs the package tensorflow; install it with: {wanted}"
    extras._requirement.cache_clear()
