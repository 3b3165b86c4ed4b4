"""Every error of a TOML file is given, each at its line and column."""

import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import loads_layers, loads_network
from tui_cnn.formats.toml_positions import position

WRONG = """\
# [[layers]] "
name = "b"
input_shape = [28, 28, 0]
speed = 3

[[layers]]
type = "Conv2D"
filterz = 8
kernel_size = [3, "x"]

[[layers]]
type = "Branches"
merge = "ad"
branches = [
    [{ type = "Conv2D", filters = 3.5, kernel_size = 3 },  # a 3 [
     { type = "Dens", units = 3 }, 7],
    [],
]

[[layers]]
units = 3
"""

FOUND = [
    (3, 24, "input_shape must be a whole number, at least 1, not 0"),
    (4, 1, "unknown field “speed”"),
    (6, 1, "layer 1 (Conv2D): the field “filters” is missing"),
    (8, 1, "layer 1 (Conv2D): unknown field “filterz”; did you mean “filters”?"),
    (9, 19, "layer 1 (Conv2D): kernel_size must be a whole number, not 'x'"),
    (13, 1, "layer 2 (Branches): merge cannot be 'ad'; did you mean “add”?"),
    (15, 25, "layer 2.1.1 (Conv2D): filters must be a whole number, not 3.5"),
    (16, 8, "layer 2.1.2: unknown layer “Dens”; did you mean “Dense”?"),
    (16, 36, "layer 2.1.3: the value must be a table, not 7"),
    (20, 1, "layer 3: the field “type” is missing"),
]


def error_of(read, text):
    with pytest.raises(FormatError) as raised:
        read(text, "f.toml")
    return raised.value


def test_all_that_is_wrong_is_found_with_its_place():
    error = error_of(loads_network, WRONG)
    assert [(one.line, one.column) for one in error.problems] == [(line, column) for line, column, _text in FOUND]
    for problem, (_line, _column, text) in zip(error.problems, FOUND, strict=True):
        assert problem.message.startswith(text)
    assert str(error) == error.lines[0] == f"f.toml: {FOUND[0][2]} (at line 3, column 24)"
    assert len(error.lines) == len(FOUND)


def test_layers_alone():
    error = error_of(loads_layers, '[[layers]]\ntype = "Flatten"\n\n[[layers]]\ntype = "Dense"\nunits = 0\n')
    assert error.lines == (
        "f.toml: layer 2 (Dense): units must be a whole number, at least 1, not 0 (at line 6, column 1)",
    )


@pytest.mark.parametrize(
    ("text", "place"), [("a = 1\nb = = 2\n", (2, 5)), ("a = [1,", (1, 8)), ("a = 1\nb", (2, 2)), ('a = "\n', (1, 6))]
)
def test_what_is_no_toml(text, place):
    (problem,) = error_of(loads_network, text).problems
    assert (problem.line, problem.column) == place


SYNTAX = '''\
"a b".'c' = { d = [1, { e = 0.5 }], "f" = """
] " [[x]]""" }
[table]  # [no]
when = 1979-05-27 07:32:00Z
[[table.many]]
x = [
  [], # ]
  'it]',
]
[[table.many]]
[table.many.inner]
y.z = -inf
'''


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        (("a b", "c"), (1, 1)),
        (("a b", "c", "d"), (1, 15)),
        (("a b", "c", "d", 0), (1, 20)),
        (("a b", "c", "d", 1, "e"), (1, 25)),
        (("a b", "c", "f"), (1, 37)),
        (("table",), (3, 1)),
        (("table", "when"), (4, 1)),
        (("table", "many", 0), (5, 1)),
        (("table", "many", 0, "x", 1), (8, 3)),
        (("table", "many", 1), (10, 1)),
        (("table", "many", 1, "inner", "y", "z"), (12, 1)),
        (("table", "many", 1, "inner", "absent", 3), (11, 1)),
    ],
)
def test_places_counted_by_hand(steps, place):
    tomllib.loads(SYNTAX)
    assert position(SYNTAX, steps) == place


KEYS = st.text("ab.# =[]{}\"'\\\n7é", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def ways(value, steps=()):
    """Yield the way to each key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*steps, step)
        yield from ways(inner, (*steps, step))


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_each_key_is_where_it_is_written(data, several_lines):
    text = tomli_w.dumps(data, multiline_strings=several_lines)
    lines = text.split("\n")
    for steps in ways(tomllib.loads(text)):
        line, column = position(text, steps)
        if isinstance(steps[-1], str):
            written = lines[line - 1][column - 1 :]
            name = tomli_w.dumps({steps[-1]: 0}).removesuffix(" = 0\n")
            assert written.startswith((f"{name} = ", "[")), (steps, written)
            assert not written.startswith("[") or name in written
