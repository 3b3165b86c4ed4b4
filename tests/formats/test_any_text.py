"""What is written can be read, whatever a person has typed: any text for every text field of every format."""

import ast
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Dense, Flatten, Opaque
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.export import TEXT_FORMATS, export_bytes
from tui_cnn.formats.keras.reading import convert_model
from tui_cnn.formats.keras.schema import loads_config
from tui_cnn.formats.keras.writing import dumps_keras
from tui_cnn.formats.picture import dumps_svg
from tui_cnn.formats.toml import dumps_network, loads_network
from tui_cnn.lab.progress import LearnerProgress, QuestionResult, read_progress, write_progress
from tui_cnn.runs import events
from tui_cnn.runs.directory import About, RunDirectory, make_run, read_about, write_about
from tui_cnn.runs.origin import Origin, read_origin, write_origin
from tui_cnn.runs.recipe import Recipe, dumps_recipe, read_recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.search.events import SearchFailed, SearchJournal, TrialEnded, read_events
from tui_cnn.search.plan import SearchPlan, dumps_plan, loads_plan
from tui_cnn.ui.application.recovery import Copy, read_copy
from tui_cnn.ui.application.settings import read_settings
from tui_cnn.ui.settings import State, remember
from tui_cnn.visible import visible, visible_lines

TRICKS = "\u2028\u2029\x85\u202e\x9b\x1c\x0b\ufeff\U000e0001\r\n\t\x1b\"'\\#[]={}"
TEXTS = st.text(st.sampled_from(TRICKS) | st.characters(exclude_categories=["Cs"]), max_size=12)


def accepts(**fields):
    try:
        return bool(msgspec.convert({"name": "n", "input_shape": [8], **fields}, Network))
    except msgspec.ValidationError:
        return False


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("written")


NAMES = TEXTS.filter(lambda text: accepts(name=text))
GROUPS = TEXTS.filter(lambda text: accepts(layers=[{"type": "Block", "name": text}]))
KINDS = TEXTS.filter(lambda text: accepts(layers=[{"type": "Opaque", "kind": text}]))


@st.composite
def networks(draw):
    block = Block(name=draw(GROUPS), layers=(Flatten(), Dense(units=2)))
    opaque = [Opaque(kind=draw(KINDS), config="{}", stated_shape=(2,))] if draw(st.booleans()) else []
    return Network(draw(NAMES), (8, 8, 1), (block, *opaque))


@given(networks())
@settings(max_examples=300)
@example(Network("a\u2028b", (8, 8, 1), (Block(name="c\u2028d", layers=(Flatten(),)),)))
def test_networks(network):
    text = dumps_network(network)
    assert loads_network(text, "memory") == network
    assert visible_lines(text) == text, "nothing in it acts on a terminal"


@given(networks())
@settings(max_examples=100)
def test_the_json_of_keras(network):
    text = dumps_keras(analyze(msgspec.structs.replace(network, layers=network.layers[:1])))
    read, shown = (convert_model(loads_config(written, "memory"), "memory") for written in (text, visible_lines(text)))
    assert read == shown
    assert [type(layer) for layer in read.network.layers] == [Flatten, Dense]


@given(networks())
@settings(max_examples=100)
def test_programs_and_pictures(network):
    sound = msgspec.structs.replace(network, layers=network.layers[:1])
    for to in TEXT_FORMATS:
        written = export_bytes(sound, to).decode()
        if to == "python":
            ast.parse(written)
    ET.fromstring(dumps_svg(analyze(sound)))


@given(TEXTS)
def test_recipes(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "recipe.toml"
    recipe = Recipe(data=text)
    path.write_text(dumps_recipe(recipe), newline="")
    assert read_recipe(path) == recipe


@given(TEXTS, st.lists(TEXTS, max_size=3), TEXTS)
def test_what_is_said_of_a_run(tmp_path_factory, title, tags, note):
    about = About(title=title, tags=tuple(tags), note=note)
    run = RunDirectory(tmp_path_factory.getbasetemp())
    write_about(run, about)
    assert read_about(run) == about


@given(TEXTS, TEXTS, TEXTS)
def test_what_a_worker_says_of_a_run(directory, error, advice, layer):
    run = RunDirectory(directory)
    told = [
        events.Failed(error=error, advice=advice),
        events.Loaded(source=error, layers=(layer,), others=(events.NotLoaded(layer, advice),)),
        events.Imported(file=error, output=advice, same=(layer,), zeros=(layer,)),
    ]
    run.events_file.write_bytes(b"".join(map(events.encode, told)))
    snapshot = Follower(run).poll()
    assert [snapshot.failed, snapshot.loaded, snapshot.imported] == told
    assert snapshot.damaged == 0


@given(st.lists(TEXTS, max_size=3))
def test_the_names_of_classes(directory, names):
    run = RunDirectory(directory)
    run.classes_file.write_bytes(msgspec.json.encode(names))
    assert run.output_names() == tuple(map(visible, names))


@given(TEXTS, TEXTS)
def test_where_a_run_comes_from(directory, program, reason):
    run = RunDirectory(directory)
    origin = Origin(program=program, file=reason, no_network=reason, optimizer=program, loss=reason)
    write_origin(run, origin)
    assert read_origin(run) == origin


@given(TEXTS, TEXTS.filter(bool))
def test_searches(directory, limit, key):
    plan = SearchPlan(limits=(limit,), recipe=Recipe(data=limit), space={key: [limit, key]})
    text = dumps_plan(plan)
    assert loads_plan(text, "memory") == plan
    assert visible_lines(text) == text
    told = [SearchFailed(error=limit), TrialEnded(trial=1, outcome="failed", error=key)]
    path = directory / "searches.jsonl"
    path.unlink(missing_ok=True)
    for event in told:
        SearchJournal(path).write(event)
    assert read_events(path) == told


@given(TEXTS, TEXTS)
def test_answers_in_words(lesson, words):
    progress = LearnerProgress({lesson: {words: QuestionResult(predicted=lesson, written=words)}})
    write_progress(progress)
    assert read_progress() == progress


@given(TEXTS)
def test_settings(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "config.toml"
    path.write_text(tomli_w.dumps({"theme": text, "x" + text: text, "language": text}), newline="")
    read = read_settings(path)
    assert read.settings.theme == text
    assert all(visible(line) == line for line in read.problems)


@given(networks(), TEXTS)
def test_recovery_copies(tmp_path_factory, network, file):
    path = tmp_path_factory.getbasetemp() / "1-1.json"
    copy = Copy(network, network, file)
    path.write_bytes(msgspec.json.encode(copy))
    assert read_copy(path) == copy


@given(st.text())
def test_the_gate(text):
    shown = visible(text)
    assert visible(shown) == shown
    assert len(shown.splitlines()) <= 1
    if all(char.isprintable() for char in text):
        assert shown == text


def test_a_file_whose_name_is_no_unicode(home):
    """A name of bytes cannot stand in TOML or JSON: it is refused in a line, or not remembered."""
    with pytest.raises(FormatError, match=r"^data = .*is not valid Unicode; use other characters$"):
        make_run(Network("n", (8,)), Recipe(data="/tmp/\udcff"))
    assert not (home / "runs").exists()
    with pytest.raises(FormatError, match="is not valid Unicode"):
        write_about(RunDirectory(home), About(title="\udcff"))
    assert remember(recent=State(recent=("/a",)).opened(Path("/\udcff"))).recent == ("/a",)
