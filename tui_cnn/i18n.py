"""The language of every visible string: English in the source, other languages from gettext catalogues."""

import gettext
import os

from tui_cnn.assets import ROOT
from tui_cnn.korean import PARTICLE, fitting

DOMAIN = "cnn-tui"
CATALOGUES = ROOT / "locale"

_SOURCE = "en"
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

_translations: gettext.NullTranslations = gettext.NullTranslations()
_spoken = _SOURCE


class _WithParticles(str):
    """A translation in which particles are written in both forms: `format` chooses those that fit the values."""

    def format(self, *args: object, **kwargs: object) -> str:
        text = ""
        for place, piece in enumerate(PARTICLE.split(self)):
            text += fitting(piece, text) if place % 2 else piece.format(*args, **kwargs)
        return text


def _(message: str) -> str:
    """Return `message` in the user's language, or as it is where there is no translation."""
    return _ready(_translations.gettext(message)) if message else ""  # for gettext, "" is the catalogue's own heading


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form that the user's language has for `n` things."""
    return _ready(_translations.ngettext(singular, plural, n))


def _ready(translation: str) -> str:
    return _WithParticles(translation) if _spoken == "ko" and PARTICLE.search(translation) else translation


def languages() -> tuple[str, ...]:
    """List the languages that there are, by their codes: `en` and those that have a catalogue."""
    return (_SOURCE, *sorted(path.parents[1].name for path in CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


def language() -> str:
    """Return the code of the language that is spoken."""
    return _spoken


def known_language(locale: str) -> str | None:
    """Return the code of the language of a locale such as `ko`, `ko-KR` or `ko_KR.UTF-8`; None where there is none."""
    code = locale.replace("-", "_").partition(".")[0].partition("@")[0].partition("_")[0].lower()
    return code if code in languages() else None


def language_of_environment() -> str:
    """Return the code of the language that the environment asks for; English where it asks for none that there is."""
    wanted = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    return next(filter(None, map(known_language, wanted.split(":"))), _SOURCE)


def use_language(code: str) -> None:
    """Speak a language from now on; so do click and the processes that are started, which look at the environment.

    What calls `_` when it is imported has to be imported after this.
    """
    global _translations, _spoken
    _spoken = code
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    gettext.textdomain(DOMAIN)
    known = [code] if code != _SOURCE else []
    _translations = gettext.translation(DOMAIN, CATALOGUES, languages=known, fallback=True)
