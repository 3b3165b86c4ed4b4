"""Whatever an `.onnx` file holds: it is read, or refused in one line, in bounded time; and nothing of it is run."""

from contextlib import suppress
from pathlib import Path

import onnx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.onnx_models import LIGHT, drawn, model
from tests.formats.test_onnx_reading import FLAT, SAME
from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.onnx.file import DamagedError, parse, without_arrays
from tui_cnn.formats.onnx.reading import convert_model, convert_weights
from tui_cnn.formats.onnx.weights import OnnxWeights
from tui_cnn.formats.toml import dumps_network, loads_network


def problem(data):
    """Return the line for the content of a file; None where it is read, and then it is sound."""
    try:
        network, notes = convert_model(parse(without_arrays(data), "f.onnx"), "f.onnx")
    except (FormatError, DamagedError) as error:
        line = str(error)
        assert len(line.splitlines()) == 1
        return line
    assert all(len(note.splitlines()) == 1 for note in notes)
    analyze(network)
    read_weights(data)
    assert loads_network(dumps_network(network), "memory") == network
    return None


def read_weights(data):
    """Read all weights, each of the shape that it should have, or refuse them."""
    with suppress(FormatError):
        weights = OnnxWeights(Path("f.onnx"), parse(data, "f.onnx"), convert_weights(parse(data, "f.onnx"), "f.onnx"))
        for tensors in weights.layers.values():
            assert all(weights.read(tensor).shape == tensor.shape for tensor in tensors)


BYTES = (LIGHT / "light_squeezenet.onnx").read_bytes()


@given(st.binary(max_size=300))
@settings(max_examples=200)
@example(b"\xff" * 200)
@example(b"\x3a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")
@example(b"\x08" * 1000)
def test_any_bytes(data):
    assert problem(data)


@given(st.data())
@settings(max_examples=60)
def test_damaged_files(data):
    damaged = bytearray(BYTES)
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    problem(bytes(damaged[: data.draw(st.integers(len(damaged) // 2, len(damaged)))]))


MODELS = [
    *(model(body, *shape, **weights) for body, weights, *shape in SAME.values()),
    model(FLAT, zero=0, axes=[0], rest=[-1], w=drawn(5, 240), b=drawn(5)),
]
NUMBERS = st.integers(-3, 12) | st.sampled_from([2**31, -(2**31), 2**62, 2**63 - 1, -(2**63), 100_000])
OPERATORS = sorted({node.op_type for one in MODELS for node in one.graph.node} | {"Split", "Tile", "Expand", "Range"})


def change(built, data):
    """Change something in a model, whatever its fields allow."""
    graph = built.graph
    nodes, arrays = list(graph.node), list(graph.initializer)
    names = [name for node in nodes for name in (*node.input, *node.output)] + [one.name for one in arrays]
    node = data.draw(st.sampled_from(nodes))
    match data.draw(st.sampled_from(["number", "numbers", "operator", "input", "dims", "input shape", "node", "kind"])):
        case "number" if node.attribute:
            attribute = data.draw(st.sampled_from(list(node.attribute)))
            attribute.i, attribute.f = data.draw(NUMBERS), data.draw(st.floats(width=32))
        case "numbers" if node.attribute:
            attribute = data.draw(st.sampled_from(list(node.attribute)))
            attribute.type = onnx.AttributeProto.INTS
            attribute.ints[:] = data.draw(st.lists(NUMBERS, max_size=6))
        case "operator":
            node.op_type = data.draw(st.sampled_from(OPERATORS))
        case "input" if node.input:
            place = data.draw(st.integers(0, len(node.input) - 1))
            node.input[place] = data.draw(st.sampled_from([*names, ""]))
        case "dims" if arrays:
            data.draw(st.sampled_from(arrays)).dims[:] = data.draw(st.lists(NUMBERS, max_size=5))
        case "kind" if arrays:
            data.draw(st.sampled_from(arrays)).data_type = data.draw(st.integers(-1, 30))
        case "input shape":
            dims = graph.input[0].type.tensor_type.shape.dim
            data.draw(st.sampled_from(list(dims))).dim_value = data.draw(NUMBERS)
        case "node":
            graph.node.append(node)


@given(st.data())
@settings(max_examples=400)
def test_changed_models(data):
    built = onnx.ModelProto()
    built.CopyFrom(data.draw(st.sampled_from(MODELS)))
    for _ in range(data.draw(st.integers(1, 4))):
        change(built, data)
    problem(built.SerializeToString())


def test_numbers_that_grow_without_end():
    """Squaring a constant two hundred times would take more digits than there is memory."""
    body = "\n".join(f"c{n + 1} = Mul(c{n}, c{n})" for n in range(200))
    built = model(f"{body}\ny = Reshape(x, c200)", c0=[3, 3])
    assert problem(built.SerializeToString()) is None


def test_doubling_lists():
    body = "\n".join(f"c{n + 1} = Concat<axis=0>(c{n}, c{n})" for n in range(60))
    assert problem(model(f"{body}\ny = Reshape(x, c60)", c0=[3, 3]).SerializeToString()) is None


@pytest.mark.parametrize("depth", [8, 20])
def test_graphs_within_graphs(depth):
    inner = model("y = Relu(x)").graph
    for _ in range(depth):
        node = onnx.helper.make_node("If", ["x"], ["y"], name="if")
        node.attribute.append(onnx.helper.make_attribute("then_branch", inner))
        inner = onnx.GraphProto(node=[node], input=inner.input, output=inner.output, name="g")
    nested = onnx.ModelProto(graph=inner, ir_version=8, opset_import=[onnx.helper.make_opsetid("", 17)])
    found = problem(nested.SerializeToString())
    assert (found is None) == (depth < 10)


def test_a_long_chain_is_read():
    built = model(
        "\n".join(f"t{n + 1} = Relu(t{n})" for n in range(3000)), inputs={"t0": (1, 3, 4, 4)}, outputs=("t3000",)
    )
    assert problem(built.SerializeToString()) is None
