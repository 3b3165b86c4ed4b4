"""Models of ONNX: read whole, with the shapes, the parameters and the numbers that ONNX and onnxruntime have."""

import mmap
from math import prod

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper, shape_inference

from tests.formats.onnx_models import LIGHT, by_keras, drawn, evaluated, model, positive
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Activation, Branches, Conv2D, Dense, Input, Opaque, Shared, ZeroPadding2D
from tui_cnn.core.network import walk
from tui_cnn.extras import install_command
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.formats.onnx.file import load, parse, without_arrays
from tui_cnn.formats.onnx.reading import convert_model, read_onnx
from tui_cnn.formats.toml import dumps_network, loads_network

NETWORKS = {
    "bvlc_alexnet": 60_965_224,
    "densenet121": 8_146_152,
    "inception_v1": 6_998_552,
    "inception_v2": 11_234_792,
    "resnet50": 25_610_152,
    "shufflenet": 1_420_152,
    "squeezenet": 1_235_496,
    "vgg19": 143_667_240,
    "zfnet512": 87_250_536,
}


def read(built, input_shape=None):
    return convert_model(parse(without_arrays(built.SerializeToString()), "m.onnx"), "m.onnx", input_shape)


def layers(built):
    return [layer for _path, layer in walk(read(built).network.layers)]


def kinds(built):
    return [getattr(layer, "kind", type(layer).__name__) for layer in layers(built)]


def test_counted_by_onnx_alone():
    """Three networks whose figures are published: the count that the others are compared with is right, too."""
    assert counted(onnx.load(LIGHT / "light_vgg19.onnx")) == (143_667_240, 19_632_062_464)
    assert counted(onnx.load(LIGHT / "light_bvlc_alexnet.onnx"))[0] == 60_965_224  # Krizhevsky et al., 2012
    assert counted(onnx.load(LIGHT / "light_squeezenet.onnx"))[0] == 1_235_496


def counted(built):
    """Count the weights, which are initializers or made by ConstantOfShape, and the MACs of all kernels."""
    inferred = shape_inference.infer_shapes(built, data_prop=True).graph
    infos = (*inferred.value_info, *inferred.output, *inferred.input)
    shapes = {one.name: [axis.dim_value for axis in one.type.tensor_type.shape.dim] for one in infos}
    values = {one.name: numpy_helper.to_array(one) for one in inferred.initializer}
    weights = {name: value.shape for name, value in values.items() if value.dtype == np.float32}
    for node in inferred.node:
        if node.op_type == "ConstantOfShape":
            shapes[node.output[0]] = weights[node.output[0]] = tuple(values[node.input[0]])
    used = {name for node in inferred.node for name in node.input}
    weights = {name: shape for name, shape in weights.items() if name in used}
    macs = 0
    for node in inferred.node:
        if node.op_type == "Conv":
            macs += prod(shapes[node.input[1]][1:]) * prod(shapes[node.output[0]])
        elif node.op_type in ("Gemm", "MatMul"):
            macs += prod(shapes[node.input[0]]) * shapes[node.output[0]][-1]
    return int(sum(map(prod, weights.values()))), int(macs)


@pytest.mark.parametrize(("name", "parameters"), NETWORKS.items(), ids=NETWORKS)
def test_the_well_known_networks(name, parameters):
    path = LIGHT / f"light_{name}.onnx"
    built = onnx.load(path)
    network, notes = read_onnx(path)
    analysis = analyze(network)
    assert notes[0] == "channels first: the input 3×224×224 is read as 224×224×3"
    assert network.input_shape == (224, 224, 3)
    assert [str(check) for check in analysis.checks if check.severity == "error"] == []
    assert not [layer for _path, layer in walk(network.layers) if isinstance(layer, Opaque)]
    assert (analysis.totals.params, analysis.totals.macs) == counted(built)
    assert analysis.totals.params == parameters
    last = [axis.dim_value for axis in built.graph.output[0].type.tensor_type.shape.dim]
    assert analysis.output_shape == ((1, 1, 1000) if len(last) == 4 else (1000,))
    names = {node.name for node in built.graph.node}
    assert {layer.name.removesuffix("_pad").removesuffix("_arranged") for _p, layer in walk(network.layers)} <= names
    assert loads_network(dumps_network(network), "n.toml") == network


def test_the_shapes_of_every_layer_are_those_of_onnx():
    for name in ("resnet50", "inception_v2", "densenet121"):
        built = shape_inference.infer_shapes(onnx.load(LIGHT / f"light_{name}.onnx"), data_prop=True).graph
        shapes = {one.name: [axis.dim_value for axis in one.type.tensor_type.shape.dim] for one in built.value_info}
        outputs = {node.name: node.output[0] for node in built.node}
        compared = 0
        for row in analyze(read_onnx(LIGHT / f"light_{name}.onnx").network).rows:
            dims = shapes.get(outputs.get(row.name, ""))
            if dims and row.figures and len(dims) == 4:
                assert row.figures.output_shape == (*dims[2:], dims[1]), row.name
                compared += 1
        assert compared > 150


SAME = {
    "conv": ("y = Conv(x, w, b)", {"w": drawn(4, 3, 3, 3), "b": drawn(4)}),
    "conv padded": ("y = Conv<pads=[1,1,1,1]>(x, w)", {"w": drawn(4, 3, 3, 3)}),
    "conv strided": ("y = Conv<pads=[1,1,1,1],strides=[2,2]>(x, w)", {"w": drawn(4, 3, 3, 3)}),
    "conv asymmetric": ("y = Conv<pads=[0,2,1,0],strides=[2,1]>(x, w, b)", {"w": drawn(4, 3, 2, 3), "b": drawn(4)}),
    "conv same upper": ('y = Conv<auto_pad="SAME_UPPER",strides=[2,2]>(x, w)', {"w": drawn(4, 3, 3, 3)}),
    "conv same lower": ('y = Conv<auto_pad="SAME_LOWER",strides=[2,2]>(x, w)', {"w": drawn(4, 3, 2, 2)}),
    "conv valid": ('y = Conv<auto_pad="VALID">(x, w)', {"w": drawn(4, 3, 3, 3)}),
    "conv dilated": ("y = Conv<dilations=[2,3],pads=[2,3,2,3]>(x, w)", {"w": drawn(4, 3, 3, 3)}),
    "conv in groups": ("y = Conv<group=3>(x, w)", {"w": drawn(6, 2, 3, 3)}, (1, 6, 8, 10)),
    "depthwise": ("y = Conv<group=3,pads=[1,1,1,1]>(x, w, b)", {"w": drawn(3, 1, 3, 3), "b": drawn(3)}),
    "depthwise of two": ("y = Conv<group=3>(x, w)", {"w": drawn(6, 1, 3, 3)}),
    "transposed": ("y = ConvTranspose<strides=[2,2]>(x, w, b)", {"w": drawn(3, 4, 3, 3), "b": drawn(4)}),
    "transposed same": ("y = ConvTranspose<strides=[2,2],pads=[1,1,1,1]>(x, w)", {"w": drawn(3, 4, 4, 4)}),
    "transposed cut": (
        "y = ConvTranspose<strides=[2,2],pads=[1,1,1,1],output_padding=[1,1]>(x, w)",
        {"w": drawn(3, 4, 3, 3)},
    ),
    "transposed wide": ("y = ConvTranspose<strides=[3,2]>(x, w, b)", {"w": drawn(3, 4, 2, 2), "b": drawn(4)}),
    "transposed auto": ('y = ConvTranspose<strides=[2,2],auto_pad="SAME_UPPER">(x, w)', {"w": drawn(3, 4, 3, 3)}),
    "max pool": ("y = MaxPool<kernel_shape=[2,2],strides=[2,2]>(x)", {}),
    "max pool same": ("y = MaxPool<kernel_shape=[3,3],pads=[1,1,1,1]>(x)", {}),
    "max pool ceil": ("y = MaxPool<kernel_shape=[3,3],strides=[2,2],ceil_mode=1>(x)", {}),
    "max pool padded": ("r = Relu(x)\ny = MaxPool<kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1]>(r)", {}),
    "average": ("y = AveragePool<kernel_shape=[3,3],strides=[2,2]>(x)", {}),
    "average same": ("y = AveragePool<kernel_shape=[3,3],pads=[1,1,1,1]>(x)", {}),
    "average counted": (
        "y = AveragePool<kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1],count_include_pad=1>(x)",
        {},
        (1, 3, 9, 11),
    ),
    "average not counted": ("y = AveragePool<kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1]>(x)", {}),
    "average lower": ('y = AveragePool<kernel_shape=[3,3],strides=[2,2],auto_pad="SAME_LOWER">(x)', {}),
    "average uneven": ("y = AveragePool<kernel_shape=[5,4],strides=[3,1],pads=[2,0,1,2]>(x)", {}),
    "average ceil": ("y = AveragePool<kernel_shape=[3,4],strides=[2,3],ceil_mode=1>(x)", {}, (1, 3, 10, 12)),
    "average ceil counted": (
        "y = AveragePool<kernel_shape=[3,3],strides=[3,3],pads=[1,1,0,0],count_include_pad=1,ceil_mode=1>(x)",
        {},
        (1, 3, 10, 10),
    ),
    "average of all": ("y = AveragePool<kernel_shape=[9,12],pads=[0,1,1,1]>(x)", {}),
    "global average": ("y = GlobalAveragePool(x)", {}),
    "global max": ("y = GlobalMaxPool(x)", {}),
    "mean of places": ("y = ReduceMean<axes=[2,3],keepdims=0>(x)", {}),
    "mean of places kept": ("y = ReduceMean<axes=[-1,-2]>(x)", {}),
    "max of places": ("y = ReduceMax<axes=[2,3],keepdims=0>(x)", {}),
    "batch normalization": (
        "y = BatchNormalization<epsilon=0.01>(x, s, b, m, v)",
        {"s": positive(3), "b": drawn(3), "m": drawn(3), "v": positive(3)},
    ),
    "instance normalization": ("y = InstanceNormalization(x, s, b)", {"s": positive(3), "b": drawn(3)}),
    "local response": ("y = LRN<size=3,alpha=0.6,beta=0.7,bias=1.5>(x)", {}),
    "relu": ("y = Relu(x)", {}),
    "leaky": ("y = LeakyRelu<alpha=0.2>(x)", {}),
    "prelu": ("y = PRelu(x, s)", {"s": positive(3, 1, 1)}),
    "prelu of one": ("y = PRelu(x, s)", {"s": positive(1)}),
    "prelu of all": ("y = PRelu(x, s)", {"s": positive(3, 8, 10)}),
    "elu": ("y = Elu<alpha=0.7>(x)", {}),
    "selu": ("y = Selu(x)", {}),
    "sigmoid": ("y = Sigmoid(x)", {}),
    "tanh": ("y = Tanh(x)", {}),
    "softplus": ("y = Softplus(x)", {}),
    "softsign": ("y = Softsign(x)", {}),
    "exponential": ("y = Exp(x)", {}),
    "hard sigmoid": ("y = HardSigmoid<alpha=0.16666667,beta=0.5>(x)", {}),
    "hard swish": ("y = HardSwish(x)", {}),
    "thresholded": ("y = ThresholdedRelu<alpha=0.3>(x)", {}),
    "soft shrink": ("y = Shrink<lambd=0.5,bias=0.5>(x)", {}),
    "relu6": ("y = Clip(x, low, high)", {"low": np.float32(0), "high": np.float32(6)}),
    "relu of 1": ("y = Clip(x, low, high)", {"low": np.float32(0), "high": np.float32(1)}),
    "clipped": ("y = Clip(x, low, high)", {"low": np.float32(-1), "high": np.float32(1)}),
    "softmax": ("y = Softmax<axis=1>(x)", {}),
    "log softmax": ("y = LogSoftmax<axis=1>(x)", {}),
    "softmax and flat": ("f = ReduceMean<axes=[2,3],keepdims=0>(x)\ny = Softmax<axis=-1>(f)", {}),
    "times": ("y = Mul(x, k)", {"k": np.float32(2.5)}),
    "divided, shifted": ("a = Div(x, k)\ny = Sub(a, k)", {"k": np.float32(4)}),
    "from a number": ("y = Sub(k, x)", {"k": np.float32(1)}),
    "negative": ("y = Neg(x)", {}),
    "less means": ("y = Sub(x, m)", {"m": drawn(1, 3, 1, 1)}),
    "factors": ("y = Mul(x, s)", {"s": positive(1, 3, 1, 1)}),
    "bias": ("c = Conv(x, w)\ny = Add(c, b)", {"w": drawn(4, 3, 1, 1), "b": drawn(1, 4, 1, 1)}),
    "itself": ("y = Add(x, x)", {}),
    "branches": ("a = Relu(x)\nb = Sigmoid(x)\ny = Mul(a, b)", {}),
    "squeezed": ("a = GlobalAveragePool(x)\nb = Sigmoid(a)\ny = Mul(x, b)", {}),
    "maximum": ("a = Tanh(x)\ny = Max(x, a)", {}),
    "minimum": ("a = Tanh(x)\ny = Min(x, a)", {}),
    "mean of three": ("a = Tanh(x)\nb = Sigmoid(x)\ny = Mean(x, a, b)", {}),
    "difference": ("a = Tanh(x)\ny = Sub(x, a)", {}),
    "concatenated": ("a = Tanh(x)\ny = Concat<axis=1>(x, a)", {}),
    "one below the other": ("a = Tanh(x)\ny = Concat<axis=2>(x, a)", {}),
    "one beside the other": ("a = Tanh(x)\ny = Concat<axis=-1>(x, a)", {}),
    "padded": ("y = Pad(x, p)", {"p": np.array([0, 0, 1, 2, 0, 0, 3, 0])}),
    "cropped": ("y = Slice(x, s, e, a)", {"s": [1, 2], "e": [-1, 9], "a": [2, 3]}),
    "enlarged": (
        'y = Resize<mode="nearest",coordinate_transformation_mode="asymmetric",nearest_mode="floor">(x, , s)',
        {"s": np.float32([1, 1, 2, 3])},
    ),
    "enlarged to a size": ('y = Resize<mode="nearest">(x, , , s)', {"s": [1, 3, 16, 30]}),
    "interpolated": ('y = Resize<mode="linear">(x, , s)', {"s": np.float32([1, 1, 2, 2])}),
    "there and back": ("a = Transpose<perm=[0,2,3,1]>(x)\nb = Relu(a)\ny = Transpose<perm=[0,3,1,2]>(b)", {}),
    "channels shuffled": (
        "a = Reshape(x, s)\nb = Transpose<perm=[0,2,1,3,4]>(a)\nc = Reshape(b, t)\ny = Conv(c, w)",
        {"s": [1, 2, 3, 8, 10], "t": [1, 6, 8, 10], "w": drawn(4, 6, 1, 1)},
        (1, 6, 8, 10),
    ),
    "turned on its side": ("a = Transpose<perm=[0,1,3,2]>(x)\ny = Conv(a, w)", {"w": drawn(4, 3, 2, 3)}),
    "gelu": (
        "a = Div(x, r)\nb = Erf(a)\nc = Add(b, one)\nd = Mul(x, c)\ny = Mul(d, half)",
        {"r": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)},
    ),
    "silu": ("a = Sigmoid(x)\ny = Mul(x, a)", {}),
    "mish": ("a = Softplus(x)\nb = Tanh(a)\ny = Mul(x, b)", {}),
    "hard silu": (
        "a = Add(x, three)\nb = Clip(a, zero, six)\nc = Mul(x, b)\ny = Div(c, six)",
        {"three": np.float32(3), "zero": np.float32(0), "six": np.float32(6)},
    ),
    "without change": ("a = Identity(x)\nb = Dropout(a)\ny = Cast<to=1>(b)", {}),
}
"""What is read as layers that give the very numbers of onnxruntime."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAME)
def test_the_numbers_of_onnxruntime(keras, name):
    body, weights, shape = (*SAME[name], (1, 3, 8, 10))[:3]
    built = model(body, shape, **{key: np.asarray(value) for key, value in weights.items()})
    network, _notes = read(built)
    assert not [layer for _path, layer in walk(network.layers) if isinstance(layer, Opaque)]
    image = np.random.default_rng(1).normal(0, 2, shape).astype("float32")
    (expected,) = evaluated(built, x=image)
    found = by_keras(network, built, np.moveaxis(image, 1, -1))
    expected = np.moveaxis(expected, 1, -1) if expected.ndim == 4 else expected
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=2e-5)
    stored = sum(
        value.size for value in weights.values() if isinstance(value, np.ndarray) and value.dtype == np.float32
    )
    settings = name in ("less means", "enlarged", "interpolated")
    assert analyze(network).totals.params == (0 if settings else stored)


FLAT = """
a = Relu(x)
s = Shape(a)
n = Gather<axis=0>(s, zero)
u = Unsqueeze(n, axes)
c = Concat<axis=0>(u, rest)
f = Reshape(a, c)
y = Gemm<transB=1>(f, w, b)
"""


def test_shapes_that_are_computed():
    """What PyTorch writes for `x.view(x.size(0), -1)`."""
    built = model(FLAT, zero=0, axes=[0], rest=[-1], w=drawn(5, 240), b=drawn(5))
    network, notes = read(built)
    assert kinds(built) == ["ReLU", "Flatten", "Dense"]
    assert notes[1:] == ("flattened in another order than in ONNX; weights behind it need their rows reordered (f)",)
    assert analyze(network).totals.params == 5 * 241


@pytest.mark.filterwarnings("ignore")
def test_channels_last_files_have_no_transposes(keras):
    """What tf2onnx writes: images with their channels last, turned before each convolution and back after it."""
    body = """
    t = Transpose<perm=[0,3,1,2]>(x)
    c = Conv(t, w)
    back = Transpose<perm=[0,2,3,1]>(c)
    r = Relu(back)
    f = Reshape(r, flat)
    y = MatMul(f, m)
    """
    built = model(body, (1, 8, 10, 3), w=drawn(4, 3, 3, 3), flat=[-1, 192], m=drawn(192, 5))
    network, notes = read(built)
    assert (network.input_shape, notes) == ((8, 10, 3), ())
    assert kinds(built) == ["Conv2D", "ReLU", "Flatten", "Dense"]
    image = drawn(1, 8, 10, 3)
    np.testing.assert_allclose(by_keras(network, built, image), evaluated(built, x=image)[0], atol=1e-5)


def test_weights_that_are_used_twice_are_counted_once():
    body = "a = Conv<pads=[1,1,1,1]>(x, w)\nb = Conv<pads=[1,1,1,1]>(a, w)\ny = Relu(b)"
    built = model(body, (1, 4, 8, 8), w=drawn(4, 4, 3, 3))
    network = read(built).network
    assert [type(layer) for layer in network.layers][1] is Shared
    assert analyze(network).totals.params == 4 * 4 * 3 * 3


def test_weights_that_are_used_in_two_ways_are_counted_once():
    built = model("a = MatMul(x, w)\ny = Gemm<transB=1>(a, w)", (1, 6), w=drawn(6, 4))
    network = read(model("a = MatMul(x, w)\ny = Gemm<transB=1>(a, w)", (1, 6), w=drawn(6, 4))).network
    assert kinds(built) == ["Dense", "Gemm"]
    assert analyze(network).totals.params == 24


def test_several_inputs_and_outputs():
    built = model(
        "a = Conv(x, w)\nb = Conv(z, w)\ny = Concat<axis=1>(a, b)\nq = Relu(a)",
        outputs=("y", "q"),
        inputs={"x": (1, 3, 8, 8), "z": (1, 3, 8, 8)},
        w=drawn(4, 3, 3, 3),
    )
    network = read(built).network
    analysis = analyze(network)
    assert network.outputs == ("y", "q")
    assert [layer.shape for layer in layers(built) if isinstance(layer, Input)] == [(8, 8, 3)]
    assert [str(check) for check in analysis.checks if check.severity == "error"] == []
    assert analysis.totals.params == 108
    assert loads_network(dumps_network(network), "n.toml") == network


def test_the_form_of_the_layers():
    built = model(
        'c1 = Conv<pads=[1,1,1,1],strides=[2,2]>(x, w, b)\nc2 = Conv<auto_pad="SAME_UPPER">(c1, v)\n'
        "r = HardSwish(c2)\ny = Add(r, c1)",
        w=drawn(4, 3, 3, 3),
        b=drawn(4),
        v=drawn(4, 4, 3, 3),
    )
    assert read(built).network.layers == (
        ZeroPadding2D(name="c1_pad"),
        Conv2D(name="c1", filters=4, kernel_size=(3, 3), strides=(2, 2)),
        Branches(
            name="y",
            branches=(
                (
                    Conv2D(name="c2", filters=4, kernel_size=(3, 3), padding="same", use_bias=False),
                    Activation(name="r", activation="hard_silu"),
                ),
                (),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("body", "kind", "shape", "weights"),
    [
        ("y = LpPool<kernel_shape=[2,2]>(x)", "LpPool", (7, 9, 3), 0),
        ("y = MaxPool<kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1]>(x)", "MaxPool", (4, 5, 3), 0),
        ("y = MaxPool<kernel_shape=[2,2],dilations=[2,2]>(x)", "MaxPool", (6, 8, 3), 0),
        ("y = Mul(x, all)", "Mul", (8, 10, 3), 240),
        ("y = Conv(x, w, x)", "Conv", (6, 8, 4), 108),
        ("y = DepthToSpace<blocksize=1>(x)", "DepthToSpace", (8, 10, 3), 0),
        ("y = Unknown(x, w)", "Unknown", None, 108),
        ("y = com.me.Conv(x, w)", "Conv", None, 108),
        ("y = Conv<group=2>(x, w)", "Conv", (6, 8, 4), 108),
        ("y = ArgMax<axis=1,keepdims=0>(x)", "ArgMax", (8, 10), 0),
        ("y = BatchNormalization(x, s, s, s, s)", "BatchNormalization", (8, 10, 3), 3),
    ],
)
def test_what_is_not_ours(body, kind, shape, weights):
    built = model(body, w=drawn(4, 3, 3, 3), s=positive(3), all=drawn(3, 8, 10))
    (layer,) = layers(built)
    assert (layer.kind, layer.stated_shape, layer.weights) == (kind, shape, weights)
    assert layer.name == "y"


def test_an_unknown_layer_leaves_the_rest():
    built = model(
        "a = Conv(x, w)\nb = LpPool<kernel_shape=[2,2]>(a)\ny = Conv(b, v)", w=drawn(4, 3, 1, 1), v=drawn(5, 4, 1, 1)
    )
    analysis = analyze(read(built).network)
    assert kinds(built) == ["Conv2D", "LpPool", "Conv2D"]
    assert (analysis.output_shape, analysis.totals.params) == ((7, 9, 5), 12 + 20)


def test_the_parts_of_a_split():
    built = model(
        "a, b = Split<axis=1>(x, sizes)\nc = Relu(a)\nd = Tanh(b)\ny = Concat<axis=1>(d, c)", (1, 6, 5, 5), sizes=[2, 4]
    )
    network = read(built).network
    found = {layer.name: (layer.kind, layer.stated_shape) for layer in layers(built) if isinstance(layer, Opaque)}
    assert found == {"a": ("Split", (5, 5, 2)), "a_1": ("Split", (5, 5, 4))}
    assert analyze(network).output_shape == (5, 5, 6)


def test_a_size_that_is_open():
    built = model("c = Conv(x, w)\ny = GlobalAveragePool(c)", (None, 3, None, None), w=drawn(4, 3, 3, 3))
    with pytest.raises(FormatError) as error:
        read(built)
    assert str(error.value) == "m.onnx: the input shape ?×?×3 is not fixed; set it with --input-shape"
    assert read(built, (20, 30)).network.input_shape == (20, 30, 3)
    assert read(built, (20, 30, 3)).network.layers[0] == Conv2D(name="c", filters=4, kernel_size=(3, 3), use_bias=False)


def test_the_batch_may_be_any(keras):
    built = model("f = Flatten(x)\ny = Gemm<transB=1>(f, w)", ("batch", 3, 2, 2), w=drawn(5, 12))
    assert [type(layer).__name__ for layer in layers(built)] == ["Flatten", "Dense"]
    assert layers(built)[1] == Dense(name="y", units=5, use_bias=False)


def broken(**change):
    built = model("a = Relu(x)\ny = Sigmoid(a)")
    for name, value in change.items():
        getattr(built.graph.node[0], name)[0] = value
    return built


@pytest.mark.parametrize(
    ("built", "problem"),
    [
        (broken(input="y"), "“y”: part of a cycle"),
        (broken(input="a"), "“a”: part of a cycle"),
        (broken(input="no\x1b[2J"), "“a”: its input “no\\u001b[2J” is missing"),
        (
            model("y = Relu(x)", (1, 3, 70_000, 2)),
            "the input shape 70000×2×3 is out of bounds: an axis has at most 65,536 values",
        ),
        (model("y = Relu(x)", (3,)), "“x”: an input needs a batch and at least one more axis, all of known number"),
        (model("y = Relu(w)", w=drawn(1, 3, 4, 4)), "has no input or no output"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(built, problem):
    with pytest.raises(FormatError) as error:
        read(built)
    assert str(error.value) == f"m.onnx: {problem}"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is not a valid ONNX file: it is empty"),
        (b"x", "is not a valid ONNX file: damaged at byte 1"),
        (b"PK\3\4" * 40, "is not a valid ONNX file: damaged at byte 2"),
        (b"\x08\x08", "is not a valid ONNX file: it has no operators"),
        (b"\x3a\x02\x0a\x7f", "is not a valid ONNX file: damaged at byte 2"),
    ],
)
def test_files_that_are_none(tmp_path, data, problem):
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    with pytest.raises(FormatError) as error:
        find_network(str(path))
    assert error.value.problem == problem


def test_what_to_install(tmp_path, without):
    without("onnx")
    with pytest.raises(FormatError) as error:
        read_onnx(tmp_path / "m.onnx")
    assert error.value.problem == ("ONNX needs the package onnx; install it with: " + install_command("onnx"))


def test_weights_in_other_files_are_not_read(tmp_path):
    built = model("c = Conv(x, w)\ny = Relu(c)", w=drawn(4, 3, 3, 3))
    onnx.save(built, tmp_path / "m.onnx", save_as_external_data=True, location="w.bin", size_threshold=0)
    (tmp_path / "w.bin").unlink()
    assert analyze(read_onnx(tmp_path / "m.onnx").network).totals.params == 108


def test_large_weights_are_skipped(tmp_path):
    """300 MB of weights, as a hole in the file: what is parsed is small, and so is the memory that it takes."""
    built = model("c = Conv(x, w)\ny = Relu(c)", w=drawn(1, 3, 1, 1))
    tensor = built.graph.initializer[0]
    tensor.dims[:] = [25_000, 3, 40, 25]
    tensor.raw_data = b""
    marker = b"raw-data"
    tensor.raw_data = marker
    rest = built.SerializeToString()
    size = prod(tensor.dims) * 4
    path = tmp_path / "m.onnx"
    before, _found, behind = rest.partition(b"\x4a" + bytes([len(marker)]) + marker)
    length = varint(size)
    grown = size - len(marker) + len(length) - 1
    head = enlarged(before, grown, tensor)
    with path.open("wb") as file:
        file.write(head + b"\x4a" + length)
        file.seek(size, 1)
        file.write(behind)
    assert path.stat().st_size > 299_000_000
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        assert len(without_arrays(data)) < 1000
    assert list(load(path).graph.initializer[0].dims) == [25_000, 3, 40, 25]


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def enlarged(before, grown, tensor):
    """Change the lengths of the graph and of the tensor, whose ends are farther away."""
    at = before.rindex(b"\x2a")  # GraphProto.initializer
    inner = before[at + 2 :]
    tensor_length = len(tensor.SerializeToString()) + grown
    graph_at = before.index(b"\x3a")  # ModelProto.graph
    stop = graph_at + 1
    old = shift = 0
    while True:
        old |= (before[stop] & 127) << shift
        shift += 7
        stop += 1
        if before[stop - 1] < 128:
            break
    new_length = varint(tensor_length)
    graph_length = old + grown + len(new_length) - 1
    return before[:graph_at] + b"\x3a" + varint(graph_length) + before[stop:at] + b"\x2a" + new_length + inner


def test_functions_of_another_domain_and_helpers_name():
    node = helper.make_node("Relu", ["x"], ["y"], name="")
    built = model("y = Relu(x)")
    built.graph.node[0].CopyFrom(node)
    assert layers(built)[0].name == "y"
