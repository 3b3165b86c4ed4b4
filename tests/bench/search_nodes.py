"""What breaks first with many nodes: the coordinator with stub nodes, and what Dask's scheduler passes on.

    python -m tests.bench.search_nodes [NODES] [SECONDS]

The hands, run directories, locks and events are the real ones; in place of Dask there is a stub whose nodes report
once a second, end a run after ten seconds, and send back a file of 400 KB. Printed: how long a turn of the coordinator
takes (a trial is pruned or stopped within one), processor time, memory, open files. Then how many messages a second
come through a real scheduler, of one worker process.

Measured with 1,000 nodes on two busy cores: turns of 0.1 s, the longest 3 s; 3,400 messages a second through Dask.
What breaks first is how fast trials begin: at 20 a turn and 4 ms of processor time each, trials of less than some
seconds leave nodes idle (with 20 begun a second, as on that machine, trials of 50 s keep 1,000 nodes busy). Next is the
scheduler, at about 3,000 nodes that report once a second. Then open files: each run that is trained takes one, for
its lock; the limit is raised to what the system allows.
"""

import os
import random
import sys
import tempfile
import threading
import time
from itertools import pairwise

import psutil

from tests.bench.search_overhead import END, epoch
from tests.search.networks import TINY
from tui_cnn.runs.directory import list_runs
from tui_cnn.runs.events import Started, encode
from tui_cnn.runs.recipe import Recipe
from tui_cnn.search import coordinator as coordinating
from tui_cnn.search import hands_cluster
from tui_cnn.search.cluster import Demand
from tui_cnn.search.coordinator import Coordinator
from tui_cnn.search.directory import make_search
from tui_cnn.search.hands_node import CORES, MEMORY
from tui_cnn.search.parcel import Trained
from tui_cnn.search.plan import SearchBudget, SearchPlan

SECONDS = 10
BEST = os.urandom(400_000)


class StubFuture:
    def __init__(self, key):
        self.key = key
        self.done = None

    def add_done_callback(self, call):
        self.done = call

    def cancel(self):
        pass


class StubCluster:
    """Nodes that report and end by the clock of one thread."""

    def __init__(self, nodes):
        self._nodes = {f"node{number}": {CORES: 1, MEMORY: 1e9} for number in range(nodes)}
        self._free = list(self._nodes)
        self._running = []
        self._results = {}
        self.messages_sent = 0
        threading.Thread(target=self._train, daemon=True).start()

    def is_connected(self):
        return True

    def nodes(self):
        return self._nodes

    def subscribe(self, _topic, take):
        self._take = take

    def published(self, _prefix):
        return {}

    def submit(self, name, _demand, _function, run_id, *_arguments):
        future = StubFuture(name)
        names = {"python": "", "tensorflow": "", "keras": "", "device": "CPU"}
        counts = {"train_images": 1, "validation_images": 1, "test_images": 1, "steps_per_epoch": 1}
        lines = [encode(Started(seed=0, threads=1, pid=1, epochs=1, **names, **counts))]
        lines = [line.rstrip(b"\n") for line in [*lines, *[encode(epoch(random.random()))] * SECONDS]]
        self._running.append((time.monotonic() + random.random(), 0, run_id, future, self._free.pop(), lines))
        return future

    def result(self, future):
        return self._results.pop(future.key)

    def unpublish(self, _name):
        pass

    def call(self, *_arguments):
        pass

    def close(self):
        pass

    def _train(self):
        while True:
            time.sleep(0.05)
            now, left = time.monotonic(), []
            running, self._running = self._running, []
            for at, sent, run_id, future, node, lines in running:
                if now < at:
                    left.append((at, sent, run_id, future, node, lines))
                elif sent == len(lines):
                    end = (*lines, encode(END).rstrip(b"\n"))
                    self._results[future.key] = Trained(end, {"best.keras": BEST})
                    self._free.append(node)
                    future.done(future)
                else:
                    message = {"run": run_id, "key": future.key, "node": node, "first": sent}
                    self._take({**message, "lines": lines[sent : sent + 1]})
                    self.messages_sent += 1
                    left.append((at + 1, sent + 1, run_id, future, node, lines))
            self._running += left


def coordinate(nodes, seconds):
    cluster = StubCluster(nodes)
    hands_cluster.connect = lambda _address: cluster
    coordinating.evaluate_winner = lambda _trials: None
    turns, files = [], []
    with tempfile.TemporaryDirectory() as directory:
        os.environ["CNN_TUI_HOME"] = directory
        plan = SearchPlan(
            space={"dropout.rate": {"low": 0.0, "high": 0.9}},
            budget=SearchBudget(minutes=seconds / 60),
            recipe=Recipe(epochs=1, threads=1),
        )
        search = make_search(TINY, plan)
        hands = hands_cluster.ClusterHands(search, "stub", Demand(1, 1e8), None)
        slots = hands.slots

        def watched():
            turns.append(time.monotonic())
            files.append(psutil.Process().num_fds())
            return slots()

        hands.slots = watched
        Coordinator(search, hands).run()
        runs = len(list_runs())
    took = sorted(after - before for before, after in pairwise(turns))
    used = time.process_time() / (turns[-1] - turns[0])
    print(f"{nodes:,} nodes: turns of {took[len(took) // 2]:.2f} s, the longest {took[-1]:.2f} s")
    memory = psutil.Process().memory_info().rss / 1e6
    print(f"{used:.0%} of a processor (stub and all), {memory:.0f} MB, {max(files):,} open files", flush=True)
    print(f"{cluster.messages_sent:,} messages, {runs:,} runs", flush=True)


def burst(count, text):
    from distributed import get_worker

    worker = get_worker()
    for number in range(count):
        worker.log_event("bench", {"number": number, "lines": [text]})


def messages(count=20_000):
    from distributed import Client, LocalCluster

    arrived = threading.Event()
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True) as cluster,
        Client(cluster) as client,
    ):
        client.subscribe_topic("bench", lambda event: event[1]["number"] == count - 1 and arrived.set())
        began = time.monotonic()
        client.submit(burst, count, b"x" * 400).result()
        arrived.wait(300)
        print(f"{count / (time.monotonic() - began):,.0f} messages a second through Dask's scheduler")


if __name__ == "__main__":
    coordinate(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 30)
    messages()
