"""IDX files, whole and damaged."""

import errno
import gzip
import tracemalloc
from contextlib import suppress
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.idx_bytes import idx
from tui_cnn.data import idx as idx_files
from tui_cnn.data.files import DataError
from tui_cnn.data.idx import read, read_header, read_mapped

READERS = [read, read_mapped]
TYPES = [(0x08, "B"), (0x09, "b"), (0x0B, "h"), (0x0C, "i"), (0x0D, "f"), (0x0E, "d")]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some-idx"


@pytest.mark.parametrize(("kind", "letter"), TYPES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("read", READERS)
def test_every_type_comes_back(path, kind, letter, pack, read):
    values = [0, 1, 2, 120, 7, 5] if letter == "B" else [0, -1, 2, 120, -7, 5]
    path.write_bytes(pack(idx(values, (3, 2), kind, letter)))
    array = read(path)
    assert array.tolist() == [values[:2], values[2:4], values[4:]]
    assert array.dtype == np.dtype(letter).newbyteorder("=")
    assert array.dtype.isnative
    assert read_header(path).shape == (3, 2)


@pytest.mark.parametrize("read", READERS)
@given(shape=st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_every_shape_comes_back(tmp_path_factory, read, shape):
    path = tmp_path_factory.mktemp("idx") / "file"
    values = [number % 256 for number in range(prod(shape))]
    path.write_bytes(idx(values, shape))
    assert read(path).shape == tuple(shape)
    assert read(path).ravel().tolist() == values


WHOLE = idx(range(12), (3, 2, 2))
PACKED = gzip.compress(WHOLE)
DAMAGED = {
    "empty": (b"", "is empty"),
    "gzip of nothing": (gzip.compress(b""), "is empty"),
    "text": (b"<!DOCTYPE html>", "is not an IDX file: it starts with 3c 21 44 4f"),
    "one byte": (b"\0", "is not an IDX file"),
    "unknown type": (b"\0\0\x0a\x01" + WHOLE[4:], "is not an IDX file"),
    "no axes": (b"\0\0\x08\0", "is not an IDX file"),
    "too many axes": (b"\0\0\x08\xff" + b"\0\0\0\x01" * 255 + b"x", "is not an IDX file"),
    "end in header": (WHOLE[:9], "ends within its header"),
    "cut short": (WHOLE[:-5], "expected 12 bytes of values, got 7"),
    "too long": (WHOLE + b"!", "has more than 12 bytes"),
    "torn gzip": (PACKED[:-9], "is a damaged gzip file"),
    "gzip of a wrong sum": (PACKED[:-8] + b"\0" * 4 + PACKED[-4:], "is a damaged gzip file"),
    "gzip of rubbish": (b"\x1f\x8b" + b"\xff" * 40, "is a damaged gzip file"),
    "gzip, cut short before": (gzip.compress(WHOLE[:-5]), "expected 12 bytes of values, got 7"),
    "absurd claim": (b"\0\0\x08\x03" + b"\xff" * 12, "declares 4294967295×4294967295×4294967295 values"),
    "absurd claim of nothing": (b"\0\0\x08\x03\0\0\0\0" + b"\xff" * 8, "declares 0×4294967295×4294967295 values"),
}


@pytest.mark.parametrize(("content", "said"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_is_named_in_one_line(path, content, said):
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@given(data=st.data())
def test_no_damage_ends_in_anything_else(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("idx") / "file"
    content = bytearray(data.draw(st.sampled_from([WHOLE, PACKED])))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with suppress(DataError):
        read(path)


def test_a_claim_costs_no_memory(path):
    path.write_bytes(b"\0\0\x08\x01" + (2**31).to_bytes(4) + b"only this")
    tracemalloc.start()
    with pytest.raises(DataError, match="got 9"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000


def test_what_follows_costs_no_memory_either(path):
    path.write_bytes(gzip.compress(WHOLE + bytes(64_000_000), compresslevel=1))
    tracemalloc.start()
    with pytest.raises(DataError, match="has more than 12 bytes"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


def test_what_cannot_be_opened(tmp_path):
    with pytest.raises(DataError, match="file not found"):
        read(tmp_path / "missing")
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_mapped_values_take_memory_when_they_are_looked_at(path):
    path.write_bytes(gzip.compress(idx(bytes(64_000_000), (64_000_000,)), compresslevel=1))
    tracemalloc.start()
    values = read_mapped(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000
    assert values.shape == (64_000_000,)
    assert not values.flags.writeable
    assert values[-1] == 0


class FullDisk:
    """A file that takes nothing."""

    def __init__(self, **_where):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_details):
        pass

    def writelines(self, _chunks):
        raise OSError(errno.ENOSPC, "No space left on device")


def no_file(**_where):
    raise FileNotFoundError


@pytest.mark.parametrize("cannot", [FullDisk, no_file])
def test_where_nothing_can_be_mapped_the_values_are_in_memory(path, monkeypatch, cannot):
    path.write_bytes(PACKED)
    monkeypatch.setattr(idx_files, "TemporaryFile", cannot)
    assert read_mapped(path).ravel().tolist() == list(range(12))
