"""Events as lines of JSON."""

import json

import pytest

from tests.runs import event_lines
from tui_cnn.runs.events import (
    Chosen,
    EarlyStop,
    Evaluating,
    Paused,
    PrecisionTrial,
    Queued,
    Resumed,
    Stopped,
    decode,
    encode,
)

EVENTS = [
    event_lines.started(),
    event_lines.progress(1, 2),
    event_lines.epoch(1),
    event_lines.checkpoint(10),
    Paused(),
    Resumed(),
    Stopped(),
    event_lines.finished(),
    event_lines.failed(),
    Queued(behind="another"),
    Chosen(precision="float32", trials=(PrecisionTrial(precision="float32", images_per_second=1.0),)),
    Evaluating(epoch=1, images="validation", step=1, steps=2, elapsed=1.0),
    EarlyStop(epoch=4, best_epoch=1, patience=3),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_one_line_and_comes_back(event):
    line = encode(event)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == event
    plain = json.loads(line)
    assert plain["event"].replace("_", "") == type(event).__name__.lower()
    assert plain["time"].endswith("Z")


def test_what_a_newer_version_adds_is_passed_over():
    assert decode(b'{"event":"augmented","time":"2031-01-01T00:00:00Z"}') is None
    line = encode(event_lines.checkpoint(7)).replace(b'"step"', b'"colour":"red","step"')
    assert decode(line).step == 7


@pytest.mark.parametrize(
    "line", [b"", b'{"event":"pro', b'{"event":"progress"}', b"[]", b"null", b'{"event":7}', b"\xff\0", b"{}"]
)
def test_a_damaged_line_is_refused(line):
    with pytest.raises(ValueError, match=r"JSON|Expected|missing|truncated"):
        decode(line)


def test_a_start_without_steps_is_damaged():
    with pytest.raises(ValueError, match="steps_per_epoch"):
        decode(encode(event_lines.started(steps=0)))
