"""What `pip install .` installs: all but training and looking inside works without TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

CHECKOUT = Path(__file__).parents[1]


class Light:
    """An environment of its own with a home, and the command in it."""

    def __init__(self, root):
        self.root = root
        self.python, self.command = root / "bin" / "python", root / "bin" / "cnn-tui"
        self.environment = {"CNN_TUI_HOME": str(root / "home"), "PATH": os.environ["PATH"], "HOME": str(root)}

    def run(self, *arguments):
        return subprocess.run(
            [self.command, *arguments], cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=120
        )


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    root = tmp_path_factory.mktemp("light")
    subprocess.run([sys.executable, "-m", "venv", root], check=True, timeout=120)
    light = Light(root)
    installed = subprocess.run(
        [light.python, "-m", "pip", "install", "--quiet", CHECKOUT], capture_output=True, text=True, timeout=900
    )
    if "No matching distribution" in installed.stderr or "ConnectionError" in installed.stderr:
        pytest.skip("packages cannot be downloaded here")
    assert installed.returncode == 0, installed.stderr
    return light


@pytest.mark.timeout(1200)
def test_it_has_no_package_that_only_an_extra_needs(light):
    modules = ["tensorflow", "keras", "optuna", "distributed", "onnx", "pyarrow", "textual_serve", "sklearn"]
    code = f"from importlib.util import find_spec\nprint([name for name in {modules} if find_spec(name)])"
    found = subprocess.run([light.python, "-c", code], cwd=light.root, capture_output=True, text=True, timeout=60)
    assert found.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("check", "fashion-cnn", "--max-params", "100k"), "93,322"),
        (("diff", "fashion-cnn", "all-conv"), "GlobalAveragePooling2D"),
        (("export", "fashion-cnn", "--to", "python"), "keras.Sequential"),
        (("export", "fashion-cnn", "--to", "markdown"), "MaxPooling2D"),
        (("runs",), "no runs yet"),
        (("data",), "60,000"),
        (("lesson", "results"), "correct"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_works_without_tensorflow(light, arguments, shown):
    ended = light.run(*arguments)
    assert ended.returncode in (0, 1), ended.stderr  # diff tells a difference by its status
    assert ended.stderr == ""
    assert shown in ended.stdout


@pytest.mark.parametrize(
    "arguments",
    [("train", "fashion-cnn"), ("export", "fashion-cnn", "-o", "x.keras"), ("lr", "fashion-cnn")],
    ids=lambda value: value[0],
)
def test_what_needs_it_says_in_one_line_how_to_get_it(light, arguments):
    ended = light.run(*arguments)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert f"needs the package tensorflow; install it with: {light.python}" in line
    assert line.endswith(' -m pip install "tensorflow>=2.20"')
    assert not list(light.root.glob("home/runs/*")), "no run is left behind that never trained"


def test_the_app_edits_and_teaches_and_says_what_training_needs(light):
    with Terminal(program=light.command, env=light.environment) as terminal:
        terminal.wait_for("93,322")
        terminal.type(b"]")
        terminal.wait_for("64 · 3×3")
        terminal.type(b"4")
        terminal.wait_for("step 1 of 16")
        terminal.type(b"2")
        terminal.wait_for("training needs the package")
