"""Runs of other programs on the screens: what is known is shown, and what they lack is said in a line."""

from tests.ui.driving import opened
from tui_cnn.formats.presets import preset
from tui_cnn.runs.events import Epoch, Failed, Finished, Progress, Started, encode
from tui_cnn.runs.history import History, import_history
from tui_cnn.runs.lock import held
from tui_cnn.runs.origin import Origin, make_foreign

ORIGIN = Origin(program="Keras 3.15.1, jax 0.10", optimizer="Lion", batch_size=16, epochs=4)


def epoch(number, **known):
    unknown = {"loss": None, "accuracy": None, "val_loss": None, "val_accuracy": None, "seconds": None}
    return Epoch(epoch=number, learning_rate=None, memory=None, best=False, **(unknown | known))


def started(**known):
    return Started(
        python="3.11.7", tensorflow="", keras="3.15.1", device="jax", pid=2**30, epochs=4, steps_per_epoch=10, **known
    )


def recorded(*events, network="lenet-5", origin=ORIGIN):
    def fill(run):
        run.recipe_file.write_text('data = "images.npz"\n')
        run.events_file.write_bytes(b"".join(map(encode, events)))

    return make_foreign("mine", preset(network) if network else None, origin, fill)


async def test_a_training_is_watched_with_what_is_known_of_it():
    progress = Progress(
        epoch=2, step=5, steps=10, loss=0.5, accuracy=None, images_per_second=None, seconds_left=None, elapsed=3.0
    )
    run = recorded(started(train_images=640), epoch(1, loss=0.75, seconds=2.0), progress)
    with held(run.lock_file):
        async with opened(size=(120, 40)) as user:
            user.app.workspace.show_run(run)
            await user.sees("running", "step 5 of 10", "loss 0.5000   accuracy —", "Keras 3.15.1, jax 0.10")
            await user.sees("Lion, batch 16, lr unknown", "640 images", "0.7500")
            assert "images/s" not in user.text
            assert "tutorial" not in user.text
            await user.press("p")
            await user.sees("pausing")
            assert run.desired_file.read_text().strip() == "pause"


async def test_only_its_program_can_go_on_with_it():
    run = recorded(started(), epoch(1, loss=0.75), Failed(error="ValueError: no data", advice="Run it again."))
    async with opened(size=(120, 40)) as user:
        user.app.workspace.show_run(run)
        await user.sees("failed", "ValueError: no data", "number of images unknown")
        assert "resume" not in user.text.lower()
        await user.press("5")
        await user.sees("mine", "failed", "1 of 4")
        assert "Resume" not in user.text
        await user.press("R")
        await user.told("was recorded in another program")


async def test_without_test_images_it_says_so():
    finished = Finished(test_loss=None, test_accuracy=None, seconds=9.0, best_epoch=1, tested_epoch=1)
    run = recorded(started(), epoch(1, loss=0.75), finished)
    async with opened(size=(120, 40)) as user:
        user.app.workspace.show_run(run)
        await user.sees("finished", "the Recorder was given no test images")


async def test_inspect_says_why_there_is_nothing_to_look_into():
    origin = Origin(program="Keras 3.15.1", no_network="its layers are only in its code")
    run = recorded(started(), epoch(1, loss=0.75), network="", origin=origin)
    run.best_file.touch()
    async with opened(size=(120, 40)) as user:
        user.app.workspace.show_run(run)
        await user.sees("no network: its layers are only in its code")
        await user.press("i")
        await user.sees(f"{run.id}: its layers are only in its code")


async def test_a_history_is_shown_and_compared(tmp_path):
    epochs = [epoch(number, loss=1 / number, val_accuracy=number / 10) for number in (1, 2, 3)]
    run = import_history(History("theirs", tmp_path / "log.csv", "CSVLogger", epochs))
    other = import_history(History("others", tmp_path / "log2.csv", "CSVLogger", epochs))
    async with opened(size=(120, 40)) as user:
        user.app.workspace.show_run(run)
        await user.sees("imported", "Imported from", "neither a network nor weights", "0.3333", "0.3000")
        assert "press i" not in user.text
        user.app.workspace.toggle_mark(run)
        user.app.workspace.toggle_mark(other)
        await user.press("5")
        await user.sees("theirs", "others", "imported")
        await user.press("c")
        await user.sees("best validation", "0.3000")
