"""A short measurement of how fast this machine trains the parts of networks, for predictions.

Small networks of different kinds are trained for a moment each, at the lowest priority, and only while no run is.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import (
    Activation,
    AnyLayer,
    BatchNormalization,
    Branches,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from tui_cnn.core.network import Network
from tui_cnn.runs.lock import is_training
from tui_cnn.runs.machine import record
from tui_cnn.runs.process import worker_command
from tui_cnn.runs.recipe import Precision, Recipe
from tui_cnn.runs.runtime import Runtime, usual_runtime
from tui_cnn.worker.loading import load_tensorflow

if TYPE_CHECKING:
    import keras

_BATCHES = (16, 32, 128)
Plan = tuple[int, int]
"""The number of a stack, and a batch size."""
_PRECISIONS: tuple[Precision, ...] = ("float32", "mixed_bfloat16")


def _convolution(filters: int, size: int = 3, stride: int = 1) -> Conv2D:
    square, strides = (size, size), (stride, stride)
    return Conv2D(filters=filters, kernel_size=square, strides=strides, padding="same", activation="relu")


_NORMALIZED = (_convolution(16), BatchNormalization())
_WIDER = (_convolution(64), BatchNormalization(), MaxPooling2D(), _convolution(160), BatchNormalization())
_SEPARATE = (DepthwiseConv2D(kernel_size=(3, 3), padding="same"), BatchNormalization(), _convolution(48, 1))
_SPREAD = Branches(branches=((_convolution(16, 1),), (_convolution(16),), (_convolution(8, 5),)), merge="concatenate")


def _normalized_path(filters: int, size: int) -> tuple[AnyLayer, ...]:
    convolution = Conv2D(filters=filters, kernel_size=(size, size), padding="same", use_bias=False)
    return convolution, BatchNormalization(), Activation(activation="relu")


_NORMALIZED_PATHS = Branches(
    branches=(_normalized_path(16, 1), (*_normalized_path(12, 1), *_normalized_path(24, 3))), merge="concatenate"
)

STACKS: tuple[tuple[AnyLayer, ...], ...] = (
    (Flatten(), Dense(units=512, activation="relu"), Dense(units=64, activation="relu")),
    (Flatten(), Dense(units=32, activation="relu")),
    (_convolution(8, 5), MaxPooling2D(), _convolution(24, 5), MaxPooling2D(), Flatten(), Dense(units=100)),
    (_convolution(48), MaxPooling2D(), _convolution(48), _convolution(96), MaxPooling2D(), GlobalAveragePooling2D()),
    (*_NORMALIZED * 3, GlobalAveragePooling2D()),
    (_convolution(24), BatchNormalization(), MaxPooling2D(), *_WIDER, MaxPooling2D(), GlobalAveragePooling2D()),
    (_convolution(24), MaxPooling2D(), *_SEPARATE * 3, GlobalAveragePooling2D()),
    (_convolution(16), MaxPooling2D(), _SPREAD, _SPREAD, MaxPooling2D(), Flatten(), Dense(units=32)),
    (_convolution(32), MaxPooling2D(), _convolution(64), MaxPooling2D(), _convolution(64), Flatten(), Dense(units=64)),
    (_convolution(12), MaxPooling2D(), _convolution(24), GlobalAveragePooling2D()),
    (_convolution(6), MaxPooling2D(), Flatten()),
    (_convolution(24, stride=2), _convolution(48, stride=2), _convolution(32), Flatten(), Dense(units=48)),
    (_convolution(16), MaxPooling2D(), _NORMALIZED_PATHS, _NORMALIZED_PATHS, GlobalAveragePooling2D()),
)
"""Kinds of networks; each ends in ten classes."""
_SECONDS, _EVALUATING_SECONDS = 0.2, 0.05
"""How long each is trained, and evaluated, after it was compiled: the first steps of a process take longer."""
_EVALUATED = (32, 128)
"""Batches of so many images are evaluated, too."""
_ENOUGH = 8
"""So many are measured without lanes, too."""


def probe(part: int = 0) -> int:
    """Measure, and record it; return the exit status.

    How threads share the work is fixed once TensorFlow has begun: each way of it is a part of the measurement, after
    which this process becomes another.
    """
    if sys.platform != "win32" and not part:
        os.nice(9)
    parts = _parts()
    if part < len(parts) and _measure(*parts[part]) and part + 1 < len(parts):
        os.execv(sys.executable, worker_command("probe", str(part + 1)))
    return 0


def _parts() -> list[tuple[Runtime, list[Plan]]]:
    """Sort what is to be measured by how it trains best, those in lanes first."""
    parts: dict[Runtime, list[Plan]] = {}
    for number in range(len(STACKS)):
        for size in _BATCHES:
            parts.setdefault(usual_runtime(_network(number), Recipe(batch_size=size)), []).append((number, size))
    for by, plans in parts.items():
        if by.lanes == 1:  # these are few: what can be learnt of other networks is of use
            sizes = dict.fromkeys(size for _number, size in plans)
            plans += [(number, size) for number in range(_ENOUGH) for size in sizes if (number, size) not in plans]
            plans.sort()
    return sorted(parts.items(), key=lambda part: -part[0].lanes)


def _network(number: int) -> Network:
    return Network(f"probe-{number}", (28, 28, 1), (*STACKS[number], Dense(units=10)))


def _measure(by: Runtime, plans: list[Plan]) -> bool:
    """Measure; return False if a run has begun meanwhile."""
    began = time.perf_counter()
    load_tensorflow()
    import tensorflow as tf

    from tui_cnn.data.fitting import fit
    from tui_cnn.worker.build import make_model
    from tui_cnn.worker.device import configure
    from tui_cnn.worker.loading import take_images
    from tui_cnn.worker.steps import Samples, Steps
    from tui_cnn.worker.trials import held_memory, measurement, time_evaluation, time_steps

    record(load_seconds=time.perf_counter() - began)
    by = configure(by)
    data = take_images(Recipe(), (28, 28, 1))
    samples = Samples(tf.constant(data.train_images), tf.constant(data.train_labels))
    held: float | None = None
    for number, batch_size in plans:
        network, recipe = _network(number), Recipe(batch_size=batch_size)
        for precision in _PRECISIONS:
            if is_training():
                return False
            model = make_model(network, recipe, precision)
            steps = Steps(model, fit(data.image_shape, network.input_shape), recipe, by.lanes)
            trained = time_steps(steps, samples, recipe, _SECONDS)
            held = held or held_memory()
            known = measurement(analyze(network), recipe, precision, by, trained.fastest)
            if number == 0:
                known = msgspec.structs.replace(known, memory=held)
            if batch_size in _EVALUATED:
                evaluated = time_evaluation(steps, samples, recipe, _EVALUATING_SECONDS)
                known = msgspec.structs.replace(
                    known,
                    evaluation_seconds=evaluated.fastest,
                    compile_seconds=trained.compilation + evaluated.compilation,
                    save_seconds=_save_seconds(model),
                )
            record(known)
    return True


def _save_seconds(model: "keras.Model") -> float:
    """Measure how long a checkpoint takes."""
    from tui_cnn.worker.checkpoint import CheckpointState, save_checkpoint

    with TemporaryDirectory() as directory:
        began = time.perf_counter()
        save_checkpoint(Path(directory, "probe.keras"), model, CheckpointState())
        return time.perf_counter() - began
