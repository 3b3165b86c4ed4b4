"""What a search costs beside its trials: trials that do nothing, as many as are asked for; and many nodes, as stubs.

    python -m tests.bench.search_overhead [TRIALS] [random|grid|tpe|halving] [NODES]

Prints, for each tenth of the trials, how many a second the coordinator has done, how many in a second of its own
processor time (what others on the machine and the disk take is not in it), and what memory its process holds.

Measured on two busy cores: 200 to 320 trials in a second of its own for random and grid, as many after 9,000 trials as
at first, and 2 KB of memory a trial. On the clock the disk adds its part: one `fsync` a trial is ours, for the run;
Optuna's journal adds three (`halving`) or four (`tpe`), which were 37 % of the time there. TPE's own sampling grows
with the trials: 115 in a second of its own at first, 64 after 1,000.

Each trial makes its run directory, is recorded, and ends when it is looked at; only the training is left out.
"""

import os
import sys
import tempfile
import time

import psutil

from tests.search.networks import TINY
from tui_cnn.runs.events import Epoch, Finished
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Snapshot
from tui_cnn.search import coordinator as coordinating
from tui_cnn.search.coordinator import Coordinator
from tui_cnn.search.directory import make_search
from tui_cnn.search.history import read_history
from tui_cnn.search.plan import Pruning, SearchBudget, SearchPlan

END = Finished(test_loss=None, test_accuracy=None, seconds=1.0, best_epoch=1)


def epoch(accuracy):
    means = {"loss": 1.0, "accuracy": accuracy, "val_loss": 1.0, "val_accuracy": accuracy}
    return Epoch(epoch=1, seconds=1.0, learning_rate=0.1, memory=1, best=True, **means)


class StubHands:
    """So many nodes, on which each run has finished when it is looked at for the `looks`th time."""

    threads = 1

    def __init__(self, nodes, trials, looks):
        self._nodes = nodes
        self._looks = looks
        self._seen = {}
        self._report = max(1, trials // 10)
        self._ended = 0
        self._at, self._used = time.monotonic(), time.process_time()

    def slots(self):
        return self._nodes

    def start(self, run):
        self._seen[run.id] = 0

    def progress(self, run):
        self._seen[run.id] += 1
        if self._seen[run.id] < self._looks:
            return Snapshot(run_id=run.id, name=run.name, state="running")
        del self._seen[run.id]
        self._ended += 1
        if self._ended % self._report == 0:
            self._print()
        accuracy = int(run.id[-4:], 16) / 65536
        return Snapshot(run_id=run.id, name=run.name, state="finished", epochs=(epoch(accuracy),), finished=END)

    def stop(self, run):
        return False

    def close(self):
        pass

    def _print(self):
        now, used, memory = time.monotonic(), time.process_time(), psutil.Process().memory_info().rss
        rate, own = self._report / (now - self._at), self._report / (used - self._used)
        text = f"{self._ended:8,} trials  {rate:6.0f} a second  {own:6.0f} a second of its own  {memory / 1e6:5.0f} MB"
        print(text, flush=True)
        self._at, self._used = now, used


def main(trials, brain, nodes):
    with tempfile.TemporaryDirectory() as directory:
        os.environ["CNN_TUI_HOME"] = directory
        rates = {"low": 0.0, "high": 0.9, **({"step": 0.9 / trials} if brain == "grid" else {})}
        plan = SearchPlan(
            brain="random" if brain == "halving" else brain,
            space={"dropout.rate": rates},
            budget=SearchBudget(trials=trials),
            pruning=Pruning(kind="halving") if brain == "halving" else Pruning(),
            recipe=Recipe(epochs=1),
        )
        search = make_search(TINY, plan)
        hands = StubHands(nodes, trials, 1)
        coordinating.evaluate_winner = lambda _trials: None
        Coordinator(search, hands).run()
        began = time.monotonic()
        count = len(read_history(search).trials)
        print(f"history of {count:,} trials read in {time.monotonic() - began:.2f} s")


if __name__ == "__main__":
    trials, brain, nodes = [*sys.argv[1:], *("10000", "random", "100")[len(sys.argv) - 1 :]]
    main(int(trials), brain, int(nodes))
