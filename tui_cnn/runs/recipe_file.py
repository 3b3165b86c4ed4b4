"""Recipes as TOML files."""

import tomllib
from pathlib import Path

import msgspec

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _
from tui_cnn.runs.recipe import Recipe


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a TOML file.

    Raises:
        FormatError: the file cannot be read, is not TOML, or has a field that is unknown or out of bounds.
    """
    try:
        return convert(tomllib.loads(path.read_text("utf-8")), Recipe)
    except OSError as error:
        raise FormatError(path, _("cannot be read: {reason}").format(reason=error.strerror)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(path, _("is not valid TOML: {reason}").format(reason=error)) from None
    except InvalidError as error:
        raise FormatError(path, str(error)) from None


def dumps_recipe(recipe: Recipe) -> str:
    """Write a recipe as TOML text, its defaults too, so that it means the same when defaults change."""
    import tomli_w

    return tomli_w.dumps({name: value for name, value in msgspec.to_builtins(recipe).items() if value is not None})
