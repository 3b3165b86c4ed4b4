"""The catalogues hold what the source says, and nothing else; the program speaks the language that it is asked for."""

import ast
import io
import os
import string
import subprocess
import sys

import pytest
from babel.messages.mofile import read_mo
from rich.cells import cell_len

from tests import translations
from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.core.network import Network
from tui_cnn.formats.fields import fields
from tui_cnn.i18n import languages
from tui_cnn.runs.recipe import Recipe

LESSONS = translations.CHECKOUT / "assets" / "lessons"
CATALOGUES = translations.catalogues()
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

per_language = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[1].name)


def texts(catalogue):
    """What is translated, each with its translations."""
    return {message.id: translations.strings(message) for message in catalogue if message.id}


def fields_of(text):
    """The names in braces with their formats; a date may be written in another order."""
    parts = string.Formatter().parse(text)
    return {(name, conversion, "" if "%" in (spec or "") else spec) for _text, name, spec, conversion in parts if name}


@per_language
def test_every_string_has_its_translation(path):
    missing = translations.missing(translations.updated(translations.read(path)))
    assert [message.id for message in missing] == [], "run `python -m tests.translations`, and translate what it lists"


@per_language
def test_no_translation_is_of_a_string_that_is_gone(path):
    gone = texts(translations.read(path)).keys() - texts(translations.template()).keys()
    assert gone == set(), "run `python -m tests.translations`"


@per_language
def test_what_is_put_into_a_sentence_is_put_into_its_translation(path):
    for text, translated in texts(translations.read(path)).items():
        wanted = [fields_of(form) for form in (text if isinstance(text, tuple) else (text,))]
        for form in translated:
            assert fields_of(form) in wanted, f"{form!r} for {text!r}"


@per_language
def test_the_shipped_file_is_what_the_catalogue_compiles_to(path):
    shipped, compiled = (
        [(message.id, message.string) for message in read_mo(io.BytesIO(data)) if message.id]
        for data in (path.with_suffix(".mo").read_bytes(), translations.compiled(translations.read(path)))
    )
    assert shipped == compiled, "run `python -m tests.translations`"


def test_what_is_declared_elsewhere_is_found_too():
    """Forms and dialogs translate a field's help and a layer's docstring where they show them."""
    known = texts(translations.template()).keys()
    for declared in (*ALL_TYPES.values(), Recipe, Network):
        for field in fields(declared):
            assert field.description in known | {""}
            assert field.blank in known | {""}


def test_every_lesson_has_its_twin():
    names = [{path.name for path in (LESSONS / code).glob("*.md")} for code in languages()]
    assert all(found == names[0] for found in names)


def called_on_import(tree):
    """Find calls of `_` that are made when a module is loaded."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            yield node.lineno
        if not isinstance(node, ast.Lambda):
            later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from called_on_import(ast.Module(node.decorator_list, []) if later else node)


@pytest.mark.parametrize("room", ["core", "data", "formats", "lab", "runs", "worker"])
def test_what_a_worker_loads_says_nothing_before_it_knows_the_language(room):
    for path in (translations.PACKAGE / room).rglob("*.py"):
        assert list(called_on_import(ast.parse(path.read_text("utf-8")))) == [], path


LOADED = "import sys, tui_cnn.cli; print(*sorted(name for name in sys.modules if name.startswith('tui_cnn')))"


def test_the_command_loads_nothing_before_it_knows_the_language():
    ended = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == [
        "tui_cnn",
        "tui_cnn.assets",
        "tui_cnn.cli",
        "tui_cnn.errors",
        "tui_cnn.i18n",
        "tui_cnn.korean",
        "tui_cnn.visible",
    ]


def run(*args, module="tui_cnn", **environment):
    """Run a module in a process of its own, whose environment asks for no language but that of `environment`."""
    rest = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    ended = subprocess.run(
        [sys.executable, "-m", module, *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=rest | {"PYTHONIOENCODING": "utf-8"} | environment,
        timeout=60,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


@pytest.mark.parametrize(
    "args",
    [
        ["--lang", "ko", "check", "fashion-cnn"],
        ["--lang=ko", "check", "fashion-cnn"],
        ["check", "--lang", "ko-KR", "fashion-cnn"],
        ["--lang", "en", "check", "fashion-cnn", "--lang", "ko"],
    ],
)
def test_a_network_is_checked_in_korean(args):
    status, text, errors = run(*args, LANG="en_GB.UTF-8")
    assert (status, errors) == (0, "")
    lines = text.splitlines()
    assert lines[0] == "fashion-cnn, 입력 28×28×1"
    assert lines[2].split() == ["#", "레이어", "설정", "출력", "파라미터", "MAC", "수용장"]
    assert (
        len({cell_len(line) for line in lines[3:11]} | {cell_len(lines[2])}) == 1
    )  # the last column ends in one place
    assert lines[-3].endswith('행 1개와 열 1개가 빠집니다; 해결: padding = "same"')


@pytest.mark.parametrize(
    ("environment", "korean"),
    [
        ({}, False),
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8", "LANGUAGE": "en:ko"}, False),
        ({"LANG": "C.UTF-8", "LANGUAGE": "fr:ko"}, True),
        ({"LANG": "fr_FR.UTF-8"}, False),
    ],
)
def test_the_environment_is_asked(environment, korean):
    status, text, _errors = run("runs", **environment)
    assert (status, text.startswith("아직 실행이 없습니다.")) == (0, korean)


def test_what_is_asked_for_goes_before_the_environment():
    assert run("--lang", "en", "runs", LANG="ko_KR.UTF-8")[1].startswith("There are no runs yet.")


@pytest.mark.parametrize(
    ("text", "args", "korean"),
    [
        ('language = "ko"', (), True),
        ('language = "ko-KR"', (), True),
        ('language = "ko"', ("--lang", "en"), False),
        ('language = "fr"', (), False),
        ("language = 3", (), False),
        ('language = "ko', (), False),
    ],
)
def test_the_settings_go_before_the_environment_and_after_what_is_asked_for(home, text, args, korean):
    (home / "config.toml").write_text(text)
    status, told, _errors = run(*args, "runs", LANG="en_GB.UTF-8")
    assert (status, told.startswith("아직 실행이 없습니다.")) == (0, korean)


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--lang", "fr", "check", "x"], "cnn-tui: unknown language “fr”; available: en, ko\n"),
        (["check", "x", "--lang"], "cnn-tui: --lang needs a language; available: en, ko\n"),
    ],
)
def test_a_language_that_there_is_not(args, line):
    assert run(*args) == (2, "", line)


def test_bad_usage_is_told_in_korean_by_click_too():
    line = "cnn-tui check: '--jsn' 옵션이 없습니다. 혹시 '--json'인가요? (cnn-tui check --help 참고)\n"
    assert run("--lang", "ko", "check", "--jsn", "x") == (2, "", line)


def test_help_is_in_korean_and_fits_the_terminal():
    for command in ([], ["check"], ["train"]):
        status, text, errors = run("--lang", "ko", *command, "--help", COLUMNS="80")
        assert (status, errors) == (0, "")
        assert text.startswith(f"사용법: {' '.join(['cnn-tui', *command])} ")
        assert "  -h, --help" in text
        assert text.splitlines()[-1].startswith("  ")
        told = text.partition("옵션:")[2]
        assert "Show" not in told
        assert max(map(cell_len, text.splitlines())) <= 80


SPAWN = """
import subprocess, sys
from tui_cnn.cli import choose_language
choose_language(["--lang", "ko"])
sys.exit(subprocess.run([sys.executable, "-m", "tui_cnn.worker"]).returncode)
"""


def test_a_worker_speaks_the_language_of_its_starter():
    ended = subprocess.run([sys.executable, "-c", SPAWN], capture_output=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.decode().startswith("사용법: python -m tui_cnn.worker")
