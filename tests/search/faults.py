"""What `kill -9` can hit while a search trains on a cluster, and that it goes on afterwards."""

import time

import psutil

from tests.search.loopback import Loopback
from tui_cnn.search import launch
from tui_cnn.search.errors import SearchError
from tui_cnn.search.history import read_history

KINDS = ("trainer", "dask worker", "node", "scheduler", "coordinator")


def coordinator_of(search):
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or ()
        if "tui_cnn.search" in words and str(search.path) in words:
            return process
    return None


def strike(cluster, search, kind, moments):
    """Kill one of a kind, if there is one at this moment, and start again what nobody else does."""
    number = moments.choice(sorted(cluster.nodes))
    match kind:
        case "trainer":
            if trainers := cluster.trainers():
                Loopback.kill(moments.choice(trainers))
        case "dask worker":
            if worker := cluster.dask_worker(number):
                Loopback.kill(worker)
        case "node":
            Loopback.kill(cluster.nodes[number])
            cluster.start_node(number)
        case "scheduler":
            Loopback.kill(cluster.scheduler)
            cluster.start_scheduler()
        case "coordinator":
            if process := coordinator_of(search):
                Loopback.kill(process)


def finish(cluster, search, seconds=240):
    """Resume the search whenever it is not running, until it is finished; return how often it was resumed."""
    deadline, resumed = time.monotonic() + seconds, 0
    while (history := read_history(search)).state != "finished":
        assert time.monotonic() < deadline, (history, search.log_file.read_text())
        if history.state != "running":
            resumed += 1
            try:
                launch.start(search, scheduler=cluster.address)
            except SearchError:  # it has just ended
                time.sleep(0.5)
        time.sleep(0.05)
    return resumed
