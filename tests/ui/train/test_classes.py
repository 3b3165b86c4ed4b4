"The table of classes says in words and numbers what was predicted as what."

from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.ui.train.class_bars import class_bars, confusion_table, most_confused

NAMES = ("cat", "dog", "owl")
COUNTS = ((9, 1, 0), (5, 15, 0), (0, 0, 0))


def table(names, width):
    return confusion_table(COUNTS, names, width, lambda scale: scale)


def test_each_class_has_its_accuracy_and_what_its_images_were_taken_for():
    shown = table(NAMES, 80)
    assert list(shown.row_names) == ["0 cat 0.900", "1 dog 0.750", "2 owl     —"]
    assert list(shown.column_names) == list(NAMES)
    labels = [[shown.label((row, column)) for column in range(3)] for row in range(3)]
    assert labels == [["90", "10", "·"], ["25", "75", "·"], ["·", "·", "·"]]
    assert shown.describe(1, 0) == "dog predicted as cat: 5 images of 20"
    assert list(table(("tabby cat", *NAMES[1:]), 36).column_names) == ["0", "1", "2"]


def test_no_mistake_is_written_as_zero():
    counts = ((199, 1), (2, 298))  # 0.5 %, which is rounded to an even number, and 0.67 %
    shown = confusion_table(counts, NAMES[:2], 80, lambda scale: scale)
    assert [shown.label((0, 1)), shown.label((1, 0))] == ["<1", "1"]


def test_counts_of_many_images_are_written_in_groups():
    shown = confusion_table(((9000, 1000), (0, 4)), NAMES[:2], 80, lambda scale: scale)
    assert shown.describe(0, 1) == "cat predicted as dog: 1,000 images of 10,000"


def test_what_is_confused_most():
    lines = most_confused(COUNTS, NAMES).plain.split("\n")
    assert lines[1:] == ["  dog predicted as cat: 5 images of 20", "  cat predicted as dog: 1 image of 10"]
    assert "none: every image is correct" in most_confused(((3, 0), (0, 4)), NAMES).plain


async def test_every_cell_can_be_pointed_at_and_clicked():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(2.4))
    async with opened(size=(120, 40)) as user:
        user.app.workspace.shown_run = run
        await user.press("2", "v", "v")
        await user.sees("Most confused")
        matrix = user.app.screen.query_one("#confusion Matrix")
        laid = matrix.layout_of_cells
        offset = (laid.names + 3 * laid.cell + 1, laid.top + 2 * laid.lines)
        await user.pilot.hover("#confusion Matrix", offset=offset)
        await user.settle()
        assert "predicted as" in str(matrix.tooltip)
        await user.pilot.click("#confusion Matrix", offset=offset)
        await user.settle()
        assert matrix.selected == (2, 3)


def test_a_bar_says_how_accurate_a_class_is_and_what_else_is_predicted():
    rows = class_bars(COUNTS, NAMES)
    assert [(bar.name, bar.share, bar.text) for bar in rows.bars] == [
        ("cat", 0.9, "0.900"),
        ("dog", 0.75, "0.750"),
        ("owl", 0.0, "—"),
    ]
    assert rows.describe(1) == "dog\ndog: 75.0%\ncat: 25.0%"
    assert rows.describe(2) == "owl"
