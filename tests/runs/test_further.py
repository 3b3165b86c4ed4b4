"""A finished run that is trained further: what is refused, and what the new run begins with."""

import pytest

from tests.cli.test_train import FINISHED, STARTED, epoch, tell
from tui_cnn.formats.presets import preset
from tui_cnn.runs import launch
from tui_cnn.runs.directory import list_runs, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import EarlyStop, Imported, Stopped
from tui_cnn.runs.further import longer_recipe, make_longer
from tui_cnn.runs.recipe import Recipe, rate_at, restarted
from tui_cnn.runs.snapshot import Follower


@pytest.fixture
def run():
    run = make_run(preset("fashion-dnn"), Recipe(epochs=3))
    tell(run, STARTED, *map(epoch, (1, 2, 3)), FINISHED)
    run.checkpoint_file.write_bytes(b"checkpoint")
    return run


def test_it_begins_as_the_other_ended(run):
    run.best_file.write_bytes(b"best")
    run.scaling_file.write_bytes(b"{}")
    longer = make_longer(run, longer_recipe(run, 5), restarted=True)
    assert longer.recipe() == Recipe(epochs=8)
    assert longer.network() == run.network()
    for file in ("checkpoint_file", "best_file", "scaling_file"):
        assert getattr(longer, file).read_bytes() == getattr(run, file).read_bytes()
    snapshot = Follower(longer).poll()
    assert snapshot.state == "interrupted"
    assert snapshot.started is None
    assert snapshot.finished is None
    assert snapshot.epochs == Follower(run).poll().epochs
    assert (snapshot.continued.run, snapshot.continued.epochs, snapshot.continued.restarted) == (run.id, 3, True)


def test_a_run_that_filled_some_minutes_goes_on_for_epochs(run):
    run.keep_recipe(Recipe(epochs=3, minutes=5.0))
    assert longer_recipe(run, 5) == Recipe(epochs=8)


def test_epochs_are_added_to_those_done_not_to_those_planned():
    run = make_run(preset("fashion-dnn"), Recipe(epochs=10, patience=1))
    tell(run, STARTED, epoch(1), epoch(2, best=False), EarlyStop(epoch=2, best_epoch=1, patience=1), FINISHED)
    run.checkpoint_file.touch()
    recipe = longer_recipe(run, 5)
    assert recipe.epochs == 7
    snapshot = Follower(make_longer(run, recipe)).poll()
    assert snapshot.early_stop is None


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Stopped(), "is not finished: resume it first, with: cnn-tui resume "),
        (Imported(file="m.keras"), "was imported and has no training to continue; train a new run with --weights "),
    ],
)
def test_what_has_not_finished(event, said):
    run = make_run(preset("fashion-dnn"), Recipe())
    tell(run, event)
    with pytest.raises(RunError, match=said):
        launch.train_further(run, 5)
    assert list_runs() == [run]


def test_without_a_checkpoint(run):
    run.checkpoint_file.unlink()
    with pytest.raises(RunError, match=r"has no checkpoint.keras to train further from"):
        longer_recipe(run, 1)


def test_what_may_change_on_the_way(run):
    changed = Recipe(epochs=3, learning_rate=0.1, schedule="cosine", patience=2)
    assert longer_recipe(run, 2, changed) == Recipe(epochs=5, learning_rate=0.1, schedule="cosine", patience=2)
    for change in ({"batch_size": 64}, {"validation": 0.2}, {"optimizer": "sgd"}, {"seed": 1}, {"limit": 10}):
        (field,) = change
        with pytest.raises(RunError, match=f"was trained with {field} = .*, which cannot change any more"):
            longer_recipe(run, 2, Recipe(epochs=3, **change))


def test_nothing_stays_of_a_run_that_cannot_be_copied(run, monkeypatch):
    def full(_source, target):
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(RunError, match="No space left"):
        make_longer(run, longer_recipe(run, 1))
    assert list_runs() == [run]
    assert list(run.path.parent.iterdir()) == [run.path]


def test_a_schedule_begun_anew_is_that_of_the_added_epochs():
    whole, added = Recipe(epochs=8, schedule="cosine"), Recipe(epochs=5, schedule="cosine")
    assert [rate_at(restarted(whole, 3), step, 10) for step in range(50)] == [
        rate_at(added, step, 10) for step in range(50)
    ]
