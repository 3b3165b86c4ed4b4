"""What of a model is kept, and what is not: names that somebody gave, and notes on what could not be kept."""

import re

from tui_cnn.core.network import snake_case
from tui_cnn.i18n import _
from tui_cnn.visible import visible

_LISTED = 3
_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class KeptNames:
    """Keeps names, each once; those that Keras made up are let go, for ours are made in the same way."""

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


class Notes:
    """Collects remarks about layers."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, remark: str, name: str) -> None:
        """Remark something about the layer called `name`."""
        self._names.setdefault(remark, []).append(name)

    def lines(self) -> tuple[str, ...]:
        """Return a line for each remark. Models are read from their end, so the last remark comes first."""
        return tuple(f"{remark} ({enumerate_names(names[::-1])})" for remark, names in reversed(self._names.items()))


def enumerate_names(names: list[str]) -> str:
    """List a few names, and how many more there are."""
    shown = [visible(name[:200]) for name in names]
    if len(shown) <= _LISTED + 1:
        return ", ".join(shown)
    listed = ", ".join(shown[:_LISTED])
    return _("{names} and {count} more").format(names=listed, count=len(shown) - _LISTED)
