"""`cnn-tui lesson check` finds what is wrong with the links of a lesson, and with those that its questions name."""

import pytest

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
