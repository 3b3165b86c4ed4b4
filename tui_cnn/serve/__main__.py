"""`python -m tui_cnn.serve`: the app of one person, started by the server, which speaks with it through pipes.

It reads and writes nothing but the person's home, before a line of what came from a person is read.
"""

import os
import sys

from tui_cnn.confinement import ROOT as HOME
from tui_cnn.runs.guest import become_guest, thread_memory
from tui_cnn.runs.resources import limit_memory

FILES, LESSONS, TEMPORARY = "files", "lessons", "tmp"
"""What is in a home beside what the program keeps: the person's own files, the class's lessons, passing things."""


def most_memory() -> int:
    """Return the bytes of private memory that an app may take: several times what it needs."""
    return (1 << 30) + thread_memory()


def main() -> int:
    """Run the app; return the exit status."""
    if HOME is None:
        sys.stderr.write("usage: cnn-tui serve\n")
        return 2
    limit_memory(most_memory())
    become_guest(HOME)
    os.chdir(HOME / FILES)
    from tui_cnn.errors import UserError
    from tui_cnn.formats.language_setting import language_setting
    from tui_cnn.i18n import known_language, language_of_environment, use_language

    use_language(known_language(language_setting()) or language_of_environment())
    from tui_cnn.ui.app import run_app
    from tui_cnn.visible import visible

    try:
        run_app(lessons=str(HOME / LESSONS))
    except UserError as error:
        sys.stderr.write(f"{visible(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
