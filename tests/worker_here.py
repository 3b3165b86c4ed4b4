"""What is asked of a worker, done in this process, which has TensorFlow loaded: one of its own needs seconds for that.

Some tests of each command start a real one.
"""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from tui_cnn.runs import export
from tui_cnn.worker.__main__ import main


def run_here(*arguments, given=b""):
    """Stand in for `tui_cnn.runs.process.run_worker`."""
    inputs, output, errors = (io.TextIOWrapper(io.BytesIO(data), "utf-8") for data in (given, b"", b""))
    with patch.object(sys, "stdin", inputs), redirect_stdout(output), redirect_stderr(errors):
        status = main([*arguments])
    for stream in (output, errors):
        stream.flush()
    return subprocess.CompletedProcess(arguments, status, output.buffer.getvalue(), errors.buffer.getvalue())


def export_here(monkeypatch):
    """Write models in this process from now on."""
    monkeypatch.setattr(export, "run_worker", run_here)
