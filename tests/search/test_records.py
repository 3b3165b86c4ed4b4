"""What a search records is cut at its last whole line, however much there is of it, and whatever it is."""

import os

import pytest

from tui_cnn.search import events
from tui_cnn.search.events import end_torn_line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"torn", b""),
        (b"whole\n", b"whole\n"),
        (b"whole\nwhole\ntorn", b"whole\nwhole\n"),
        (b"whole\n" + b"t" * 20, b"whole\n"),
        (b"t" * 20, b""),
    ],
)
def test_a_torn_line_is_cut_off(before, after, tmp_path, monkeypatch):
    monkeypatch.setattr(events, "_BLOCK", 8)
    (file := tmp_path / "events.jsonl").write_bytes(before)
    end_torn_line(file)
    assert file.read_bytes() == after


def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "events.jsonl")
    with pytest.raises(OSError, match="seek"):
        end_torn_line(tmp_path / "events.jsonl")
