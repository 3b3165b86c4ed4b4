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


def test_many_classes_stand_in_columns():
    counts = tuple(tuple(10 if a == b else 0 for b in range(26)) for a in range(26))
    drawn = class_bars(counts, [chr(97 + place) for place in range(26)], 60, 9).plain.split("\n")
    assert len(drawn) == 9
    assert drawn[0].split()[0::3] == ["a", "j", "s"]
