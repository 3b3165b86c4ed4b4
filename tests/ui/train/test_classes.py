"The table of classes says in words and numbers what was predicted as what."

from tui_cnn.ui.train.class_bars import class_bars, confusion_table

NAMES = ("cat", "dog", "owl")
COUNTS = ((9, 1, 0), (5, 15, 0), (0, 0, 0))


def test_each_class_has_its_accuracy_and_what_its_images_were_taken_for():
    lines = confusion_table(COUNTS, NAMES, 80).plain.split("\n")
    assert [line.replace("━", "").replace("─", "").split() for line in lines[1:4]] == [
        ["0", "cat", "0.900", "90", "10", "·"],
        ["1", "dog", "0.750", "25", "75", "·"],
        ["2", "owl", "—", "·", "·", "·"],
    ]
    assert lines[6:] == ["  dog predicted as cat: 5 images of 20", "  cat predicted as dog: 1 image of 10"]


def test_nothing_confused_is_said():
    assert "none: every image is correct" in confusion_table(((3, 0), (0, 4)), NAMES, 80).plain


def test_a_bar_says_how_accurate_a_class_is_and_what_else_is_predicted():
    rows = class_bars(COUNTS, NAMES)
    assert [(bar.name, bar.share, bar.text) for bar in rows.bars] == [
        ("cat", 0.9, "0.900"),
        ("dog", 0.75, "0.750"),
        ("owl", 0.0, "—"),
    ]
    assert rows.describe(1) == "dog\ndog: 75.0%\ncat: 25.0%"
    assert rows.describe(2) == "owl"
