"""`cnn-tui lsp`, driven by a client over the standard input and output of the real process."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient

from tui_cnn.core.layers import LAYER_TYPES

CHECKOUT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tui_cnn", "lsp"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(CHECKOUT), "LANGUAGE": "en"}

NET = """\
name = "net"
input_shape = [4, 4, 1]

[[layers]]
type = "Conv2D"
filters = 16
kernel_size = 3
activation = "relu"

[[layers]]
type = "Flatten"

[[layers]]
type = "Dense"
units = 10
"""
EVEN = NET.replace("kernel_size = 3", 'kernel_size = 2\npadding = "same"')


@pytest_lsp.fixture(config=ClientServerConfig(server_command=COMMAND, server_env=ENVIRONMENT))
async def client(lsp_client: LanguageClient):
    await lsp_client.initialize_session(
        lsp.InitializeParams(capabilities=pytest_lsp.client_capabilities("visual-studio-code"), root_uri=None)
    )
    yield lsp_client
    await lsp_client.shutdown_session()


class Editor:
    """One document in an editor."""

    def __init__(self, client, uri, language="toml"):
        self.client, self.uri, self.language, self.version, self.text = client, uri, language, 0, ""

    async def type(self, text):
        """Have this text in the document; return what is then diagnosed."""
        self.version, self.text = self.version + 1, text
        if self.version == 1:
            item = lsp.TextDocumentItem(self.uri, self.language, self.version, text)
            self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        else:
            held = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
            whole = [lsp.TextDocumentContentChangeWholeDocument(text)]
            self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(held, whole))
        return await self.diagnosed()

    async def diagnosed(self):
        await self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self.client.diagnostics[self.uri]

    def place(self, mark):
        """Return where the cursor is: behind a text that stands once."""
        end = self.text.index(mark) + len(mark)
        line = self.text.rfind("\n", 0, end) + 1
        units = len(self.text[line:end].encode("utf-16-le")) // 2
        return lsp.Position(self.text.count("\n", 0, end), units)

    async def hover(self, mark):
        document = lsp.TextDocumentIdentifier(self.uri)
        found = await self.client.text_document_hover_async(lsp.HoverParams(document, self.place(mark)))
        return found.contents.value if found else None

    async def complete(self, mark):
        document = lsp.TextDocumentIdentifier(self.uri)
        params = lsp.CompletionParams(document, self.place(mark))
        found = await self.client.text_document_completion_async(params)
        return {item.label: item for item in found.items}

    def at(self, diagnostic):
        """Return the text that a diagnostic is about."""
        lines = self.text.split("\n")
        start, end = diagnostic.range.start, diagnostic.range.end
        assert start.line == end.line
        units = lines[start.line].encode("utf-16-le")[2 * start.character : 2 * end.character]
        return units.decode("utf-16-le")


@pytest.fixture
def editor(client, tmp_path):
    return Editor(client, (tmp_path / "net.toml").as_uri())


def codes(found):
    return [one.code for one in found]


async def test_what_check_finds_is_diagnosed_while_the_text_changes(editor):
    assert not await editor.type(NET)
    (found,) = await editor.type(EVEN)
    assert (found.code, found.source, found.severity) == ("even-same", "cnn-tui", lsp.DiagnosticSeverity.Information)
    assert editor.at(found) == "kernel_size = 2", "the field that its fix changes"
    assert not await editor.type(NET)
    (wrong,) = await editor.type(NET.replace("units = 10", "units = 0"))
    assert (editor.at(wrong), wrong.severity) == ("units = 0", lsp.DiagnosticSeverity.Error)


async def test_each_fault_has_its_place(editor):
    text = NET.replace("filters = 16", "filters = 0").replace('"Flatten"', '"Flaten"').replace("units", "unitz")
    found = await editor.type(text)
    assert [(editor.at(one), one.message.partition("; ")[0]) for one in found] == [
        ("filters = 0", "layer 1 (Conv2D): filters must be a whole number, at least 1, not 0"),
        ('type = "Flaten"', "layer 2: unknown layer “Flaten”"),
        ("[[layers]]", "layer 3 (Dense): the field “units” is missing"),
        ("unitz = 10", "layer 3 (Dense): unknown field “unitz”"),
    ]


async def test_columns_are_counted_as_the_editor_does(editor):
    (found,) = await editor.type('name = "𝔞𝔞" ]\ninput_shape = [3]\n')
    assert found.message.startswith("is not valid TOML")
    assert editor.at(found) == "]"


TORN = [
    "[[layers]]",
    "[[layers",
    'input_shape = [8, 8, 1]\n[[layers]]\ntype = "Con',
    "input_shape = ",
    "input_shape = [\n[[layers]]\nfilters = {{{{[[[",
    'input_shape = """\n[[layers]]',
    "[[layers]]\n" + "a." * 10_000 + "b = 1",
    "input_shape = " + "[" * 5000,
    "[[layers]]\nunits = " + "9" * 10_000,
    '[[layers]]\ntype = "\x00\ud7ff\u2028\x85\r\r\n',
    "input_shape = [3]\nname = '\u202e\x1b[31m'",
]


async def test_torn_and_hostile_text(editor):
    for text in TORN:
        found = await editor.type(text)
        assert found, text
        assert {one.severity for one in found} == {lsp.DiagnosticSeverity.Error}
        assert not any("\x1b" in one.message or "\n" in one.message for one in found)
        for place in (1, len(text) // 2, len(text)):
            editor.text = text[:place]
            await editor.hover(text[:place])
            await editor.complete(text[:place])
    assert codes(await editor.type(EVEN)) == ["even-same"], "it is still there"


async def test_hover_on_a_layer_has_its_numbers_and_formulas(editor):
    await editor.type(NET)
    for mark in ('type = "Conv', "ty", "input_shape = [4, 4, 1]\n\n[[lay"):
        text = await editor.hover(mark)
        assert "**Conv2D** · layer 1: conv2d" in text
        assert "Slides filters over the image" in text
        assert re.search(r"output \| 2×2×16 \|", text)
        assert re.search(r"parameters \| 160 \| .*\(3·3·1 \+ 1\)·16", text)
        assert re.search(r"MACs \| 576 \|", text)
        assert re.search(r"RF \| 3 \| 1 \+ \(3 - 1\)·1 = 3", text)
    assert "650" in await editor.hover('type = "Den')


async def test_hover_on_a_field_and_on_the_network(editor):
    await editor.type(NET)
    text = await editor.hover("filt")
    assert "Number of filters" in text
    assert "1 – 65,536" in text
    assert "default" not in text
    await editor.type(NET + "use_bias = true\n")
    assert "default: `true`" in await editor.hover("use_b")
    assert "810" in await editor.hover('name = "n')
    assert await editor.hover("kernel_size = 3\n") is None, "an empty line"


async def test_hover_in_a_text_that_is_no_network_now(editor):
    await editor.type(NET.replace("filters = 16", "filters = "))
    text = await editor.hover('type = "Conv')
    assert text.startswith("**Conv2D**")
    assert "160" not in text
    assert "Number of filters" in await editor.hover("filt")


async def test_layers_within_others(editor):
    await editor.type(
        'name = "n"\ninput_shape = [8, 8, 4]\n[[layers]]\ntype = "Branches"\nbranches = [\n'
        '  [{ type = "Conv2D", filters = 4, kernel_size = 1 }],\n  [],\n]\n'
    )
    assert "layer 1.1.1: conv2d" in await editor.hover('type = "Conv')
    assert "**Branches** · layer 1:" in await editor.hover('type = "Bra')


async def test_completion_of_kinds(editor):
    await editor.type(NET.replace('"Flatten"', '"F'))
    found = await editor.complete('type = "F')
    assert list(found) == list(LAYER_TYPES)
    edit = found["Flatten"].text_edit
    assert edit.new_text == '"Flatten"'
    assert (edit.range.start.character, edit.range.end.character) == (7, 9)
    assert "row" in found["Flatten"].documentation.value or found["Flatten"].documentation.value


async def test_completion_of_fields_that_are_not_set(editor):
    await editor.type(NET.replace("kernel_size = 3", "ker"))
    found = await editor.complete("\nker")
    assert list(found)[:2] == ["kernel_size", "strides"], "what is missing comes first"
    assert {*list(found)[-5:]} == {"name", "muted", "trainable", "data_format", "[[layers]]"}
    assert found["kernel_size"].text_edit.new_text == "kernel_size = 3"
    assert {"strides", "padding", "name"} <= set(found)
    assert not {"filters", "type", "units"} & set(found)
    assert found["padding"].detail == 'default: "valid"'
    await editor.type("[[layers]]\n")
    assert list(await editor.complete("[[layers]]\n")) == ["type", "[[layers]]"]
    await editor.type(NET.replace("kernel_size = 3", "ker = 5"))
    assert (await editor.complete("\nker"))["kernel_size"].text_edit.new_text == "kernel_size"
    await editor.type("input_shape = [3]\n\n[[layers]]")
    assert list(await editor.complete("[3]\n")) == ["name", "outputs", "[[layers]]"]


async def test_completion_of_words(editor):
    await editor.type(NET.replace("kernel_size = 3", "padding = "))
    assert [item.text_edit.new_text for item in (await editor.complete("padding = ")).values()] == ['"valid"', '"same"']
    await editor.type(NET + "use_bias = ")
    assert set(await editor.complete("use_bias = ")) == {"true", "false"}
    await editor.type(NET + 'activation = "relu"')
    assert await editor.complete('"relu"') == {}


async def test_toml_of_others_is_left_alone(client, tmp_path):
    other = Editor(client, (tmp_path / "pyproject.toml").as_uri())
    assert await other.type('[project]\nname = "x"\nlayers = 3\n[tool.ruff\n') == ()
    assert await other.complete("[project]\n") == {}
    assert await Editor(client, (tmp_path / "Cargo.toml").as_uri()).type("[package]\nname = 1\n") == ()
    ours = Editor(client, "untitled:Untitled-1", language="cnn-tui")
    assert codes(await ours.type("")) == ["unreadable", "unreadable"], "its language says so"


async def test_the_project_is_honoured(client, tmp_path):
    (tmp_path / "net.toml").write_text("not what counts")
    project = Editor(client, (tmp_path / "cnn-tui.toml").as_uri())
    (wrong,) = await project.type('checks_url = "https://example.org/c.md"\n[budget]\nmax_params = "1k"\n')
    assert "did you mean “budgets”" in wrong.message
    text = project.text.replace("budget]", "budgets]").replace("1k", "1M")
    assert await project.type(text) == ()
    (tmp_path / "cnn-tui.toml").write_text(text)
    net = Editor(client, (tmp_path / "net.toml").as_uri())
    (found,) = await net.type(EVEN)
    assert found.code_description.href == "https://example.org/c.md#even-same"
    text = text.replace("1M", "500") + '[[ignore]]\ncode = "even-same"\nreason = "r"'
    (tmp_path / "cnn-tui.toml").write_text(text)
    client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(project.uri)))
    while codes(client.diagnostics[net.uri]) != ["budget"]:
        await net.diagnosed()
    (over,) = client.diagnostics[net.uri]
    assert "parameters, more than" in over.message


async def test_closing_forgets(editor):
    await editor.type(NET)
    params = lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(editor.uri))
    editor.client.text_document_did_close(params)
    assert await editor.diagnosed() == ()


def test_the_documented_settings_can_be_read():
    page = (CHECKOUT / "docs" / "editors.md").read_text("utf-8")
    json_blocks, toml_blocks = (re.findall(rf"^```{kind}\n(.*?)^```", page, re.M | re.S) for kind in ("json", "toml"))
    code = [json.loads(block) for block in json_blocks]
    network, helix = map(tomllib.loads, toml_blocks)
    assert code[1]["glspc.server.commandArguments"] == helix["language-server"]["cnn-tui"]["args"] == ["lsp"]
    pattern, _project = code[0]["evenBetterToml.schema.associations"]
    assert re.match(pattern, "/home/ada/project/networks/small.toml")
    assert network["input_shape"] == [28, 28, 1]


def test_it_ends_with_its_editor():
    ended = subprocess.run(COMMAND, input=b"", env=ENVIRONMENT, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_without_the_extra(cnn_tui, without):
    without("pygls")
    result = cnn_tui("lsp")
    assert result.exit_code == 2 or result.stderr
    assert result.stderr.startswith("cnn-tui lsp needs the package pygls; install it with: ")
    assert result.stdout == ""
