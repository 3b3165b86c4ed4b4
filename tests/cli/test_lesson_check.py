"""`cnn-tui lesson check` finds what is wrong with the links of a lesson, and with its questions: a line each."""

import pytest

from tests import lessons_page
from tui_cnn.lab.lessons import DIRECTORY, lesson_files

LESSON = "# T\n\nText.\n\n## Try\n\n- [a](train:fashion-cnn?{link})\n  ? smaller-gap than=train:fashion-cnn?{other}\n"
SOUND = "limit=500&epochs=40&validation=0.5"


@pytest.mark.parametrize(
    ("link", "other", "told"),
    [
        (SOUND, SOUND, ""),
        (f"{SOUND}&augmentation=flip+shift", SOUND, ""),
        ("epoch=40", SOUND, "epochs"),
        ("epochs=0", SOUND, "epochs must be a whole number, at least 1"),
        ("learning_rate=1e999", SOUND, "learning_rate must be a number, at most 100, not inf"),
        (SOUND, "limit=none", "limit must be"),
        (SOUND, "data=/etc/passwd", "unknown setting “data”"),
    ],
)
def test_links_with_a_recipe(cnn_tui, tmp_path, link, other, told):
    file = tmp_path / "lesson.md"
    file.write_text(LESSON.format(link=link, other=other), "utf-8")
    found = cnn_tui("lesson", "check", str(file))
    assert (found.exit_code == 0) == (not told)
    assert told in found.stderr
    assert found.stderr.count("\n") == bool(told)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_lessons_that_ship_are_sound(cnn_tui, language):
    found = cnn_tui("lesson", "check", *map(str, lesson_files(DIRECTORY / language)))
    assert (found.exit_code, found.stderr) == (0, "")
    assert "  3·" not in found.stdout, "prompts and answers, no reasons"
    assert "Which number comes at row 1, column 1 of the output?  →  −5" in found.stdout


TEXT = """# Mine

Read [the lesson of padding]({text}) first.

## Things to try

- [Sound](lab:sizes)
  ? chain-size
- [Checked]({link})
  {question}
"""


@pytest.mark.parametrize(
    ("link", "question", "told"),
    [
        ("lesson:paddin", "", "lesson:paddin: unknown lesson; did you mean “padding”?"),
        ("build:no-such-net", "", "no-such-net: file or preset not found"),
        ("train:fashion-cn?epochs=3", "", "did you mean “fashion-cnn”?"),
        ("inspect:mapps", "", "inspect:mapps: unknown view; did you mean “maps”?"),
        ("lab:size", "", "lab:size: unknown page; did you mean “sizes”?"),
        ("lab:pooling?pool=2", "", "unknown setting “pool”"),
        ("http://example.org", "", "a link must start with"),
        ("lab:sizes", "? own-mistake", "“own-mistake” can be asked of pairs, build, train, inspect, not of sizes"),
        ("lab:sizes", "? chain-sise", "unknown kind of question “chain-sise”; did you mean “chain-size”?"),
        ("lab:weights", "? weights off=dense", "unknown option “off=dense” of weights"),
        ("lab:weights", "? weights of=dens", "“weights” does not take of=dens; did you mean “dense”?"),
        ("lab:weights", "? stacked-weights layers=two", "“stacked-weights” does not take layers=two"),
        ("lab:pairs", "? higher-accuracy one=lenet-5", "“higher-accuracy” needs the option than=…"),
        ("lab:pairs", "? beat network=nothing", "nothing: file or preset not found"),
        ("build:lenet-5", "? layer-shape layer=conv", "lenet-5 has no layer that this can be asked of: conv"),
        ("build:flat.toml", "? total-parameters", "flat has no layer that this can be asked of"),
        ("build:flat.toml", "? fewer-parameters than=lenet-5", "flat has no layer that this can be asked of"),
        ("build:lenet-5", "? fewer-parameters than=flat.toml", "flat has no layer that this can be asked of"),
        ("lab:pooling?place=10", "? pooled-value", "place 10 is beyond the output, which has 9 numbers"),
        ("lab:convolution?place=17", "? next-sum", "place 17 is beyond the output, which has 16 numbers"),
        ("lab:learning?image=file", "? converges", "needs an image that is not all zeros"),
        ("lab:sizes?n=3&windows=5", "? chain-size", "window"),
        ("lab:sizes", "? chain-size\n  > a hint", "“chain-size” has hints and a reason of its kind"),
        ("lab:sizes", "? number 4 Two and two?\n  - (x) 4", "a number has no options"),
        ("lab:sizes", "? choice Which?\n  - (x) this", "a choice needs a prompt and two options or more"),
    ],
)
def test_each_fault_is_a_line(cnn_tui, tmp_path, link, question, told):
    file = tmp_path / "10-mine.md"
    file.write_text(TEXT.format(text="lesson:padding", link=link, question=question), "utf-8")
    (tmp_path / "flat.toml").write_text('name = "flat"\ninput_shape = [8, 8, 1]\nlayers = [{ type = "Flatten" }]\n')
    found = cnn_tui("lesson", "check", str(file))
    assert found.exit_code == 1
    assert found.stderr.startswith(f"{file}:9: ")
    assert told in found.stderr
    assert found.stderr.count("\n") == 1
    assert found.stdout.rstrip().endswith("1 problem")


def test_a_link_of_the_text(cnn_tui, tmp_path):
    """It may lead to another lesson of the folder."""
    file = tmp_path / "10-mine.md"
    text = TEXT.format(text="lesson:other", link="lab:transposed?image=fashion", question="? transposed-size")
    file.write_text(text, "utf-8")
    found = cnn_tui("lesson", "check", str(file))
    assert found.stderr == f"{file}:3: lesson:other: unknown lesson; " + found.stderr.partition("lesson; ")[2]
    (tmp_path / "11-other.md").write_text(text, "utf-8")
    assert cnn_tui("lesson", "check", str(file)).exit_code == 0


@pytest.mark.parametrize(
    ("link", "question", "value"),
    [
        ("lab:transposed?image=fashion&index=1&kernel=bilinear", "transposed-value", "255"),
        ("lab:learning?image=fashion&kernel=sobel-x&initializer=ones", "converges", "eigenvalue"),
    ],
)
def test_every_page_has_its_test_image(cnn_tui, tmp_path, link, question, value):
    """Not an image of zeros."""
    file = tmp_path / "mine.md"
    file.write_text(TEXT.format(text="lesson:padding", link=link, question=f"? {question}"), "utf-8")
    found = cnn_tui("lesson", "check", str(file))
    assert found.exit_code == 0
    assert value in found.stdout


@pytest.mark.parametrize("kind", ["own-mistake", "explain"])
def test_a_question_about_a_run_needs_none_to_be_sound(cnn_tui, tmp_path, kind):
    file = tmp_path / "mine.md"
    file.write_text(TEXT.format(text="lesson:padding", link="inspect:why", question=f"? {kind}"), "utf-8")
    assert cnn_tui("lesson", "check", str(file)).exit_code == 0


def test_the_page_about_lessons_is_up_to_date():
    text = lessons_page.PAGE.read_text("utf-8")
    made = text.partition(lessons_page.BEGIN)[2].partition(lessons_page.END)[0]
    assert made == lessons_page.tables(), "run: python -m tests.lessons_page"


def test_the_example_of_the_page_is_sound(cnn_tui, tmp_path):
    file = tmp_path / "30-example.md"
    file.write_text(lessons_page.PAGE.read_text("utf-8").partition("```markdown\n")[2].partition("```")[0], "utf-8")
    found = cnn_tui("lesson", "check", str(file))
    assert (found.exit_code, found.stderr) == (0, "")
    assert "7 things to try, 6 questions, 0 problems" in found.stdout


def test_the_help_names_the_page(cnn_tui):
    assert "docs/lessons.md" in cnn_tui("lesson", "check", "--help").stdout
