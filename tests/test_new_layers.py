"""A new layer is one class in one file, named in the union, and nothing else: all that knows layers then knows it."""

import ast
import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.core.layers.base import is_composite

PACKAGE = Path(tui_cnn.__file__).parent
CHECKOUT = PACKAGE.parent
SOURCES = CHECKOUT / "tests" / "new_layers"
UNION = "core/layers/__init__.py"


@pytest.fixture
def checkout(tmp_path):
    """A copy of the package, beside the files that it ships with."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "tui_cnn", ignore=ignored)
    if (CHECKOUT / "assets").is_dir():
        (tmp_path / "assets").symlink_to(CHECKOUT / "assets")
    return tmp_path


def add(checkout, module, name):
    """Add a layer as CONTRIBUTING says; return the files that are not as they were."""
    package = checkout / "tui_cnn"
    shutil.copy(SOURCES / f"{module}.py", package / "core" / "layers")
    union = package / UNION
    text = union.read_text("utf-8")
    text = text.replace(f"    | {name}\n", "")  # as if it were not there
    text = text.replace("    | Block\n", f"    | {name}\n    | Block\n")
    text = text.replace("\nclass Block", f"\nfrom tui_cnn.core.layers.{module} import {name}\n\nclass Block")
    union.write_text(text, "utf-8")
    return sorted(changed(filecmp.dircmp(PACKAGE, package, ignore=["__pycache__"])))


def changed(compared, prefix=""):
    """Name the files that only one of two directories has, or that differ."""
    for name in (*compared.left_only, *compared.right_only, *compared.diff_files):
        yield prefix + name
    for name, inner in compared.subdirs.items():
        yield from changed(inner, f"{prefix}{name}/")


def run(checkout, *arguments):
    environment = os.environ | {"PYTHONPATH": str(checkout), "CNN_TUI_HOME": str(checkout / "home")}
    command = [sys.executable, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, cwd=checkout)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def prove(checkout, name, settings):
    """Go with the layer through files, Keras, the inspector and the pictures, and through the command."""
    (checkout / "written").mkdir()
    found = run(checkout, SOURCES / "proof.py", name, json.dumps(settings), checkout / "written")
    report = run(checkout, "-m", "tui_cnn", "check", checkout / "written" / "added.toml", "--json")
    assert (report["layers"][0]["type"], report["layers"][0]["macs"]) == (name, found["macs"])
    return found


LEAVES = {name for name, kind in LAYER_TYPES.items() if not kind.joins_others}
COMPOSITES = {name for name in LEAVES if is_composite(LAYER_TYPES[name])}
ELSEWHERE = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE / "core" / "layers")


def names_in(tree):
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def lists_of_layers(tree):
    """Find unions, and what `in` and `isinstance` look at, that name several layers: new ones would be missed."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.BitOr()):
                listed = node
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[listed]):
                pass
            case ast.Assign(value=ast.Tuple() | ast.Set() as listed):
                pass
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, listed]):
                pass
            case _:
                continue
        if len({*names_in(listed)} & LEAVES) > 1:
            yield ast.unparse(node)


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_list_of_layers_outside_of_their_own_room(path):
    tree = ast.parse(path.read_text("utf-8"))
    if path.name not in ("probe.py", "building_blocks.py"):  # their stacks are networks
        assert list(lists_of_layers(tree)) == []
    assert {*names_in(tree)} & COMPOSITES == set()


def test_a_plain_layer_touches_two_files(checkout):
    assert add(checkout, "gaussian_dropout", "GaussianDropout") == [UNION, "core/layers/gaussian_dropout.py"]
    found = prove(checkout, "GaussianDropout", {"rate": 0.25})
    assert (found["family"], found["sign"], found["lesson"]) == ("regularization", "░", ["training"])
    assert found["form"] == ["rate"]
    assert found["macs"] == 0
    assert found["banks"] == ["Conv2D", "Dense"]


def test_a_composite_convolution_touches_two_files(checkout):
    assert add(checkout, "column_row_conv2d", "ColumnRowConv2D") == [UNION, "core/layers/column_row_conv2d.py"]
    found = prove(checkout, "ColumnRowConv2D", {"filters": 4, "kernel_size": (3, 5)})
    assert (found["family"], found["sign"], found["lesson"]) == ("convolution", "▦", ["layer"])
    assert found["form"] == ["trainable", "filters", "kernel_size", "activation"]
    assert found["macs"] == 28 * 28 * 4 * (3 * 1 + 5 * 4)
    # The first layer that learns needs no gradient of its input: two thirds of the work of the second.
    assert found["convolution"] == pytest.approx(2 / 3 * found["macs"] + 26 * 26 * 2 * 9 * 4)
    assert found["banks"] == ["ColumnRowConv2D", "Conv2D", "Dense"]
    assert "no-activation" in found["checks"]
    assert found["svg"].count("#acd2f8") == 2, "the lit side of a box for each convolution"
