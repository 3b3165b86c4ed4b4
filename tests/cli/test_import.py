"""`cnn-tui import`: histories as runs, from the command line."""

from tests.runs.test_histories import write_events
from tui_cnn.runs.directory import list_runs


def test_a_file_of_csvlogger(cnn_tui, tmp_path):
    (tmp_path / "log.csv").write_text("epoch,accuracy,loss\n0,0.5,0.7\n1,0.75,0.5\n")
    result = cnn_tui("import", "csv", "log.csv", "--name", "baseline")
    assert result.exit_code == 0, result.output
    (run,) = list_runs()
    assert result.output == f"{run.id}  2 epochs\n"
    assert run.name == "baseline"
    shown = cnn_tui("show", "last").output
    assert "imported" in shown
    assert "epoch 2/2  loss 0.5000  accuracy 0.7500" in shown
    assert "It is a history, with neither a network nor weights." in shown
    refused = cnn_tui("export", "--run", "last", "--to", "python")
    assert refused.exit_code == 2
    assert "has no network: only its epochs are known" in refused.output
    assert "baseline" in cnn_tui("runs").output


def test_each_directory_of_event_files_is_a_run(cnn_tui, tmp_path):
    for name, loss in (("a", 0.5), ("b", 0.25)):
        write_events(tmp_path / "logs" / name / "train", "1", ("epoch_loss", 0, 0.75), ("epoch_loss", 1, loss))
    result = cnn_tui("import", "tensorboard", "logs")
    assert result.exit_code == 0, result.output
    assert sorted(run.name for run in list_runs()) == ["a", "b"]
    assert result.output.count("2 epochs") == 2
    assert "0.2500" in cnn_tui("show", "last").output


def test_what_cannot_be_read_is_one_line(cnn_tui, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    for arguments, line in (
        (("csv", "x.csv"), "has no column loss or accuracy"),
        (("csv", "none.csv"), "file not found"),
        (("tensorboard", "."), "has no event files of TensorBoard"),
    ):
        result = cnn_tui("import", *arguments)
        assert result.exit_code == 2
        assert line in result.output
        assert result.output.count("\n") == 1
    assert list_runs() == []


def test_it_is_listed_and_a_model_is_inspected_as_ever(cnn_tui):
    assert "import" in cnn_tui("--help").output
    assert "cnn-tui inspect MODEL" in cnn_tui("import", "--help").output
    assert cnn_tui("inspect", "--help").exit_code == 0
