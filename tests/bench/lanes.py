"""Lanes on more cores than this machine has, simulated: how much faster a training step would be with 2, 4 and 8.

In lanes, each core takes its part of a batch through the whole network and back; then the gradients are added up and
the weights updated. So a step on L cores takes what one core takes for a batch of the L-th part, and for adding L
gradients up: both are measured here, on one core that the process is bound to. What cores share, as the bandwidth of
the memory, is left out. As many lanes as there are cores are measured, too, which says how far off the simulation is;
so is one lane in which all cores share each operation. Printed are the times of the fastest steps, and how much faster
they are than one core.
Run it from the checkout: `python -m tests.bench.lanes [ROUNDS]`.
"""

import os
import subprocess
import sys
from statistics import median

from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import thread_count

NAMES = ("fashion-dnn", "lenet-5", "fashion-cnn")
SIZES = (32, 128)
LANES = (2, 4, 8)
SCRIPT = """
import os, sys
name, size, cores, lanes, parts = sys.argv[1], *map(int, sys.argv[2:])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
from tui_cnn.worker.loading import load_tensorflow
load_tensorflow()
import timeit
import tensorflow as tf
from tests.bench.timed_steps import fastest_step
from tui_cnn.runs.runtime import Runtime

by = Runtime(threads=cores, lanes=lanes, sharing=1 if lanes > 1 else cores)
seconds, model = fastest_step(name, size, by)
if parts > 1:
    shapes = [variable.shape for variable in model.trainable_variables]
    gradients = [[tf.random.normal(shape) for shape in shapes] for _part in range(parts)]
    add = tf.function(lambda given: [tf.add_n(same) for same in zip(*given)], autograph=False)
    take = tf.function(lambda given: given[0], autograph=False)
    adding, calling = (min(timeit.repeat(lambda: run(gradients), number=1, repeat=30)) for run in (add, take))
    seconds += adding - calling
print(seconds)
"""


def measure(rounds, name, size, *, cores=1, lanes=1, parts=1):
    """Return the seconds of a step, in the median; with several `parts`, those of adding so many gradients up, too."""
    command = [sys.executable, "-c", SCRIPT, *map(str, (name, size, cores, lanes, parts))]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "check": True}
    return median(float(subprocess.run(command, **quiet).stdout) for _round in range(rounds))


def faster(seconds, alone):
    """Write a time, and how much faster it is than one core."""
    return f"{1e3 * seconds:6.2f} ms, {alone / seconds:.2f} times as fast"


def main():
    if not hasattr(os, "sched_setaffinity"):
        sys.exit("this system cannot bind a process to a core")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    cores = thread_count(Recipe())
    for name in NAMES:
        for size in SIZES:
            alone = measure(rounds, name, size)
            print(f"{name:12} batches of {size:3}: one core {1e3 * alone:6.2f} ms", flush=True)
            if cores > 1:
                shared = measure(rounds, name, size, cores=cores)
                print(f"    {cores} cores share each operation: {faster(shared, alone)}", flush=True)
            for lanes in LANES:
                simulated = measure(rounds, name, size // lanes, parts=lanes)
                print(f"    {lanes} lanes, simulated: {faster(simulated, alone)}", flush=True)
                if lanes == cores:
                    real = measure(rounds, name, size, cores=cores, lanes=lanes)
                    print(f"    {lanes} lanes, measured:  {faster(real, alone)}", flush=True)


if __name__ == "__main__":
    main()
