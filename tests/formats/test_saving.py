"""Saving is whole or not at all, and says what is in the way."""

import errno
import os
import stat

import pytest

from tui_cnn.core.layers import Flatten
from tui_cnn.core.network import Network
from tui_cnn.formats import saving
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import dumps_network, read_network, save_network

OLD = Network("old", (8,))
NEW = Network("new", (8,), (Flatten(),))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "net.toml"
    save_network(path, OLD)
    return path


def refused(path):
    with pytest.raises(FormatError) as error:
        save_network(path, NEW)
    return str(error.value)


def test_saved_and_read(path):
    save_network(path, NEW)
    assert read_network(path) == NEW
    assert [entry.name for entry in path.parent.iterdir()] == ["net.toml"]


def test_the_file_holds_the_text_and_nothing_else(path):
    assert path.read_text("utf-8") == dumps_network(OLD)


def test_permissions_are_kept(path):
    path.chmod(0o640)
    save_network(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_symbolic_link_stays(path):
    link = path.with_name("link.toml")
    link.symlink_to(path)
    save_network(link, NEW)
    assert link.is_symlink()
    assert read_network(path) == NEW


def test_no_such_directory(tmp_path):
    path = tmp_path / "missing" / "net.toml"
    assert refused(path) == f"{path}: directory {path.parent} not found"


def test_a_directory_is_no_file(tmp_path):
    assert refused(tmp_path) == f"{tmp_path}: cannot be written: Is a directory"


def test_a_directory_that_may_not_be_written(path, monkeypatch):
    """Root may write anywhere: there the refusal is simulated."""
    if os.geteuid():
        path.parent.chmod(0o500)
    else:
        monkeypatch.setattr(saving, "write_atomic", failing(errno.EACCES))
    try:
        assert refused(path) == f"{path}: cannot be written: Permission denied"
    finally:
        path.parent.chmod(0o700)
    assert read_network(path) == OLD


def failing(number):
    def fail(*_args):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(path, monkeypatch, step):
    """The disk is full when the bytes are flushed, or when the name is changed."""
    monkeypatch.setattr(os, step, failing(errno.ENOSPC))
    assert refused(path) == f"{path}: cannot be written: No space left on device"
    assert read_network(path) == OLD
    assert [entry.name for entry in path.parent.iterdir()] == ["net.toml"]


def test_links_in_a_circle(tmp_path):
    path = tmp_path / "a.toml"
    path.symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(path)
    assert refused(path).startswith(f"{path}: cannot be written: ")
    assert "\n" not in refused(path)
