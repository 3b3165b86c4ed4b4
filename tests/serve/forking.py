"""The process that forks workers, without TensorFlow: they do what the lines of their input say.

`who` writes the process, its parent and the home; `read PATH` a file; `wait` nothing, without an end; `slow` takes
longer than an answer may; `end STATUS` ends.
"""

import os
import signal
import socket
import sys
import time
from pathlib import Path

from tui_cnn import confinement
from tui_cnn.worker.fork_server import Forks
from tui_cnn.worker.inspection import serve


def work(arguments):
    signal.signal(signal.SIGUSR1, lambda *_: os._exit(7))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    for line in sys.stdin:
        match line.split():
            case ["who"]:
                print(os.getpid(), os.getppid(), confinement.ROOT, *arguments, flush=True)
            case ["read", path]:
                try:
                    print(Path(path).read_text(), flush=True)
                except OSError as error:
                    print(type(error).__name__, flush=True)
            case ["slow"]:
                with serve._limited(1):
                    time.sleep(60)
            case ["end", status]:
                return int(status)
    return 0


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
Forks(socket.socket(fileno=int(sys.argv[1])), work).run()
