"""Kill what a search on three nodes is made of at random moments, and check that each trial ends once.

    python -m tests.bench.search_faults 50 [SEED]

Each moment is a search of its own, of four trials of a second, with a stub for what trains; what is killed with
`kill -9` goes round: a trainer, a worker process of Dask, a whole node, the scheduler, the coordinator.
"""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.search.faults import KINDS, finish, strike
from tests.search.loopback import Loopback, environment
from tests.search.networks import TINY
from tests.search.test_cluster import PLAN, check_exactly_once
from tui_cnn.search import launch
from tui_cnn.search.directory import make_search


def main(count, seed):
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory) / "home"
        os.environ["CNN_TUI_HOME"] = str(home)
        os.environ["PYTHONPATH"] = environment(home, stub=True)["PYTHONPATH"]
        cluster = Loopback(Path(directory))
        try:
            for number in range(count):
                kind, moment = KINDS[number % len(KINDS)], moments.uniform(0.0, 4.0)
                search = make_search(TINY, PLAN)
                launch.start(search, scheduler=cluster.address)
                time.sleep(moment)
                strike(cluster, search, kind, moments)
                began = time.monotonic()
                resumed = finish(cluster, search)
                check_exactly_once(search)
                seconds = time.monotonic() - began
                end = f"finished {seconds:.1f} s later, resumed {resumed}"
                print(f"{number + 1:3} {kind:12} after {moment:.2f} s: {end}", flush=True)
        finally:
            cluster.close()
    print(f"{count} moments, each trial ended once")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
