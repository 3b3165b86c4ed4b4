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
import os, sys, time
name, size, cores, lanes = sys.argv[1], *map(int, sys.argv[2:])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
from tui_cnn.worker.loading import load_tensorflow
load_tensorflow()
import tensorflow as tf
from tui_cnn.data.fitting import fit
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import Runtime
from tui_cnn.worker.device import configure
from tui_cnn.worker.loading import take_images
from tui_cnn.worker.build import make_model
from tui_cnn.worker.steps import Samples, Steps
from tui_cnn.worker.trials import time_steps

network, recipe = preset(name), Recipe(batch_size=size)
by = configure(Runtime(threads=cores, lanes=cores if lanes else 1, sharing=1 if lanes else cores))
data = take_images(recipe, network.input_shape)
samples = Samples(tf.constant(data.train_images), tf.constant(data.train_labels))
model = make_model(network, recipe)
steps = Steps(model, fit(data.image_shape, network.input_shape), recipe, by.lanes)
print(time_steps(steps, samples, recipe, 1.5).fastest)
if cores == 1:
    for count in (2, 4, 8):
        shapes = [variable.shape for variable in model.trainable_variables]
        lanes = [[tf.random.normal(shape) for shape in shapes] for _lane in range(count)]
        add = tf.function(lambda lanes: [tf.add_n(same) for same in zip(*lanes)], autograph=False)
        take = tf.function(lambda lanes: lanes[0], autograph=False)
        found = []
        for function in (add, take):
            function(lanes)
            times = []
            for _round in range(30):
                began = time.perf_counter()
                function(lanes)
                times.append(time.perf_counter() - began)
            found.append(min(times))
        print(found[0] - found[1])
"""


def measure(*told):
    """Return the seconds of a step, and on one core those of adding up 2, 4 and 8 gradients."""
    command = [sys.executable, "-c", SCRIPT, *map(str, told)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return [float(line) for line in done.stdout.split()]


def middle(rounds, *told):
    """Return the medians of several measurements."""
    return list(map(median, zip(*(measure(*told) for _round in range(rounds)), strict=True)))


def main():
    if not hasattr(os, "sched_setaffinity"):
        sys.exit("this system cannot bind a process to a core")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    cores = thread_count(Recipe())
    for name in NAMES:
        for size in SIZES:
            alone, *_sums = middle(rounds, name, size, 1, 0)
            print(f"{name:12} batches of {size:3}: one core {1e3 * alone:6.2f} ms", flush=True)
            if cores > 1:
                shared = middle(rounds, name, size, cores, 0)[0]
                faster = f"{1e3 * shared:6.2f} ms, {alone / shared:.2f} times as fast"
                print(f"    {cores} cores share each operation: {faster}")
            for place, lanes in enumerate(LANES):
                part, *sums = middle(rounds, name, size // lanes, 1, 0)
                simulated = part + sums[place]
                said = f"    {lanes} lanes, simulated: {1e3 * simulated:6.2f} ms, {alone / simulated:.2f} times as fast"
                if lanes == cores:
                    real = middle(rounds, name, size, cores, 1)[0]
                    said += f"; measured {1e3 * real:6.2f} ms, {alone / real:.2f} times"
                print(said, flush=True)


if __name__ == "__main__":
    main()
