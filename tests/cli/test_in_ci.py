"""The files by which others' CI runs `cnn-tui check`: pre-commit's hooks, the GitHub action, the page of the checks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import checks_page
from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import save_network

CHECKOUT = Path(__file__).parents[2]
SOUND = Network("net", (28, 28, 1), (Flatten(), Dense(units=10, activation="softmax")))
BROKEN = Network("net", (28, 28, 1), (Conv2D(filters=1, kernel_size=(30, 30)), Flatten(), Dense(units=10)))
PROJECT = '[models]\nnet = "models/net.toml"\n\n[budgets]\nmax_params = "10k"\n'


@pytest.fixture
def environment(tmp_path):
    """An environment with the command, git's settings, and pre-commit's home, in which nothing else is set."""
    command = tmp_path / "bin" / "cnn-tui"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" -m tui_cnn "$@"\n')
    command.chmod(0o755)
    paths = (str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"])
    author = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    home = {"HOME": str(tmp_path), "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "LANG": "C.UTF-8"}
    return {"PATH": os.pathsep.join(paths), **author, **home}


@pytest.fixture
def run(tmp_path, environment):
    """Run a program in a repository of git, and return its status and what it wrote."""
    work = tmp_path / "work"
    (work / "models").mkdir(parents=True)

    def run(*args, **more):
        ended = subprocess.run(args, cwd=work, env={**environment, **more}, capture_output=True, text=True, timeout=120)
        return ended.returncode, ended.stdout + ended.stderr

    assert run("git", "init", "--quiet")[0] == 0
    return run


def hooks():
    return {hook["id"]: hook for hook in yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))}


def test_pre_commit_takes_the_hooks(run):
    assert run("pre-commit", "validate-manifest", str(CHECKOUT / ".pre-commit-hooks.yaml")) == (0, "")


@pytest.mark.parametrize("hook", ["cnn-tui-check", "cnn-tui-check-files"])
def test_a_commit_with_pre_commit(run, tmp_path, hook):
    """The hook is used as it is, but for what installs it: that is a matter of pip."""
    work = tmp_path / "work"
    local = {"repo": "local", "hooks": [{**hooks()[hook], "language": "system"}]}
    (work / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [local]}))
    (work / "cnn-tui.toml").write_text(PROJECT)
    assert run("pre-commit", "install")[0] == 0

    save_network(work / "models" / "net.toml", SOUND)
    run("git", "add", ".")
    status, output = run("git", "commit", "--message", "sound")
    assert (status, "Passed" in output) == (0, True), output

    save_network(work / "models" / "net.toml", BROKEN)
    run("git", "add", ".")
    status, output = run("git", "commit", "--message", "broken")
    assert status == 1
    assert "models/net.toml:4:1: error[shape]: layer 1: Conv2D: a 30×30 window does not fit into 28×28" in output
    assert "net: parameters unknown, so --max-params 10,000 is not met" in output, "the budget of the project holds"

    run("git", "reset", "--quiet", "--hard")
    (work / "notes.txt").write_text("no network")
    run("git", "add", ".")
    status, output = run("git", "commit", "--message", "notes")
    assert (status, "no files to check" in output) == (0, True)


def test_the_action(run, tmp_path):
    """Its last step is run as GitHub runs it: annotations, a summary, and the files that were asked for."""
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
    *_others, install, check = action["runs"]["steps"]
    assert '"$GITHUB_ACTION_PATH"' in install["run"]
    assert "${{" not in check["run"], "what a caller gives is no part of the script"
    given = {name: f"${{{{ inputs.{name.lower().replace('_', '-')} }}}}" for name in check["env"] if "_FILE" in name}
    assert given.items() <= check["env"].items()
    assert set(action["inputs"]) >= {"models", "arguments", "sarif-file", "junit-file"}

    work, runner = tmp_path / "work", tmp_path / "runner"
    (runner / "cnn-tui" / "bin").mkdir(parents=True)
    (runner / "cnn-tui" / "bin" / "cnn-tui").symlink_to(tmp_path / "bin" / "cnn-tui")
    save_network(work / "models" / "net.toml", BROKEN)
    save_network(work / "models" / "its name; touch x.toml", SOUND)
    (work / "cnn-tui.toml").write_text(PROJECT)
    script = tmp_path / "script.sh"
    script.write_text(check["run"])

    def act(**inputs):
        empty = dict.fromkeys(check["env"], "")
        github = {"RUNNER_TEMP": str(runner), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), **inputs}
        return run("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script), **{**empty, **github})

    status, output = act(
        SARIF_FILE="out.sarif", JUNIT_FILE="out.xml", REPOSITORY="o/r", REF="v1", GITHUB_SERVER_URL="https://h.example"
    )
    assert status == 1
    assert "::error file=models/net.toml,line=4,col=1,title=cnn-tui%3A shape::layer 1: " in output
    assert "https://h.example/o/r/blob/v1/docs/checks.md#shape" in output
    assert "### ❌ net" in (tmp_path / "summary.md").read_text("utf-8")
    assert '"ruleId":"shape"' in (work / "out.sarif").read_text("utf-8")
    assert "<testsuites" in (work / "out.xml").read_text("utf-8")

    status, output = act(MODELS="models/its name; touch x.toml\nfashion-dnn\n", ARGUMENTS="--max-params 200k")
    assert (status, output.count("::group::"), "::error" in output) == (0, 2, False)
    assert not (work / "x.toml").exists()


def test_what_the_readme_shows_is_there():
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)]
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
    (step,) = [step for block in blocks for step in block.get("steps", ()) if "cnn-tui" in step["uses"]]
    assert set(step["with"]) <= set(action["inputs"])
    (repository,) = [repository for block in blocks for repository in block.get("repos", ())]
    assert {hook["id"] for hook in repository["hooks"]} <= set(hooks())


def test_the_page_has_every_check():
    assert checks_page.PAGE.read_text("utf-8") == checks_page.page(), "write it: python -m tests.checks_page"
