"""Which language to speak: settled before anything that is written in one is loaded."""

from tui_cnn.config import language_setting
from tui_cnn.errors import UserError
from tui_cnn.i18n import _, known_language, language_of_environment, languages, use_language

OPTION = "--lang"


class UnknownLanguageError(UserError):
    """The language is unknown; the text is one line that names the known ones."""


def choose_language(arguments: list[str]) -> list[str]:
    """Use the language of `--lang CODE`, or else of the settings, or of the environment; return the other arguments.

    Raises:
        UnknownLanguageError: it is unknown, or missing.
    """
    use_language(known_language(language_setting()) or language_of_environment())
    wanted, rest = _split(arguments)
    if wanted is not None:
        code = known_language(wanted)
        if code is None:
            raise UnknownLanguageError(_unknown(wanted))
        use_language(code)
    return rest


def _split(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take the option out, wherever it stands before a `--`; the last one counts."""
    wanted: str | None = None
    rest: list[str] = []
    places = iter(arguments)
    for argument in places:
        if argument == "--":
            return wanted, [*rest, argument, *places]
        if argument == OPTION:
            wanted = next(places, "")
        elif argument.startswith(OPTION + "="):
            wanted = argument.removeprefix(OPTION + "=")
        else:
            rest.append(argument)
    return wanted, rest


def _unknown(wanted: str) -> str:
    listed = ", ".join(languages())
    if not wanted:
        return _("{option} needs a language; available: {languages}").format(option=OPTION, languages=listed)
    message = _("unknown language “{name}”; available: {languages}")
    return message.format(name=wanted, languages=listed)
