"""Int8: our count of what the converter makes against its own files, and a trained run before and after."""

import json

import numpy as np
import pytest

from tui_cnn.core.analysis import analyze
from tui_cnn.core.int8 import Int8Operators, int8_needs
from tui_cnn.core.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    DepthMaxPooling2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    LeakyReLU,
    LocalResponseNormalization,
    MaxPooling2D,
    ReLU,
    Rescaling,
    SeparableConv2D,
    ZeroPadding2D,
)
from tui_cnn.core.network import Network
from tui_cnn.formats.presets import preset
from tui_cnn.runs.errors import RunError

ENDING = (GlobalAveragePooling2D(), Dense(units=3, activation="softmax"))


def conv(**settings):
    return Conv2D(filters=8, kernel_size=(3, 3), padding="same", **settings)


def network(name, *layers):
    return Network(name, (12, 12, 3), (*layers, *ENDING))


NORMALIZED = (BatchNormalization(), ReLU())
SQUEEZED = (GlobalAveragePooling2D(keepdims=True), Conv2D(filters=8, kernel_size=(1, 1), activation="sigmoid"))
NETWORKS = (
    network("folded", conv(use_bias=False), BatchNormalization(), ReLU(max_value=6)),
    network("before", BatchNormalization(), conv(activation="relu"), BatchNormalization(), conv()),
    network("preactivation", conv(), Branches(branches=((*NORMALIZED, conv(), *NORMALIZED, conv()), ())), *NORMALIZED),
    network("scaled", Rescaling(scale=1 / 127.5, offset=-1.0), conv(activation="silu")),
    network("separable", SeparableConv2D(filters=8, kernel_size=(3, 3)), *NORMALIZED, Dropout(rate=0.3)),
    network("depthwise", DepthwiseConv2D(kernel_size=(3, 3), depth_multiplier=2, use_bias=False), *NORMALIZED),
    network("padded", ZeroPadding2D(), conv(strides=(2, 2)), LeakyReLU(), AveragePooling2D(), *NORMALIZED),
    network("squeezed", conv(), Branches(merge="multiply", branches=((), SQUEEZED))),
    network("joined", conv(), Branches(merge="concatenate", branches=((), (conv(),))), Activation(activation="tanh")),
    network("summed", conv(), Branches(branches=((), (conv(),))), ReLU(), MaxPooling2D()),
    Network("dense", (12, 12, 3), (Flatten(), Dense(units=16), *NORMALIZED, Dense(units=3))),
    preset("fashion-cnn"),
    preset("lenet-5"),
    preset("small-mobile"),
    preset("small-resnet"),
)


@pytest.fixture(scope="module")
def converted(keras):
    """Convert a network whose weights are drawn, once: the file in int8."""
    from tui_cnn.worker.build import build
    from tui_cnn.worker.quantization import convert

    known = {}

    def make(design):
        if design.name not in known:
            random, model = np.random.default_rng(0), build(design)
            for weight in model.weights:  # a bias of nothing but zeros is left out
                shape, spread = tuple(weight.shape), weight.name in ("moving_variance", "gamma")
                weight.assign(random.uniform(0.5, 1.5, shape) if spread else random.normal(0, 0.1, shape))
            images = [random.random((1, *design.input_shape), dtype=np.float32) for _number in range(3)]
            known[design.name] = model, convert(model, lambda: iter(images))
        return known[design.name]

    return make


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("design", NETWORKS, ids=lambda one: one.name)
def test_the_operators_are_those_of_the_converter(converted, design):
    """What each gives, when it is made and read last, by LiteRT's interpreter; and the size of the file.

    Branches are written so that the converter computes them in their order: it is free to choose another.
    """
    import tensorflow as tf

    _model, content = converted(design)
    interpreter = tf.lite.Interpreter(model_content=content)
    sizes = {one["index"]: int(np.prod(one["shape"])) for one in interpreter.get_tensor_details()}
    kinds = {one["index"]: one["dtype"] for one in interpreter.get_tensor_details()}
    (given,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
    steps = [([], [given["index"]])]
    steps += [(list(one["inputs"]), list(one["outputs"])) for one in interpreter._get_ops_details()]
    steps = [step for step in steps if "DELEGATE" not in str(step)]
    theirs = []
    for step, (_sources, made) in enumerate(steps):
        for tensor in made:
            readers = [number for number, (sources, _made) in enumerate(steps) if tensor in sources]
            last = len(steps) - 1 if tensor == output["index"] else max(readers)
            theirs.append((sizes[tensor], step, last))
            assert kinds[tensor] is np.int8
    operators = Int8Operators(analyze(design))
    assert [(value.size, value.made, value.used) for value in operators.activations.values] == theirs
    assert operators.flash == pytest.approx(len(content), rel=0.03, abs=700)
    from tui_cnn.worker.quantization import arena_of

    assert arena_of(content) == int8_needs(analyze(design)).ram


@pytest.mark.filterwarnings("ignore")
def test_the_interpreter_needs_no_less(converted):
    """LiteRT on this machine shares buffers in place and keeps the input: what is left is our liveness, rounded up.

    Where no operator works in place and nothing else is alive at the peak, its arena is the peak and the input.
    """
    import tensorflow as tf

    design = preset("fashion-cnn")
    _model, content = converted(design)
    kind = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    made = {one["index"] for one in interpreter.get_input_details()}
    made |= {int(tensor) for one in interpreter._get_ops_details() for tensor in one["outputs"]}
    places = [interpreter.tensor(tensor)() for tensor in made]
    begins = [place.__array_interface__["data"][0] for place in places]
    ends = [begin + place.nbytes for begin, place in zip(begins, places, strict=True)]
    rounded = [-(-size // 64) * 64 for size in (28 * 28, 26 * 26 * 32, 13 * 13 * 32)]
    ram = int8_needs(analyze(design)).ram
    assert ram <= max(ends) - min(begins) <= sum(rounded)
    assert ram == 26 * 26 * 32 + 13 * 13 * 32


@pytest.mark.filterwarnings("ignore")
def test_predictions_are_those_of_the_interpreter(converted):
    """By an interpreter of our own, with the reference kernels: the highest of the int8 outputs."""
    import tensorflow as tf

    from tui_cnn.worker.quantization import int8_predictor

    _model, content = converted(preset("small-resnet"))
    images = np.random.default_rng(1).random((20, 28, 28, 1), dtype=np.float32)
    kind = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    scale, zero = interpreter.get_input_details()[0]["quantization"]
    expected = []
    for image in images:
        value = np.clip(np.round(image[np.newaxis] / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)
        interpreter.invoke()
        expected.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).argmax())
    assert int8_predictor(content)(images).tolist() == expected


@pytest.mark.filterwarnings("ignore")
def test_what_the_converter_refuses_is_one_line(converted):
    with pytest.raises(RunError) as error:
        converted(network("odd", conv(), DepthMaxPooling2D()))
    assert str(error.value) == "odd cannot be converted to int8: TensorFlow has no int8 operator for tf.MaxPool3D"


@pytest.mark.filterwarnings("ignore")
def test_what_stays_in_float_is_named_and_takes_four_bytes(converted):
    """A normalization over the channels: the converter has no int8 kernel for its negative."""
    from tui_cnn.worker.quantization import arena_of, operators_in_float

    _model, content = converted(network("between", conv(), LayerNormalization()))
    assert operators_in_float(content) == ("NEG",)
    _model, content = converted(Network("wide", (12, 12, 3), (LocalResponseNormalization(), *ENDING)))
    assert operators_in_float(content) == ("LOCAL_RESPONSE_NORMALIZATION",)
    assert arena_of(content) == 2 * 4 * 12 * 12 * 3, "its input and its output"
    assert operators_in_float(converted(preset("small-resnet"))[1]) == ()


@pytest.fixture(scope="module")
def report(trained, tmp_path_factory):
    """What the command says of a run that was trained, and the file that it wrote."""
    from click.testing import CliRunner

    from tui_cnn.cli.program import program

    file = tmp_path_factory.mktemp("quantized") / "small.tflite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(trained.path.parent.parent))
        options = ["-o", str(file), "--images", "50", "--json"]
        printed = CliRunner().invoke(program, ["quantize", str(trained.path), *options])
    assert printed.exit_code == 0, printed.stderr
    return json.loads(printed.stdout), file


@pytest.mark.filterwarnings("ignore")
def test_a_trained_run_before_and_after(keras, trained, report):
    """Before: what Keras predicts. After: close to it, in a file of the size that is said."""
    from tui_cnn.data.dataset import load_test

    found, file = report
    test = load_test()
    model = keras.saving.load_model(trained.best_file)
    predicted = model.predict(test.images.astype(np.float32) / 255, verbose=0, batch_size=500).argmax(axis=1)
    right = predicted == test.labels
    assert found["accuracy"]["float32"] == pytest.approx(right.mean(), abs=2e-4)
    assert abs(found["accuracy"]["int8"] - found["accuracy"]["float32"]) < 0.02
    assert found["alike"] > 0.95 * found["images"]
    assert [one["float32"] for one in found["classes"]] == pytest.approx(
        [right[test.labels == number].mean() for number in range(10)], abs=2e-3
    )
    assert (found["images"], found["calibration_images"]) == (10_000, 50)
    assert found["flash"] == file.stat().st_size < found["float32_size"]
    assert found["ram"] == int8_needs(analyze(trained.network())).ram
    assert "arduino-nano-33-ble" in found["boards"]


@pytest.mark.filterwarnings("ignore")
def test_the_accuracy_in_int8_is_that_of_the_file(report):
    """The reference kernels on some test images: as accurate as the whole, within chance."""
    import tensorflow as tf

    from tui_cnn.data.dataset import load_test

    found, file = report
    test = load_test()
    kind = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(str(file), experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    (given,), (made,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert given["dtype"] is made["dtype"] is np.int8
    assert given["quantization"] == pytest.approx((1 / 255, -128))
    right = 0
    for image, label in zip(test.images[:2000], test.labels[:2000], strict=True):
        interpreter.set_tensor(given["index"], (image.astype(np.int16) - 128).astype(np.int8)[np.newaxis])
        interpreter.invoke()
        right += int(interpreter.get_tensor(made["index"]).argmax() == label)
    assert right / 2000 == pytest.approx(found["accuracy"]["int8"], abs=0.03)
