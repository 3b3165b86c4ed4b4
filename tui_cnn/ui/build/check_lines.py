"""The findings about a network as lines of text."""

from textwrap import wrap
from typing import NamedTuple

from tui_cnn.core.checks import Check, Group
from tui_cnn.i18n import ngettext
from tui_cnn.ui.build.signs import FINDINGS


class FindingLine(NamedTuple):
    """A line of findings that say the same, and their number in the list."""

    number: int
    text: str


def finding_lines(groups: tuple[Group, ...], width: int) -> list[FindingLine]:
    """Write what is found on as many lines of `width` cells as it needs, its sign before the first."""
    lines = []
    for number, group in enumerate(groups):
        for place, part in enumerate(wrap(str(group), max(10, width - 2)) or [""]):
            lines.append(FindingLine(number, f"{FINDINGS[group.severity] if place == 0 else ' '} {part}"))
    return lines


def summary(checks: tuple[Check, ...]) -> str:
    """Count the findings of each kind: `1 error · 2 warnings`."""
    errors, warnings, notes = (
        sum(check.severity == severity for check in checks) for severity in ("error", "warning", "info")
    )
    parts = [
        ngettext("{count} error", "{count} errors", errors).format(count=errors) if errors else "",
        ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings) if warnings else "",
        ngettext("{count} info", "{count} infos", notes).format(count=notes) if notes else "",
    ]
    return " · ".join(filter(None, parts))
