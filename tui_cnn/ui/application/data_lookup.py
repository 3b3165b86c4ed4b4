"""The data set of the start, looked up in a thread: a folder may have so many files that listing them takes long."""

from concurrent.futures import Future
from threading import Thread

from tui_cnn.core.checks import TrainingContext
from tui_cnn.data.files import data_directory
from tui_cnn.ui.design import setting_for

_BLINK = 0.3
"""Seconds that the first frame may wait for it."""


def start_lookup(data: str) -> "Future[TrainingContext]":
    """Begin to find out what a network for that data must meet; the thread ends with the process.

    The result may be a DataError: there is no data set, or it cannot be read.
    """
    from tui_cnn.data.sources.finding import find_source

    found: Future[TrainingContext] = Future()

    def find() -> None:
        try:
            find_source(data_directory(data))  # setting_for would keep to itself what is wrong
            found.set_result(setting_for(data))
        except Exception as error:
            found.set_exception(error)

    Thread(target=find, daemon=True).start()
    return found


def known_soon(found: "Future[TrainingContext]") -> TrainingContext | None:
    """Return what was found in a blink; None: it takes longer.

    Raises:
        DataError: there is no data set, or it cannot be read.
    """
    try:
        return found.result(_BLINK)
    except TimeoutError:
        return None
