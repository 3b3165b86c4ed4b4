"""What a release installs, into an empty environment and offline: all but training and looking inside works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tests.terminal import Terminal

CHECKOUT = Path(__file__).parents[1]


class Light:
    """An environment of its own with a home, and the command in it; nothing that it runs can reach the network."""

    def __init__(self, root):
        subprocess.run([sys.executable, "-m", "venv", root], check=True, timeout=120)
        self.root = root
        self.python, self.command = root / "bin" / "python", root / "bin" / "cnn-tui"
        self.environment = {"CNN_TUI_HOME": str(root / "home"), "PATH": os.environ["PATH"], "HOME": str(root)}

    def install(self, distribution, wheels):
        offline = ["--quiet", "--no-index", "--find-links", wheels]
        done = self._ended([self.python, "-m", "pip", "install", *offline, distribution], 900)
        assert done.returncode == 0, done.stderr

    def run(self, *arguments):
        return self._ended([*UNREACHABLE, self.command, *arguments], 120)

    def _ended(self, command, seconds):
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=seconds
        )


def _without_network():
    """Return what a command is run with so that it has no network; nothing where the machine does not allow that."""
    unshare = ["unshare", "--map-root-user", "--net"]
    try:
        allowed = subprocess.run([*unshare, "true"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        allowed = False
    return unshare if allowed else []


UNREACHABLE = _without_network()


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """The source distribution, and the wheel that is built from it."""
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, CHECKOUT]
    built = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stdout + built.stderr
    (source,), (wheel,) = directory.glob("*.tar.gz"), directory.glob("*.whl")
    return source, wheel


@pytest.fixture(scope="module")
def wheels(distributions, tmp_path_factory):
    """A directory with all packages that the wheel needs, and that build it."""
    directory = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", directory, distributions[1], "hatchling"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if "No matching distribution" in done.stderr or "ConnectionError" in done.stderr:
        pytest.skip("packages cannot be downloaded here")
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="module")
def light(distributions, wheels, tmp_path_factory):
    light = Light(tmp_path_factory.mktemp("light"))
    light.install(distributions[1], wheels)
    return light


@pytest.mark.timeout(1200)
def test_the_source_distribution_installs_and_works(distributions, wheels, tmp_path):
    installed = Light(tmp_path / "environment")
    installed.install(distributions[0], wheels)
    assert installed.run("--version").stdout == f"cnn-tui {tui_cnn.__version__}\n"
    assert "93,322" in installed.run("check", "fashion-cnn").stdout
    assert "60,000" in installed.run("data").stdout


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
    [
        ("train", "fashion-cnn"),
        ("export", "fashion-cnn", "-o", "x.keras"),
        ("lr", "fashion-cnn"),
        ("profile", "fashion-cnn"),
    ],
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
