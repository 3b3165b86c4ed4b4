"""KeptNames of layers that somebody gave; those that Keras made up are let go, for ours are made in the same way."""

import re

from tui_cnn.core.network import snake_case

_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class KeptNames:
    """Keeps names, each once."""

    def __init__(self) -> None:
        self._taken = {"input_layer"}

    def keep(self, name: str, *kinds: str) -> str:
        """Return the name of a layer; empty where Keras, or we, made it up of one of `kinds`, or we cannot use it."""
        if name in self._taken or not _ALLOWED.fullmatch(name) or any(_made_up(name, kind) for kind in kinds):
            return ""
        self._taken.add(name)
        return name

    def of_block(self, name: str, kind: str) -> str:
        """Return the name of a model within the model, under the looser rules for blocks."""
        return "" if _made_up(name, kind) else re.sub(r"[/\x00-\x1f\x7f-\x9f]", "_", name)[:64]


def _made_up(name: str, kind: str) -> bool:
    """Tell whether Keras, or we, would have made that name for a layer of a kind."""
    return re.fullmatch(rf"({re.escape(snake_case(kind))}|branches|opaque)(_\d+)?", name) is not None
