"""`cnn-tui trace`, on a run that was trained for real: what it prints is what Keras says."""

import json

import numpy as np
import pytest

from tests.cli.test_inspection import asked_here, model, outputs, test_set  # noqa: F401

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras loads so


def test_the_prediction_is_written_out(cnn_tui, trained, test_set, model):  # noqa: F811
    shares = outputs(model, test_set.images[2])
    result = cnn_tui("trace", str(trained.path), "-i", "2", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    assert (report["layer"], report["cell"], report["rule"]) == ("dense_1", [int(shares.argmax())], "softmax")
    assert report["value"] == pytest.approx(float(shares.max()), abs=1e-4)
    assert report["difference"] == 0
    powers = [term["sum"] for term in report["terms"]]
    assert powers == sorted(powers, reverse=True)
    assert powers[0] / sum(powers) == pytest.approx(report["value"])
    text = cnn_tui("trace", str(trained.path), "-i", "2").stdout
    assert text.startswith(f"dense_1 (Dense), unit {shares.argmax()}: ")
    assert len([line for line in text.splitlines() if line.startswith("logit of dense_1 ")]) == 10
    logit = json.loads(cnn_tui("trace", str(trained.path), "-i", "2", "--logit", "--json").stdout)
    assert np.exp(logit["value"]) == pytest.approx(powers[0], rel=1e-4)
    assert sum(term["sum"] for term in logit["terms"]) + logit["constants"]["bias"] == pytest.approx(logit["total"])


def test_a_cell_of_a_convolution(cnn_tui, trained, test_set, model, keras):  # noqa: F811
    inputs = test_set.images[2][None].astype("float32") / 255
    layers = {layer.name: layer for layer in model.layers}
    seen = keras.Model(model.input, layers["conv2d_1"].output)(inputs, training=False).numpy()[0]
    given = ("trace", str(trained.path), "-i", "2", "--layer", "conv2d_1", "--cell", "3,4,7")
    report = json.loads(cnn_tui(*given, "--json").stdout)
    assert report["value"] == pytest.approx(float(seen[3, 4, 7]), abs=1e-4)
    kernel, bias = layers["conv2d_1"].get_weights()
    assert report["constants"] == {"bias": pytest.approx(float(bias[7]))}
    first = report["terms"][0]
    assert abs(first["sum"]) == max(abs(term["sum"]) for term in report["terms"])
    weights = [tap["weight"] for tap in first["taps"]]
    assert weights == pytest.approx(kernel[..., first["channel"], 7].ravel().tolist())
    assert first["taps"][4]["layer"] == "conv2d"
    assert first["taps"][4]["cell"] == [3, 4, first["channel"]]
    text = cnn_tui(*given).stdout
    assert "sum of 72 products" in text
    assert text.count("channel ") == 8
    pixel = cnn_tui("trace", str(trained.path), "-i", "2", "--layer", "input_layer", "--cell", "14,14,0").stdout
    assert f"pixel: {test_set.images[2][14, 14, 0]} / 255 = " in pixel


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--layer", "nothing"), "no layer “nothing”; available: input_layer, conv2d, "),
        (("--layer", "conv2d", "--cell", "1,2"), "conv2d has no cell 1,2; its cells are 0,0,0 to 11,11,7"),
        (("--layer", "conv2d", "--cell", "1,2,99999"), "conv2d has no cell 1,2,99999"),
        (("--layer", "conv2d", "--logit"), "conv2d does not end with a softmax"),
        (("--cell", "one"), "“one” is not a cell; write it as 3,4,7"),
    ],
)
def test_what_there_is_not_is_one_line(cnn_tui, trained, given, message):
    result = cnn_tui("trace", str(trained.path), "-i", "0", *given)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
