"""Training from a file that is mapped, under a limit of memory below the size of the images, against the same images
held whole without a limit; in processes of their own, in turns. What is compared are the seconds of the second epoch;
those of the processor are shown too, which other programs on the machine change less.

Run it from the checkout: `python -m tests.bench.mapped [PAIRS] [IMAGES] [tiny|ordinary]`. 100,000 images of 64×64×3
take 1.2 GB. The tiny network trains faster than almost any other, so that reading images counts most; the ordinary one
has the layers of the preset fashion-cnn.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from tests.bench.pairs import report
from tui_cnn.core.layers import Conv2D, Dense, GlobalAveragePooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

LIMIT = 1.15
SIDE, CLASSES = 64, 10
ROOM = 1_200_000_000
"""Bytes of memory of its own that the process may have with a limit, less than the images; TensorFlow takes most."""


def write(directory, number):
    """A thousand images of colour, each a smooth pattern."""
    random = np.random.default_rng(number)
    for each in range(1000):
        folder = directory / str(each % CLASSES)
        folder.mkdir(parents=True, exist_ok=True)
        pattern = Image.fromarray(random.integers(0, 256, (6, 6, 3), np.uint8)).resize((SIDE, SIDE))
        pattern.save(folder / f"{number}-{each}.png", compress_level=1)


def tiny():
    convolution = Conv2D(filters=8, kernel_size=(3, 3), strides=(2, 2), activation="relu")
    return Network("n", (SIDE, SIDE, 3), (convolution, GlobalAveragePooling2D(), Dense(units=CLASSES)))


def ordinary():
    return msgspec.structs.replace(preset("fashion-cnn"), input_shape=(SIDE, SIDE, 3))


def train(home, data, whole, network):
    """Train two epochs in this process; print the seconds of the second, those of the processor, and the bytes that it
    held at most.
    """
    os.environ["CNN_TUI_HOME"] = home
    if not whole:
        resource.setrlimit(resource.RLIMIT_DATA, (ROOM, ROOM))
    from tui_cnn.worker.loading import load_tensorflow

    load_tensorflow()
    from tui_cnn.worker import running
    from tui_cnn.worker.training import Training

    processor = []
    end_epoch = Training._end_epoch

    def ended(*arguments):
        processor.append(time.process_time())
        end_epoch(*arguments)

    Training._end_epoch = ended
    if whole:
        from tui_cnn.worker import feed

        feed._MOST_HELD = 1 << 40
    run = make_run(network, Recipe(epochs=2, batch_size=128, data=data, validation=0.0))
    assert running.train(run) == 0, run.events_file.read_text()
    epoch = Follower(run).poll().epochs[1]
    print(
        json.dumps(
            [epoch.seconds, processor[1] - processor[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]
        )
    )


def small_stacks():
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))


def measure(home, data, network, side):
    command = [sys.executable, "-m", "tests.bench.mapped", "train", home, data, side, network]
    # Arenas and stacks of threads count as a whole, though hardly anything is in them.
    environment = os.environ | {"MALLOC_ARENA_MAX": "2"}
    ended = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=small_stacks
    )
    seconds, processor, held = json.loads(ended.stdout.splitlines()[-1])
    times = f"{seconds:.2f} s, {processor:.2f} s of the processor"
    print(f"{side}: {times}, {held / 1e9:.2f} GB in RAM, mapped pages among them", file=sys.stderr)
    return seconds


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    images = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    network = sys.argv[3] if len(sys.argv) > 3 else "tiny"
    with tempfile.TemporaryDirectory() as home:
        data = Path(home) / "images"
        with ProcessPoolExecutor() as pool:
            list(pool.map(partial(write, data), range(images // 1000)))
        began = time.perf_counter()
        measure(home, str(data), network, "mapped")  # decodes them
        print(f"decoded and trained on in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        mapped, held = (partial(measure, home, str(data), network, side) for side in ("mapped", "held"))
        report(
            f"an epoch of {images:,} images of {SIDE}×{SIDE}×3, {network} network",
            ("mapped", mapped),
            ("held", held),
            pairs,
            LIMIT,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(*sys.argv[2:4], sys.argv[4] == "held", {"tiny": tiny, "ordinary": ordinary}[sys.argv[5]]())
    else:
        main()
