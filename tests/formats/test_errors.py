"""Each kind of bad input gives one exact line."""

import errno
import os
import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.toml import loads_network, read_network

HEAD = 'name = "n"\ninput_shape = [28, 28, 1]\n'
CONV = HEAD + '[[layers]]\ntype = "Conv2D"\nfilters = 3\nkernel_size = [3, 3]\n'
DENSE = HEAD + '[[layers]]\ntype = "Dense"\n'
DROPOUT = HEAD + '[[layers]]\ntype = "Dropout"\n'
RESCALING = HEAD + '[[layers]]\ntype = "Rescaling"\n'
BRANCHES = HEAD + '[[layers]]\ntype = "Branches"\n'
ALL = ", ".join(LAYER_TYPES)


def line(text):
    with pytest.raises(FormatError) as error:
        loads_network(text, "f.toml")
    return str(error.value).partition(" (at line ")[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (DENSE + "units = " + "1" * 5000, "has a number of more than 4,300 digits"),
        (HEAD + ".".join("a" * 9_999) + " = 1", "is nested too deeply"),
        (HEAD + " . ".join(['"b"'] * 100) + " = 1", "is nested too deeply"),
        (
            HEAD + '[[layers]]\ntype = "Rescaling"\nscale = nan',
            "layer 1 (Rescaling): scale must be a finite number, not nan",
        ),
        (HEAD + '[[layers]]\ntype = "ELU"\nalpha = -inf', "layer 1 (ELU): alpha must be a finite number, not -inf"),
        (HEAD + '[[layers]]\ntype = "ELU"\nalpha = 1e999', "layer 1 (ELU): alpha must be a finite number, not inf"),
        # the network itself
        ("", "the field “name” is missing"),
        ('name = "n"', "the field “input_shape” is missing"),
        (HEAD + "layer = []", "unknown field “layer”; did you mean “layers”?"),
        (HEAD + "zzz = 1", "unknown field “zzz”; use one of name, input_shape, layers, outputs"),
        (HEAD + '"a\\nb" = 1', "unknown field “a\\nb”; use one of name, input_shape, layers, outputs"),
        (HEAD + f"{'y' * 99} = 1", f"unknown field “{'y' * 39}…”; use one of name, input_shape, layers, outputs"),
        ("name = 3\ninput_shape = [1]", "name must be text, not 3"),
        ('name = ""\ninput_shape = [1]', "name must be text of length at least 1, not ''"),
        (
            'name = "a/b"\ninput_shape = [1]',
            "name must be text without slashes or control characters, not 'a/b'",
        ),
        (
            'name = "\\u009b"\ninput_shape = [1]',
            "name must be text without slashes or control characters, not '\\x9b'",
        ),
        (
            f'name = "{"a" * 65}"\ninput_shape = [1]',
            f"name must be text of length at most 64, not '{'a' * 38}…",
        ),
        ('name = "n"\ninput_shape = 28', "input_shape must be a list, not 28"),
        ('name = "n"\ninput_shape = []', "input_shape must be a list of length at least 1, not []"),
        (
            'name = "n"\ninput_shape = [1, 2, 3, 4, 5]',
            "input_shape must be a list of length at most 4, not [1, 2, 3, 4, 5]",
        ),
        ('name = "n"\ninput_shape = [0]', "input_shape must be a whole number, at least 1, not 0"),
        ('name = "n"\ninput_shape = [2000000]', "input_shape must be a whole number, at most 1000000, not 2000000"),
        (HEAD + "layers = 3", "layers must be a list, not 3"),
        (HEAD + "[layers]\na = 1", "layers must be a list, not {'a': 1}"),
        (HEAD + "layers = [3]", "layer 1: the value must be a table, not 3"),
        # a layer's type
        (HEAD + '[[layers]]\ntype = "Conv2"', "layer 1: unknown layer “Conv2”; did you mean “Conv2D”?"),
        (HEAD + '[[layers]]\ntype = "dense"', "layer 1: unknown layer “dense”; did you mean “Dense”?"),
        (HEAD + '[[layers]]\ntype = "zzz"', f"layer 1: unknown layer “zzz”; use one of {ALL}"),
        (HEAD + '[[layers]]\ntype = ""', f"layer 1: unknown layer “”; use one of {ALL}"),
        (HEAD + '[[layers]]\ntype = "a\\nb"', f"layer 1: unknown layer “a\\nb”; use one of {ALL}"),
        (HEAD + "[[layers]]\ntype = 3", f"layer 1: unknown layer “3”; use one of {ALL}"),
        (HEAD + "[[layers]]\nunits = 3", f"layer 1: the field “type” is missing; use one of {ALL}"),
        # a layer's fields
        (DENSE, "layer 1 (Dense): the field “units” is missing"),
        (CONV + "filtr = 1", "layer 1 (Conv2D): unknown field “filtr”; did you mean “filters”?"),
        (CONV + 'padding = "sam"', "layer 1 (Conv2D): padding cannot be 'sam'; did you mean “same”?"),
        (CONV + 'padding = "zzz"', "layer 1 (Conv2D): padding cannot be 'zzz'; use one of valid, same"),
        (CONV + 'activation = "rleu"', "layer 1 (Conv2D): activation cannot be 'rleu'; did you mean “relu”?"),
        (CONV + "strides = [1]", "layer 1 (Conv2D): strides must be a list of length exactly 2, not [1]"),
        (CONV + "strides = 0", "layer 1 (Conv2D): strides must be a whole number, at least 1, not 0"),
        (CONV + "strides = [1.5, 1]", "layer 1 (Conv2D): strides must be a whole number, not 1.5"),
        (CONV + 'strides = ""', "layer 1 (Conv2D): strides must be a list, not ''"),
        (CONV + "use_bias = 1", "layer 1 (Conv2D): use_bias must be true or false, not 1"),
        (
            CONV + 'name = "첫 층"',
            "layer 1 (Conv2D): name must be letters A to Z, digits, and . _ - (not at the start), not '첫 층'",
        ),
        (DENSE + "units = 0", "layer 1 (Dense): units must be a whole number, at least 1, not 0"),
        (DENSE + "units = 1.5", "layer 1 (Dense): units must be a whole number, not 1.5"),
        (DENSE + "units = true", "layer 1 (Dense): units must be a whole number, not True"),
        (DENSE + "units = inf", "layer 1 (Dense): units must be a whole number, not inf"),
        (
            DENSE + f"units = {10**25}",
            f"layer 1 (Dense): units must be a whole number, at most 1000000, not {10**25}",
        ),
        (
            DENSE + "units = 0x" + "f" * 5000,
            "layer 1 (Dense): units must be a whole number, at most 1000000, not a number too long to write",
        ),
        (
            DENSE + "units = 1979-05-27",
            "layer 1 (Dense): units must be a whole number, not datetime.date(1979, 5, 27)",
        ),
        (DROPOUT + "rate = 1.5", "layer 1 (Dropout): rate must be a number, at most 1, not 1.5"),
        (DROPOUT + "rate = inf", "layer 1 (Dropout): rate must be a number, at most 1, not inf"),
        (DROPOUT + "rate = nan", "layer 1 (Dropout): rate must be a number, at least 0, not nan"),
        (
            HEAD + '[[layers]]\ntype = "BatchNormalization"\nepsilon = 0',
            "layer 1 (BatchNormalization): epsilon must be a number, more than 0, not 0",
        ),
        # inside containers
        (BRANCHES, "layer 1 (Branches): the field “branches” is missing"),
        (BRANCHES + "branches = [[]]", "layer 1 (Branches): branches must be a list of length at least 2, not [[]]"),
        (BRANCHES + "branches = [[], 3]", "layer 1.2: the value must be a list, not 3"),
        (
            BRANCHES + 'branches = [[], [{ type = "Flatten" }, { type = "Dense", units = -1 }]]',
            "layer 1.2.2 (Dense): units must be a whole number, at least 1, not -1",
        ),
        (
            BRANCHES + "branches = [[], [{ units = 1 }]]",
            f"layer 1.2.1: the field “type” is missing; use one of {ALL}",
        ),
        (
            HEAD + '[[layers]]\ntype = "Block"\n[[layers.layers]]\ntype = "Dens"',
            "layer 1.1: unknown layer “Dens”; did you mean “Dense”?",
        ),
        (
            HEAD + '[[layers]]\ntype = "Block"\nname = "a/b"',
            "layer 1 (Block): name must be text without slashes or control characters, not 'a/b'",
        ),
        (
            HEAD + '[[layers]]\ntype = "Dense"\nunits = 1\nkernel_regularizer = "l2"',
            "layer 1 (Dense): kernel_regularizer must be like l1(0.01), l2(0.01) or l1_l2(0.01, 0.01), not 'l2'",
        ),
        # nested without end
        (HEAD + "x = " + "[" * 5000 + "]" * 5000, "is nested too deeply"),
        (
            HEAD + "".join(f'[[{".".join(["layers"] * depth)}]]\ntype = "Block"\n' for depth in range(1, 200)),
            "is nested too deeply",
        ),
    ],
)
def test_the_line(text, problem):
    assert line(text) == f"f.toml: {problem}"


@pytest.mark.parametrize("text", ["x", 'name = "n"\nname = "m"', HEAD + "layers = [", "\0", "a = 1979-13-45"])
def test_not_toml(text):
    with pytest.raises(tomllib.TOMLDecodeError) as reason:
        tomllib.loads(text)
    assert line(text) == f"f.toml: is not valid TOML: {reason.value}".partition(" (at ")[0]


def problem_of(text):
    """The line for `text`; None where it is read."""
    try:
        loads_network(text, "f.toml")
    except FormatError as error:
        return str(error)
    return None


@given(st.text(max_size=300))
@settings(max_examples=300)
@example("a=" + "{a=" * 300)
def test_any_text_is_read_or_refused_in_one_line(text):
    problem = problem_of(HEAD + text)
    assert problem is None or (problem.startswith("f.toml: ") and len(problem.splitlines()) == 1)


def plain_data():
    leaves = st.one_of(
        st.integers(), st.floats(), st.booleans(), st.text(max_size=8), st.sampled_from(sorted(LAYER_TYPES))
    )
    keys = st.sampled_from(["type", "name", "layers", "branches", "filters", "kernel_size", "units", "rate", "x"])
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    )


@given(plain_data())
@settings(max_examples=300)
def test_any_data_is_read_or_refused_in_one_line(data):
    problem = problem_of(HEAD + tomli_w.dumps({"layers": data}))
    assert problem is None or (problem.startswith("f.toml: layer") and len(problem.splitlines()) == 1)


class TestFiles:
    """Files that are not even text, or no files at all."""

    def line(self, path):
        with pytest.raises(FormatError) as error:
            read_network(path)
        return str(error.value).replace(f"{path.parent}/", "")

    def test_missing(self, tmp_path):
        assert self.line(tmp_path / "no.toml") == "no.toml: file not found; check the path"

    def test_a_directory(self, tmp_path):
        assert self.line(tmp_path) == f"{tmp_path.name}: is a directory; specify a file in it"

    def test_a_file_for_a_directory(self, tmp_path):
        (tmp_path / "file").touch()
        assert self.line(tmp_path / "file" / "no.toml") == "no.toml: cannot be read: Not a directory"

    def test_binary(self, tmp_path):
        path = tmp_path / "net.keras"
        path.write_bytes(b"PK\x03\x04\xff")
        assert self.line(path) == "net.keras: is not UTF-8 text (byte 4)"

    def test_huge(self, tmp_path):
        path = tmp_path / "huge.toml"
        with path.open("wb") as file:
            file.truncate(8_000_001)
        assert self.line(path) == "huge.toml: is too large: more than 8,000,000 bytes"

    def test_without_end(self):
        assert self.line(Path("/dev/zero")) == "zero: is too large: more than 8,000,000 bytes"

    def test_a_named_pipe(self, tmp_path):
        """Nobody may ever write to it."""
        os.mkfifo(tmp_path / "pipe.toml")
        assert self.line(tmp_path / "pipe.toml") == "pipe.toml: is a named pipe; specify a file"

    def test_a_pipe_of_the_shell(self):
        read, write = os.pipe()
        os.write(write, b'name = "n"\ninput_shape = [8]\n')
        os.close(write)
        try:
            assert read_network(Path(f"/dev/fd/{read}")).name == "n"
        finally:
            os.close(read)

    def test_unreadable(self, tmp_path, monkeypatch):
        """Root may read anything: there the refusal is simulated."""
        path = tmp_path / "secret.toml"
        path.touch(mode=0o000)
        if not os.geteuid():

            def refuse(*_args):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

            monkeypatch.setattr(Path, "open", refuse)
        assert self.line(path) == "secret.toml: cannot be read: Permission denied"

    def test_a_name_that_would_break_the_line(self, tmp_path):
        assert self.line(tmp_path / "a\nb\x1b[31m") == r"a\nb\u001b[31m: file not found; check the path"
