"""The language of every visible string: English in the source, other languages from gettext catalogues."""

import gettext

from tui_cnn.assets import ROOT

_DOMAIN = "cnn-tui"
_CATALOGUES = ROOT / "locale"

_translations: gettext.NullTranslations = gettext.NullTranslations()


def _(message: str) -> str:
    """Return `message` in the user's language, or as it is where there is no translation."""
    return _translations.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form that the user's language has for `n` things."""
    return _translations.ngettext(singular, plural, n)


def languages() -> tuple[str, ...]:
    """List the languages that there are, by their codes: `en` and those that have a catalogue."""
    return ("en", *sorted(path.parents[1].name for path in _CATALOGUES.glob(f"*/LC_MESSAGES/{_DOMAIN}.mo")))


def use_language(code: str = "") -> None:
    """Speak a language from now on; without a code, that of the environment's LANGUAGE, LC_ALL, LC_MESSAGES or LANG."""
    global _translations
    chosen = [code] if code else None
    _translations = gettext.translation(_DOMAIN, _CATALOGUES, languages=chosen, fallback=True)
