"""Where TensorFlow computes, with how many threads, and how exactly it repeats itself; set before it has begun."""

from contextlib import suppress
from functools import cache
from typing import Any

import msgspec
import tensorflow as tf

from tui_cnn.i18n import _
from tui_cnn.runs.runtime import Runtime
from tui_cnn.worker.journal import TrainingError


def configure(runtime: Runtime) -> Runtime:
    """Set up TensorFlow; return how it computes.

    That is in one lane on a GPU, and unchanged if TensorFlow has begun already.

    Raises:
        TrainingError: the device is not there.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if runtime.device in ("gpu", "gpus") and not gpus:
        raise TrainingError(
            _("TensorFlow found no GPU on this machine."),
            _("Start a new run with device = auto; worker.log shows the reason."),
        )
    visible = {"cpu": [], "gpus": gpus}.get(runtime.device, gpus[:1])
    if gpus and visible != tf.config.get_visible_devices("GPU"):
        tf.config.set_visible_devices(visible, "GPU")
    if runtime.deterministic:
        tf.config.experimental.enable_op_determinism()
    with suppress(RuntimeError):  # it has begun
        tf.config.threading.set_intra_op_parallelism_threads(runtime.threads if visible else runtime.sharing)
        tf.config.threading.set_inter_op_parallelism_threads(runtime.threads)
    sharing = tf.config.threading.get_intra_op_parallelism_threads() or runtime.threads
    lanes = 1 if visible or sharing > 1 else runtime.lanes
    return msgspec.structs.replace(runtime, lanes=lanes, sharing=sharing)


@cache
def strategy() -> Any:
    """How the devices that are computed on share a batch: each keeps a copy of the model, where there are several.

    One for the process: the messages of two between the devices would be mixed up.
    """
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(devices) > 1:
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    return tf.distribute.get_strategy()


def used_devices() -> tuple[str, ...]:
    """Name the devices that are computed on: `GPU:0`, or `CPU:0` where there is none."""
    devices: list[Any] = tf.config.get_visible_devices("GPU") or tf.config.get_visible_devices("CPU")
    return tuple(device.name.removeprefix("/physical_device:") for device in devices)


def device_kind() -> str:
    """Return what computes: `CPU` or `GPU`."""
    return used_devices()[0].partition(":")[0]
