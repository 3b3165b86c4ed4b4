"""`python -m tui_cnn.data PATH`: read a data set for the first time, in a process of its own.

Each line on the standard output is `done images`; what is wrong comes in one line on the standard error.
"""

import os
import sys
from pathlib import Path

from tui_cnn.data.examination import examine
from tui_cnn.errors import UserError


def main() -> int:
    """Examine the data set; return the exit status."""
    if sys.platform != "win32":
        os.nice(5)
    try:
        examine(Path(sys.argv[1]) if sys.argv[1] else None, lambda done, images: print(done, images, flush=True))  # noqa: T201
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:  # the screen has gone; what is done is kept
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
