"""No table shows the beginning of a number in its place, in terminals of several sizes, in English and in Korean."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.cut_cells import cut

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_number_in_a_table_is_cut(home, language):
    environment = {**os.environ, "CNN_TUI_HOME": str(home), "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "tests.ui.cut_cells", language]
    ended = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=300)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_what_is_cut():
    assert cut("1,2  3x", "1,234  3x") == ["1,2"]
    assert cut("234", "1,234") == ["234"]
    assert cut("12.5 k …", "12.5 k  1,234") == []
    assert cut("26×26×3", "26×26×32") == ["26×26×3"]
