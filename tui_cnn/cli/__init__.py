"""The `cnn-tui` command: a module a command, each loaded when it is called, with what it needs imported then."""

import sys

from tui_cnn.cli.language import UnknownLanguageError, choose_language

_BAD_USAGE = 2


def main() -> None:
    """Run the command of this process's arguments, and exit."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a locale may lack × and “
    try:
        arguments = choose_language(sys.argv[1:])
    except UnknownLanguageError as error:
        sys.exit(_refuse(str(error)))
    from tui_cnn.cli.program import program  # its help is written as it is loaded

    program(arguments)


def _refuse(line: str) -> int:
    sys.stderr.write(f"cnn-tui: {line}\n")
    return _BAD_USAGE
