"""The measurement of the machine: which kinds of networks are measured in lanes, which without, and what is kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import tui_cnn
from tui_cnn.core.layers import BatchNormalization, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.runs.machine import digest, read_machine

PACKAGES = Path(tui_cnn.__file__).parents[1]
SCRIPT = """
import json, os, sys
from tui_cnn.core.layers import BatchNormalization, Dense, Flatten
from tui_cnn.runs import runtime
from tui_cnn.worker import probe

runtime.thread_count = lambda recipe: 2
plain = Flatten(), Dense(units=3)
probe.STACKS = plain, (Flatten(), BatchNormalization()), (Flatten(), Dense(units=4))
probe._BATCHES, probe._PRECISIONS, probe._ENOUGH = (16, 32, 64), ("float32",), 1
os.execv = lambda program, arguments: print(json.dumps(arguments)) or sys.exit(0)
print(probe.probe(int(sys.argv[1])))
"""


def probe(part):
    command = [sys.executable, "-c", SCRIPT, str(part)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGES, env=os.environ, check=True)
    return done.stdout.splitlines()[-1]


def test_each_way_to_share_the_work_is_measured_by_a_process_of_its_own():
    stacks = (Flatten(), Dense(units=3)), (Flatten(), BatchNormalization()), (Flatten(), Dense(units=4))
    numbers = {
        digest(Network("n", (28, 28, 1), (*stack, Dense(units=10)))): place for place, stack in enumerate(stacks)
    }
    assert json.loads(probe(0))[1:] == ["-m", "tui_cnn.worker", "probe", "1"]
    assert json.loads(probe(1))[1:] == ["-m", "tui_cnn.worker", "probe", "2"]
    assert probe(2) == probe(3) == "0"

    known = read_machine().measured
    told = {}
    for one in known:
        told.setdefault((one.lanes, one.sharing), set()).add((numbers[one.network], one.batch_size))
    assert told == {
        (2, 1): {(0, 32), (0, 64), (2, 32), (2, 64)},
        (1, 1): {(0, 16), (0, 32), (1, 16), (1, 32), (2, 16)},
        (1, 2): {(0, 64), (1, 64)},
    }
    assert all(0 < one.step_seconds < 1 and one.device == "CPU" and one.threads == 2 for one in known)
    for one in known:
        further = one.evaluation_seconds, one.compile_seconds, one.save_seconds
        if one.batch_size == 32:
            assert all(0 < seconds < 10 for seconds in further)
            assert one.compile_seconds > one.step_seconds > 0
        else:
            assert further == (None, None, None)
    assert 0.5 < read_machine().load_seconds < 120
