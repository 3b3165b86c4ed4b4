"""The ledger of test sets: each evaluation is counted, whatever else stands in the file."""

from threading import Thread

import pytest

from tui_cnn.runs.ledger import TestEvaluation, TestUse, ledger_file, record, use_of_test_set


def evaluation(run, test_set="abc"):
    return TestEvaluation(
        test_set=test_set, data="Fashion-MNIST", run=run, by="training", weights="best", epoch=3, accuracy=0.9
    )


def test_runs_share_the_count_of_their_test_set():
    assert use_of_test_set("one") is None
    for run in ("one", "two", "one"):
        record(evaluation(run))
    record(evaluation("three", test_set="def"))
    assert use_of_test_set("one") == use_of_test_set("two") == TestUse(3, 2)
    assert use_of_test_set("three") == TestUse(1, 1)
    assert use_of_test_set("four") is None
    assert TestUse(37, 12).line == "test set evaluated 37 times in 12 runs; choose runs by validation"
    assert TestUse(1, 1).line == "test set evaluated 1 time in 1 run; choose runs by validation"


@pytest.mark.parametrize(
    "damage", [b'{"test_set":"abc","da', b"\xff\n", b'{"test_set": 1}\n', b"[" * 100_000 + b"\n", b"\0"]
)
def test_a_damaged_line_is_skipped_and_costs_no_other(damage):
    record(evaluation("one"))
    with ledger_file().open("ab") as file:
        file.write(damage)
    record(evaluation("two"))
    assert use_of_test_set("two") == TestUse(2, 2)


def test_lines_of_several_writers_stay_whole():
    threads = [Thread(target=lambda name=name: [record(evaluation(name)) for _time in range(50)]) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert use_of_test_set("a") == TestUse(200, 4)


def test_what_cannot_be_written_is_let_be(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    record(evaluation("one"))
    assert use_of_test_set("one") is None
    monkeypatch.setattr("tui_cnn.runs.ledger.ledger_file", lambda: __import__("pathlib").Path("/dev/full"))
    record(evaluation("one"))
