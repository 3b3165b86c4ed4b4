"""The JSON schemas: true to the declarations, and as strict as the readers, by a validator that knows nothing of us."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import KINDS, layers_of, networks
from tests.schema_files import DIRECTORY, files
from tui_cnn.cli.program import program
from tui_cnn.core.layers import ALL_TYPES, LAYER_TYPES
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.presets import preset_names, preset_path
from tui_cnn.formats.project import read_project
from tui_cnn.formats.schema import network_schema, project_schema
from tui_cnn.formats.toml import dumps_network, loads_network

CODES = ("dense-heavy", "few-parameters")


def validator(schema):
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


NETWORKS, PROJECTS = validator(network_schema()), validator(project_schema(CODES))


def problems(text, schema=NETWORKS):
    return [error.message for error in schema.iter_errors(tomllib.loads(text))]


def test_the_files_are_up_to_date():
    for path, text in files().items():
        assert path.read_text("utf-8") == text, "run: python -m tests.schema_files"


def test_the_command_prints_them():
    run = CliRunner().invoke
    assert json.loads(run(program, ["schema"]).stdout)["definitions"].keys() == {"Layer", *ALL_TYPES}
    assert "budgets" in json.loads(run(program, ["schema", "project"]).stdout)["properties"]


def test_each_field_says_what_it_is():
    definitions = network_schema()["definitions"]
    for name, kind in LAYER_TYPES.items():
        described = definitions[name]
        assert described["description"]
        assert set(described["properties"]) == {"type", *kind.__struct_fields__}
        plain = set(described["properties"]) - {"type", "layers", "branches"}
        assert all(described["properties"][field].get("description") for field in plain), name
    assert "[3, 3]" in json.dumps(definitions["Conv2D"]["properties"]["kernel_size"])


@pytest.mark.parametrize("name", preset_names())
def test_presets_are_valid(name):
    assert problems(preset_path(name).read_text("utf-8")) == []


@given(networks())
def test_any_network_is_valid(network):
    assert problems(dumps_network(network)) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=5)
@given(data=st.data())
def test_any_layer_is_valid(kind, data):
    layer = data.draw(layers_of(kind))
    assert problems(dumps_network(Network("n", (8, 8, 1), (layer,)))) == []


HEAD = 'name = "n"\ninput_shape = [8, 8, 1]\n[[layers]]\n'
CONV = HEAD + 'type = "Conv2D"\nfilters = 4\n'
SHORT = [
    CONV + "kernel_size = 3",
    CONV + "kernel_size = [3, 5]",
    CONV + "kernel_size = 3\nstrides = 2\nkernel_regularizer = 'l2(0.01)'",
    HEAD + 'type = "ZeroPadding2D"\npadding = 1',
    HEAD + 'type = "ZeroPadding2D"\npadding = [1, 2]',
    HEAD + 'type = "ZeroPadding2D"\npadding = [[1, 2], [3, 4]]',
    HEAD + 'type = "ZeroPadding1D"\npadding = [1, 2]',
    HEAD + 'type = "ZeroPadding3D"\npadding = [1, 2, 3]',
    HEAD + 'type = "Reshape"\ntarget_shape = 64',
    HEAD + 'type = "Normalization"\nmean = 0.5\nvariance = 1\naxis = -1',
    HEAD + 'type = "RandomRotation"\nfactor = [-0.1, 0.1]',
    HEAD + 'type = "RandomRotation"\nfactor = 0.1',
    HEAD + 'type = "TimeDistributed"\nlayer = { type = "Dense", units = 3 }',
    HEAD + 'type = "Bidirectional"\nlayer = { type = "GRU", units = 3 }',
    HEAD + 'type = "Block"\nlayers = [{ type = "Branches", branches = [[], [{ type = "Flatten" }]] }]',
    'name = "n"\ninput_shape = [8]',
]


@pytest.mark.parametrize("text", SHORT)
def test_what_may_be_written_shorter(text):
    loads_network(text, "n.toml")
    assert problems(text) == []


WRONG = [
    "",
    'name = "n"',
    "input_shape = [8]",
    'name = ""\ninput_shape = [8]',
    'name = "a/b"\ninput_shape = [8]',
    'name = "n"\ninput_shape = []',
    'name = "n"\ninput_shape = [8, 8, 8, 8, 8]',
    'name = "n"\ninput_shape = [0]',
    'name = "n"\ninput_shape = ["8"]',
    'name = "n"\ninput_shape = [8]\nlayer = []',
    'name = "n"\ninput_shape = [8]\nlayers = [1]',
    HEAD + "units = 3",
    HEAD + 'type = "Conv2d"\nfilters = 4\nkernel_size = 3',
    HEAD + "type = 3",
    HEAD + 'type = ["Dense"]',
    HEAD + 'type = "Network"',
    HEAD + 'type = "Dense"',
    HEAD + 'type = "Dense"\nunits = 0',
    HEAD + 'type = "Dense"\nunits = 1_000_000_000',
    HEAD + 'type = "Dense"\nunits = 1.5',
    HEAD + 'type = "Dense"\nunits = true',
    HEAD + 'type = "Dense"\nunits = 3\nfilters = 3',
    HEAD + 'type = "Dense"\nunits = 3\nactivation = "relo"',
    HEAD + 'type = "Dense"\nunits = 3\nuse_bias = 1',
    HEAD + 'type = "Dense"\nunits = 3\nname = "a b"',
    HEAD + 'type = "Dense"\nunits = 3\nkernel_regularizer = "l3(1)"',
    CONV,
    CONV + "kernel_size = [3]",
    CONV + "kernel_size = [3, 3, 3]",
    CONV + "kernel_size = 0",
    CONV + "kernel_size = [3, 1025]",
    CONV + 'kernel_size = "3"',
    CONV + 'kernel_size = 3\npadding = "causal"',
    HEAD + 'type = "Dropout"\nrate = 1.01',
    HEAD + 'type = "Dropout"\nrate = -0.01',
    HEAD + 'type = "ZeroPadding2D"\npadding = [1, 2, 3]',
    HEAD + 'type = "ZeroPadding2D"\npadding = -1',
    HEAD + 'type = "RandomRotation"\nfactor = [1]',
    HEAD + 'type = "Branches"\nbranches = [[]]',
    HEAD + 'type = "Branches"\nbranches = [[], [{ type = "Dense" }]]',
    HEAD + 'type = "Branches"\nbranches = [[], { type = "Flatten" }]',
    HEAD + 'type = "Block"\nlayers = [{ type = "Block", layers = [{ type = "Flat" }] }]',
    HEAD + 'type = "Bidirectional"\nlayer = { type = "Dense", units = 3 }',
    HEAD + 'type = "TimeDistributed"\nlayer = { type = "Dense", units = 0 }',
    HEAD + 'type = "Route"\nlayers = []',
]


@pytest.mark.parametrize("text", WRONG)
def test_what_the_reader_refuses_is_refused(text):
    with pytest.raises(FormatError):
        loads_network(text, "n.toml")
    assert problems(text)


def test_an_error_is_about_the_field_not_about_all_kinds_of_layer():
    assert problems(HEAD + 'type = "Dense"\nunits = 0') == ["0 is less than the minimum of 1"]
    (unknown,) = problems(HEAD + 'type = "Dence"\nunits = 0')
    assert unknown.startswith("'Dence' is not one of ['Conv2D', ")


PROJECT = """
fail_on = "warning"
[models]
small = "a.toml"
[models.large]
model = "b.toml"
input_shape = [32, 32, 3]
budgets = { max_params = "100k" }
[[models.large.ignore]]
code = "dense-heavy"
reason = "known"
layer = 3
[budgets]
max_macs = 5000000
output_shape = 10
[[ignore]]
code = "few-parameters"
reason = "small on purpose"
"""
WRONG_PROJECTS = [
    "fail_on = 'never'",
    "batch_size = 0",
    "model = []",
    "models = ['a.toml']",
    "[models.a]\nfile = 'a.toml'",
    "[models]\na = 3",
    "[budgets]\nmax_param = 3",
    "[budgets]\nmax_params = -1",
    "[budgets]\noutput_shape = []",
    "[[ignore]]\ncode = 'dense-heavy'",
    "[[ignore]]\ncode = 'dense-heav'\nreason = 'r'",
    "[[ignore]]\ncode = 'dense-heavy'\nreason = ' '",
    "[[models.a.ignore]]\ncode = 'dense-heavy'",
]


def test_each_setting_of_a_project_says_what_it_is():
    tables = [project_schema(CODES), *project_schema(CODES)["definitions"].values()]
    assert [name for table in tables for name, field in table["properties"].items() if not field["description"]] == []


def test_a_project(tmp_path):
    file = tmp_path / "cnn-tui.toml"
    file.write_text(PROJECT)
    read_project(file, CODES)
    assert problems(PROJECT, PROJECTS) == []


@pytest.mark.parametrize("text", WRONG_PROJECTS)
def test_what_is_wrong_in_a_project(text, tmp_path):
    file = tmp_path / "cnn-tui.toml"
    file.write_text(text)
    with pytest.raises(FormatError):
        read_project(file, CODES)
    assert problems(text, PROJECTS)


TAPLO = shutil.which("taplo", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(TAPLO is None, reason="taplo is not installed")
def test_taplo_goes_by_it(tmp_path):
    def lint(text, *schema):
        (tmp_path / "n.toml").write_text(text)
        command = [TAPLO, "lint", "--no-auto-config", *schema, "n.toml"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    schema = DIRECTORY / "network.json"
    for name in preset_names():
        assert lint(preset_path(name).read_text("utf-8"), "--schema", schema.as_uri()).returncode == 0
    wrong = lint(HEAD + 'type = "Dense"\nunits = 0', "--schema", schema.as_uri())
    assert wrong.returncode != 0
    assert "0 is less than the minimum of 1" in wrong.stderr
    beside = lint(f"#:schema {schema.as_uri()}\n" + HEAD + 'type = "Dence"\nunits = 1')
    assert '"Dence" is not one of ["Conv2D","MaxPooling2D"' in beside.stderr
