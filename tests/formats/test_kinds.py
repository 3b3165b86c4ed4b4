"""What a file is, told by what is in it; what is not read says what to do instead."""

import json
import pickle
import zipfile

import h5py
import numpy as np
import pytest

from tests.formats import keras1
from tui_cnn.formats import kinds
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.kinds import Kind, kind_of
from tui_cnn.formats.models import find_network
from tui_cnn.formats.presets import preset
from tui_cnn.formats.tensors import read_tensors
from tui_cnn.formats.toml import dumps_network


def model_json():
    return json.dumps(keras1.sequential(keras1.dense(3, batch_input_shape=[None, 5])))


@pytest.mark.parametrize("suffix", [".toml", ".json", ".h5", ".keras", ".yaml", ".bin", ""])
class TestWhateverTheName:
    """The content counts."""

    def test_json(self, tmp_path, suffix):
        path = tmp_path / f"m{suffix}"
        path.write_text(model_json())
        assert kind_of(path) is Kind.JSON
        assert find_network(str(path))[0].input_shape == (5,)

    def test_hdf5(self, tmp_path, suffix):
        path = tmp_path / f"m{suffix}"
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = model_json()
        assert kind_of(path) is Kind.HDF5
        assert find_network(str(path))[0].input_shape == (5,)

    def test_an_archive(self, tmp_path, suffix):
        path = tmp_path / f"m{suffix}"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", model_json())
        assert kind_of(path) is Kind.ARCHIVE
        assert find_network(str(path))[0].input_shape == (5,)

    def test_a_pickle(self, tmp_path, suffix):
        path = tmp_path / f"m{suffix}"
        path.write_bytes(pickle.dumps(print, protocol=2))
        with pytest.raises(FormatError, match=r"is a PyTorch .pickle. file, which is never run; export it there"):
            find_network(str(path))


@pytest.mark.parametrize("suffix", [".toml", ".bin", ""])
def test_ours(tmp_path, suffix):
    path = tmp_path / f"m{suffix}"
    path.write_text(dumps_network(preset("lenet-5")))
    assert kinds.is_ours(path)
    assert find_network(str(path))[0] == preset("lenet-5")


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("m.tflite", b"\x1c\0\0\0TFL3\0\0", "is a TensorFlow Lite model; use the .keras or .h5 file"),
        (
            "m.pt",
            b"\x80\x02c__builtin__",
            "is a PyTorch (pickle) file, which is never run; export it there: torch.onnx",
        ),
        ("m.py", b"import keras", "is Python code, which is never run; save the model in it: model.save("),
        ("saved_model.pb", b"\x08\x01", "is a TensorFlow SavedModel; save the model as a file: tf_keras.models"),
        ("m.h5", b"", "is not a valid HDF5 file: it has no HDF5 signature"),
    ],
)
def test_one_line(tmp_path, name, data, line):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError) as error:
        find_network(str(path))
    assert str(error.value).startswith(f"{path}: {line}")
    assert len(str(error.value).splitlines()) == 1
    assert not kinds.is_ours(path)


def test_a_directory_of_tensorflow(tmp_path):
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(FormatError, match="is a TensorFlow SavedModel"):
        find_network(str(tmp_path))


def test_an_archive_of_pytorch(tmp_path):
    path = tmp_path / "m.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02.")
    with pytest.raises(FormatError, match="is a PyTorch"):
        find_network(str(path))


class TestOnlyWeights:
    """Tensors without layers."""

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    def test_of_keras(self, keras, tmp_path):
        layers = keras.layers
        model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Dropout(0.5), layers.Dense(2)])
        model.compile("adam", "mse")
        path = tmp_path / "m.weights.h5"
        model.save_weights(path)
        found = read_tensors(path)
        assert found.params == model.count_params()
        assert [tensor.shape for tensor in found.weights] == [(3, 3, 3, 4), (4,), (4, 2), (2,)]
        assert found.others > 0
        with pytest.raises(FormatError, match="has only weights, no layers; list them with: cnn-tui check "):
            find_network(str(path))

    def test_safetensors(self, tmp_path):
        path = tmp_path / "m.safetensors"
        write_safetensors(path, {"b": np.zeros((2, 3), "f4"), "a.weight": np.zeros(5, "f2"), "s": np.zeros((), "i8")})
        found = read_tensors(path)
        assert [(one.path, one.shape, one.dtype) for one in found.weights] == [
            ("b", (2, 3), "float32"),
            ("a.weight", (5,), "float16"),
            ("s", (), "int64"),
        ]
        assert found.params == 12

    @pytest.mark.parametrize(
        ("header", "line"),
        [
            ({"x": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4]}}, "“x”: its stated place does not fit"),
            ({"x": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}, "“x”: its stated place does not fit"),
            ({"x": {"dtype": "F32", "shape": [1]}}, "“x”: Object missing required field data_offsets"),
            ({"x": 3}, "“x”: Expected object, got int"),
        ],
    )
    def test_what_is_not_true(self, tmp_path, header, line):
        path = tmp_path / "m.safetensors"
        text = json.dumps(header).encode()
        path.write_bytes(len(text).to_bytes(8, "little") + text + b"\0" * 4)
        with pytest.raises(FormatError, match=line):
            read_tensors(path)

    def test_a_header_without_end(self, tmp_path):
        path = tmp_path / "m.safetensors"
        path.write_bytes((2**62).to_bytes(8, "little") + b"{")
        with pytest.raises(FormatError, match="is too large: more than 8,000,000 bytes"):
            read_tensors(path)


def write_safetensors(path, arrays):
    """Write the format by hand: https://github.com/huggingface/safetensors#format."""
    types = {"f4": "F32", "f2": "F16", "i8": "I64"}
    header, data = {"__metadata__": {"format": "np"}}, b""
    for name, array in arrays.items():
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": types[array.dtype.str[1:]], "shape": array.shape, "data_offsets": offsets}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
