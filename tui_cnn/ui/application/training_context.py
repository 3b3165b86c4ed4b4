"""How the design will be used, as far as it is known before a run: for its checks."""

from tui_cnn.config import expanded
from tui_cnn.core.checks import TrainingContext
from tui_cnn.runs.machine import machine_memory


def setting_for(data: str) -> TrainingContext:
    """Look up the classes of the data in that directory (empty: Fashion-MNIST), and the memory of this machine.

    Data that cannot be read has no classes here; what is wrong with it is reported where it is chosen.
    """
    return TrainingContext(classes=_classes(data), machine_memory=machine_memory())


def _classes(data: str) -> int | None:
    if not data:
        from tui_cnn.data.files import CLASS_NAMES

        return len(CLASS_NAMES)
    from tui_cnn.data.dataset import summarize
    from tui_cnn.data.files import DataError

    try:
        return summarize(expanded(data)).class_count
    except DataError:
        return None
