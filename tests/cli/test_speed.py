"""`cnn-tui speed`: the table says how many times faster each way is, from results that are known beforehand."""

import json

import pytest

from tui_cnn.cli import speed
from tui_cnn.runs.convolution_speed import MACS, WaySpeed
from tui_cnn.runs.errors import RunError

RESULTS = [
    WaySpeed(way="loop", images=1, seconds=0.1, runs=5, threads=1),
    WaySpeed(way="numpy", images=200, seconds=0.1, runs=15, threads=1, instructions=("AVX2", "FMA3")),
    WaySpeed(way="one-core", images=200, seconds=0.05, runs=15, threads=1, largest_difference=2e-6),
    WaySpeed(way="all-cores", images=200, seconds=0.02, runs=15, threads=4),
]


class Measured:
    """Stands in for the workers."""

    def results(self):
        yield from RESULTS

    def close(self):
        pass


@pytest.fixture
def measured(monkeypatch):
    monkeypatch.setattr(speed, "SpeedMeasurement", Measured)


def test_the_table(cnn_tui, measured):
    found = cnn_tui("speed")
    assert found.exit_code == 0
    lines = [" ".join(line.replace(",", "").split()) for line in found.stdout.splitlines()]
    assert lines[2] == f"Python loop over NumPy arrays 10 {MACS * 10 / 1e6:.0f} M median of 5 runs 1 image"
    assert lines[3] == f"NumPy vectorized 2000 {MACS * 2000 / 1e6:.0f} M 200.0 200.0 median of 15 runs 200 images"
    assert lines[4] == f"TensorFlow 1 thread 4000 {MACS * 4000 / 1e6:.0f} M 2.0 400.0 median of 15 runs 200 images"
    assert lines[5].startswith("TensorFlow 4 threads 10000 ")
    assert " 2.5 1000.0 " in lines[5]
    assert "AVX2, FMA3" in found.stdout
    assert "2e-06" in found.stdout


def test_json(cnn_tui, measured):
    found = json.loads(cnn_tui("speed", "--json").stdout)
    assert [each["seconds"] for each in found] == [0.1, 0.1, 0.05, 0.02]
    assert found[1]["name"] == "NumPy, vectorized"


def test_a_worker_that_fails_is_one_line(cnn_tui, measured, monkeypatch):
    def fails(self):
        raise RunError("TensorFlow is not installed")
        yield

    monkeypatch.setattr(Measured, "results", fails)
    found = cnn_tui("speed")
    assert found.exit_code
    assert found.stderr == "TensorFlow is not installed\n"
