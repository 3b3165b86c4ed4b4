"""The language of every visible string: English in the source, other languages from gettext catalogues."""

import gettext

_translations: gettext.NullTranslations = gettext.NullTranslations()


def _(message: str) -> str:
    """Return `message` in the user's language, or as it is where there is no translation."""
    return _translations.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form that the user's language has for `n` things."""
    return _translations.ngettext(singular, plural, n)
