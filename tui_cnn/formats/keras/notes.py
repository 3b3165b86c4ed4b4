"""What could not be kept when a model was read: said once, with the names of the layers that it is about."""

from tui_cnn.i18n import _

_LISTED = 3


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
    shown = [_printable(name) for name in names]
    if len(shown) <= _LISTED + 1:
        return ", ".join(shown)
    listed = ", ".join(shown[:_LISTED])
    return _("{names} and {count} more").format(names=listed, count=len(shown) - _LISTED)


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in name[:200])
