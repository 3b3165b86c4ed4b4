"""A worker that has loaded TensorFlow before there is a run to train.

It writes `ready` on its standard output and waits for a line on its standard input: the directory of a run. From then
on it is that run's worker, and nothing that happens to the screen affects it. If its input closes first, it ends.
"""

import os
import sys
import threading
from importlib import import_module
from pathlib import Path

from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.runtime import Runtime
from tui_cnn.worker.loading import load_tensorflow
from tui_cnn.worker.running import train

READY = b"ready\n"


def wait_for_run(runtime: Runtime) -> int:
    """Load TensorFlow, wait for a run, train it; return the exit status."""
    lines: list[bytes] = []
    reader = threading.Thread(target=_read, args=(lines,), daemon=True)
    reader.start()  # so that it ends at once, even while it loads, when the screen does
    _warm_up(runtime)
    try:
        os.write(sys.stdout.fileno(), READY)
    except OSError:
        return 0
    reader.join()
    if not lines:
        return 0
    run = RunDirectory(Path(os.fsdecode(lines[0])))
    _redirect_output(run.log_file)
    return train(run)


def _read(lines: list[bytes]) -> None:
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        os._exit(0)
    lines.append(line[:-1])


def _warm_up(runtime: Runtime) -> None:
    """Load all that a training needs, the data too, and do a step: what is lazy is then done."""
    load_tensorflow()
    import_module("tui_cnn.worker.training")
    import tensorflow as tf

    from tui_cnn.core.layers import Conv2D, Dense, Flatten
    from tui_cnn.core.network import Network
    from tui_cnn.data.fitting import fit
    from tui_cnn.runs.recipe import Recipe
    from tui_cnn.worker.device import configure
    from tui_cnn.worker.images import images
    from tui_cnn.worker.model import make_model
    from tui_cnn.worker.steps import Samples, Steps

    recipe = Recipe()
    lanes = configure(runtime).lanes
    data = images(recipe.directory)
    network = Network(
        "warm-up", (28, 28, 1), (Conv2D(filters=1, kernel_size=(3, 3)), Flatten(), Dense(units=data.class_count))
    )
    steps = Steps(make_model(network, recipe), fit(data.image_shape, network.input_shape), recipe, lanes)
    few = Samples(tf.constant(data.train_images[:64]), tf.constant(data.train_labels[:64]))
    steps.train(few, tf.range(64), 0, tf.fill((2,), 0.001), 0)


def _redirect_output(log: Path) -> None:
    """Let go of the pipes to the screen: all output from now on goes to the run's log."""
    with log.open("ab") as file, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
