"""Training steps whose work the threads share as the worker lets them, against all threads sharing each operation.

Each side is a process of its own, in turns, several times. Printed are the medians of the fastest steps in
microseconds an image, and of the ratios. Run it from the checkout: `python -m tests.bench.threads [PAIRS]`.
"""

import subprocess
import sys
from functools import partial
from statistics import median

from tests.bench.pairs import in_turns
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import usual_runtime

NAMES = ("fashion-dnn", "fashion-cnn", "lenet-5", "small-resnet", "small-mobile", "small-inception", "all-conv")
SCRIPT = """
import sys
from tui_cnn.worker.loading import load_tensorflow
load_tensorflow()
from tests.bench.timed_steps import fastest_step
from tui_cnn.formats.presets import preset
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import usual_runtime
import msgspec

name, size, precision, side = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
by = usual_runtime(preset(name), Recipe(batch_size=size))
by = by if side == "worker" else msgspec.structs.replace(by, lanes=1, sharing=by.threads)
print(fastest_step(name, size, by, precision)[0] / size)
"""


def measure(*told):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, told)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return float(done.stdout) * 1e6


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for name in NAMES:
        for size in (32, 128):
            by = usual_runtime(preset(name), Recipe(batch_size=size))
            if by.sharing == by.threads:
                continue
            for precision in ("float32", "mixed_bfloat16"):
                ours, theirs = ((side, partial(measure, name, size, precision, side)) for side in ("worker", "all"))
                sides = in_turns([ours, theirs], pairs)
                ratio = median(a / b for a, b in zip(*sides.values(), strict=True))
                print(
                    f"{name:15}  batches of {size:3}  {precision:14}  {by.lanes} lanes {median(sides['worker']):6.1f}"
                    f"  all share {median(sides['all']):6.1f}  ratio {ratio:.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
