"""`cnn-tui quantize`: what it prints, and what it refuses in one line; tests/worker has the numbers."""

import pytest

from tui_cnn.cli import quantizing
from tui_cnn.core.layers import Dense, Flatten, Input, Route
from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.origin import Origin, make_foreign
from tui_cnn.runs.quantization import ConvertedNetwork, TestedNetworks, TestedShare
from tui_cnn.runs.recipe import Recipe

CONVERTED = ConvertedNetwork(size=100_000, float_size=380_000, ram=300_000, calibration=200, in_float=("NEG",))
BEFORE, AFTER = [[8, 2, 0], [1, 9, 0], [0, 0, 0]], [[7, 3, 0], [0, 10, 0], [0, 0, 0]]
TESTED = TestedNetworks(("cat", "dog", "owl"), BEFORE, AFTER, 18)


@pytest.fixture
def answered(monkeypatch):
    """Take these answers for those of a worker."""

    class Answered:
        def __init__(self, *_given):
            pass

        def steps(self):
            yield from (CONVERTED, TestedShare(0.5), TESTED)

        def close(self):
            pass

    monkeypatch.setattr(quantizing, "Quantizing", Answered)
    return make_run(preset("fashion-dnn"), Recipe())


def test_the_table(cnn_tui, answered):
    lines = cnn_tui("quantize", answered.id).stdout.splitlines()
    first = f"{answered.id} in int8: flash 100 kB (380 kB in float32, 3.8×), RAM 300 kB for activations"
    assert lines[:3] == [
        first,
        "20 test images, 90.00% predicted alike; calibrated on 200 training images",
        "without an int8 kernel, so computed in float32: NEG",
    ]
    assert [line.split() for line in lines[4:9]] == [
        ["accuracy", "float32", "int8", "change", "images"],
        ["all", "classes", "0.8500", "0.8500", "+0.0000", "20"],
        ["cat", "0.8000", "0.7000", "-0.1000", "10"],
        ["dog", "0.9000", "1.0000", "+0.1000", "10"],
        ["owl", "—", "—", "—", "0"],
    ]
    boards = "esp32-wroom-32e, raspberry-pi-pico-2, sparkfun-edge, stm32f746g-disco"
    assert lines[10:] == [f"Boards with enough flash and RAM: {boards}"]


def refusal(cnn_tui, *arguments):
    result = cnn_tui("quantize", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    return result.stderr.strip()


def test_what_is_refused_before_a_worker_is_started(cnn_tui, tmp_path):
    run = make_run(preset("fashion-dnn"), Recipe())
    assert refusal(cnn_tui, run.id).endswith("not available yet; train for at least one epoch")
    assert "the file name must end in .tflite" in refusal(cnn_tui, run.id, "-o", "network.h5")
    joined = (Input(name="second", shape=(28, 28, 1)), Route(layers=(NETWORK_INPUT, "second")))
    ends = (*joined, Flatten(), Dense(units=10))
    two = make_run(Network("two", (28, 28, 1), ends), Recipe())
    line = "two has 2 inputs and 1 output; only networks with one input and one output can be quantized"
    assert refusal(cnn_tui, two.id) == line
    foreign = make_foreign("imported", preset("fashion-dnn"), Origin(program="Keras"), lambda _run: None)
    line = f"{foreign.id} was not trained here, so there are no training images to quantize with"
    assert refusal(cnn_tui, foreign.id) == line


def test_a_failure_of_the_worker_is_its_line(cnn_tui, answered, monkeypatch):
    def steps(self):
        raise RunError("small cannot be converted to int8: TensorFlow has no int8 operator for ELU")
        yield

    monkeypatch.setattr(quantizing.Quantizing, "steps", steps)
    assert refusal(cnn_tui, answered.id).endswith("no int8 operator for ELU")
