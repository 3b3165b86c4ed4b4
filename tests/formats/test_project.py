"""What a project checks: each setting where it belongs, and each mistake with its line and column."""

import re
from pathlib import Path

import pytest

from tui_cnn.core.checks.explanations import explanations
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.project import Budgets, IgnoredFinding, ListedModel, find_project, read_project

CODES = ("dropped", "no-activation")

SETTINGS = """\
fail_on = "warning"
batch_size = 64

[budgets]
max_params = "100k"
output_shape = 10

[[ignore]]
code = "dropped"
reason = "the last row is empty"

[models]
tutorial = "fashion-cnn"

[models.small]
model = "nets/small.toml"
classes = 10
budgets = { max_macs = 5_000_000, output_shape = [7, 7, 64] }
ignore = [{ code = "no-activation", layer = 3, reason = "linear" }]
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_it_holds(here):
    Path("cnn-tui.toml").write_text(SETTINGS)
    project = find_project(here, CODES)
    assert (project.fail_on, project.batch_size, project.optimizer) == ("warning", 64, None)
    assert project.budgets == Budgets(max_params=100_000, output_shape=(10,))
    assert project.ignored == (IgnoredFinding("dropped", "the last row is empty", None, 8, 1),)
    tutorial, small = project.models
    assert tutorial == ListedModel("tutorial", "fashion-cnn")
    ignored = IgnoredFinding("no-activation", "linear", "3", 19, 11)
    limits = Budgets(max_macs=5_000_000, output_shape=(7, 7, 64))
    assert small == ListedModel("small", "nets/small.toml", limits, (ignored,), None, 10)
    assert project.budgets.overridden(small.budgets) == Budgets(100_000, 5_000_000, output_shape=(7, 7, 64))


def test_the_same_in_a_python_project(here):
    indented = SETTINGS.replace("[[ignore", "[[tool.cnn-tui.ignore").replace("[models", "[tool.cnn-tui.models")
    indented = "[tool.cnn-tui]\n" + indented.replace("[budgets", "[tool.cnn-tui.budgets")
    Path("pyproject.toml").write_text(indented)
    found = find_project(here, CODES)
    Path("cnn-tui.toml").write_text(SETTINGS)
    own = find_project(here, CODES)
    assert own.file.name == "cnn-tui.toml", "it takes precedence"
    assert found.models[0] == own.models[0]
    assert (found.budgets, found.fail_on) == (own.budgets, own.fail_on)
    assert found.ignored[0].line == own.ignored[0].line + 1


def test_the_nearest_one_above_with_paths_as_they_are_from_here(here, monkeypatch):
    Path("cnn-tui.toml").write_text(SETTINGS)
    inner = here / "nets" / "deep"
    inner.mkdir(parents=True)
    (here / "nets" / "pyproject.toml").write_text("[tool.ruff]\n")
    monkeypatch.chdir(here / "nets")
    assert find_project(here / "nets", CODES).models[1].model == "small.toml"
    monkeypatch.chdir(inner)
    project = find_project(inner, CODES)
    assert project.models[1].model == str(here / "nets" / "small.toml")
    for path in ("../small.toml", here / "nets" / "small.toml"):
        assert project.listed(str(path)).name == "small"
    assert project.listed("small.toml") is None
    assert project.listed("fashion-cnn").name == project.listed("tutorial").name == "tutorial"
    (inner / "cnn-tui.toml").write_text("")
    assert find_project(inner, CODES).models == ()


def test_what_the_readme_shows(here):
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(fail_on.*?)```", readme, re.DOTALL)
    Path("cnn-tui.toml").write_text(example)
    project = find_project(here, explanations())
    assert [model.model for model in project.models] == ["fashion-cnn", "models/small.toml"]
    assert project.models[1].budgets == Budgets(max_params=100_000, max_macs=5_000_000)
    assert project.models[1].ignored[0].layer == "bottleneck"


def test_without_one(here):
    Path("pyproject.toml").write_text("this is not TOML and speaks of cnn-tui")
    assert find_project(here, CODES) is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('fail_om = "info"', ["unknown field “fail_om”; did you mean “fail_on”? (at line 1, column 1)"]),
        ('fail_on = "warn"', ["fail_on cannot be 'warn'; did you mean “warning”? (at line 1, column 1)"]),
        ("models = 3", ["models must be a table, not 3 (at line 1, column 1)"]),
        ("[models]\na = 3", ["the value must be a table, not 3 (at line 2, column 1)"]),
        ("[models.a]\nmodel = ''", ["model must be text of length at least 1, not '' (at line 2, column 1)"]),
        ("[budgets]\nmax_param = 3", ["unknown field “max_param”; did you mean “max_params”? (at line 2, column 1)"]),
        (
            "[budgets]\nmax_params = '1x'",
            [
                "max_params: “1x” is not a number; use for example 100000, 100k, 1.5M or 6.4MiB (at line 2, column 1)",
            ],
        ),
        ("[[ignore]]\ncode = 'dropped'", ["the field “reason” is missing (at line 1, column 1)"]),
        (
            "[[ignore]]\ncode = 'droped'\nreason = 'x'\n[[ignore]]\ncode = 'dropped'\nreason = ''",
            [
                "unknown check “droped”; did you mean “dropped”? (at line 2, column 1)",
                "reason must be text of length at least 1, not '' (at line 6, column 1)",
            ],
        ),
        (
            "checks_url = 'checks.md'",
            [
                (
                    "checks_url: “checks.md” is not the address of a page; use for example "
                    "https://example.org/checks.md (at line 1, column 1)"
                )
            ],
        ),
        ("[models", ["is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 8)"]),
    ],
)
def test_each_mistake_has_its_place(here, text, lines):
    path = here / "cnn-tui.toml"
    path.write_text(text)
    with pytest.raises(FormatError) as caught:
        read_project(path, CODES)
    assert list(caught.value.lines) == [f"{path}: {line}" for line in lines]
