"""The declarations as msgspec looks at them."""

import subprocess
import sys

COLLECTING = """
import gc, msgspec
from tui_cnn.core.network import Network
gc.set_threshold(3)
msgspec.convert({"name": "n", "input_shape": [8, 8, 3], "layers": []}, Network)
"""


def test_garbage_may_be_collected_while_they_are_looked_at():
    """FIGURE: msgspec 0.22 crashes on a union of a bounded number and a tuple of a fixed length."""
    assert subprocess.run([sys.executable, "-c", COLLECTING]).returncode == 0
