"""Weights of ONNX files, put into our own model: its outputs are those of onnxruntime."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.formats.onnx_models import LIGHT, drawn, evaluated, model, positive
from tests.formats.test_onnx_reading import SAME
from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import require_buildable
from tui_cnn.formats.onnx.reading import read_onnx
from tui_cnn.runs.errors import RunError

pytestmark = [pytest.mark.usefixtures("keras"), pytest.mark.filterwarnings("ignore")]

CLASSIFIERS = {
    "flattened": (
        "c = Conv(x, w, b)\nf = Flatten(c)\nd = Dropout(f)\ny = Gemm<transB=1,alpha=2.0,beta=0.5>(d, k, v)",
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
        "i = Identity(w)\na = Conv(x, w)\nb = Conv(a, i)\nf = Flatten(b)\ny = MatMul(f, k)",
        {"w": drawn(3, 3, 3, 3), "k": drawn(72, 5)},
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


def agree(built, shape, file, name="x", *, saved=False):
    """Read a file, assign its weights, and compare what comes out for random images."""
    from tui_cnn.worker.build import build
    from tui_cnn.worker.foreign_weights import assign_weights

    if not saved:
        onnx.save(built, file)
    network = read_onnx(file).network
    require_buildable(analyze(network))
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


@pytest.mark.parametrize("network", ["squeezenet", "shufflenet"])
def test_a_well_known_network(network, tmp_path):
    """With weights drawn at random, in the place of the constants that it is published with."""
    built = onnx.load(LIGHT / f"light_{network}.onnx")
    shapes = {one.name: tuple(numpy_helper.to_array(one)) for one in built.graph.initializer}
    for number, node in enumerate([node for node in built.graph.node if node.op_type == "ConstantOfShape"]):
        shape = shapes[node.input[0]]
        array = np.random.default_rng(number).normal(0, (2 / max(1, np.prod(shape[1:]))) ** 0.5, shape)
        built.graph.initializer.append(numpy_helper.from_array(array.astype("float32"), node.output[0]))
        built.graph.node.remove(node)
    (given,) = {one.name for one in built.graph.input} - {one.name for one in built.graph.initializer}
    agree(built, (1, 3, 224, 224), tmp_path / "m.onnx", given)


def refusal(built, file, read=True):
    from tui_cnn.worker.build import build
    from tui_cnn.worker.foreign_weights import assign_weights

    if read:
        onnx.save(built, file)
    network = read_onnx(file).network
    with pytest.raises((RunError, FormatError)) as refused:
        require_buildable(analyze(network)) or assign_weights(build(network), file)
    assert len(str(refused.value).splitlines()) == 1
    return str(refused.value).removeprefix(f"{file}: ")


def test_what_is_refused(tmp_path):
    file = tmp_path / "m.onnx"
    conv = "c = Conv(x, w)\n"
    kernel = {"w": drawn(4, 3, 3, 3)}
    assert "layer 2: LpPool is opaque" in refusal(model(conv + "y = LpPool<kernel_shape=[2,2]>(c)", **kernel), file)
    line = "takes flattened values in the order of ONNX, so the weights cannot be used"
    assert refusal(model(conv + "y = Flatten(c)", **kernel), file) == f"“y” {line}"
    two = model("f = Flatten(x)\ng = Tanh(f)\na = Concat<axis=1>(f, g)\ny = MatMul(a, k)", k=drawn(480, 5))
    assert refusal(two, file) == f"“a” {line}"
    turned = model("v = Abs(w)\ny = Conv(x, v)", **kernel)
    expected = "the weights of layer “y” cannot be read: worked out by the operator Abs"
    assert refusal(turned, file) == expected
    damaged = model("y = Conv(x, w)", **kernel)
    damaged.graph.initializer[0].raw_data = b"too short"
    assert refusal(damaged, file).startswith("the weights of layer “y” cannot be read: ")


def test_weights_in_a_file_of_their_own(tmp_path):
    built = model("y = Conv(x, w, b)", w=drawn(4, 3, 3, 3), b=drawn(4))
    file, beside = tmp_path / "m.onnx", tmp_path / "w.bin"
    copy = onnx.ModelProto.FromString(built.SerializeToString())
    onnx.save(copy, file, save_as_external_data=True, location="w.bin", size_threshold=0)
    agree(built, (1, 3, 8, 10), file, saved=True)
    data = beside.read_bytes()
    beside.write_bytes(data[:100])
    assert "file w.bin is too short" in refusal(built, file, read=False)
    beside.unlink()
    missing = "file w.bin not found in the directory of the model"
    assert missing in refusal(built, file, read=False)
    (tmp_path / "elsewhere").write_bytes(data)
    beside.symlink_to(tmp_path / "elsewhere")
    assert missing in refusal(built, file, read=False)


def test_no_file_elsewhere_is_read(tmp_path):
    (tmp_path / "secret").write_bytes(bytes(10_000))
    (tmp_path / "inner").mkdir()
    built = model("y = Conv(x, w)", w=drawn(4, 3, 3, 3))
    tensor = built.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = 1
    for location in ("../secret", str(tmp_path / "secret"), "", "."):
        del tensor.external_data[:]
        tensor.external_data.add(key="location", value=location)
        assert "not found in the directory of the model" in refusal(built, tmp_path / "inner" / "m.onnx")
