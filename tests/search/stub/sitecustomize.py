"""With this directory in PYTHONPATH, every process of a search trains by `worker.py` here, in a second, without Keras."""

import sys
from pathlib import Path

from tui_cnn.runs import process

process.worker_command = lambda *arguments: (sys.executable, str(Path(__file__).with_name("worker.py")), *arguments)
