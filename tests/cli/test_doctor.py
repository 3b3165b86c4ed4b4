"""Damaged files of our own: each is reported in a line, and takes down nothing but itself."""

import json
import os
import shutil
import zipfile

import msgspec
import pytest

from tests.cli.test_train import FINISHED, STARTED, epoch, tell
from tests.runs import event_lines
from tests.ui import search_records
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import About, kept_file, list_runs, make_run, read_about, write_about
from tui_cnn.runs.ledger import TestEvaluation, TestUse, ledger_file, use_of_test_set
from tui_cnn.runs.ledger import record as ledger_record
from tui_cnn.runs.machine import read_machine
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower
from tui_cnn.runs.trash import list_trash
from tui_cnn.search.directory import SearchDirectory, list_searches
from tui_cnn.search.events import read_events
from tui_cnn.ui.application.recovery import Recovery
from tui_cnn.ui.application.settings import read_settings
from tui_cnn.ui.settings import State, read_state

DAMAGES = {
    "no text": b"\xff\xfe\x00",
    "a long number": b'x = 1\n{"time":' + b"1" * 5000 + b"}\n",
    "a long number in TOML": b"epochs = " + b"1" * 5000,
    "nested": b"x = " + b"[" * 100_000,
    "nested JSON": b'{"event":"failed","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "long": b"#" * 8_000_001 + b"\n",
}


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES)
def damage(request):
    return request.param


@pytest.fixture
def sound():
    return finished("lenet-5")


def finished(name):
    run = make_run(preset(name), Recipe(epochs=3))
    tell(run, STARTED, epoch(1, val_accuracy=0.91), FINISHED)
    return run


@pytest.mark.parametrize("name", ["network.toml", "recipe.toml", "about.toml", "events.jsonl"])
def test_a_damaged_run_is_marked_and_the_others_stand(cnn_tui, sound, name, damage):
    run = finished("fashion-dnn")
    file = run.path / name
    sound_bytes = file.read_bytes() if file.exists() else b""
    file.write_bytes((sound_bytes if name == "events.jsonl" else b"") + damage)

    listed = cnn_tui("runs")
    assert listed.exit_code == 0
    lines = {line.split()[0]: line for line in listed.stdout.splitlines()}
    torn = name == "events.jsonl" and not damage.endswith(b"\n")
    assert ("finished, damaged" in lines[run.id]) != torn
    assert "damaged" not in lines[sound.id]
    assert "finished" in lines[sound.id]
    shown = cnn_tui("show", run.id)
    assert shown.exit_code == 0
    assert (f"\n{name}: " in shown.stdout) != torn
    if torn:
        return

    found = cnn_tui("doctor")
    assert found.exit_code == 1
    assert found.stdout.startswith(f"{file}: ")
    assert found.stdout.endswith("1 file is damaged; repair it with: cnn-tui doctor --fix\n")
    assert cnn_tui("doctor", "--fix").exit_code == 0
    assert (cnn_tui("doctor").exit_code, cnn_tui("doctor").stdout) == (0, "Nothing is damaged.\n")
    if name in ("network.toml", "recipe.toml"):
        assert list_trash() == [run.id]
    else:
        assert file.with_name(f"{name}.damaged").read_bytes().endswith(damage)
        assert {listed.id for listed in list_runs()} == {run.id, sound.id}
        assert Follower(run).poll().finished is not None
    assert Follower(sound).poll().finished is not None


@pytest.mark.parametrize("name", ["network.toml", "search.toml", "about.toml", "events.jsonl"])
def test_a_damaged_search_is_found_and_repaired_and_the_others_stand(cnn_tui, name, damage):
    search = search_records.finished_search(3)
    kept = SearchDirectory(search.path.with_name("20260101-030405-other-abcd"))
    shutil.copytree(search.path, kept.path)
    file = search.path / name
    sound_bytes = file.read_bytes() if name == "events.jsonl" else b""
    file.write_bytes(sound_bytes + damage)
    if name == "events.jsonl" and not damage.endswith(b"\n"):
        return  # a torn line, which the next writer cuts off
    found = cnn_tui("doctor")
    assert found.exit_code == 1
    assert found.stdout.startswith(f"{file}: ")
    assert cnn_tui("doctor", "--fix").exit_code == 0
    assert (cnn_tui("doctor").exit_code, cnn_tui("doctor").stdout) == (0, "Nothing is damaged.\n")
    lost = name in ("network.toml", "search.toml")
    assert {one.id for one in list_searches()} == ({kept.id} if lost else {kept.id, search.id})
    aside = search.path.with_name(f"{search.id}.damaged") / name if lost else file.with_name(f"{name}.damaged")
    assert aside.read_bytes() == sound_bytes + damage
    if name == "events.jsonl":
        assert len(read_events(file)) == len(read_events(kept.events_file))


NUMBERS = [
    (event, field)
    for event in (event_lines.started(), event_lines.progress(1, 5), event_lines.epoch(1), event_lines.finished())
    for field, value in msgspec.to_builtins(event).items()
    if type(value) in (int, float)
]


@pytest.mark.parametrize(
    ("event", "field"), NUMBERS, ids=lambda part: part if isinstance(part, str) else type(part).__name__
)
def test_a_number_beyond_all_reason(cnn_tui, event, field):
    """Such an event may be read, or be damaged; the others count."""
    run = make_run(preset("fashion-dnn"), Recipe())
    plain = msgspec.to_builtins(event)
    for number in (10**400, -1, 10**30, 1.7e308):
        line = json.dumps({**plain, field: number}).encode() + b"\n"
        event_lines.write(run, event_lines.started(), line, line, event_lines.epoch(2))
    assert cnn_tui("runs").exit_code == 0
    assert "epoch 2/" in cnn_tui("show", "last").stdout


def test_the_files_of_the_home(cnn_tui, home, damage):
    (home / "recovery").mkdir()
    (home / "variants" / "lenet-5").mkdir(parents=True)
    names = ["config.toml", "state.json", "machine.json", "recovery/1-2.json", f"recovery/{'9' * 20}-1.json"]
    names += ["progress.json", "variants/lenet-5/v1.toml"]
    for name in names:
        (home / name).write_bytes(damage)
    settings = read_settings(home / "config.toml")
    assert [str(home / "config.toml") in line for line in settings.problems] == [True]
    assert read_state() == State()
    assert read_machine().measured == ()
    assert {path.name for path in Recovery().left_behind()} >= {f"{'9' * 20}-1.json"}
    found = cnn_tui("doctor")
    assert found.exit_code == 1
    assert [name for name in names if f"{home / name}: " not in found.stdout] == []
    assert cnn_tui("doctor", "--fix").exit_code == 0
    assert [(home / f"{name}.damaged").read_bytes() == damage for name in names] == [True] * len(names)
    assert cnn_tui("doctor").exit_code == 0


def test_a_second_damage_does_not_take_the_place_of_the_first(cnn_tui, home):
    for content in (b"[", b"]"):
        (home / "config.toml").write_bytes(content)
        cnn_tui("doctor", "--fix")
    assert (home / "config.toml.damaged").read_bytes() == b"["
    assert (home / "config.toml.damaged-2").read_bytes() == b"]"


def test_a_damaged_checkpoint_is_set_aside(cnn_tui, sound):
    sound.kept_directory.mkdir()
    for file in (sound.best_file, sound.start_file, kept_file(sound, 7), sound.predictions_file):
        file.write_bytes(b"no archive")
    with zipfile.ZipFile(sound.checkpoint_file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("config.json", "{}" * 1000)
    content = bytearray(sound.checkpoint_file.read_bytes())
    content[60:70] = bytes(10)
    sound.checkpoint_file.write_bytes(content)
    found = cnn_tui("doctor", "--fix")
    assert found.exit_code == 0
    assert found.stdout.count("is not a valid .keras archive: ") == 4
    assert f"{sound.predictions_file}: is damaged" in found.stdout
    assert cnn_tui("doctor").exit_code == 0
    assert sound.checkpoint_file.with_name("checkpoint.keras.damaged").exists()
    assert not sound.best_file.exists()


def test_what_is_sound_is_let_alone(cnn_tui, sound):
    write_about(sound, About(title="mine"))
    before = {path: path.read_bytes() for path in sound.path.iterdir()}
    assert cnn_tui("doctor", "--fix").stdout == "Nothing is damaged.\n"
    assert {path: path.read_bytes() for path in sound.path.iterdir()} == before
    assert read_about(sound).title == "mine"


def test_the_damage_is_in_the_json(cnn_tui, sound):
    sound.recipe_file.write_bytes(b"\xff")
    (line,) = json.loads(cnn_tui("runs", "--json").stdout)["damage"]
    assert line == "recipe.toml: is not UTF-8 text (byte 0)"


@pytest.mark.parametrize("name", ["events.jsonl", "desired", "lock", "recipe.toml", "about.toml", "network.toml"])
def test_a_named_pipe_in_the_place_of_a_file_of_a_run_is_not_waited_for(cnn_tui, sound, name):
    (sound.path / name).unlink(missing_ok=True)
    os.mkfifo(sound.path / name)
    assert cnn_tui("runs").exit_code in (0, 2)
    assert cnn_tui("show", "last").exit_code in (0, 1, 2)
    assert cnn_tui("doctor").exit_code in (0, 1)


def test_the_lines_of_the_ledger(cnn_tui, sound):
    """What is counted of the test set's use stays, but for the lines that cannot be read."""
    evaluation = TestEvaluation(
        test_set="a", data="d", run=sound.id, by="training", weights="best", epoch=1, accuracy=0.9
    )
    ledger_record(evaluation)
    with ledger_file().open("ab") as file:
        file.write(b"torn {\n\xff\n" + b"[" * 100_000 + b"\n")
    ledger_record(evaluation)
    found = cnn_tui("doctor")
    assert (found.exit_code, found.stdout.splitlines()[0]) == (1, f"{ledger_file()}: 3 lines cannot be read")
    assert cnn_tui("doctor", "--fix").exit_code == 0
    assert cnn_tui("doctor").exit_code == 0
    assert use_of_test_set(sound.id) == TestUse(times=2, runs=1)
