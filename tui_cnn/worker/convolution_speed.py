"""One convolution computed in several ways, each timed: what `cnn-tui speed` shows."""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tui_cnn.runs.convolution_speed import IMAGE, KERNEL, Way, WaySpeed
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.runtime import thread_count

Floats = npt.NDArray[np.float32]

_BATCH = 256
"""Images of a batch, for all ways but the loop: enough that all cores have something to do."""
_RUNS, _LOOP_RUNS = 15, 5
_VECTORS = ("NEON", "ASIMD", "SVE", "SSE41", "AVX", "AVX2", "FMA3", "AVX512F", "VSX", "VX")


def main(cores: str) -> int:
    """Measure what one core is to do, or what all are; write a line of JSON for each way. Returns the exit status."""
    from tui_cnn.worker.loading import load_tensorflow

    images, kernels = drawn()
    if cores == "one":
        expected = by_loop(images[0], kernels)
        _write("loop", 1, 1, lambda: by_loop(images[0], kernels), expected, expected)
        _write("numpy", _BATCH, 1, lambda: by_numpy(images, kernels), expected, by_numpy(images[:1], kernels)[0])
    else:
        expected = by_numpy(images[:1], kernels)[0]
    load_tensorflow()
    import tensorflow as tf

    if cores == "one":
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    threads = 1 if cores == "one" else thread_count(Recipe())
    gpus = tf.config.list_physical_devices("GPU")
    devices: list[tuple[str, Way]] = [("/CPU:0", "one-core" if cores == "one" else "all-cores")]
    if gpus and cores == "all":
        devices.append(("/GPU:0", "gpu"))
    for device, way in devices:
        with tf.device(device):
            computed = by_tensorflow(images, kernels)
        _write(way, _BATCH, threads if way != "gpu" else 1, computed, expected, computed()[0].numpy())
    return 0


def drawn() -> tuple[Floats, Floats]:
    """Draw images (n, height, width, channels) and kernels (height, width, channels, filters), always the same."""
    random = np.random.default_rng(0)
    return random.random((_BATCH, *IMAGE), np.float32), random.standard_normal(KERNEL).astype(np.float32)


def by_loop(image: Floats, kernels: Floats) -> Floats:
    """Convolve an image (height, width, channels), product by product: (rows, columns, filters)."""
    height, width, channels, filters = kernels.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    output = np.zeros((rows, columns, filters), np.float32)
    for row in range(rows):
        for column in range(columns):
            for number in range(filters):
                total = 0.0
                for down in range(height):
                    for right in range(width):
                        for channel in range(channels):
                            total += image[row + down, column + right, channel] * kernels[down, right, channel, number]
                output[row, column, number] = total
    return output


def by_numpy(images: Floats, kernels: Floats) -> Floats:
    """Convolve images (n, height, width, channels) at once, as a product of matrices: (n, rows, columns, filters)."""
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.tensordot(windows, kernels.transpose(2, 0, 1, 3), 3)


def by_tensorflow(images: Floats, kernels: Floats) -> Callable[[], Any]:
    """Return what convolves images with TensorFlow, compiled; the tensors lie on the device beforehand."""
    import tensorflow as tf

    inputs, weights = tf.constant(images), tf.constant(kernels)
    convolve = tf.function(lambda: tf.nn.conv2d(inputs, weights, 1, "VALID"))

    def computed() -> Any:
        output = convolve()
        output[0, 0, 0, 0].numpy()  # a GPU computes on; this waits until it has finished
        return output

    return computed


def _write(way: Way, images: int, threads: int, compute: Callable[[], object], expected: Floats, found: Floats) -> None:
    """Time it, after once without a clock, and write the median."""
    runs = _LOOP_RUNS if way == "loop" else _RUNS
    compute()
    seconds = []
    for _run in range(runs):
        begin = time.perf_counter()
        compute()
        seconds.append(time.perf_counter() - begin)
    measured = WaySpeed(
        way=way,
        images=images,
        seconds=median(seconds),
        runs=runs,
        threads=threads,
        instructions=_instructions() if way == "numpy" else (),
        largest_difference=float(np.abs(found - expected).max()),
    )
    sys.stdout.buffer.write(msgspec.json.encode(measured) + b"\n")
    sys.stdout.buffer.flush()


def _instructions() -> tuple[str, ...]:
    """Name the vector instructions that NumPy found in the processor."""
    features = import_module("numpy._core._multiarray_umath").__cpu_features__
    return tuple(name for name in _VECTORS if features.get(name))
