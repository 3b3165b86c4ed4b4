"""What stands at a place of a text that is being typed; the bars are where the cursor is."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.formats.presets import preset_names, preset_path
from tui_cnn.formats.toml_cursor import cursor_at

HEAD = 'name = "n"\n[[layers]]\ntype = "Block"\n'


def at(text):
    offset = text.index("|")
    return cursor_at(text[:offset] + text[offset + 1 :], offset)


@pytest.mark.parametrize(
    ("text", "keys", "kind", "place", "key", "before"),
    [
        ("na|me = 3", (), "", "key", "name", "na"),
        ("|", (), "", "key", "", ""),
        ("name = |", (), "", "value", "name", ""),
        ("name = 3\n|", (), "", "key", "", ""),
        ("name = [3, |\n", (), "", "value", "name", ""),
        ("name = 3 # wh|y", (), "", "comment", "", " "),
        ("a.d|e = 3", (), "", "key", "de", "a.d"),
        (HEAD + "un|", ("layers",), "Block", "key", "un", "un"),
        ("[[layers]]\nun|\ntype = 'Dense'", ("layers",), "Dense", "key", "un", "un"),
        ("[[lay|ers]]\ntype = 'Dense'", ("layers",), "Dense", "header", "", "[[lay"),
        ("[[layers\nty|", ("layers",), "", "key", "ty", "ty"),
        ('[[layers]]\ntype = "Den|', ("layers",), "", "value", "type", '"Den'),
        ('[[layers]]\ntype = "Den|\nunits = 3', ("layers",), "", "value", "type", '"Den'),
        (HEAD + "layers = [{ ty|", ("layers", "layers"), "", "key", "ty", "ty"),
        (HEAD + 'layers = [{ type = "A", x = 1 },\n { type = "B", |', ("layers", "layers"), "B", "key", "", ""),
        (HEAD + 'layers = [{ type = "A", x = 1\n { type = "B", y|', ("layers", "layers"), "B", "key", "y", "y"),
        (HEAD + "layers = [{}, {}]\nx|", ("layers",), "Block", "key", "x", "x"),
        (HEAD + "layers = [\n{ a = [\n[[layers]]\ntype = 'C'\nz|", ("layers",), "C", "key", "z", "z"),
        (HEAD + "branches = [[], [\n{ type = 'D', u|", ("layers", "branches"), "D", "key", "u", "u"),
        (HEAD + "layer = { type = 'E', k|", ("layers", "layer"), "E", "key", "k", "k"),
        ('s = """\n[[layers]]\n"""\nx|', (), "", "key", "x", "x"),
    ],
)
def test_places(text, keys, kind, place, key, before):
    cursor = at(text)
    assert (cursor.table.keys, cursor.table.text("type"), cursor.place, cursor.key) == (keys, kind, place, key)
    if place != "comment":
        assert cursor.before == before


@given(st.text("[]{}=,.#\"'\\\n \tabz1|") | st.text())
def test_any_text_can_be_looked_at(text):
    for offset in range(0, len(text) + 1, 3):
        cursor = cursor_at(text, offset)
        assert cursor.start <= offset <= max(cursor.end, cursor.start)


@pytest.mark.parametrize("name", preset_names())
def test_tables_are_those_of_the_parser(name):
    text = preset_path(name).read_text("utf-8")

    def expected(data, keys):
        if isinstance(data, list):
            for item in data:
                yield from expected(item, keys)
        elif isinstance(data, dict):
            yield keys, frozenset(data)
            for key, value in data.items():
                yield from expected(value, (*keys, key))

    found = set()
    for offset in range(0, len(text), max(7, len(text) // 200)):
        table = cursor_at(text, offset).table
        found.add((table.keys, frozenset(table.values)))
    layers = {(keys, values) for keys, values in found if keys}
    assert layers
    assert layers <= {*expected(tomllib.loads(text), ())}
