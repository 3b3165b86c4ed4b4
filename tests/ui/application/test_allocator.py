"""Large arrays that were freed are given back to the system, where the C library has such a switch."""

import ctypes
import json
import subprocess
import sys

import pytest

_PROGRAM = """
import json
import numpy as np, psutil
from tui_cnn.ui.application.allocator import give_memory_back

give_memory_back()

def held():
    return psutil.Process().memory_info().rss / 1e6

large = np.ones(20_000_000, np.uint8)
del large  # from now on glibc would take arrays of this size from a heap
before, arrays, small = held(), [], []
for _each in range(10):
    arrays.append(np.ones(10_000_000, np.uint8))
    small.append(np.ones(60_000, np.uint8))  # would be above the array
most = held()
arrays.clear()
print(json.dumps([most - before, held() - before]))
"""

glibc = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no mallopt")


@glibc
def test_large_arrays_leave_nothing_behind():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    most, left = json.loads(done.stdout)
    assert most > 90
    assert left < 10


def test_nothing_happens_without_glibc(monkeypatch):
    from tui_cnn.ui.application import allocator

    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _name: object())
    allocator.give_memory_back()
