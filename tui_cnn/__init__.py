"""cnn-tui: design and train convolutional networks in the terminal.

From Python: `from tui_cnn import check, assert_budget, Network`, see `tui_cnn.api`; and `tui_cnn.keras.Recorder`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_cnn.api import CheckedNetwork, Network, assert_budget, check

__version__ = "0.2.0"
__all__ = ["CheckedNetwork", "Network", "assert_budget", "check"]


def __getattr__(name: str) -> Any:
    """Import the interface once it is used: the command starts without it."""
    if name == "keras":
        from importlib import import_module

        return import_module("tui_cnn.keras")
    if name not in __all__:
        raise AttributeError(name)
    from tui_cnn import api

    return getattr(api, name)
