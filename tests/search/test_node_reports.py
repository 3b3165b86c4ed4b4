"""What a node reports of a run, against its events."""

import pytest

from tui_cnn.runs.events import Checkpoint, Finished, Progress, Stopped, encode
from tui_cnn.search.hands_node import RunReport


class Worker:
    """What a report needs of Dask's worker."""

    address = "tcp://node"

    def __init__(self):
        self.messages = []

    def get_current_task(self):
        return "key"

    def log_event(self, topic, message):
        self.messages.append((topic, message))


def line(event):
    return encode(event).rstrip(b"\n")


CHECKPOINT, STOPPED = line(Checkpoint(step=1, elapsed=1.0)), line(Stopped())
FINISHED = line(Finished(test_loss=None, test_accuracy=None, seconds=1.0, best_epoch=1))
PROGRESS = line(
    Progress(epoch=1, step=1, steps=2, loss=1.0, accuracy=0.5, images_per_second=1.0, seconds_left=1.0, elapsed=1.0)
)


def sent(worker):
    return [(message["first"], message["lines"]) for _topic, message in worker.messages]


def test_what_ends_a_run_comes_with_its_files_and_not_before():
    worker = Worker()
    report = RunReport(worker, "run", "search")
    report.send([])
    assert worker.messages == [("search", {"run": "run", "key": "key", "node": "tcp://node", "first": 0, "lines": []})]
    report.send([CHECKPOINT])
    report.send([CHECKPOINT, FINISHED])
    report.send([])  # the worker still holds the lock
    assert sent(worker)[1:] == [(0, [CHECKPOINT]), (1, [CHECKPOINT])]
    assert report.lines == [CHECKPOINT, CHECKPOINT, FINISHED]


def test_of_a_run_that_is_resumed_the_end_before_is_reported():
    worker = Worker()
    report = RunReport(worker, "run", "search")
    report.send([CHECKPOINT, STOPPED])
    report.send([CHECKPOINT])
    assert sent(worker) == [(0, [CHECKPOINT]), (1, [STOPPED, CHECKPOINT])]


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"event":"epoch"', b"\xff"])
def test_frequent_events_are_thinned_and_damaged_ones_left_out(damaged):
    worker = Worker()
    report = RunReport(worker, "run", "search")
    report.send([PROGRESS, PROGRESS, damaged, CHECKPOINT])
    assert sent(worker) == [(0, [PROGRESS, CHECKPOINT])]
