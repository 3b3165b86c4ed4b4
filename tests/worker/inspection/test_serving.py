"""Which of several requests the inspector works at next."""

import os
import queue
from pathlib import Path

import pytest

from tui_cnn.runs.inspection import frames
from tui_cnn.runs.inspection.replies import Predictions, pack
from tui_cnn.runs.inspection.requests import Activate, Evaluate, Range, Source
from tui_cnn.worker.inspection.serve import _serve


class EndedError(Exception):
    """There are no more requests."""


class Inbox(queue.Queue):
    def get(self):
        if self.empty():
            raise EndedError
        return super().get()


class Answers:
    """Notes each step of a job; each takes two of them, and an answer."""

    def __init__(self, steps):
        self._steps = steps

    def begin(self, request):
        name = type(request).__name__
        for step in range(2):
            self._steps.append((name, step))
            yield step / 2
        self._steps.append((name, "done"))
        return Predictions(probabilities=pack([[0.0]]))


def test_a_quick_request_does_not_wait_for_newer_slow_ones():
    source, steps, inbox = Source("x"), [], Inbox()
    for number, request in enumerate([Activate(source=source, image=0), Evaluate(source=source), Range(source=source)]):
        inbox.put(frames.RequestFrame(number, request))
    with Path(os.devnull).open("wb", buffering=0) as sink, pytest.raises(EndedError):
        _serve(inbox, sink, Answers(steps))
    assert steps.index(("Activate", 1)) < steps.index(("Range", 1)) < steps.index(("Evaluate", 1))
    assert steps[0] == ("Activate", 0)
