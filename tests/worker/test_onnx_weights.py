"""Weights of ONNX files, put into our own model: its outputs are those of onnxruntime."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.formats.onnx_models import LIGHT, drawn, evaluated, model, positive
from tests.formats.test_onnx_reading import SAME
from tui_cnn.formats.onnx.reading import read_onnx

pytestmark = [pytest.mark.usefixtures("keras"), pytest.mark.filterwarnings("ignore")]

CLASSIFIERS = {
    "flattened": (
        "c = Conv(x, w, b)\nr = Relu(c)\nf = Flatten(r)\nd = Dropout(f)\ny = Gemm<transB=1,alpha=2.0,beta=0.5>(d, k, v)",
        {"w": drawn(4, 3, 3, 3), "b": drawn(4), "k": drawn(5, 4 * 6 * 8), "v": drawn(5)},
    ),
    "flattened, not turned": (
        "c = Conv(x, w)\nf = Flatten(c)\nm = MatMul(f, k)\ny = Sub(m, v)",
        {"w": drawn(4, 3, 3, 3), "k": drawn(4 * 6 * 8, 5), "v": drawn(5)},
    ),
    "normalized rows": (
        "f = Flatten(x)\nn = BatchNormalization(f, s, b, m, v)\np = PRelu(n, a)\ny = MatMul(p, k)",
        {name: positive(240) for name in "sbmva"} | {"k": drawn(240, 5)},
    ),
    "turned by the graph": (
        "g = GlobalAveragePool(x)\nf = Flatten(g)\nt = Transpose<perm=[1,0]>(k)\na = MatMul(f, t)\ny = Div(a, v)",
        {"k": drawn(5, 3), "v": positive(5)},
    ),
    "the same arrays twice": (
        "i = Identity(w)\na = Conv<pads=[1,1,1,1]>(x, w)\nb = Conv<pads=[1,1,1,1]>(a, i)\nf = Flatten(b)\ny = MatMul(f, k)",
        {"w": drawn(3, 3, 3, 3), "k": drawn(240, 5)},
    ),
    "one array, straight and turned": (
        "f = ReduceMean<axes=[2,3],keepdims=0>(x)\na = MatMul(f, k)\ny = Add(a, f)",
        {"k": drawn(3, 3)},
    ),
    "rows added": (
        "f = Flatten(x)\ng = Tanh(x)\nh = Flatten(g)\na = Add(f, h)\ny = MatMul(a, k)",
        {"k": drawn(240, 5)},
    ),
}


def agree(built, shape, file, name="x"):
    """Read a file, assign its weights, and compare what comes out for random images."""
    from tui_cnn.worker.build import build
    from tui_cnn.worker.foreign_weights import assign_weights

    onnx.save(built, file)
    network = read_onnx(file).network
    ours = build(network)
    assign_weights(ours, file)
    image = np.random.default_rng(1).normal(0, 1, (2, *shape[1:])).astype("float32")
    expected = [evaluated(built, **{name: image[number : number + 1]})[0] for number in range(2)]
    expected = np.concatenate(expected)
    found = np.asarray(ours(np.moveaxis(image, 1, -1), training=False))
    expected = np.moveaxis(expected, 1, -1) if expected.ndim == 4 else expected
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", SAME)
def test_every_operator(name, tmp_path):
    body, weights, shape = (*SAME[name], (1, 3, 8, 10))[:3]
    agree(model(body, shape, **{key: np.asarray(value) for key, value in weights.items()}), shape, tmp_path / "m.onnx")


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_rows_and_shared_arrays(name, tmp_path):
    body, weights = CLASSIFIERS[name]
    agree(model(body, **weights), (1, 3, 8, 10), tmp_path / "m.onnx")


@pytest.mark.parametrize("name", ["squeezenet", "densenet121"])
def test_well_known_networks(name, tmp_path):
    """With weights drawn at random, in the place of the constants that they are published with."""
    built = onnx.load(LIGHT / f"light_{name}.onnx")
    values = {one.name: numpy_helper.to_array(one) for one in built.graph.initializer}
    drawn_in_place = [node for node in built.graph.node if node.op_type == "ConstantOfShape"]
    for number, node in enumerate(drawn_in_place):
        shape = tuple(values[node.input[0]])
        spread = (2 / max(1, np.prod(shape[1:]))) ** 0.5 if len(shape) > 1 else 0.1
        array = np.random.default_rng(number).normal(0, spread, shape) + (len(shape) == 1)
        built.graph.initializer.append(
            numpy_helper.from_array(
                np.abs(array).astype("float32") if len(shape) == 1 else array.astype("float32"), node.output[0]
            )
        )
        built.graph.node.remove(node)
    (given,) = {one.name for one in built.graph.input} - {one.name for one in built.graph.initializer}
    agree(built, (1, 3, 224, 224), tmp_path / "m.onnx", given)
