"""`cnn-tui check module:function`: a person's own code, in a process of its own, whatever it does there."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

CHECKOUT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tui_cnn", "check"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(CHECKOUT), "LANGUAGE": "en"}

CODE = """\
import os, sys, time
from tui_cnn import Network
from tui_cnn.core.layers import Dense, Flatten
print('{"mine": 1}\\x1b[31m')
def build():
    return Network("mine", (4, 4, 1), (Flatten(), Dense(units=3, activation="softmax")))
MODEL = build()
class Models:
    @staticmethod
    def small(): return build()
def fails():
    return int("no\\nnumber")
def wide(width, depth=2): ...
def leaves(): sys.exit("gone")
def leaves_at_once(): os._exit(0)
def interrupts(): raise KeyboardInterrupt
def nothing(): ...
def reads(): return input()
def dies(): os.abort()
class Odd(Exception):
    def __str__(self): raise ValueError
def odd(): raise Odd
def recurses(): return recurses()
def prints():
    while True: print("x" * 999)
def waits():
    print("started", flush=True)
    time.sleep(600)
def imports(): import nothing_that_exists
NUMBER = 3
"""


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "mine.py").write_text(CODE)
    (tmp_path / "torn.py").write_text("def build(:\n")
    return tmp_path


def check(directory, *arguments):
    return subprocess.run(
        [*COMMAND, *arguments], cwd=directory, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_model_is_checked_and_what_the_code_prints_is_kept_apart(directory):
    ended = check(directory, "--json", "nets.mine:build")
    assert ended.returncode == 0
    report = json.loads(ended.stdout)
    assert (report["name"], report["total_params"]) == ("mine", 4 * 4 * 3 + 3)
    assert ended.stderr.splitlines() == [
        "nets.mine:build: runs this code in its own process",
        '{"mine": 1}\\u001b[31m',
    ]


def test_in_place_of_a_function_it_names_a_model_or_what_is_in_a_class(directory):
    ended = check(directory, "--json", "nets.mine:MODEL", "nets.mine:Models.small", "--input-shape", "6x6")
    assert [json.loads(line)["input_shape"] for line in ended.stdout.splitlines()] == [[6, 6, 1], [6, 6, 1]]


PROBLEMS = {
    "fails": "ValueError: invalid literal for int() with base 10: 'no\\nnumber' (nets/mine.py:12)",
    "wide": "“wide” needs arguments: (width, depth=2); specify a function that can be called without",
    "leaves": "the code ended the process: sys.exit(gone) (nets/mine.py:14)",
    "leaves_at_once": "the process ended with status 0; no model was made",
    "interrupts": "KeyboardInterrupt (nets/mine.py:16)",
    "nothing": "returned an object of type NoneType; it must return a model of Keras or a Network",
    "reads": "EOFError: EOF when reading a line (nets/mine.py:18)",
    "dies": "the process ended (SIGABRT; possibly out of memory); no model was made",
    "odd": "Odd (nets/mine.py:22)",
    "recurses": "RecursionError: maximum recursion depth exceeded (nets/mine.py:23)",
    "imports": "ModuleNotFoundError: No module named 'nothing_that_exists' (nets/mine.py:29)",
    "NUMBER": "“NUMBER” is an object of type int, not a function that returns a model",
    "bild": "nets.mine has no “bild”; did you mean “build”?",
}


def test_what_the_code_does_wrong_is_a_line_each(directory):
    models = [f"nets.mine:{name}" for name in PROBLEMS]
    ended = check(directory, "--json", *models)
    assert ended.returncode == 2
    reports = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [report["error"] for report in reports] == [
        f"nets.mine:{name}: {problem}" for name, problem in PROBLEMS.items()
    ]
    assert "Traceback" not in ended.stderr


def test_modules_that_cannot_be_imported(directory):
    ended = check(directory, "net.mine:build", "torn:build", "nets:build")
    assert ended.returncode == 2
    assert [line for line in ended.stderr.splitlines() if "runs this code" not in line] == [
        f"net.mine:build: no module “net” in {directory}; check the name, or run this where the module is",
        "torn:build: SyntaxError: invalid syntax (torn.py, line 1) (torn.py:1)",
        "nets:build: nets has no “build”",
    ]


def test_endless_printing_ends_with_the_time(directory):
    ended = check(directory, "nets.mine:prints", "--time-limit", "2")
    assert ended.returncode == 2
    *_, cut, last = ended.stderr.splitlines()
    assert cut == "… more output is not shown"
    assert last == "nets.mine:prints: did not end within 2 s; give it more time with --time-limit"
    assert len(ended.stderr) < 150_000


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_code_ends_with_the_command(directory, number):
    code = "import os\n" + CODE.replace('print("started", flush=True)', "print(os.getpid(), flush=True)")
    (directory / "nets" / "mine.py").write_text(code)
    process = subprocess.Popen(
        [*COMMAND, "nets.mine:waits"], cwd=directory, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    )
    with process:
        worker = next(int(line) for line in process.stderr if line.strip().isdecimal())
        os.kill(process.pid, number)
        assert process.stderr.read().strip() == ""
        assert process.wait(60) == (130 if number == signal.SIGINT else -number)
    while is_running(worker):  # it ends, or this test never does
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there are no groups of processes")
def test_what_the_code_has_started_ends_with_it(directory):
    (directory / "starts.py").write_text("""\
import subprocess
from nets.mine import build
def model():
    print(subprocess.Popen(["sleep", "600"]).pid)
    return build()
""")
    ended = check(directory, "--json", "starts:model")
    assert ended.returncode == 0
    while is_running(int(ended.stderr.splitlines()[-1])):
        pass


def is_running(process):
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_file_of_that_name_is_a_file(directory):
    (directory / "nets:build").write_text('name = "file"\ninput_shape = [3]\n')
    assert json.loads(check(directory, "--json", "nets:build").stdout)["name"] == "file"


def test_a_project_does_not_run_code(directory):
    (directory / "cnn-tui.toml").write_text('[models]\nmine = "nets.mine:build"\n')
    ended = check(directory)
    assert (ended.returncode, ended.stdout) == (2, "")
    message = "“nets.mine:build” is code, which is run only from the command line: "
    assert message + "cnn-tui check nets.mine:build (at line 2, column 1)" in ended.stderr
    assert "runs this code" not in ended.stderr


@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_a_model_of_keras(directory, library):
    (directory / "model.py").write_text(f"""\
import {library} as keras
def build():
    layers = keras.layers
    return keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])
def own():
    class Net(keras.Model):
        def call(self, x): return x
    return Net(name="net")
""")
    ended = check(directory, "--json", "model:build", "model:own")
    whole, own = (json.loads(line) for line in ended.stdout.splitlines())
    assert whole["total_params"] == (9 + 1) * 4 + (7 * 7 * 4 + 1) * 2
    assert own["error"].startswith("model:own: ")
    assert "Traceback" not in ended.stderr
