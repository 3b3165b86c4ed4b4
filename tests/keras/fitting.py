"""Tiny models and images, and `fit` with a recorder in this process and in one of its own."""

import importlib
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np

SIZE = 8
PACKAGES = ("keras", "tf_keras")


def images(count=120):
    """Grey images of 8×8 bytes as 0 to 1; class 1 where the right half is brighter."""
    random = np.random.default_rng(7)
    pixels = random.integers(0, 256, (count, SIZE, SIZE, 1)).astype(np.uint8)
    labels = (pixels[:, :, SIZE // 2 :].mean((1, 2, 3)) > pixels[:, :, : SIZE // 2].mean((1, 2, 3))).astype(np.int32)
    return (pixels / 255).astype(np.float32), labels


def package(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def small_model(keras, *, metrics=("accuracy",), optimizer="adam"):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((SIZE, SIZE, 1)),
            layers.Conv2D(3, 3, activation="relu", name="features"),
            layers.Flatten(),
            layers.Dense(2, activation="softmax", name="classes"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


PROGRAM = """
import os, sys, signal
sys.path.insert(0, {checkout!r})
from tests.keras.fitting import images, package, small_model
import tui_cnn.keras
keras = package({package!r})
x, y = images()
model = small_model(keras)
recorder = tui_cnn.keras.Recorder("script")
initial = recorder.restore(model)
print("from", initial, int(model.optimizer.iterations))
class Ending(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            {ending}
model.fit(x, y, epochs=3, batch_size=20, initial_epoch=initial, callbacks=[recorder, Ending()], verbose=0)
"""
CHECKOUT = Path(__file__).parents[2]


def run_program(ending, package="keras"):
    """Run a script whose fit ends in some way after its second epoch; return how the process ended."""
    text = PROGRAM.format(checkout=str(CHECKOUT), package=package, ending=ending)
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment, timeout=300)


KILLED = -signal.SIGKILL
