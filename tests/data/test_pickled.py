"""The reader of pickles: it builds what Python's own reader does of data, and runs nothing."""

import builtins
import io
import os
import pickle
import tracemalloc
from collections import OrderedDict
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.cifar_files import array_2, list_2, python_2, text_2
from tui_cnn.data.files import DataError
from tui_cnn.data.sources.pickled import read_pickled

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@settings(max_examples=60)
@given(st.dictionaries(st.text(), VALUES), st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_data_is_read_as_python_does(tmp_path_factory, value, protocol):
    path = tmp_path_factory.getbasetemp() / "value.pickle"
    path.write_bytes(pickle.dumps(value, protocol))
    if protocol > 2 or b"_codecs" not in path.read_bytes():
        assert read_pickled(path) == value


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
        np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3)),
        np.linspace(0, 1, 5, dtype=np.float32),
        np.zeros((0, 3), np.int64),
        np.array(7.5),
        np.array([True, False]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_arrays_are_read_as_numpy_does(tmp_path, array, protocol):
    path = tmp_path / "a"
    path.write_bytes(pickle.dumps({"array": array, "number": np.int64(5), "again": array}, protocol))
    found = read_pickled(path)
    assert found["array"].dtype == array.dtype
    assert np.array_equal(found["array"], array)
    assert found["number"] == 5
    assert np.array_equal(found["again"], array)


def test_python_2(tmp_path):
    path = tmp_path / "a"
    data = np.arange(12, dtype=np.uint8).reshape(3, 4)
    path.write_bytes(python_2(data=array_2(data), labels=list_2([1, 2]), name=text_2("é")))
    assert pickle.loads(path.read_bytes(), encoding="bytes")[b"labels"] == [1, 2], "the file is what it claims to be"
    found = read_pickled(path)
    assert (found["data"] == data).all()
    assert (found["labels"], found["name"]) == ([1, 2], "é".encode())


class Evil:
    """What runs a function when it is unpickled."""

    def __init__(self, function, *arguments):
        self.made = (function, arguments)

    def __reduce__(self):
        return self.made


def evil(function, *arguments):
    return pickle.dumps({"data": Evil(function, *arguments)}, 2)


STACKED = b"\x80\x04}\x8c\x04data\x8c\x02os\x8c\x06system\x93\x8c\x0ftouch pwned.txt\x85Rs."
HOSTILE = {
    "os.system": evil(os.system, "touch pwned.txt"),
    "os.system, newer": STACKED,
    "eval": evil(builtins.eval, "open('pwned.txt', 'w')"),
    "exec": evil(builtins.exec, "open('pwned.txt', 'w')"),
    "getattr": b"}U\x01ac__builtin__\ngetattr\n.",
    "open": evil(open, "pwned.txt", "w"),
    "numpy's own": b"}U\x01acnumpy.testing._private.utils\nrunstring\n(U\x01xtRs.",
    "numpy load": b"}U\x01acnumpy\nload\n(U\x01xtRs.",
    "a dotted name": b"\x80\x04}\x8c\x01a\x8c\x05numpy\x8c\x0bcore.os.sys\x93s.",
    "an instance": b"\x80\x02}U\x01a(ios\nsystem\nU\x01xos.",
    "a new object": b"\x80\x02}U\x01acos\nsystem\n)\x81s.",
    "a persistent one": b"\x80\x02}U\x01aU\x01xQs.",
    "an extension": b"\x80\x02}U\x01a\x82\x01s.",
    "a set": pickle.dumps({"a": {1, 2}}, 4),
    "an ordered dictionary": pickle.dumps(OrderedDict(a=1), 2),
    "objects": pickle.dumps({"a": np.array([[1], "x"], object)}, 2),
    "a class is called": b"\x80\x02}U\x01acnumpy\nndarray\nJ\xff\xff\xff\x7f\x85Rs.",
    "an array of too little": pickle.dumps({"a": np.zeros(99, np.uint8)}, 2).replace(b"Kc\x85", b"Kd\x85"),
    "a state for a number": b"\x80\x02}U\x01aK\x01K\x01\x85bs.",
    "a key of tuples": b"\x80\x02}K\x01\x85K\x01s.",
    "a key of numbers": b"\x80\x02}K\x01K\x01s.",
    "a list for a dictionary": b"\x80\x02]K\x01K\x01s.",
    "no dictionary": pickle.dumps([1, 2]),
    "nothing on the stack": b"\x80\x02s.",
    "no mark": b"\x80\x02}u.",
    "no such memory": b"\x80\x02h\x09.",
    "no end": b"\x80\x02}",
    "no pickle": b"PK\3\4 something else",
    "empty": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_is_run(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        read_pickled(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == [path]


def test_arrays_of_objects_are_named(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(HOSTILE["objects"])
    with pytest.raises(DataError, match="has an array of Python objects, which is not read"):
        read_pickled(path)


def test_it_is_named_what_would_have_run(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(evil(os.system, "touch pwned.txt"))
    with pytest.raises(DataError, match=r"would run (posix|nt)\.system, which is not data"):
        read_pickled(path)


def nested(count):
    """Lists of two of the list before: 2^count items if anything went through them all."""
    program = io.BytesIO()
    program.write(b"\x80\x02}U\x01aK\x01")
    for _level in range(count):
        program.write(b"q\x01h\x01\x86")
    program.write(b"s.")
    return program.getvalue()


BOMBS = {
    "twice, twenty thousand times": nested(20_000),
    "twice, as a key": nested(60).replace(b"s.", b"\x86K\x01s."),
    "twice, as the code of a type": b"\x80\x02}U\x01acnumpy\ndtype\n" + nested(60)[6:-2] + b"\x85Rs.",
    "twenty thousand lists in each other": b"\x80\x02}U\x01a" + b"](" * 20_000 + b"e" * 20_000 + b"s.",
    "a place in memory far away": b"\x80\x02}r\xff\xff\xff\x7f.",
    "a text of four gigabytes": b"\x80\x02}U\x01aT\xff\xff\xff\x7fx",
    "bytes of exabytes": b"\x80\x04}\x8c\x01a\x8e" + b"\xff" * 7 + b"\x0f.",
    "a number of four gigabytes": b"\x80\x02}U\x01a\x8b\xff\xff\xff\x7f\1.",
    "bytes of a size": (
        b"\x80\x05}\x8c\x01a\x8c\x12numpy.core.numeric\x8c\x0b_frombuffer\x93(J\0\0\0\x10\x8c\x05numpy"
        b"\x8c\x05dtype\x93\x8c\x02u1\x85RK\x01\x85\x8c\x01CtRs."
    ),
    "a shape of texts": (
        b"\x80\x02}U\x01acnumpy.core.multiarray\n_reconstruct\n)R(K\x01U\x01x\x8a\x05\0\0\0\0\x7f\x86"
        b"cnumpy\ndtype\nU\x02u1\x85RNU\x01xtbs."
    ),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS.keys())
def test_memory_is_that_of_the_file(tmp_path, content):
    path = tmp_path / "a"
    path.write_bytes(content)
    tracemalloc.start()
    with suppress(DataError):
        read_pickled(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000 + 200 * len(content)


BEGINS = (b"", b"\x80\x02}", b"\x80\x02}(", b"\x80\x02}U\x01a", b"\x80\x02}U\x01acnumpy\ndtype\n")


@given(st.binary(max_size=200), st.sampled_from(BEGINS))
def test_any_bytes(tmp_path_factory, content, begin):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(begin + content)
    with suppress(DataError):
        read_pickled(path)


def test_torn_anywhere(tmp_path):
    whole = pickle.dumps({"data": np.zeros((2, 3), np.uint8), "labels": [1, 2]}, 2)
    path = tmp_path / "a"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(DataError):
            read_pickled(path)
