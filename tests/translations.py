"""Every string that a person may see, from the source, and the catalogues of its translations.

`python -m tests.translations` brings each `assets/locale/*/LC_MESSAGES/cnn-tui.po` up to date with the source, and
compiles it to the `.mo` that the program reads.
"""

import ast
import io
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tui_cnn.core.layers import LAYER_TYPES

CHECKOUT = Path(__file__).parents[1]
LOCALE = CHECKOUT / "assets" / "locale"
PACKAGE = CHECKOUT / "tui_cnn"


class Message(NamedTuple):
    """A string of the source; `plural` is empty where it does not count things."""

    text: str
    plural: str
    file: str


def messages():
    """Yield what is given to `_` and `ngettext`, the help of every declared field, and what each layer is."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = str(path.relative_to(CHECKOUT))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield from called(node, file)
    for kind in LAYER_TYPES.values():
        yield Message(kind.__doc__.partition("\n")[0], "", kind.__module__.replace(".", "/") + ".py")


def called(node, file):
    """Yield the strings of one call."""
    given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    match node.func.id:
        case "_" if given and isinstance(given[0], str):
            yield Message(given[0], "", file)
        case "ngettext":
            yield Message(given[0], given[1], file)
        case "Meta":
            for keyword in node.keywords:
                if keyword.arg == "description":
                    yield Message(keyword.value.value, "", file)


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


def compiled(catalogue):
    """Compile a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main():
    for path in catalogues():
        catalogue = read(path)
        catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        buffer = io.BytesIO()
        write_po(buffer, catalogue, width=110, include_lineno=False, ignore_obsolete=True, omit_header=False)
        path.write_bytes(buffer.getvalue())
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{path.relative_to(CHECKOUT)}: {len(catalogue)} messages, {missing} without a translation")


if __name__ == "__main__":
    main()
