"""How a network will be used, as far as its checks ask."""

from typing import NamedTuple

from tui_cnn.core.memory import OptimizerName


class TrainingContext(NamedTuple):
    """What is known of how the network will be used; None where nothing is."""

    classes: int | None = None
    batch_size: int = 32
    optimizer: OptimizerName = "adam"
    machine_memory: int | None = None
    """Bytes of RAM."""
    steps: int | None = None
    """Steps of the whole training."""
