"""Time from pressing start to the first batch: by a spare worker that is ready, and by one that starts cold.

Run it from the checkout: `python -m tests.bench.warm [PAIRS]`. With a spare it is to take at most a second.
"""

import os
import sys
import tempfile
import time
from statistics import median

from tui_cnn.formats.presets import preset
from tui_cnn.runs.launch import start, stop
from tui_cnn.runs.process import PrewarmedWorker
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import runtime
from tui_cnn.runs.snapshot import Follower

LIMIT = 1.0
RECIPE = Recipe(epochs=1)


def first_batch(spare):
    """Start a run; return the seconds until its first progress is told, then stop it."""
    began = time.perf_counter()
    run = start(preset("fashion-cnn"), RECIPE, prewarmed=spare)
    follower = Follower(run)
    while (snapshot := follower.poll()).progress is None:
        assert snapshot.failed is None, snapshot.failed
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    stop(run)
    while follower.poll().state == "running":
        time.sleep(0.05)
    return seconds


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        warm, cold, loading = [], [], []
        for _ in range(pairs):
            began = time.perf_counter()
            spare = PrewarmedWorker(runtime(preset("fashion-cnn"), RECIPE))
            assert spare.wait(120)
            loading.append(time.perf_counter() - began)
            warm.append(first_batch(spare))
            cold.append(first_batch(None))
    print(f"first batch, {pairs} pairs: spare {median(warm):.2f} s, cold {median(cold):.2f} s, limit {LIMIT} s")
    print(f"  ({', '.join(f'{one:.2f}' for one in warm)} against {', '.join(f'{one:.2f}' for one in cold)})")
    print(f"a spare is ready {median(loading):.1f} s after it was started")
    sys.exit(median(warm) > LIMIT)


if __name__ == "__main__":
    main()
