"""The wheel: it holds the assets and no tests, and what is installed from it works from any directory."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import tui_cnn

CHECKOUT = Path(__file__).parents[1]
ASSETS = CHECKOUT / "assets"


def run(*args, cwd):
    ended = subprocess.run([sys.executable, "-m", *args], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    directory = tmp_path_factory.mktemp("wheel")
    run("hatchling", "build", "--target", "wheel", "--directory", str(directory), cwd=CHECKOUT)
    (wheel,) = directory.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A directory with the wheel's content, and no way to the checkout."""
    directory = tmp_path_factory.mktemp("installed")
    run("pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(directory), str(wheel), cwd=directory)
    return directory


def test_the_wheel_holds_the_assets_as_they_are(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for room in ("fashion-mnist", "presets", "lessons", "schema"):
            for path in filter(Path.is_file, (ASSETS / room).rglob("*")):
                name = path.relative_to(ASSETS).as_posix()
                assert archive.read(f"tui_cnn/_assets/{name}") == path.read_bytes()
        for path in (ASSETS / "locale").rglob("*.mo"):
            assert archive.read(f"tui_cnn/_assets/{path.relative_to(ASSETS).as_posix()}") == path.read_bytes()
    assert len(list((ASSETS / "fashion-mnist").glob("*.gz"))) == 4
    assert (ASSETS / "fashion-mnist" / "LICENSE").is_file()


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"tui_cnn", f"cnn_tui-{tui_cnn.__version__}.dist-info"}
    code = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "tui_cnn").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == code
    styles = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "tui_cnn").rglob("*.tcss")}
    assert styles <= set(names)
    assert not [name for name in names if name.endswith((".pyc", ".svg"))]


def test_the_wheel_has_the_command_and_the_licences(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = f"cnn_tui-{tui_cnn.__version__}.dist-info"
        assert "cnn-tui = tui_cnn.cli:main" in archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()
        assert f"{info}/licenses/assets/fashion-mnist/LICENSE" in archive.namelist()


LOOK_AROUND = """
from tui_cnn.assets import ROOT
from tui_cnn.data.dataset import summarize
from tui_cnn.formats.presets import preset_names
print(ROOT, *preset_names(), summarize(None).class_count)
"""


def test_an_installed_copy_finds_its_assets_from_anywhere(installed, tmp_path):
    """`PYTHONPATH` goes before the checkout of an editable install."""
    ended = subprocess.run(
        [sys.executable, "-c", LOOK_AROUND],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stderr == ""
    assert ended.stdout.split() == [
        str(installed / "tui_cnn" / "_assets"),
        *sorted(path.stem for path in (CHECKOUT / "assets" / "presets").glob("*.toml")),
        "10",
    ]
