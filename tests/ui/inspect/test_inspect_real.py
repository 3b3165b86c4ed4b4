"""The Inspect screen with a real run and a real inspector behind it."""

import contextlib
import os
import shutil
import signal

import numpy as np
import psutil

from tests.ui.driving import opened
from tui_cnn.data.dataset import load_test
from tui_cnn.runs.directory import RunDirectory


def inspectors():
    """The inspector processes that this one has started."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # one that has just ended has no command line any more
            found += [child] if "inspect" in child.cmdline() else []
    return found


def of_keras(keras, run, number):
    """What Keras itself says: the probabilities of a test image, and the first kernel's norm."""
    model = keras.models.load_model(run.best_file)
    image = load_test().images[[number]] / np.float32(255)
    kernel = model.layers[1].get_weights()[0]
    return np.asarray(model(image, training=False))[0], np.linalg.norm(kernel[..., 0].sum(axis=2))


def contents(directory):
    """What is in a directory, when it was written, and by what name."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes()) if path.is_file() else None
        for path in sorted(directory.rglob("*"))
    }


async def test_what_it_shows_is_what_keras_says(keras, trained, home):
    shares, norm = of_keras(keras, trained, 1)
    run = RunDirectory(home / "runs" / trained.id)
    shutil.copytree(trained.path, run.path)
    before = contents(run.path)
    async with opened() as user:
        await user.press("3")
        await user.sees("loading TensorFlow")
        await user.sees("Test image 0", "dead in 1,000 images", seconds=120)
        await user.press("n", "k")
        await user.sees("Test image 1", f"norm {norm:.3f}")
        await user.until(lambda: all(f" {share:.3f}" in user.text for share in shares))
        for view, word in (
            ("f", "computed"),
            ("w", "Occlusion"),
            ("e", "calibration"),
            ("v", "worst"),
            ("h", "earlier steps"),
        ):
            await user.press(view)
            await user.sees(word, seconds=120)
            await user.until(lambda: "working …" not in user.text)
        (process,) = inspectors()
        os.kill(process.pid, signal.SIGKILL)
        await user.press("n", "m")
        await user.sees("SIGKILL", "(r to retry)")
        await user.press("r")
        await user.sees("Test image 2", "above zero", seconds=120)
        await user.until(lambda: "SIGKILL" not in user.text)
        assert contents(run.path) == before, "nothing that looks into a run writes into it"
        run.best_file.write_bytes(b"PK damaged")
        await user.sees("File is not a zip file", "i inspect another run", seconds=120)
    assert inspectors() == []
