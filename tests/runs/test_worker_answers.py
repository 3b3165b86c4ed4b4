"""Workers that answer in lines of JSON: programs of a line or two stand for them."""

import sys

import msgspec
import pytest

from tui_cnn.runs import process
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.worker_answers import WorkerAnswers


@pytest.fixture
def answers(monkeypatch):
    """Answers of workers whose argument is their program."""
    monkeypatch.setattr(process, "worker_command", lambda code: (sys.executable, "-c", code))
    return WorkerAnswers(msgspec.json.Decoder(int))


def test_each_worker_is_given_what_it_is_asked_and_answers_line_by_line(answers):
    code = "import sys; given = int(sys.stdin.read()); print(given); print(given + 1)"
    assert list(answers.ask(code, given=b"3")) == [3, 4]
    assert list(answers.ask("print(5)")) == [5]


def test_one_that_fails_is_told_by_its_last_line_after_its_answers(answers):
    asked = answers.ask("print(1, flush=True); raise SystemExit('this is wrong')", given=b"x" * 1_000_000)
    assert next(asked) == 1
    with pytest.raises(RunError, match=r"^this is wrong$"):
        next(asked)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "the worker exited (SIGKILL; possibly out of memory)"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "the worker exited (SIGTERM)"),
        ("raise MemoryError", "not enough memory; close other programs, then try again"),
    ],
)
def test_one_that_has_too_little_memory_says_so_whatever_it_wrote_before(answers, code, line):
    with pytest.raises(RunError) as caught:
        list(answers.ask(f"import os, signal, sys; sys.stderr.write('I0000 chatter\\n'); sys.stderr.flush(); {code}"))
    assert str(caught.value) == line


def test_closing_ends_the_worker_without_an_error_and_starts_no_other(answers, monkeypatch):
    asked = answers.ask("import time; print(1, flush=True); time.sleep(3600)")
    assert next(asked) == 1
    answers.close()
    assert list(asked) == []
    monkeypatch.delattr("tui_cnn.runs.worker_answers.start_worker")
    assert list(answers.ask("print(2)")) == []


def test_one_that_is_being_started_while_it_is_closed_ends(answers, monkeypatch):
    started = process.start_worker

    def start(*arguments, **how):
        worker = started(*arguments, **how)
        answers.close()
        return worker

    monkeypatch.setattr("tui_cnn.runs.worker_answers.start_worker", start)
    assert list(answers.ask("import time; time.sleep(10); print(1)")) == []
