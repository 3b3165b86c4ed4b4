"""HDF5: what an honest file holds is read as h5py reads it; a hostile one ends in one line, and soon."""

import h5py
import numpy as np
import pytest

from tests.formats.hostile_hdf5 import KERNEL, MADE, write
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.hdf5 import Hdf5, Tensor


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_arrays_are_those_of_h5py(tmp_path, libver):
    numbers = np.random.default_rng(0).normal(size=(3, 5, 7)).astype("float32")
    arrays = {
        "a/plain": numbers,
        "a/b/large-endian": numbers.astype(">f8"),
        "a/half": numbers.astype("f2"),
        "whole": np.arange(6),
        "scalar": np.float32(3),
        "empty": np.zeros((0, 3), "f4"),
    }
    path = tmp_path / "m.h5"
    with h5py.File(path, "w", libver=libver) as file:
        for name, array in arrays.items():
            file[name] = array
        file["text"] = "no array"
        if libver == "earliest":
            options = {"chunks": (2, 2, 2), "compression": "gzip", "shuffle": True}
            arrays["packed"] = numbers
            file.create_dataset("packed", data=numbers, **options)
    with path.open("rb") as opened:
        data = Hdf5(opened, path)
        found = {tensor.path: tensor for tensor in data.tensors()}
        assert set(found) == set(arrays)
        for name, array in arrays.items():
            assert found[name] == Tensor(name, array.shape, array.dtype.newbyteorder("=").name)
            np.testing.assert_array_equal(data.read(name), array)


def test_texts(tmp_path):
    """Keras writes a list that is longer than 64 kB in pieces."""
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("g")
        group.attrs["names"] = [b"a", b"bc"]
        group.attrs["one"] = "text"
        group.attrs["none"] = np.array([], "S1")
        group.attrs["long0"], group.attrs["long1"] = [b"first"], [b"second"]
    with path.open("rb") as opened:
        data = Hdf5(opened, path)
        assert [data.texts("g", name) for name in ("names", "one", "none", "long", "missing")] == [
            ["a", "bc"],
            ["text"],
            [],
            ["first", "second"],
            [],
        ]
        assert data.texts("missing", "names") == []


@pytest.mark.parametrize("name", MADE)
def test_hostile(tmp_path, name, monkeypatch):
    path, victim = tmp_path / "m.h5", tmp_path / "victim.h5"
    write(name, path, victim)
    opened = []
    with path.open("rb") as file:
        monkeypatch.setattr("builtins.open", lambda *args, **_options: opened.append(args))
        with pytest.raises(FormatError) as error:
            ask(Hdf5(file, path))
    assert opened == []
    assert str(error.value).startswith(f"{path}: is not a valid HDF5 file: ")
    assert len(str(error.value).splitlines()) == 1


def ask(data):
    """Ask for all that is ever asked."""
    assert data.texts("", "model_config")
    data.tensors()
    data.read(KERNEL)


def test_a_number_that_is_not_true_is_not_believed(tmp_path):
    """An array that is said to be larger than its file."""
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(1000, dtype="f4")
    data = path.read_bytes()
    size = (1000).to_bytes(8, "little")
    assert data.count(size) == 2  # its shape, and the largest that it may be
    path.write_bytes(data.replace(size, (10**15).to_bytes(8, "little")))
    with path.open("rb") as file, pytest.raises(FormatError, match="x is larger than the file"):
        Hdf5(file, path).read("x")
