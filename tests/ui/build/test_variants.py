"""Variants: kept under a name, compared, loaded back without losing anything."""

from pathlib import Path

import pytest

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.core import edits
from tui_cnn.core.analysis import analyze
from tui_cnn.formats.presets import preset
from tui_cnn.formats.toml import read_network, save_network
from tui_cnn.runs.summary import Result, results, results_of
from tui_cnn.ui.build import variants
from tui_cnn.ui.build.variants_table import Candidate, comparison
from tui_cnn.ui.design import open_design
from tui_cnn.ui.toolkit.network_summary import Tones

TUTORIAL = preset("fashion-cnn")
NARROW = edits.change(TUTORIAL, (2,), filters=48)
TONES = Tones("green", "red", "yellow")


def kept(home, name):
    return home / "variants" / "fashion-cnn" / f"{name}.toml"


def files_of(name, file=None):
    return variants.files_of(open_design(edits.rename(TUTORIAL, name), file))


@pytest.fixture
def narrow(home):
    path = kept(home, "narrow")
    variants.keep(NARROW, path)
    return path


async def test_keep_go_on_compare_and_come_back(home):
    async with opened() as user:
        await user.press("v")
        await user.sees("Save the network as a variant", "v1")
        await user.press("enter")
        await user.told("Saved as v1")
        await user.press("down", "down", "enter")
        await user.type("48")
        await user.press("enter", "v")
        await user.type("narrow")
        await user.press("enter")
        await user.told("Saved as narrow")
        assert read_network(kept(home, "narrow")) == NARROW
        await user.press("u", "d")
        shallow = user.network
        await user.press("C")
        await user.sees(
            "Variants of fashion-cnn", "now", "93,322"
        )  # notices name the variants, too, before they are read
        assert user.line("parameters").split()[:2] == ["│", "parameters"]
        assert "93,322" in user.line("parameters")
        assert {"v1", "narrow"} <= set(user.text.split())
        await user.press("right")
        await user.sees("→ narrow", "48 · 3×3 · relu", "+13.9 k", "+1.67 M", "~ changed")
        await user.press("enter")
        assert user.network == NARROW
        assert user.app.workspace.design.dirty
        await user.press("u")
        assert user.network == shallow, "nothing is lost by loading"


async def test_a_variant_is_renamed_and_deleted(home, narrow):
    async with opened() as user:
        await user.press("C")
        await user.sees("→ narrow")
        await user.press("r")
        await user.sees("Save the network as a variant")
        await user.type("thin")
        await user.press("enter")
        await user.sees("→ thin")
        assert kept(home, "thin").exists()
        assert not narrow.exists()
        await user.press("d")
        await user.sees("“thin” will be deleted permanently.")
        await user.press("escape")
        assert kept(home, "thin").exists()
        await user.press("d", "d")
        await user.sees("Press v on the Build screen to save")
        assert not kept(home, "thin").exists()
        await user.press("enter", "r", "d", "escape")
        assert user.network == TUTORIAL


async def test_variants_are_read_anew_while_a_question_is_open(home, narrow):
    async with opened() as user:
        await user.press("C")
        await user.sees("→ narrow")
        table = user.app.screen
        await user.press("d")
        await user.sees("“narrow” will be deleted permanently.")
        variants.rename(narrow, kept(home, "thin"))
        table._read(1)
        await user.until(lambda: table._candidates[-1].name == "thin")
        await user.press("d")
        await user.sees("→ thin")
        await user.press("r")
        await user.sees("Save the network as a variant")
        variants.rename(kept(home, "thin"), kept(home, "slim"))
        table._read(1)
        await user.until(lambda: table._candidates[-1].name == "slim")
        await user.type("slender")
        await user.press("enter")
        await user.sees("→ slim")
        assert user.notices[-1].endswith("slender.toml: No such file or directory")


async def test_other_networks_are_added_to_compare_with(home, narrow):
    async with opened(size=(160, 50)) as user:
        await user.press("C")
        await user.sees("→ narrow")
        await user.press("a")
        await user.sees("Open a network")
        await user.choose("lenet")
        await user.sees("→ lenet-5", "61,706", "32×32×1 → 10", "input 28×28×1 → 32×32×1")
        await user.press("left", "w")
        await user.sees("→ narrow", "~  3", "MaxPooling2D")
        await user.press("right", "d")
        await user.until(lambda: "lenet-5" not in user.text)
        assert user.network == TUTORIAL


@pytest.mark.parametrize(
    ("name", "problem"), [("a/b", "no slashes"), (".x", "no leading dot"), ("x" * 61, "60"), ("", "60")]
)
async def test_a_name_that_no_file_can_have_is_refused(home, name, problem):
    async with opened() as user:
        await user.press("v", "ctrl+u")
        await user.type(name)
        await user.press("enter")
        await user.sees(problem)
        await user.press("escape")
        assert not (home / "variants").exists()


async def test_a_name_that_is_taken_needs_a_second_enter(narrow):
    async with opened() as user:
        await user.press("v")
        await user.type("narrow")
        await user.press("enter")
        await user.sees("narrow already exists; press Enter again to replace it")
        assert read_network(narrow) == NARROW
        await user.press("enter")
        await user.told("Saved as narrow")
        assert read_network(narrow) == TUTORIAL


async def test_what_cannot_be_kept_is_told(home):
    (home / "variants").touch()
    async with opened() as user:
        await user.press("v", "enter")
        await user.told("cannot be written")


def test_names_and_damage(home, narrow):
    files = files_of("fashion-cnn")
    assert files.next_name() == "v1"
    variants.keep(TUTORIAL, kept(home, "v1"))
    assert files.next_name() == "v2"
    kept(home, "broken").write_text("[[")
    assert [variant.name for variant in files.variants()] == ["narrow", "v1"]
    assert files_of("other").variants() == ()


def test_runs_of_the_same_layers_are_the_results_of_a_network():
    run = records.make_run(network=edits.rename(NARROW, "called otherwise"))
    records.write(run, records.started(), *records.trained(5), records.finished())
    records.write(records.make_run("20260104-000000-x-0001", NARROW), records.started(), *records.trained(2))
    (found,) = results()
    assert (found.run_id, found.epochs, found.test) == (run.id, 5, 0.9042)
    assert found.validation == pytest.approx(0.93 - 0.01, abs=0.01)
    assert results_of(NARROW, results()) == (found,)
    assert results_of(TUTORIAL, results()) == ()


def test_numbers_side_by_side():
    """The changes are those of the parameters and MACs worked out by hand: 48 filters in place of 64."""
    run = Result("r", NARROW, 3, 0.91, 0.9)
    best = Result("s", TUTORIAL, 3, 0.9, 0.905)
    candidates = [Candidate("now", analyze(TUTORIAL), (best,)), Candidate("b", analyze(NARROW), (run, run))]
    lines = list(comparison(candidates, "2xmacs", TONES))
    told_of = {line.label: [cell.plain.split() for cell in line.cells] for line in lines}
    after = (3 * 3 * 32 + 1) * 48 + (3 * 3 * 48 + 1) * 64 + 320 + 36_928 + 650
    assert told_of["parameters"] == [["93,322"], [f"{after:,}", "−15", "%"]]
    assert told_of["FLOPs (2 × MACs)"][1][:2] == ["4.31", "M"]
    assert told_of["best val. accuracy"][1] == ["0.9100", "+0.0100"]
    assert told_of["test accuracy"][1] == ["0.9000", "−0.0050"]
    assert told_of["trained"][1] == ["3", "epochs,", "latest", "of", "2", "runs"]
    styles = {line.label: [span.style for span in line.cells[1].spans] for line in lines}
    assert styles["parameters"] == ["green"]
    assert styles["best val. accuracy"] == ["green"]
    assert styles["test accuracy"] == ["red"]


async def test_a_file_elsewhere_is_no_variant(here, narrow):
    save_network(here / "other.toml", preset("lenet-5"))
    async with opened("lenet-5") as user:
        await user.press("C")
        await user.sees("Variants of lenet-5", "Press v on the Build screen")
        assert "narrow" not in user.text


def test_what_cannot_be_built_saves_nothing():
    broken = analyze(edits.change(TUTORIAL, (4,), kernel_size=(9, 9)))
    lines = comparison([Candidate("now", analyze(TUTORIAL)), Candidate("b", broken)], "tf", TONES)
    assert {line.label: line.cells[1].plain for line in lines}["parameters"] == "—"
    assert not any(span.style == "green" for line in lines for span in line.cells[1].spans)


def test_networks_whose_names_share_a_directory_do_not_share_variants(home):
    for name in ("net 1", "net+1"):
        files = files_of(name)
        variants.keep(edits.rename(NARROW, name), files.path(files.next_name()))
    assert {path.parent.name for path in (home / "variants").glob("*/*")} == {"net-1"}
    for name in ("net 1", "net+1"):
        assert [variant.network.name for variant in files_of(name).variants()] == [name]


def test_networks_of_one_name_in_two_directories_do_not_share_variants(home, here):
    first, second = here / "a" / "net.toml", here / "b" / "net.toml"
    variants.keep(NARROW, files_of("fashion-cnn", first).path("v1"))
    variants.keep(TUTORIAL, files_of("fashion-cnn", second).path("v1"))
    for file, network in ((first, NARROW), (second, TUTORIAL), (Path("a/net.toml"), NARROW)):
        assert [variant.network for variant in files_of("fashion-cnn", file).variants()] == [network]
    assert [variant.network for variant in files_of("renamed", first).variants()] == [NARROW]
    assert files_of("fashion-cnn").variants() == ()


async def test_what_was_kept_under_the_name_is_found_from_a_file(home, here, narrow):
    async with opened(file=here / "mine.toml", size=(160, 50)) as user:
        await user.press("v")
        await user.type("own")
        await user.press("enter", "C")
        await user.sees("Variants of fashion-cnn", "narrow", "own")
        await user.press("r")
        await user.type("thin")
        await user.press("enter")
        await user.sees("thin")
    assert not narrow.exists()
    names = {variant.name: variant.path.parent for variant in files_of("fashion-cnn", here / "mine.toml").variants()}
    assert set(names) == {"own", "thin"}
    assert names["own"] == names["thin"] != narrow.parent


def test_a_name_that_is_taken_under_the_name_of_the_network_is_that_variant(narrow, here):
    files = files_of("fashion-cnn", here / "mine.toml")
    assert files.path("narrow") == narrow
    assert files.path("other").parent != narrow.parent
