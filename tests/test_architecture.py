"""The walls between the rooms: as contracts on the imports written down, and as what is loaded when a room is."""

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import tui_cnn

PACKAGE = Path(tui_cnn.__file__).parent
CHECKOUT = PACKAGE.parent
TENSORFLOW = {"tensorflow", "keras"}
SCREEN = {"textual", "rich", "click"}


def fresh(code, *args):
    """Run code in an interpreter of its own; return the top-level modules that it has loaded in the end."""
    report = "\nimport json, sys\nprint(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    ended = subprocess.run([sys.executable, "-c", code + report, *args], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.splitlines()[-1]))


def test_the_contracts():
    command = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([command, "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "10 kept, 0 broken" in ended.stdout


IMPORT_A_ROOM = """
import importlib, pkgutil, sys
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    importlib.import_module(module.name)
"""


@pytest.mark.parametrize(
    ("room", "unwanted"),
    [
        ("core", TENSORFLOW | SCREEN | {"numpy", "tomllib", "platformdirs", "filelock"}),
        ("formats", TENSORFLOW | SCREEN | {"numpy", "tomlkit"}),
        ("data", TENSORFLOW | SCREEN | {"PIL"}),
        ("insight", TENSORFLOW | SCREEN | {"PIL"}),
        ("lab", TENSORFLOW | SCREEN | {"PIL"}),
        ("runs", TENSORFLOW | SCREEN | {"PIL"}),
        ("search", TENSORFLOW | SCREEN | {"PIL"}),
        ("keras", TENSORFLOW | SCREEN | {"PIL"}),
        ("cli", TENSORFLOW | {"tomlkit"}),
        ("ui", TENSORFLOW | {"tomlkit"}),
        ("i18n", TENSORFLOW | SCREEN | {"numpy", "msgspec"}),
        ("config", TENSORFLOW | SCREEN | {"numpy", "msgspec", "platformdirs", "tomllib"}),
        ("assets", TENSORFLOW | SCREEN | {"numpy", "msgspec"}),
        ("visible", TENSORFLOW | SCREEN | {"numpy", "msgspec"}),
        ("errors", TENSORFLOW | SCREEN | {"numpy", "msgspec"}),
    ],
)
def test_a_room_loads_only_what_it_may(room, unwanted):
    assert fresh(IMPORT_A_ROOM, f"tui_cnn.{room}") & unwanted == set()


RUN = """
import sys
from tui_cnn.cli import main
try:
    main()
except SystemExit as end:
    assert end.code == 0, end.code
"""


def test_check_loads_neither_tensorflow_nor_numpy_nor_textual():
    for options in ([], ["--json"]):
        assert fresh(RUN, "check", "fashion-cnn", *options) & (TENSORFLOW | {"numpy", "textual"}) == set()


def test_the_list_of_runs_loads_no_tensorflow():
    assert fresh(RUN, "runs") & TENSORFLOW == set()


def test_the_web_server_loads_no_screen():
    assert fresh("import tui_cnn.serve.server") & (TENSORFLOW | {"textual", "rich"}) == set()


def test_what_the_first_frame_needs_is_light():
    assert fresh("import tui_cnn.ui.app") & (TENSORFLOW | {"numpy"}) == set()


def modules():
    return sorted(path.relative_to(CHECKOUT) for path in PACKAGE.rglob("*.py"))


def test_the_top_level_holds_what_it_should():
    """No file that a test or a program left behind."""
    command = ["git", "-c", "safe.directory=*", "ls-files"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    names = {path.partition("/")[0] for path in listed.stdout.splitlines()}
    documents = {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "docs"}
    rooms = {"pyproject.toml", "action.yml", "tui_cnn", "assets", "tests"}
    assert {name for name in names if not name.startswith(".")} == documents | rooms


def test_no_drawer_for_everything():
    assert [module for module in modules() if module.stem in ("utils", "util", "helpers", "misc", "common")] == []


def test_no_public_class_has_the_name_of_another():
    modules_of = defaultdict(list)
    for module in modules():
        for node in ast.parse((CHECKOUT / module).read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules_of[node.name].append(str(module))
    assert {name: found for name, found in modules_of.items() if len(found) > 1} == {}


def errors_shown_in(module):
    """The lines of a module that show an error as a notice of its own."""
    for node in ast.walk(ast.parse((CHECKOUT / module).read_text("utf-8"))):
        keywords = node.keywords if isinstance(node, ast.Call) else ()
        if any(word.arg == "severity" and getattr(word.value, "value", "") == "error" for word in keywords):
            yield node.lineno


def test_no_handler_calls_the_one_of_its_parent():
    """Textual calls those of all parents itself: one that is called again subscribes twice, and draws twice."""
    called = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in (PACKAGE / "ui").rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"super\(\)\._?on_(?!event\b)\w+\(", line)
    ]
    assert called == []


def test_errors_are_reported_in_one_way():
    ui = [module for module in modules() if "ui" in module.parts and module.name != "workspace.py"]
    assert {str(module): lines for module in ui if (lines := list(errors_shown_in(module)))} == {}, (
        "call report(error) of the workspace"
    )


WRITERS = {("click", "echo"), ("click", "secho"), ("stdout", "write"), ("stderr", "write"), ("console", "print")}


def unguarded(module):
    """The lines of a module that write more than words of ours, and not through the gate for foreign text."""
    for node in ast.walk(ast.parse((CHECKOUT / module).read_text("utf-8"))):
        name = tuple(ast.unparse(node.func).split(".")) if isinstance(node, ast.Call) else ()
        if (name[-2:] in WRITERS or name == ("print",)) and "visible(" not in ast.unparse(node):
            given = {each.id for part in node.args for each in ast.walk(part) if isinstance(each, ast.Name)}
            if given - {"_"}:
                yield node.lineno


def test_all_that_is_written_passes_the_gate():
    """What workers and the reader of data sets write is read by this program, or is a log."""
    apart = {("tui_cnn", "worker"), ("tui_cnn", "data")}
    rooms = [module for module in modules() if module.parts[:2] not in apart and module.name != "streams.py"]
    assert {str(module): lines for module in rooms if (lines := list(unguarded(module)))} == {}, (
        "write with echo() of cli/streams.py, or pass visible(text)"
    )
