"""A network written over the text of its file: comments, order and style stay, only what differs is written anew.

Each layer has a piece of the text: its `[[layers]]` table or its element of an array, with the comments above it. A
piece goes with its layer when that is edited, moved or deleted; into another stack only its comments go. Keys inside
a piece are changed by tomlkit.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.layer_matching import sources
from tui_cnn.formats.saving import save_text
from tui_cnn.formats.toml import dumps_inline, dumps_layers, dumps_network, loads_network, read_network
from tui_cnn.formats.toml_comments import with_moved_comments


def save_edited(path: Path, network: Network, like: Path | None) -> None:
    """Write a network to a file, whole or not at all, over the text of the file `like` where that can be read.

    Raises:
        FormatError: it cannot be written; what was there before is untouched.
    """
    save_text(path, dumps_like(like, network) if like else dumps_network(network))


def dumps_like(path: Path, network: Network) -> str:
    """Write a network over the text of a TOML file; anew where that cannot be read or rewritten."""
    try:
        before = read_network(path)
        text = path.read_bytes().decode()
        after = rewrite(text, before, network)
        return after if loads_network(after.removeprefix("\ufeff"), path) == network else dumps_network(network)
    except (FormatError, OSError, ValueError, LookupError, RecursionError):  # tomlkit may refuse what the reader takes
        return dumps_network(network)


def rewrite(text: str, before: Network, after: Network) -> str:
    """Change the text of the network `before` so that it describes `after`.

    Raises:
        ValueError, LookupError, RecursionError: the text is written in a way that is not known here.
    """
    if before == after:
        return text
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff")
    table = _split(lines if lines.endswith("\n") else lines + "\n", "layers")
    result = with_moved_comments(lines, before, _write(table, before, after, "layers"), after)
    result = result.replace("\n", "\r\n") if "\r\n" in text else result
    return "\ufeff" + result if text.startswith("\ufeff") else result


class _Table(NamedTuple):
    """The text of a table: the comments above it, its header, its keys, its inner tables, and the comments below."""

    lead: str
    header: str
    keys: str
    inner: "tuple[_Table, ...]"
    tail: str = ""


def _split(text: str, name: str) -> _Table:
    """Take a text apart at its headers `[[name]]`, and each of the tables at those of its own inner ones."""
    keys_of_header = r"[ \t]*\.[ \t]*".join(name.split("."))
    header = re.compile(rf"^[ \t]*\[\[[ \t]*{keys_of_header}[ \t]*\]\][^\n]*\n", re.MULTILINE)
    starts = [(match.start(), match.end()) for match in header.finditer(text)]
    ends = [*(start for start, _end in starts[1:]), len(text)][: len(starts)]
    keys, lead = _parted(text[: starts[0][0]] if starts else text)
    inner = []
    for (start, middle), end in zip(starts, ends, strict=True):
        table = _split(text[middle:end], f"{name}.layers")
        inner.append(table._replace(lead=lead, header=text[start:middle], tail=""))
        lead = table.tail
    return _Table("", "", keys, tuple(inner), lead)


def _parted(text: str) -> tuple[str, str]:
    """Part the keys of a table from the comments after them, which belong to what comes next."""
    lines = text.split("\n")
    last = len(lines)
    while last and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    if last and "" in (blank := [line.strip() for line in lines[last:-1]]):
        last += blank.index("")  # what follows the keys without a blank line is about them
    return "".join(line + "\n" for line in lines[:last]), "\n".join(lines[last:])


def _write(table: _Table, before: Any, after: Any, name: str) -> str:
    """Write a table so that it describes `after`; `name` is that of its inner tables."""
    plain = isinstance(after, Network) and not re.search(r"^[ \t]*layers\b", table.keys, re.MULTILINE)
    as_tables = bool(table.inner) or plain
    keys = _changed_keys(table.keys, before, after, leave="layers" if as_tables else "")
    parts = [table.lead, table.header, keys]
    if as_tables:
        if len(table.inner) != len(before.layers):
            raise ValueError("there are other tables than layers")
        for layer, source in zip(after.layers, sources(before.layers, after.layers), strict=True):
            if source is None:
                new = _new_table(layer, name)
                parts.append(new if "".join(parts[-1:]).endswith("\n\n") else "\n" + new)
            elif layer == before.layers[source]:
                parts += _text_of(table.inner[source])
            else:
                parts.append(_write(table.inner[source], before.layers[source], layer, f"{name}.layers"))
    return "".join(parts) + table.tail


def _text_of(table: _Table) -> Iterator[str]:
    yield from (table.lead, table.header, table.keys)
    for inner in table.inner:
        yield from _text_of(inner)
    yield table.tail


def _new_table(layer: Any, name: str) -> str:
    return re.sub(r"^\[\[layers", f"[[{name}", dumps_layers((layer,)), flags=re.MULTILINE)


def _changed_keys(text: str, before: Any, after: Any, leave: str = "") -> str:
    """Change the keys of a table that differ, but the one to `leave` alone."""
    import tomlkit

    document = tomlkit.parse(text)
    _change(document, before, after, leave)
    return tomlkit.dumps(document)


def _change(table: Any, before: Any, after: Any, leave: str = "") -> None:
    """Change the keys of a table or of an inline table that differ; those that have their default now are removed."""
    for info in msgspec.structs.fields(type(after)):
        was, now = getattr(before, info.name), getattr(after, info.name)
        if now == was or info.name == leave:
            continue
        if now == info.default:
            table.pop(info.name, None)
        elif info.name in ("layers", "branches") and was != info.default:
            table[info.name] = _parse(_changed_array(table[info.name].as_string(), was, now))
        else:
            one_for_both = isinstance(table.get(info.name), int) and len({now} if isinstance(now, int) else {*now}) == 1
            table[info.name] = _parse(dumps_inline(now[0] if one_for_both and isinstance(now, tuple) else now))


def _parse(value: str) -> Any:
    import tomlkit

    return tomlkit.parse(f"value = {value}\n")["value"]


def _changed_element(text: str, before: Any, after: Any) -> str:
    if isinstance(after, tuple):
        return _changed_array(text, before, after)
    table = _parse(text)
    _change(table, before, after)
    return re.sub(r"[ \t]+\}$", " }", table.as_string())  # tomlkit leaves the blank before a key that it removes


class _Element(NamedTuple):
    """An element of an array: what stands before it, itself, and what stands after it on its line."""

    lead: str
    value: str
    trail: str


def _changed_array(text: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    """Change the text of an array of layers or of branches; an element takes the comments around it with it."""
    opening, elements, tail, comma = _elements(text)
    if len(elements) != len(before):
        raise ValueError("there are other elements than layers")
    line = next((element.lead for element in elements if "\n" in element.lead), tail + "    " if "\n" in tail else "")
    indent = "\n" + line.rpartition("\n")[2] if line else " "
    parts = []
    for value, source in zip(after, sources(before, after), strict=True):
        if source is None:
            parts.append(_Element(indent, dumps_inline(value).replace("\n", indent if line else "\n"), ""))
        elif value == before[source]:
            parts.append(elements[source])
        else:
            changed = _changed_element(elements[source].value, before[source], value)
            parts.append(elements[source]._replace(value=changed))
    if not line:
        first = elements[0].lead if elements else ""
        parts = [part._replace(lead=part.lead or " " if number else first) for number, part in enumerate(parts)]
    commas = [","] * (len(parts) - 1) + ["," * comma]
    body = "".join(part.lead + part.value + after + part.trail for part, after in zip(parts, commas, strict=False))
    return f"{opening}{body}{tail}]"


_STRING = r'''"""(?:\\.|[^\\])*?"""+|"(?:\\.|[^"\\])*"''' + r"""|'{3}.*?'{3,}|'[^']*'"""
_AT_ONCE = re.compile(r"[ \t]*#[^\n]*")
"""A comment on the same line."""
_TOKEN = re.compile(rf"{_STRING}|#[^\n]*|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<comma>,)|.", re.DOTALL)


class _Array(NamedTuple):
    """The line of the bracket, the elements, what stands after the last of them, and whether a comma does."""

    opening: str
    elements: list[_Element]
    tail: str
    comma: bool


def _elements(text: str) -> _Array:
    """Take an array apart."""
    opening = _AT_ONCE.match(text, 1)
    depth, begin = 0, opening.end() if opening else 1
    first = begin
    pieces: list[str] = []
    for token in _TOKEN.finditer(text):
        depth += bool(token["open"]) - bool(token["close"])
        if (token["comma"] and depth == 1) or not depth:
            pieces.append(text[begin : token.start()])
            begin = token.end()
    elements: list[_Element] = []
    for piece in pieces:
        if elements:  # what follows the comma on its line belongs to the element before it
            here = _AT_ONCE.match(piece)
            elements[-1] = elements[-1]._replace(trail=elements[-1].trail + (here[0] if here else ""))
            piece = piece[here.end() :] if here else piece
        found = re.match(r"(?:\s|#[^\n]*)*", piece)
        lead = found[0] if found else ""
        value = piece[len(lead) :]
        bare, after = _without_comments(value)
        elements.append(_Element(lead, bare, after))
    last = elements.pop()
    if not last.value:
        return _Array(text[:first], elements, last.lead, comma=bool(elements))
    comment = _AT_ONCE.match(last.trail)
    cut = comment.end() if comment else 0
    return _Array(text[:first], [*elements, last._replace(trail=last.trail[:cut])], last.trail[cut:], comma=False)


def _without_comments(value: str) -> tuple[str, str]:
    """Part a table or an array from what stands after its bracket."""
    end = max((token.end() for token in _TOKEN.finditer(value) if token["close"]), default=len(value))
    return value[:end], value[end:]
