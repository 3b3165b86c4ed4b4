"""A worker that only keeps the promises of one: the lock, the events, the checkpoint, the command to stop.

What it "reaches" follows from the recipe alone, so that a run gives the same wherever it is trained.
"""

import sys
import time
from pathlib import Path

import msgspec

from tui_cnn.runs.directory import RunDirectory, read_desired
from tui_cnn.runs.events import Checkpoint, Epoch, Finished, Started, Stopped, encode, ends_torn
from tui_cnn.runs.lock import held
from tui_cnn.runs.snapshot import Follower

STEPS = 20
"""Steps of an epoch, each of a fiftieth of a second."""


def reached(learning_rate, epoch):
    """The accuracy after an epoch."""
    return round(0.1 + learning_rate + epoch / 100, 6)


def train(run):
    recipe, path = run.recipe(), run.events_file
    if path.exists():
        with path.open("r+b") as file:
            if ends_torn(file):
                file.write(b"\n")

    def write(event):
        with path.open("ab", buffering=0) as file:
            file.write(encode(event))

    before = Follower(run).poll().checkpoint
    done = int(run.checkpoint_file.read_text()) if before and run.checkpoint_file.exists() else 0
    counts = {"train_images": 1, "validation_images": 1, "test_images": 1, "steps_per_epoch": STEPS}
    names = {"python": "", "tensorflow": "", "keras": "", "device": "CPU"}
    write(Started(seed=recipe.seed, threads=1, pid=1, epochs=recipe.epochs, resumed_from=done, **names, **counts))
    first, step = divmod(done, STEPS)
    for epoch in range(first + 1, recipe.epochs + 1):
        for now in range(step, STEPS):
            if read_desired(run.desired_file) == "stop":
                save(run, write, (epoch - 1) * STEPS + now)
                write(Stopped())
                return
            time.sleep(0.02)
        step = 0
        run.best_file.write_text(f"weights of epoch {epoch}")
        accuracy = reached(recipe.learning_rate, epoch)
        means = {"loss": 1.0, "accuracy": accuracy, "val_loss": 1.0, "val_accuracy": accuracy}
        write(Epoch(epoch=epoch, seconds=0.4, learning_rate=recipe.learning_rate, memory=1, best=True, **means))
        save(run, write, epoch * STEPS)
    end = {"seconds": 1.0, "best_epoch": recipe.epochs, "tested_epoch": recipe.epochs}
    write(Finished(test_loss=None, test_accuracy=None, **end))


def save(run, write, step):
    run.checkpoint_file.write_text(str(step))
    write(Checkpoint(step=step, elapsed=0.0))


def main():
    run = RunDirectory(Path(sys.argv[2]))
    with held(run.lock_file):
        finished = Follower(run).poll().finished
        if sys.argv[1] == "train" and finished is None:
            train(run)
        elif sys.argv[1] == "test":
            with run.events_file.open("ab") as file:
                file.write(encode(msgspec.structs.replace(finished, test_loss=1.0, test_accuracy=0.5)))


if __name__ == "__main__":
    main()
