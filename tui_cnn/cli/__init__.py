"""The `cnn-tui` command. Commands are loaded when they are called, and what takes long to load is imported then."""

import gc
import sys

from tui_cnn.errors import UserError
from tui_cnn.i18n import _, known_language, language_of_environment, languages, use_language
from tui_cnn.visible import visible

OPTION = "--lang"
_NEW_OBJECTS = 50_000
"""So many come before garbage is looked for: nearly all that a start makes is to stay, and was looked at 100 times."""


class UnknownLanguageError(UserError):
    """The language is unknown; the text is one line that names the known ones."""


def main() -> None:
    """Run the command of this process's arguments, and exit."""
    gc.set_threshold(_NEW_OBJECTS, 10, 10)
    from tui_cnn.cli.streams import open_streams

    open_streams()
    try:
        arguments = choose_language(sys.argv[1:])
    except UnknownLanguageError as error:
        sys.stderr.write(f"cnn-tui: {visible(error)}\n")
        sys.exit(2)
    from tui_cnn.cli.program import program  # its help is written as it is loaded

    program(arguments)


def choose_language(arguments: list[str]) -> list[str]:
    """Use the language of `--lang CODE`, or else of the settings, or of the environment; return the other arguments.

    The option may stand anywhere before a `--`; the last one counts.

    Raises:
        UnknownLanguageError: it is unknown, or missing.
    """
    from tui_cnn.formats.language_setting import language_setting

    use_language(known_language(language_setting()) or language_of_environment())
    wanted: str | None = None
    rest: list[str] = []
    places = iter(arguments)
    for argument in places:
        if argument == "--":
            rest += [argument, *places]
        elif argument == OPTION:
            wanted = next(places, "")
        elif argument.startswith(OPTION + "="):
            wanted = argument.removeprefix(OPTION + "=")
        else:
            rest.append(argument)
    if wanted is not None:
        code = known_language(wanted)
        if code is None:
            message = _("unknown language “{name}”; available: {languages}")
            if not wanted:
                message = _("{option} needs a language; available: {languages}")
            raise UnknownLanguageError(message.format(option=OPTION, name=wanted, languages=", ".join(languages())))
        use_language(code)
    return rest
