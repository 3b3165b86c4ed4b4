"""`cnn-tui train` and `resume`: options from the recipe, what is told of a run, and how it ends."""

from datetime import UTC, datetime

import msgspec
import pytest

from tests.terminal import Terminal
from tui_cnn.cli import follow as following
from tui_cnn.cli.follow import PlainProgress, epoch_line, follow, start_line
from tui_cnn.formats.presets import preset, preset_names
from tui_cnn.runs import launch, preflight
from tui_cnn.runs.directory import find_run, list_runs, make_run
from tui_cnn.runs.events import EarlyStop, Epoch, Failed, Finished, Started, Stopped, encode
from tui_cnn.runs.recipe import QUICK, TUTORIAL, Recipe
from tui_cnn.runs.snapshot import Follower

TIME = datetime(2026, 1, 2, tzinfo=UTC)
STARTED = Started(
    time=TIME,
    seed=0,
    python="3",
    tensorflow="2",
    keras="3",
    device="CPU",
    threads=2,
    pid=1,
    epochs=3,
    steps_per_epoch=10,
    train_images=54_000,
    validation_images=6_000,
    test_images=10_000,
)
FINISHED = Finished(time=TIME, test_loss=0.25, test_accuracy=0.91234, seconds=83.2, best_epoch=3)
FAILED = Failed(time=TIME, error="Out of memory.", advice="Make the batches smaller.")


def epoch(number, **changes):
    ended = Epoch(
        time=TIME,
        epoch=number,
        loss=0.5,
        accuracy=0.8,
        val_loss=0.4,
        val_accuracy=0.9,
        seconds=12.3,
        learning_rate=0.001,
        memory=1,
        best=True,
    )
    return msgspec.structs.replace(ended, **changes)


@pytest.fixture
def run():
    return make_run(preset("fashion-dnn"), Recipe(epochs=3))


def tell(run, *events):
    """Write events as a worker would."""
    with run.events_file.open("ab") as file:
        file.writelines(map(encode, events))


class TestLines:
    def test_start(self):
        line = "training on 54,000 images, validating on 6,000, testing on 10,000; CPU, 2 threads"
        assert start_line(STARTED) == line
        one = msgspec.structs.replace(STARTED, threads=1)
        assert start_line(one) == line.replace("2 threads", "1 thread")
        resumed = msgspec.structs.replace(STARTED, resumed_from=1234)
        assert start_line(resumed) == line + "; resuming from step 1,234"

    def test_epoch(self):
        line = "epoch 2/3  loss 0.5000  accuracy 0.8000"
        validation = "  validation loss 0.4000  validation accuracy 0.9000"
        assert epoch_line(epoch(2), 3) == f"{line}{validation}  12 s"
        assert epoch_line(epoch(2, val_loss=None, val_accuracy=None), 3) == f"{line}  12 s"

    def test_each_epoch_is_told_once_and_again_where_it_is_done_again(self, run, capsys):
        follower, progress = Follower(run), PlainProgress()
        progress.show(follower.poll())
        for news in (
            [STARTED],
            [epoch(1)],
            [],
            [epoch(2), epoch(3)],
            [msgspec.structs.replace(STARTED, resumed_from=15)],
            [epoch(2), epoch(3)],
        ):
            tell(run, *news)
            progress.show(follower.poll())
        told = [line.split("  ")[0].split(" on ")[0] for line in capsys.readouterr().out.splitlines()]
        assert told == ["training", "epoch 1/3", "epoch 2/3", "epoch 3/3", "training", "epoch 2/3", "epoch 3/3"]


class TestEnds:
    @pytest.fixture
    def end(self, run, capsys):
        def end(*events):
            tell(run, STARTED, *events)
            status = follow(run)
            out, err = capsys.readouterr()
            return (
                status,
                out.splitlines()[-1].replace(run.id, "ID"),
                err.replace(str(run.path), "DIR").replace(run.id, "ID"),
            )

        return end

    def test_finished(self, end):
        line = "finished in 1 min 23 s: test accuracy 0.9123, test loss 0.2500 (best weights, epoch 3)"
        assert end(epoch(3), FINISHED) == (0, line, "")

    def test_finished_by_patience(self, end, capsys):
        tested = msgspec.structs.replace(FINISHED, tested_epoch=1, best_epoch=1)
        events = (epoch(1), epoch(2, best=False), EarlyStop(time=TIME, epoch=2, best_epoch=1, patience=1), tested)
        assert end(*events)[1].endswith("(best weights, epoch 1)")

    def test_an_early_end_is_told_once(self, run, capsys):
        follower, progress = Follower(run), PlainProgress()
        tell(run, STARTED, epoch(1), EarlyStop(time=TIME, epoch=1, best_epoch=1, patience=1))
        for news in ([], [FINISHED]):
            tell(run, *news)
            progress.show(follower.poll())
        assert capsys.readouterr().out.splitlines()[2:] == ["stopped early after epoch 1 (patience 1)"]

    def test_failed(self, end):
        status, last, error = end(FAILED)
        assert (status, error) == (1, "ID: Out of memory. Make the batches smaller.\n")
        assert last.startswith("training on")

    def test_stopped_and_not_to_be_resumed(self, end):
        """A worker that cannot read the checkpoint has not reported a start; the stop is that of the one before."""
        advice = "Delete checkpoint.keras and resume the run: it starts over."
        status, _last, error = end(Stopped(time=TIME), Failed(time=TIME, error="It is damaged.", advice=advice))
        assert (status, error) == (1, f"ID: It is damaged. {advice}\n")

    def test_stopped_after_a_failure(self, end):
        status, last, error = end(FAILED, Stopped(time=TIME))
        assert (status, last, error) == (1, "stopped; resume with: cnn-tui resume ID", "")

    def test_stopped_by_another_hand(self, end):
        assert end(Stopped(time=TIME)) == (1, "stopped; resume with: cnn-tui resume ID", "")

    def test_killed(self, end):
        status, _last, error = end()
        sentence = "The worker ended before its first checkpoint."
        again = "if it ends again, try a smaller batch size to save memory"
        line = f"ID: {sentence} Resume it to start over; {again}, or see DIR/worker.log.\n"
        assert (status, error) == (1, line)

    def test_says_where_the_run_is(self, run, capsys):
        tell(run, STARTED, FINISHED)
        follow(run)
        assert capsys.readouterr().out.splitlines()[0] == f"run {run.id}: {run.path}"


def test_a_second_interrupt_does_not_wait(run, capsys, monkeypatch):
    tell(run, STARTED)
    monkeypatch.setattr("tui_cnn.runs.snapshot.is_held", lambda _path: True)
    wishes = []
    monkeypatch.setattr(following, "stop", wishes.append)

    def press_ctrl_c(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(following.time, "sleep", press_ctrl_c)
    assert follow(run) == 130
    assert wishes == [run]
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "stopping; waiting for the checkpoint (press Ctrl-C again not to wait)",
        "no longer waiting; the run saves a checkpoint and stops by itself",
    ]


class TestOptions:
    @pytest.fixture
    def recipe_of(self, cnn_tui, monkeypatch):
        """Call `train` and return the recipe that it would start."""

        def recipe_of(*args):
            seen = []
            monkeypatch.setattr(launch, "start", lambda _network, recipe, **_: seen.append(recipe))
            monkeypatch.setattr(following, "follow", lambda _run, **_: 0)
            monkeypatch.setattr(preflight, "training_warnings", lambda *_: ["a note"])
            assert cnn_tui("train", "fashion-dnn", *args).exit_code == 0
            return seen[0]

        return recipe_of

    def test_none(self, recipe_of):
        assert recipe_of() == TUTORIAL

    def test_all(self, recipe_of):
        given = Recipe(
            epochs=2,
            batch_size=64,
            optimizer="sgd",
            learning_rate=0.01,
            validation=0.2,
            seed=7,
            limit=500,
            data="",
            schedule="one-cycle",
            warmup=0.5,
            weight_decay=0.01,
            label_smoothing=0.1,
            augmentation="flip+crop+brightness",
            class_weights="balanced",
            ema=0.99,
            patience=3,
            precision="mixed_bfloat16",
            deterministic=True,
            ghost_batches=True,
            threads=2,
            device="cpu",
            keep=8,
            tensorboard=True,
        )
        args = []
        for name, value in msgspec.structs.asdict(given).items():
            args += [f"--{name.replace('_', '-')}", *([] if value is True else [f"{value}"])] if value else []
        assert recipe_of(*args) == given

    def test_a_recipe_with_a_name_is_changed_by_the_others(self, recipe_of):
        assert recipe_of("--recipe", "quick", "--limit", "500") == msgspec.structs.replace(QUICK, limit=500)
        assert recipe_of("--recipe", "quick", "--epochs", "9").epochs == 9

    def test_a_time_takes_the_place_of_the_epochs_and_they_of_it(self, recipe_of, run):
        assert recipe_of("--minutes", "2.5") == msgspec.structs.replace(TUTORIAL, minutes=2.5)
        run.keep_recipe(Recipe(epochs=17, minutes=5.0))
        assert recipe_of("--from", "last").minutes == 5
        assert recipe_of("--from", "last", "--epochs", "9") == Recipe(epochs=9)

    def test_a_run_is_repeated(self, recipe_of, run):
        assert recipe_of("--from", "last", "--seed", "4") == Recipe(epochs=3, seed=4)

    @pytest.mark.parametrize(
        ("args", "problem"),
        [
            (["--epochs", "0"], "epochs must be a whole number, at least 1, not 0"),
            (["--epochs", "abc"], "epochs must be a whole number, not 'abc'"),
            (["--minutes", "0"], "minutes must be a number, more than 0, not 0.0"),
            (["--epochs", "9", "--minutes", "2"], "specify --epochs or --minutes, not both"),
            (["--learning-rate", "inf"], "learning_rate must be a number, at most 100, not inf"),
            (["--validation", "1"], "validation must be a number, less than 1, not 1.0"),
            (["--optimizer", "adm"], "optimizer cannot be 'adm'; did you mean “adam”?"),
        ],
    )
    def test_bad(self, cnn_tui, args, problem):
        result = cnn_tui("train", "fashion-dnn", *args)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"cnn-tui train: {problem} (see cnn-tui train --help)\n"
        assert list_runs() == []

    @pytest.mark.parametrize(
        ("args", "line"),
        [
            (["nope"], f"nope: file or preset not found; presets: {', '.join(preset_names())}"),
            (["fashion-dnn", "--data", "/nope"], "/nope: directory not found; check the path"),
        ],
    )
    def test_nothing_to_train(self, cnn_tui, args, line):
        result = cnn_tui("train", *args)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", line + "\n")
        assert list_runs() == []


class TestResume:
    def test_no_runs(self, cnn_tui):
        result = cnn_tui("resume", "last")
        assert (result.exit_code, result.stderr) == (2, "there are no runs yet; train a network first\n")

    def test_finished(self, cnn_tui, run):
        tell(run, STARTED, FINISHED)
        result = cnn_tui("resume", "last")
        line = f"{run.id} is finished; to train it further: cnn-tui train --from {run.id} --epochs +5\n"
        assert (result.exit_code, result.stderr) == (2, line)

    def test_unknown(self, cnn_tui, run):
        result = cnn_tui("resume", "zzz")
        line = f"run “zzz” not found; the newest is {run.id}\n"
        assert (result.exit_code, result.stderr) == (2, line)


def test_on_a_terminal_from_start_to_ctrl_c_to_the_end():
    """A real worker on real images: stopped in the midst, resumed, finished; the bar moves all the while."""
    args = ("fashion-dnn", "--epochs", "12", "--limit", "6000", "--batch-size", "64")
    with Terminal("-m", "tui_cnn", "train", *args) as terminal:
        terminal.wait_for("loading TensorFlow")
        terminal.wait_for("training on 5,400 images, validating on 600, testing on 10,000; ")
        terminal.wait_for("epoch 1/12  loss ")
        terminal.wait_for("images/s")
        terminal.interrupt()
        assert terminal.wait() == 130
        said = terminal.output.decode()
    run = find_run("last")
    stopped = Follower(run).poll()
    assert stopped.state == "interrupted"
    assert stopped.checkpoint is not None
    assert len(stopped.epochs) < 12
    assert "stopping; waiting for the checkpoint" in said
    assert f"stopped; resume with: cnn-tui resume {run.id}" in said
    with Terminal("-m", "tui_cnn", "resume", run.id) as terminal:
        terminal.wait_for("resuming from step ")
        assert terminal.wait() == 0
        assert "test accuracy 0.8" in terminal.output.decode()
    finished = Follower(run).poll()
    assert finished.state == "finished"
    assert [ended.epoch for ended in finished.epochs] == list(range(1, 13))
