"""What the language server makes of texts, without the protocol: nothing that is typed stops it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_cnn.cli.language_server.completing import completions
from tui_cnn.cli.language_server.documents import Document
from tui_cnn.cli.language_server.hovering import hover
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import LAYER_TYPES
from tui_cnn.core.network import format_path
from tui_cnn.formats.fields import fields
from tui_cnn.formats.presets import preset, preset_names, preset_path
from tui_cnn.formats.toml import loads_network

SMALL = [name for name in preset_names() if len(preset_path(name).read_text("utf-8")) < 3000]


@given(st.sampled_from(SMALL), st.data())
def test_any_edit_of_a_network(name, data):
    text = preset_path(name).read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    typed = data.draw(st.text("[]{}=,\"'\n ab3.#", max_size=4) | st.text(max_size=2))
    document = Document(text[:start] + typed + text[end:])
    for one in document.diagnostics():
        assert 0 <= one.start <= one.end <= len(document.text)
        assert "\n" not in document.text[one.start : one.end]
    offset = min(start + len(typed), len(document.text))
    hover(document, offset)
    for one in completions(document, offset):
        assert one.start <= offset <= one.end


@pytest.mark.parametrize("name", preset_names())
def test_hover_finds_every_layer(name):
    document = Document(preset_path(name).read_text("utf-8"))
    rows = {row.path: row for row in analyze(preset(name)).rows}
    found = set()
    for offset in range(len(document.text)):
        if document.text.startswith("type = ", offset):
            path = document.layer_at(offset)
            row = rows[path]
            assert f'type = "{row.kind}"' == document.text[offset:].partition(",")[0].split("\n")[0].rstrip(" }")
            found.add(path)
    assert found == set(rows)
    path, row = next(iter(rows.items()))
    text = hover(document, document.text.index("type = ") + 1).text
    assert f"layer {format_path(path)}: " in text
    assert f"{row.params:,}" in text


@pytest.mark.parametrize("name", LAYER_TYPES)
def test_what_is_proposed_for_a_layer_makes_it_whole(name):
    """What has to be given comes first; taken as it is proposed, it gives a network that is read."""
    text = f'name = "n"\ninput_shape = [8, 8, 3]\n[[layers]]\ntype = "{name}"\n'
    declared = msgspec.structs.fields(LAYER_TYPES[name])
    for count in range(sum(field.required for field in declared)):
        proposed = completions(Document(text), len(text))
        assert len(proposed) == len(fields(LAYER_TYPES[name])) - count + 1, "and another layer"
        text += proposed[0].text.replace("branches = ", "branches = [[], []]") + "\n"
    loads_network(text, "n.toml")
