"""The `cnn-tui` command: a module a command, each loaded when it is called, with what it needs imported then."""

import sys

from tui_cnn.cli.program import program


def main() -> None:
    """Run the command of this process's arguments, and exit."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a locale may lack × and “
    program()
