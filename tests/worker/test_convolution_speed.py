"""The ways to compute one convolution give the same numbers as SciPy; what is timed, and how often, is what is said."""

import time

import msgspec
import numpy as np
import pytest
from scipy import signal

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.presets import preset
from tui_cnn.runs.convolution_speed import IMAGE, KERNEL, MACS, SpeedMeasurement, WaySpeed
from tui_cnn.worker import convolution_speed
from tui_cnn.worker.convolution_speed import by_loop, by_numpy, by_tensorflow


def by_scipy(image, kernels):
    """SciPy correlates one channel and one kernel at a time."""
    height, width, channels, filters = kernels.shape
    output = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, filters))
    for number in range(filters):
        for channel in range(channels):
            output[..., number] += signal.correlate2d(
                image[..., channel].astype(float), kernels[..., channel, number], "valid"
            )
    return output


def test_all_ways_compute_the_same_convolution(keras):
    random = np.random.default_rng(1)
    images, kernels = random.random((3, 7, 6, 2), np.float32), random.standard_normal((3, 2, 2, 4)).astype(np.float32)
    expected = np.stack([by_scipy(image, kernels) for image in images])
    assert np.stack([by_loop(image, kernels) for image in images]) == pytest.approx(expected, abs=1e-5)
    assert by_numpy(images, kernels) == pytest.approx(expected, abs=1e-5)
    assert by_tensorflow(images, kernels)().numpy() == pytest.approx(expected, abs=1e-5)


def test_it_is_the_first_convolution_of_the_tutorial_network():
    network = preset("fashion-cnn")
    row = next(row for row in analyze(network).rows if row.kind == "Conv2D")
    layer = network.layers[0]
    assert (network.input_shape, (*layer.kernel_size, IMAGE[-1], layer.filters)) == (IMAGE, KERNEL)
    assert row.figures.macs.value == MACS


def test_the_median_of_the_runs_after_one_that_does_not_count(monkeypatch, capfdbinary):
    """Each run takes as long as its number, in seconds of a clock of our own."""
    now, computed = [0.0], []

    def compute():
        computed.append(1)
        now[0] += len(computed)

    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    array = np.zeros(3, np.float32)
    convolution_speed._write("numpy", 256, 1, compute, array, array + 0.5)
    measured = msgspec.json.decode(capfdbinary.readouterr().out, type=WaySpeed)
    assert (len(computed), measured.runs) == (16, 15)
    assert measured.seconds == 9, "the median of 2 to 16"
    assert measured.images_per_second == pytest.approx(256 / 9)
    assert measured.largest_difference == 0.5


def test_the_workers_measure_each_way_once():
    results = list(SpeedMeasurement().results())
    assert [each.way for each in results if each.way != "gpu"] == ["loop", "numpy", "one-core", "all-cores"]
    assert [each.threads for each in results[:3]] == [1, 1, 1]
    assert [each.images for each in results[:4]] == [1, 256, 256, 256]
    assert all(each.seconds > 0 and each.largest_difference < 1e-4 for each in results)


def test_one_that_is_closed_measures_nothing_more():
    measurement = SpeedMeasurement()
    results = measurement.results()
    assert next(results).way == "loop"
    measurement.close()
    assert list(results) == []
