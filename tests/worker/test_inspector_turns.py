"""When an inspector leaves its place to others: once it has answered all that was asked in its turn."""

import itertools
import os
import queue
import threading

from tui_cnn.runs.inspection.frames import (
    ByeFrame,
    ProgressFrame,
    ReplyFrame,
    RequestFrame,
    from_inspector,
    read_frame,
)
from tui_cnn.runs.inspection.replies import Predictions, pack
from tui_cnn.runs.inspection.requests import Predict, Source
from tui_cnn.worker.inspection import serve

OTHERS_WAIT = None


class Steps:
    """Answers in so many steps as the path of the source says; at each, something more may be asked."""

    def __init__(self, more=lambda: None):
        self._more = more

    def begin(self, request):
        for _step in range(int(request.source.path)):
            self._more()
            yield 0.5
        return Predictions(probabilities=pack([1.0]))


def asked(number, steps=0):
    return RequestFrame(number, Predict(source=Source(str(steps)), images=()))


def served(*messages, flood=False, idle=None, later=()):
    """Return what is answered until the inspector leaves: the numbers of the replies, and the name of other frames."""
    inbox = queue.SimpleQueue()
    numbers = itertools.count(100)
    answers = Steps((lambda: inbox.put(asked(next(numbers), steps=1))) if flood else (lambda: None))
    for message in messages:
        inbox.put(message)
    timers = [threading.Timer(seconds, inbox.put, [message]) for seconds, message in later]
    for timer in timers:
        timer.start()
    source, sink = os.pipe()
    found = []

    def read():
        with os.fdopen(source, "rb") as stream:
            while (frame := read_frame(stream, from_inspector)) is not None:
                found.append(frame.id if isinstance(frame, ReplyFrame) else type(frame))

    reading = threading.Thread(target=read)
    reading.start()
    with os.fdopen(sink, "wb", buffering=0) as written:
        serve._serve(inbox, written, answers, idle)
    for thread in (*timers, reading):
        thread.join()
    return [each for each in found if each is not ProgressFrame]


def test_what_was_asked_in_the_turn_is_answered_and_the_turn_has_an_end(monkeypatch):
    monkeypatch.setattr(serve, "_TURN", 0.3)
    assert served(OTHERS_WAIT, asked(1), later=[(0.1, asked(2)), (0.6, asked(3))]) == [1, 2, ByeFrame]


def test_one_who_asks_without_end_leaves_all_the_same(monkeypatch):
    monkeypatch.setattr(serve, "_TURN", 0.2)
    monkeypatch.setattr(serve, "_LONGEST_TURN", 0.2)
    assert served(asked(1, steps=1), OTHERS_WAIT, flood=True)[-1] is ByeFrame


def test_nobody_waits_for_one_that_is_asked_nothing(monkeypatch):
    monkeypatch.setattr(serve, "_TURN", 0.1)
    assert served(OTHERS_WAIT) == [ByeFrame]
    assert served(idle=0.1) == [ByeFrame]  # nobody has to wait for its place
