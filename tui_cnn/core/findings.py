"""A finding about a network: what is wrong, how badly, where, and the edit that fixes it."""

from collections.abc import Callable
from typing import Literal

import msgspec

from tui_cnn.core.network import Network
from tui_cnn.core.path import Path, format_path
from tui_cnn.i18n import _

Severity = Literal["error", "warning", "info"]
"""`error`: it cannot be built or trained; `warning`: most likely a mistake; `info`: worth knowing."""


class Fix(msgspec.Struct, frozen=True, eq=False):
    """An edit that fixes a problem, and what it does in a few words; two that do the same are equal."""

    label: str
    apply: Callable[[Network], Network]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fix) and self.label == other.label

    def __hash__(self) -> int:
        return hash(self.label)


class Check(msgspec.Struct, frozen=True):
    """One finding. `path` is empty where it is about the whole network."""

    code: str
    severity: Severity
    path: Path
    message: str
    fix: Fix | None = None

    def __str__(self) -> str:
        text = self.message
        if self.path:
            text = _("layer {number}: {finding}").format(number=format_path(self.path), finding=text)
        return _("{finding}; fix: {label}").format(finding=text, label=self.fix.label) if self.fix else text
