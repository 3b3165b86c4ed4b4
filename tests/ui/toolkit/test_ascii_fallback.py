"""Terminals that do not speak UTF-8: every line keeps its width."""

import subprocess
import sys

import pytest
from rich.cells import cell_len

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.ui.toolkit import ascii_fallback as plain


@pytest.fixture(autouse=True)
def registered():
    import codecs

    codecs.register_error("plain", plain._replace)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "euc-kr"])
async def test_every_line_of_every_screen_keeps_its_width(encoding):
    run = records.make_run()
    records.write(run, records.started(), *records.trained(5), records.finished())
    async with opened(size=(120, 40)) as user:
        user.app.workspace.shown_run = run
        for key in ("1", "2", "5"):
            await user.press(key)
            await user.sees({"1": "Volume", "2": "test accuracy", "5": run.id}[key])
            for line in user.text.split("\n"):
                assert len(line.encode(encoding, "plain").decode(encoding)) == cell_len(line)


def test_what_stands_for_what():
    assert "2·0 · 3".encode("ascii", "plain") == b"2*0 . 3"
    said = "── 28×28 · ✓ █▌ ⠁⠀ 합 …".encode("ascii", "plain").decode()
    assert said == "-- 28x28 . * ## .  ?? ~"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", "plain")


@pytest.mark.parametrize(
    ("encoding", "expected"), [("ascii", b"x 1."), ("latin-1", b"\xd7 1\xb7"), ("utf-8", "× 1·".encode())]
)
def test_only_the_terminals_stream_is_changed_and_only_where_it_must(encoding, expected):
    program = (
        "import sys; from tui_cnn.ui.toolkit.ascii_fallback import *; use_plain_signs(); sys.__stderr__.write('× 1·')"
    )
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert done.stderr == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LC_ALL": "C"}, b"x 1."),
        ({"LC_ALL": "POSIX"}, b"x 1."),
        ({"LC_ALL": "C.UTF-8"}, "× 1·".encode()),
        ({"LC_ALL": "C", "PYTHONUTF8": "1"}, "× 1·".encode()),
        ({}, "× 1·".encode()),
    ],
)
def test_the_locale_c_gets_plain_signs_although_python_writes_utf_8_there(environment, expected):
    program = (
        "import sys; from tui_cnn.ui.toolkit.ascii_fallback import *; use_plain_signs(); sys.__stderr__.write('× 1·')"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert done.stderr == expected
