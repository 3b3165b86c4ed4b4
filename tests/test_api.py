"""The Python interface: networks checked in scripts, notebooks and tests."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rich.console

import tui_cnn
from tui_cnn import Network, assert_budget, check
from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.presets import preset

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
HOSTILE = Network(
    '<b onload="x">', (8, 8, 1), (Conv2D(name="a\x1b[31m<i>", filters=2, kernel_size=(3, 3)), Flatten(), Dense(units=3))
)


@pytest.fixture
def keras_model(keras):
    layers = keras.layers
    image = keras.Input((28, 28, 1))
    left = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    right = layers.DepthwiseConv2D(5, padding="same", depth_multiplier=8)(image)
    joined = layers.MaxPooling2D()(layers.BatchNormalization()(layers.Add()([left, right])))
    return keras.Model(image, layers.Dense(10, activation="softmax")(layers.Flatten()(joined)), name="two-ways")


def test_a_model_of_keras_has_the_numbers_of_keras(keras_model):
    checked = check(keras_model)
    assert checked.network.name == "two-ways"
    assert checked.totals.params == keras_model.count_params()
    assert checked.totals.trainable == sum(
        weight.value.shape.num_elements() for weight in keras_model.trainable_weights
    )
    assert checked.output_shape == keras_model.output_shape[1:]
    assert {row.name: row.params for row in checked.rows if row.params} == {
        layer.name: layer.count_params() for layer in keras_model.layers if layer.count_params()
    }


def test_a_layer_of_ones_own_is_counted_by_its_model(keras):
    class Scale(keras.layers.Layer):
        def build(self, shape):
            self.factor = self.add_weight(shape=shape[1:])

        def call(self, values):
            return values * self.factor

    model = keras.Sequential([keras.Input((6, 6, 2)), Scale(), keras.layers.Flatten(), keras.layers.Dense(3)])
    checked = check(model)
    assert checked.totals.params == model.count_params() == 6 * 6 * 2 + 72 * 3 + 3
    assert checked.totals.params_complete
    assert not checked.totals.complete, "its work is not known"


def test_an_input_shape_of_two_axes_keeps_the_channels():
    assert check(HOSTILE, input_shape=(9, 9)).network.input_shape == (9, 9, 1)


def test_a_model_of_keras_2():
    pytest.importorskip("tf_keras")
    code = """
import tf_keras
from tui_cnn import check
model = tf_keras.Sequential([tf_keras.Input((28, 28, 1)), tf_keras.layers.Conv2D(4, 3), tf_keras.layers.Flatten(),
                             tf_keras.layers.Dense(10)])
print(check(model).totals.params, model.count_params())
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    ours, theirs = ended.stdout.split()
    assert ours == theirs


def test_a_model_whose_layers_are_only_in_its_code(keras):
    class Own(keras.Model):
        def call(self, values):
            return values

    with pytest.raises(FormatError, match="only in its code"):
        check(Own())


@pytest.mark.parametrize("model", [3, None, ["fashion-cnn"], object()])
def test_what_is_no_model(model):
    with pytest.raises(TypeError, match="is not a model; give a Network, a model of Keras, a file or a preset"):
        check(model)


def test_a_network_a_preset_and_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    layer = '[[layers]]\ntype = "Conv2D"\nfilters = 4\nkernel_size = 3\n'
    file.write_text(f'name = "mine"\ninput_shape = [32, 32, 3]\n{layer}')
    assert check(file).totals.params == check(str(file)).totals.params == (3 * 3 * 3 + 1) * 4
    assert check("fashion-cnn").totals.params == check(preset("fashion-cnn")).totals.params == 93_322
    assert check(file, input_shape=(64, 48)).output_shape == (62, 46, 4)
    assert check(preset("all-conv"), input_shape=(64, 64, 1)).rows[0].input_shape == (64, 64, 1)
    with pytest.raises(FormatError, match="did you mean “fashion-cnn”"):
        check("fashion-cn")


def test_findings_depend_on_what_it_is_for():
    codes = {finding.code for finding in check("fashion-cnn", classes=7).checks}
    assert codes - {finding.code for finding in check("fashion-cnn").checks}, "ten outputs for seven classes"


def test_budgets():
    assert assert_budget("fashion-cnn", params="100k", macs=2_794_240, receptive_field=18, output_shape=(10,))
    with pytest.raises(AssertionError) as error:
        assert_budget("fashion-cnn", params=93_321, macs="2.7M", memory_bytes="1MiB", receptive_field=19)
    assert re.sub(r"[\d,]{7,} bytes", "N bytes", str(error.value)).splitlines() == [
        "fashion-cnn: 93,322 parameters, more than params 93,321",
        "fashion-cnn: 2,794,240 MACs, more than macs 2,700,000",
        "fashion-cnn: N bytes of training-step memory, more than memory_bytes 1,048,576",
        "fashion-cnn: receptive field 18 pixels, less than receptive_field 19",
    ]
    assert_budget("fashion-cnn", flash="105kB", ram=27_040)
    with pytest.raises(AssertionError, match="fashion-cnn: 27,040 bytes of RAM in int8, more than ram 27,039"):
        assert_budget("fashion-cnn", ram=27_039)
    with pytest.raises(AssertionError, match="the output shape is 10, but output_shape is 11"):
        assert_budget("fashion-cnn", output_shape=(11,))
    with pytest.raises(ValueError, match="“many” is not a number"):
        assert_budget("fashion-cnn", params="many")


def test_it_displays_itself():
    checked = check("fashion-cnn")
    assert repr(checked) == "fashion-cnn: 93,322 parameters, 2,794,240 MACs, output 10, findings: 1"
    console = rich.console.Console(file=io.StringIO(), width=100)
    console.print(checked)
    shown = console.file.getvalue()
    for part in ("fashion-cnn", "26×26×32", "18,496", "2,794,240", "1 row and 1 column dropped"):
        assert part in shown
        assert part in checked._repr_html_()


def test_names_are_only_ever_text():
    checked = check(HOSTILE)
    page = checked._repr_html_()
    console = rich.console.Console(file=io.StringIO(), width=100, force_terminal=True)
    console.print(checked)
    assert "<b onload" not in page
    assert "<i>" not in page
    for written in (page, repr(checked), console.file.getvalue().replace("\x1b[0m", "").replace("\x1b[1m", "")):
        assert "\x1b[31m" not in written


def test_the_package_is_light_until_it_is_used():
    code = "import sys, tui_cnn; print('msgspec' in sys.modules, 'tui_cnn.api' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "False False\n"
    with pytest.raises(AttributeError, match="nothing"):
        _ = tui_cnn.nothing


def test_the_readmes_example_runs(keras, monkeypatch):
    (example,) = re.findall(r"```python\n(from tui_cnn import .*?)```", README, re.DOTALL)
    names = {"model": keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])}
    exec(example, names)
    names["test_it_stays_small"]()
