"""YAML: what PyYAML's own safe loader reads, and what it must not."""

import json
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.formats import keras1
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.reading import read_keras
from tui_cnn.formats.yaml import loads_yaml

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc_", min_size=1), values), st.sampled_from([None, True, False]))
def test_what_was_dumped_is_read(data, flow):
    text = yaml.safe_dump(data, default_flow_style=flow)
    assert loads_yaml(text, "m.yaml") == yaml.safe_load(text) == data


def test_tuples_and_aliases(tmp_path):
    """`model.to_yaml()` wrote tuples of Python, and the same list only once."""
    config = keras1.vgg16()
    shape = (None, 224, 224, 3)
    config["config"][0]["config"]["batch_input_shape"] = shape
    shared = config["config"][0]["config"]["subsample"]
    for layer in config["config"]:
        if "subsample" in layer["config"]:
            layer["config"]["subsample"] = shared
    text = yaml.dump(config)
    assert "!!python/tuple" in text
    assert "*id001" in text
    (tmp_path / "m.yaml").write_text(text)
    (tmp_path / "m.json").write_text(json.dumps(config))
    (tmp_path / "m.txt").write_text(text)
    networks = [read_keras(tmp_path / name).network.layers for name in ("m.yaml", "m.json", "m.txt")]
    assert networks[0] == networks[1] == networks[2]


def problem(text):
    with pytest.raises(FormatError) as error:
        loads_yaml(text, "m.yaml")
    line = str(error.value)
    assert len(line.splitlines()) == 1
    return line.removeprefix("m.yaml: is not valid YAML: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !!python/object/apply:os.system ['touch /tmp/x']", "the tag “python/object/apply:os.system” asks for an "),
        ("a: !!python/name:os.system", "the tag “python/name:os.system” asks for an object of Python; nothing in a"),
        ("!<tag:yaml.org,2002:python/module:os> {}", "the tag “python/module:os” asks for an object"),
        ("a: &a [*a]", "“a” is used before it is complete"),
        ("a: *b", "“b” is used before it is complete"),
        ("[" * 150, "nested too deeply"),
        ("[" * 5_000, "exceeded maximum nesting depth (at line 1, column 1001)"),
        ("- " * 5_000, "nested too deeply"),
        ("a: [1, 2", "did not find expected ',' or ']' (at line 2, column 1)"),
        ("a: \0", "control characters are not allowed"),
    ],
)
def test_what_is_refused(text, expected):
    assert expected in problem(text)


def test_an_alias_bomb():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert problem("\n".join(lines)) == "more than 2,000,000 values"


@given(st.text(max_size=60) | st.text("[]{}:-&*!a0 \n\"'|>%", max_size=60))
def test_any_text(text):
    with suppress(FormatError):
        loads_yaml(text, "m.yaml")
