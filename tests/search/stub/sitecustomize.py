"""With this directory in PYTHONPATH, all processes train by `worker.py` here, which takes a second and no Keras."""

import sys
from pathlib import Path

from tui_cnn.runs import process

process.worker_command = lambda *arguments: (sys.executable, str(Path(__file__).with_name("worker.py")), *arguments)
