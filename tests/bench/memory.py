"""The memory of the screen's process through thousands of random keys, sizes and pastes in a real terminal.

Run it from the checkout: `python -m tests.bench.memory [EVENTS]`. The limit is 120 MB through 20,000 events. No key
starts a process; there are runs to be looked at.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

from tests.ui.driven_program import DrivenProgram
from tests.ui.random_keys import strike, write_runs

LIMIT = 120


def main():
    wished = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNN_TUI_HOME"] = home
        write_runs()
        dice = random.Random(0)
        with DrivenProgram(Path(home)) as program:
            program.settle(composing=False)
            print(f"at first {program.megabytes:.0f} MB", flush=True)
            events, most = 0, 0.0
            while events < wished:
                before = events
                events += len(strike(program, dice))
                program.settle(composing=False)
                most = max(most, program.megabytes)
                if events // 1000 > before // 1000:
                    print(f"{events:6,} events  {program.megabytes:.0f} MB, at most {most:.0f} MB", flush=True)
    sys.exit(most > LIMIT)


if __name__ == "__main__":
    main()
