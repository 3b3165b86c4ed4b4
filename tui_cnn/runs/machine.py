"""This machine: its memory, and the measurements of how fast it trained which networks, in `machine.json` of the home.

A record that is lost costs a new measurement, and nothing else.
"""

import hashlib
import os
import platform
from contextlib import suppress
from pathlib import Path

import msgspec

from tui_cnn.atomic import write_atomic
from tui_cnn.config import home
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.layers import Layer
from tui_cnn.core.layers.base import KernelKind
from tui_cnn.core.memory import memory
from tui_cnn.core.network import Network, without_names
from tui_cnn.core.shape import elements
from tui_cnn.core.unrolling import as_built
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.reading import read_json
from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.events import PrecisionTrial
from tui_cnn.runs.recipe import Precision, Recipe

FEATURES = (
    *("step", "layers", "convolution", "patches", "back_patches", "channelwise", "dense"),
    *("values", "normalized", "parameters"),
)
"""The amounts of work in a training step; how long each takes is measured on the machine."""

_MOST_ENTRIES = 400
_LEAST_SPEEDUP = 1.1
"""A lower precision must be faster by this factor to be worth it."""
_VERSION = 4
"""Goes up when something is measured or counted in another way; earlier measurements are dropped."""
_KINDS: dict[KernelKind, str] = {
    "none": "",
    "convolution": "convolution",
    "transposed": "convolution",
    "depthwise": "channelwise",
    "separable": "channelwise",
    "dense": "dense",
}


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What training a network of such `features` took here, in seconds, and the bytes that the process then held.

    Of a step of training, of a batch that is evaluated, of what TensorFlow does before the first of both, and of an
    epoch's files; None: not measured.
    """

    network: str
    precision: Precision
    batch_size: int
    threads: int
    lanes: int = 1
    sharing: int = 1
    device: str = "CPU"
    features: dict[str, float]
    step_seconds: float
    evaluation_seconds: float | None = None
    compile_seconds: float | None = None
    save_seconds: float | None = None
    memory: float | None = None


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """All measurements, the newest last. `name` distinguishes machines that share a home.

    `load_seconds`: of a process until TensorFlow is loaded.
    """

    name: str
    load_seconds: float | None = None
    measured: tuple[Measurement, ...] = ()
    trials: dict[str, tuple[PrecisionTrial, ...]] = {}


def digest(network: Network) -> str:
    """Name what a network computes, whatever it and its layers are called."""
    bare = msgspec.structs.replace(network, name="network", layers=without_names(network.layers))
    text = dumps_network(bare)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def machine_file() -> Path:
    """Return where the measurements are."""
    return home() / "machine.json"


def read_machine() -> Machine:
    """Read the measurements of this machine; none if they cannot be read."""
    name = f"{platform.node()} {platform.machine()} {os.cpu_count()} {_VERSION}"
    try:
        machine = read_json(machine_file(), Machine)
    except FormatError:
        return Machine(name=name)
    return machine if machine.name == name else Machine(name=name)


def record(
    *measured: Measurement,
    trials: dict[str, tuple[PrecisionTrial, ...]] | None = None,
    load_seconds: float | None = None,
) -> None:
    """Add measurements. A newer one of the same replaces the older; a failure to write them is ignored."""
    known = read_machine()
    new = {_key(measurement): measurement for measurement in measured}
    kept = [measurement for measurement in known.measured if _key(measurement) not in new]
    machine = Machine(
        name=known.name,
        load_seconds=known.load_seconds if load_seconds is None else load_seconds,
        measured=(*kept, *new.values())[-_MOST_ENTRIES:],
        trials=dict([*known.trials.items(), *(trials or {}).items()][-_MOST_ENTRIES:]),
    )
    with suppress(OSError):
        write_atomic(machine_file(), msgspec.json.encode(machine))


def fastest(trials: tuple[PrecisionTrial, ...]) -> Precision:
    """Choose by the trials: float32, which comes first, unless another is clearly faster."""
    speeds: dict[Precision, float] = {trial.precision: trial.images_per_second or 0.0 for trial in trials}
    plain = speeds.pop("float32", 0.0)
    best = max(speeds, key=lambda precision: speeds[precision], default=None)
    return best if best and speeds[best] > _LEAST_SPEEDUP * plain else "float32"


def _key(of: Measurement) -> tuple[str | int, ...]:
    return of.network, of.precision, of.batch_size, of.device, of.threads, of.lanes, of.sharing


def features(analysis: Analysis, recipe: Recipe) -> dict[str, float]:
    """Count for a training step on a batch.

    One for the step itself, its layers, MACs of convolutions that join all channels and of those that do not, MACs
    of dense layers, values that layers give, those of them that are normalized, and parameters to update; `bytes` are
    those that it must hold. A layer counts for as much of a step as it takes part in: the way back ends at the first
    layer that learns.

    A convolution is a product of matrices whose rows are patches of the input, one for each position of the kernel; on
    the way back to the input they are patches of the output. The fewer the filters, or the channels, the more of its
    time goes into writing these values.
    """
    built = as_built(analysis.network)
    if built != analysis.network:  # a row stands for all times of a repeated layer
        analysis = analyze(built)
    batch = recipe.batch_size
    counts = dict.fromkeys(FEATURES, 0.0) | {"step": 1.0, "parameters": float(analysis.totals.trainable)}
    learnt = False
    for row in analysis.rows:
        if row.figures is None or row.holds_layers:
            continue
        learns = row.figures.parameters.trainable.value > 0
        share = (1 + (learns or learnt)) / 2
        counts["layers"] += share
        values, macs = batch * elements(row.figures.output_shape), batch * row.figures.macs.value
        activated = row.layer.kernel_kind != "none" and row.layer.function != "linear"
        counts["values"] += share * values * (1 + activated)  # an activation within takes as long as a layer of it
        if row.layer.family == "normalization":
            counts["normalized"] += share * values
        if kind := _kind(row.layer):  # as much work forth as back to the kernel, and as back to the input
            counts[kind] += (1 + learns + learnt) / 3 * macs
        if kind == "convolution" and row.input_shape:
            counts["patches"] += (1 + learns) / 2 * macs / row.figures.output_shape[-1]
            counts["back_patches"] += learnt * macs / row.input_shape[-1]
        learnt = learnt or learns
    counts["bytes"] = float(memory(analysis, batch, recipe.optimizer).training or 0)
    return counts


def _kind(layer: Layer) -> str:
    """Say which amount a layer's work belongs to; a convolution in groups does not join all channels."""
    kind = _KINDS[layer.kernel_kind]
    return "channelwise" if kind == "convolution" and getattr(layer, "groups", 1) > 1 else kind


def machine_memory() -> int | None:
    """Return the RAM of the system, in bytes; None where that is not known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
