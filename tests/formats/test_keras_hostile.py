"""Whatever a file holds: it is read, or refused in one line; and nothing of it is ever run."""

import io
import json
import marshal
import os
import subprocess
import sys
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.strategies import mostly_sound
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Opaque
from tui_cnn.core.network import walk
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import convert_model, read_keras
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.reading import bounded
from tui_cnn.formats.toml import dumps_network, loads_network


def problem(data):
    """Return the line for the content of a `.json` file; None where it is read."""
    try:
        network, _notes = convert_model(loads_config(data, "f.json"), "f.json")
    except FormatError as error:
        line = str(error)
        assert line.startswith("f.json: ")
        assert len(line.splitlines()) == 1
        return line.removeprefix("f.json: ")
    analyze(network)
    assert loads_network(dumps_network(network), "memory") == network
    return None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=200)
@example(b"[" * 100_000)
@example(b'{"class_name": ' * 2_000)
@example(b"1" * 5_000)
@example(b'{"class_name":"Sequential","module":"keras","config":{"layers":[' + b"9" * 5_000 + b"]}}")
@example(b'"\\"x\\""')
def test_any_bytes(data):
    assert problem(data)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 10)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.sampled_from(
        ["Sequential", "keras", "conv2d", "Dense", "input_layer", "__keras_tensor__", "L2", [None, 3, 3]]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(data, path=()):
    """List the way to every value in some JSON."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def changed(data, path, value):
    """Copy JSON with another value in one place."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(data[path[0]], path[1:], value)
    return copy


@given(mostly_sound(most=4), st.data())
@settings(max_examples=300)
def test_wrong_values_anywhere(network, data):
    analysis = analyze(network)
    if any(check.severity == "error" for check in analysis.checks):
        return
    config = json.loads(dumps_keras(analysis))
    for _ in range(data.draw(st.integers(1, 3))):
        config = changed(config, data.draw(st.sampled_from(list(places(config)))), data.draw(values))
    problem(json.dumps(config))


@pytest.mark.parametrize(
    "settings",
    [
        {"scale": 10**400},
        {"scale": [10**400]},
        {"scale": [1e-200]},
        {"scale": [5e-324]},
        {"scale": [True]},
        {"scale": [1.0], "offset": 10**400},
        {"scale": [1.0], "offset": [1.0, 2.0]},
        {"scale": [[1.0]]},
    ],
)
def test_absurd_factors_are_opaque(settings):
    layers = [entry("InputLayer", "in", batch_shape=[None, 4]), entry("Rescaling", "r", **settings)]
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    (layer,) = convert_model(loads_config(json.dumps(model), "m.json"), "m.json").network.layers
    assert type(layer) is Opaque


def functional(layers, output):
    """Describe a model: for each layer its class, its name, and the names of its inputs."""
    entries = [{**entry("InputLayer", "in", batch_shape=[None, 4]), "inbound_nodes": []}]
    for kind, name, inputs in layers:
        tensors = [
            {"class_name": "__keras_tensor__", "config": {"shape": [None, 4], "keras_history": [one, 0, 0]}}
            for one in inputs
        ]
        node = {"args": [tensors] if kind in ("Add", "Subtract") else tensors, "kwargs": {}}
        config = {"activation": "relu"} if kind == "Activation" else {}
        entries.append({**entry(kind, name, **config), "inbound_nodes": [node]})
    ends = {"input_layers": ["in", 0, 0], "output_layers": [output, 0, 0]}
    content = {"name": "m", "layers": entries, **ends}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": content}


def entry(kind, name, **config):
    return {"module": "keras.layers", "class_name": kind, "name": name, "config": {"name": name, **config}}


def graphs():
    """Graphs of any form, circles and loose ends among them."""
    names = [f"n{number}" for number in range(8)]
    near = st.sampled_from(["in", *names])
    layer = st.tuples(st.sampled_from(["Activation", "Add", "Add", "Subtract"]), st.lists(near, min_size=1, max_size=3))
    return st.lists(layer, min_size=1, max_size=8).map(
        lambda drawn: functional(
            [(kind, name, inputs) for name, (kind, inputs) in zip(names, drawn, strict=False)], "n0"
        )
    )


@given(graphs())
@settings(max_examples=300)
def test_any_graph(config):
    problem(json.dumps(config))


def test_thousands_of_layers_and_skips_are_read_quickly():
    """Each of the additions also takes the very first value: a fork that stays open all the way."""
    layers = [("Activation", "n0", ["in"])]
    for number in range(1, 3_000):
        layers.append(("Activation", f"a{number}", [f"n{number - 1}"]))
        layers.append(("Add", f"n{number}", [f"a{number}", f"n{number - 1}"]))
    assert problem(json.dumps(functional(layers, "n2999"))) is None
    open_fork = [("Activation", "n0", ["in"])]
    open_fork += [("Add", f"n{number}", [f"n{number - 1}", "in"]) for number in range(1, 500)]
    assert problem(json.dumps(functional(open_fork, "n499"))) == "branches are nested too deeply"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (functional([("Activation", "a", ["b"]), ("Activation", "b", ["a"])], "a"), "“a”: part of a cycle"),
        (functional([("Activation", "a", ["b"])], "a"), "“b”: not connected to the input of the model"),
        (functional([("Activation", "a", [])], "a"), "“a”: not connected to the input of the model"),
        (functional([], "nothing"), "“nothing”: not connected to the input of the model"),
        (
            {**functional([], "in"), "module": "my.models"},
            "is a Functional, not a Sequential or Functional model of Keras 3, so its layers are only in its code",
        ),
        ({"class_name": "Sequential", "module": "keras", "config": {"layers": 3}}, "Expected array, got int at layers"),
        ({"class_name": "Sequential", "module": "keras", "config": {"layers": []}}, "has no input shape"),
        (
            {"class_name": "Sequential"},
            "is a Sequential that was not saved by Keras 3; load it in Keras 3 and save it again",
        ),
        ({"class_name": "Dense"}, "is a Dense, not a Sequential"),
        ({}, "is not a Keras model; save it with model.to_json() or model.save(“….keras”)"),
        ([], "is not a Keras model"),
        ("text", "is not valid JSON"),
    ],
)
def test_the_line(config, expected):
    assert expected in problem(json.dumps(config).encode())


def archive(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


SOUND = json.dumps(functional([("Activation", "a", ["in"])], "a"))


class TestArchives:
    """`.keras` files: only `config.json` is looked at."""

    def line(self, path):
        with pytest.raises(FormatError) as error:
            read_keras(path)
        assert len(str(error.value).splitlines()) == 1
        return str(error.value).removeprefix(f"{path}: ")

    def test_sound(self, tmp_path):
        members = {
            "config.json": SOUND,
            "model.weights.h5": b"\x80\x04garbage",
            "../../evil": b"x",
            "/etc/passwd": b"y",
        }
        network, _notes = read_keras(archive(tmp_path / "m.keras", members))
        assert len(network.layers) == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == ["m.keras"]

    @pytest.mark.parametrize("name", ["../config.json", "/config.json", "./config.json", "config.json/", "CONFIG.JSON"])
    def test_without_the_configuration(self, tmp_path, name):
        path = archive(tmp_path / "m.keras", {name: SOUND})
        assert self.line(path) == "has no config.json, so it is not a Keras model"

    def test_a_bomb(self, tmp_path):
        path = archive(tmp_path / "m.keras", {"config.json": b" " * 50_000_000})
        assert path.stat().st_size < 100_000
        assert self.line(path).endswith("is too large: more than 8,000,000 bytes")

    def test_a_bomb_beside_it(self, tmp_path):
        path = archive(tmp_path / "m.keras", {"config.json": SOUND, "model.weights.h5": b" " * 50_000_000})
        assert read_keras(path).network.layers

    def test_without_end(self, tmp_path):
        """It is never asked for more than the bound."""

        class Endless:
            def read(self, size):
                return b" " * size

        with pytest.raises(FormatError, match="more than 8,000,000 bytes"):
            bounded(Endless(), tmp_path)

    def test_a_device(self, tmp_path):
        """It has no end to look at."""
        path = tmp_path / "m.keras"
        path.symlink_to("/dev/zero")
        assert self.line(path) == "is not a valid .keras archive: not a file"

    def test_huge_json(self, tmp_path):
        path = tmp_path / "m.json"
        with path.open("wb") as file:
            file.truncate(8_000_001)
        assert self.line(path).endswith("is too large: more than 8,000,000 bytes")

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04\xff", b"not a zip at all" * 100])
    def test_no_archive(self, tmp_path, data):
        path = tmp_path / "m.keras"
        path.write_bytes(data)
        assert self.line(path) == "is not a valid .keras archive: File is not a zip file"

    def test_encrypted(self, tmp_path):
        path = archive(tmp_path / "m.keras", {"config.json": SOUND})
        data = bytearray(path.read_bytes())
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
        path.write_bytes(data)
        assert self.line(path).startswith("is not a valid .keras archive: File 'config.json' is encrypted")

    def test_missing_and_directory(self, tmp_path):
        assert self.line(tmp_path / "no.keras") == "file not found; check the path"
        (tmp_path / "d.keras").mkdir()
        assert self.line(tmp_path / "d.keras") == "is a directory; specify a file in it"

    @given(st.data())
    @settings(max_examples=200)
    def test_damage_anywhere(self, tmp_path_factory, data):
        path = tmp_path_factory.getbasetemp() / "damaged.keras"
        buffer = io.BytesIO()
        packed = data.draw(st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]))
        archive(buffer, {"metadata.json": "{}", "config.json": SOUND}, packed)
        content = bytearray(buffer.getvalue())
        for _ in range(data.draw(st.integers(0, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
        try:
            read_keras(path)
        except FormatError as error:
            line = str(error)
        else:
            line = "read"
        assert len(line.splitlines()) == 1


def test_a_class_of_somebody_else_by_the_name_of_ours():
    """A custom class may be called Dense, and may stand in a module that is called as Keras' own."""
    for strange in ({"module": "keras.layers.mine"}, {"module": None}, {"registered_name": "mine>Dense"}):
        layers = [entry("InputLayer", "in", batch_shape=[None, 4]), {**entry("Dense", "out", units=3), **strange}]
        model = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": layers}}
        network, _notes = convert_model(loads_config(json.dumps(model), "f.json"), "f.json")
        assert [type(layer) for layer in network.layers] == [Opaque]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_code_is_never_run(tmp_path, keras):
    """A Lambda with a function that leaves a trace, saved by Keras itself, and a class whose import would."""
    trace = "CNN_TUI_TRACE"
    layers = keras.layers
    inputs = keras.Input((4,))
    lambda_layer = layers.Lambda(lambda x: (__import__("os").putenv("CNN_TUI_TRACE", "1"), x)[1], output_shape=(4,))
    model = keras.Model(inputs, layers.Dense(2)(lambda_layer(inputs)))
    model.save(tmp_path / "m.keras")
    os.unsetenv(trace)
    with zipfile.ZipFile(tmp_path / "m.keras") as saved:
        config = json.loads(saved.read("config.json"))
    (tmp_path / "evil.py").write_text(f"import os\nos.putenv({trace!r}, '1')\nclass Evil: pass\n")
    sys.path.insert(0, str(tmp_path))
    try:
        dense = next(one for one in config["config"]["layers"] if one["class_name"] == "Dense")
        dense["config"]["kernel_initializer"] = {"module": "evil", "class_name": "Evil", "config": {}}
        archive(
            tmp_path / "evil.keras",
            {"config.json": json.dumps(config), "code": marshal.dumps(compile("1", "", "eval"))},
        )
        network, notes = read_keras(tmp_path / "evil.keras")
        dense.update(module="evil", class_name="Evil", registered_name="evil>Evil")
        (tmp_path / "evil.json").write_text(json.dumps(config))
        custom, _notes = read_keras(tmp_path / "evil.json")
    finally:
        sys.path.remove(str(tmp_path))
    assert subprocess.run(["printenv", trace], check=False, stdout=subprocess.DEVNULL).returncode == 1
    assert "evil" not in sys.modules
    assert notes == ("kernel_initializer set to its default (dense)",)
    (first, _dense) = network.layers
    assert (type(first), first.kind, first.stated_shape) == (Opaque, "Lambda", (4,))
    assert "__lambda__" in first.config
    assert [layer.kind for _path, layer in walk(custom.layers)] == ["Lambda", "Evil"]
    assert analyze(network).totals.params == 10
    assert not analyze(network).totals.complete
