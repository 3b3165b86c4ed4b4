"""`cnn-tui runs`: a line a run."""

from tests.cli.test_train import FAILED, FINISHED, STARTED, epoch, tell
from tui_cnn.formats.presets import preset
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.recipe import Recipe


def test_no_runs_yet(cnn_tui):
    result = cnn_tui("runs")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "There are no runs yet. Start one with: cnn-tui train fashion-cnn\n"


def test_a_line_a_run_newest_first(cnn_tui):
    ids = []
    for name, events in (
        ("fashion-dnn", [STARTED, epoch(1, val_accuracy=0.91), epoch(2), epoch(3), FINISHED]),
        ("lenet-5", [STARTED, epoch(1, val_accuracy=None), FAILED]),
        ("fashion-cnn", []),
    ):
        run = make_run(preset(name), Recipe(epochs=3))
        tell(run, *events)
        ids.append(run.id)
    result = cnn_tui("runs")
    assert result.exit_code == 0
    heading, *lines = result.stdout.splitlines()
    assert heading.split("  ")[0] == "run"
    assert heading.endswith("  state        network      epochs  validation    test  tested weights")
    assert [line.split() for line in lines] == [
        [ids[2], "interrupted", "fashion-cnn", "—", "—", "—", "—"],
        [ids[1], "failed", "lenet-5", *["1", "of", "3"], "—", "—", "—"],
        [ids[0], "finished", "fashion-dnn", *["3", "of", "3"], "0.9100", "0.9123", "best,", "epoch", "3"],
    ]
    assert (
        len({line.index(state) for line, state in zip(lines, ("interrupted", "failed", "finished"), strict=True)}) == 1
    )
