"""Events as a worker would write them."""

from tui_cnn.runs.events import Checkpoint, Epoch, Failed, Finished, Progress, Started, encode


def started(resumed_from=0, steps=10, **fields):
    counts = {"train_images": 320, "validation_images": 32, "test_images": 100}
    versions = {"python": "3.11", "tensorflow": "2.21", "keras": "3.15"}
    return Started(
        **{
            "seed": 0,
            "device": "CPU",
            "threads": 2,
            "pid": 1,
            "epochs": 3,
            "steps_per_epoch": steps,
            "resumed_from": resumed_from,
            **counts,
            **versions,
            **fields,
        }
    )


def progress(epoch, step, steps=10, elapsed=1.0):
    return Progress(
        epoch=epoch,
        step=step,
        steps=steps,
        loss=1 / epoch,
        accuracy=0.5,
        images_per_second=1000.0,
        seconds_left=9.0,
        elapsed=elapsed,
    )


def epoch(number, accuracy=0.5, best=False):
    return Epoch(
        epoch=number,
        loss=1.0,
        accuracy=accuracy,
        val_loss=None,
        val_accuracy=None,
        seconds=1.0,
        learning_rate=0.001,
        memory=1,
        best=best,
    )


def checkpoint(step, elapsed=1.0):
    return Checkpoint(step=step, elapsed=elapsed)


def finished():
    return Finished(test_loss=0.3, test_accuracy=0.9, seconds=12.0, best_epoch=3)


def failed():
    return Failed(error="It broke.", advice="Fix it.")


def write(run, *events):
    with run.events_file.open("ab") as file:
        for event in events:
            file.write(event if isinstance(event, bytes) else encode(event))
