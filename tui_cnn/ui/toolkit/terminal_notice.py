"""What to write to a terminal so that it rings and shows a notification of the desktop.

A terminal that does not know OSC 9 or OSC 777 may print it, so only those that are known to have it get one, and only
one: some have both. Inside tmux and screen nobody knows which terminal is outside: there it is the bell, which both
pass on.
"""

from collections.abc import Mapping

from tui_cnn.runs.alert_settings import Notify
from tui_cnn.visible import without_acting

BELL = "\a"

_OSC_9 = {"iTerm.app", "iTerm2", "xterm-kitty"}
_OSC_777 = {
    *("WezTerm", "wezterm", "ghostty", "xterm-ghostty", "WarpTerminal"),
    *("foot", "foot-extra", "rxvt-unicode", "rxvt-unicode-256color"),
}
"""Terminals with each sequence, by what TERM_PROGRAM, TERM or LC_TERMINAL holds in them; the last two pass ssh."""
_MOST = 200
"""Letters of a notification."""


def terminal_notice(line: str, setting: Notify, environment: Mapping[str, str]) -> str:
    """Return what to write for an alert in the terminal of this environment; empty where the user wants nothing."""
    if setting == "off":
        return ""
    if setting == "bell" or _is_nested(environment):
        return BELL
    text = without_acting(line, " ")[:_MOST]
    names = [environment.get(variable, "") for variable in ("TERM_PROGRAM", "TERM", "LC_TERMINAL")]
    if not _OSC_777.isdisjoint(names):
        return f"\x1b]777;notify;cnn-tui;{text}{BELL}{BELL}"
    if not _OSC_9.isdisjoint(names):
        return f"\x1b]9;cnn-tui: {text}{BELL}{BELL}"
    return BELL


def _is_nested(environment: Mapping[str, str]) -> bool:
    """Tell whether tmux or screen is between this program and the terminal."""
    return bool(environment.get("TMUX") or environment.get("STY")) or environment.get("TERM", "").startswith(
        ("tmux", "screen")
    )
