"""The numbers of a run as logs that TensorBoard reads."""

from pathlib import Path
from typing import Any

import tensorflow as tf

from tui_cnn.runs.events import Epoch, Finished, Progress


class TensorBoard:
    """Writes scalars over steps, through TensorFlow's own summaries; or nothing, where they are not asked for."""

    def __init__(self, directory: Path, *, wanted: bool) -> None:
        self._writer: Any = tf.summary.create_file_writer(str(directory)) if wanted else None

    def write(self, step: int, event: Progress | Epoch | Finished) -> None:
        """Write what of an event is a number of the curves."""
        if self._writer is None:
            return
        group = type(event).__name__.lower()
        with self._writer.as_default(step):
            for name in ("loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy", *_PACE):
                value = getattr(event, name, None)
                if value is not None:
                    _scalar(f"{group}/{name}", value)
        if not isinstance(event, Progress):
            self._writer.flush()


_PACE = ("learning_rate", "images_per_second", "gradient_norm")


def _scalar(tag: str, value: float) -> None:
    """Write a scalar; `tf.summary.scalar` would do the same, but needs TensorBoard to be installed."""
    metadata = tf.compat.v1.SummaryMetadata(
        plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"),
        data_class=1,  # DATA_CLASS_SCALAR
    )
    tf.summary.write(tag, tf.constant(value, tf.float32), metadata=metadata)
