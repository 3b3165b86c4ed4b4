"""Every string that a person may see, from the source, and the catalogues of its translations.

`python -m tests.translations` brings each `assets/locale/*/LC_MESSAGES/cnn-tui.po` up to date with the source, compiles
it to the `.mo` that the program reads, and lists what has no translation yet.
"""

import ast
import io
import string
from inspect import cleandoc
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tui_cnn.core.building_blocks import BUILDING_BLOCKS
from tui_cnn.core.layers import ALL_TYPES
from tui_cnn.data.files import CLASS_NAMES
from tui_cnn.formats.fields import EMPTY
from tui_cnn.formats.presets import preset_names, preset_text

CHECKOUT = Path(__file__).parents[1]
LOCALE = CHECKOUT / "assets" / "locale"
PACKAGE = CHECKOUT / "tui_cnn"

CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "Show this message and exit.",
    "Missing argument",
    "Missing parameter",
    "Invalid value for {param_hint}: {message}",
    "Invalid value: {message}",
    "No such option {name!r}.",
    "No such command {name!r}.",
    "Option {name!r} does not take a value.",
    "{value} is not in the range {range}.",
    "{value!r} is not a valid {number_type}.",
)
CLICK_PLURALS = (
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""What click says of its own; it looks into our catalogue too."""


class Message(NamedTuple):
    """A string of the source; `plural` is empty where it does not count things."""

    text: str
    plural: str
    file: str


def messages():
    """Yield every string that is translated, with the file that it stands in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = str(path.relative_to(CHECKOUT))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from called(node, file)
    for kind in ALL_TYPES.values():
        for text in dict.fromkeys((kind.__doc__.partition("\n")[0], cleandoc(kind.__doc__))):
            yield Message(text, "", kind.__module__.replace(".", "/") + ".py")
        yield Message(kind.family, "", kind.__module__.replace(".", "/") + ".py")
    for name in preset_names():
        yield Message(preset_text(name), "", f"assets/presets/{name}.toml")
    for block in BUILDING_BLOCKS:
        yield Message(block.__doc__.partition("\n")[0], "", block.__module__.replace(".", "/") + ".py")
    for name in CLASS_NAMES:
        yield Message(name, "", "tui_cnn/data/files.py")
    for text in CLICK:
        yield Message(text, "", "click")
    for text, plural in CLICK_PLURALS:
        yield Message(text, plural, "click")


def called(node, file):
    """Yield the strings of one call: of `_`, of `ngettext`, and of a declared field (its word for empty too)."""
    given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    match node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""):
        case "_" if given and isinstance(given[0], str):
            yield Message(given[0], "", file)
        case "ngettext" if len(given) == 2:
            yield Message(given[0], given[1], file)
        case "Meta":
            for keyword in node.keywords:
                if keyword.arg == "description":
                    yield Message(keyword.value.value, "", file)
                    if blank := keyword.value.value.partition(EMPTY)[2]:
                        yield Message(blank, "", file)


def placeholders(text):
    """The names in braces: `{count:,}` is `count`; a plain text with braces of its own has none."""
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def template():
    """Make a catalogue of all messages, without translations."""
    catalogue = Catalog(project="cnn-tui", charset="utf-8", fuzzy=False)
    for message in messages():
        catalogue.add((message.text, message.plural) if message.plural else message.text, locations=[(message.file, 0)])
    return catalogue


def catalogues():
    """List the files of translations."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/cnn-tui.po"))


def read(path):
    """Read the translations of a file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def written(catalogue):
    """Write a catalogue as text."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, include_lineno=False, ignore_obsolete=True, omit_header=False)
    return buffer.getvalue()


def compiled(catalogue):
    """Compile a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def updated(catalogue):
    """Bring a catalogue up to date with the source: what is new has no translation yet, what is gone is dropped."""
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def missing(catalogue):
    """List the messages without a translation, and those whose translation is marked as doubtful."""
    return [message for message in catalogue if message.id and (message.fuzzy or not all(strings(message)))]


def strings(message):
    """The translation of a message, as many as its language has plural forms."""
    return message.string if isinstance(message.string, tuple) else (message.string,)


def main():
    for path in catalogues():
        catalogue = updated(read(path))
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        untranslated = missing(catalogue)
        for message in untranslated:
            print(f"  {message.id!r} ({', '.join(file for file, _line in message.locations)})")
        print(f"{path.relative_to(CHECKOUT)}: {len(catalogue)} messages, {len(untranslated)} without a translation")


if __name__ == "__main__":
    main()
