"""The measurement of the machine: which kinds of networks are measured in lanes, which without, and what is kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tui_cnn
from tui_cnn.core.network import Network
from tui_cnn.runs.machine import digest, read_machine

PACKAGES = Path(tui_cnn.__file__).parents[1]
SCRIPT = """
import json, os, sys
from tui_cnn.core.layers import BatchNormalization, Dense, Flatten
from tui_cnn.runs import runtime
from tui_cnn.worker import probe

runtime.thread_count = probe.thread_count = lambda recipe: 2
plain = Flatten(), Dense(units=3)
probe.STACKS = plain, (Flatten(), BatchNormalization()), (Flatten(), Dense(units=4))
probe._BATCHES, probe._PRECISIONS, probe._ENOUGH = (16, 32), ("float32",), 1
os.execv = lambda program, arguments: print(json.dumps(arguments)) or sys.exit(0)
print(probe.probe(in_lanes=json.loads(sys.argv[1])))
"""


def probe(*, in_lanes):
    command = [sys.executable, "-c", SCRIPT, json.dumps(in_lanes)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGES, env=os.environ, check=True)
    return done.stdout.splitlines()[-1]


@pytest.fixture
def numbers(monkeypatch):
    """The numbers of the networks by their digests."""
    from tui_cnn.core.layers import BatchNormalization, Dense, Flatten

    stacks = (Flatten(), Dense(units=3)), (Flatten(), BatchNormalization()), (Flatten(), Dense(units=4))
    return {digest(Network("n", (28, 28, 1), (*stack, Dense(units=10)))): place for place, stack in enumerate(stacks)}


def test_what_trains_in_lanes_is_measured_in_them_and_the_rest_by_a_process_after_it(numbers):
    assert json.loads(probe(in_lanes=True))[1:] == ["-m", "tui_cnn.worker", "probe", "again"]
    known = read_machine().measured
    assert {(numbers[one.network], one.batch_size, one.lanes) for one in known} == {(0, 32, 2), (2, 32, 2)}

    assert probe(in_lanes=False) == "0"
    known = read_machine().measured
    rest = {(numbers[one.network], one.batch_size) for one in known if one.lanes == 1}
    assert rest == {(0, 16), (0, 32), (1, 16), (1, 32), (2, 16)}
    assert len(known) == 7
    assert all(0 < one.step_seconds < 1 and one.device == "CPU" and one.threads == 2 for one in known)
