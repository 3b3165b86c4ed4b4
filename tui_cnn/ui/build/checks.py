"""The list of findings, the most severe first."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui_cnn.core.checks import Check, FindingGroup, grouped
from tui_cnn.core.network import Path
from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.build.actions import CHECKS
from tui_cnn.ui.build.editing import fix
from tui_cnn.ui.build.stack import StackView
from tui_cnn.ui.build.tree import FINDINGS


class ChecksView(Widget, can_focus=True):
    """Always as high, so that no edit moves the stack; what does not fit scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHECKS.bindings(),
        Binding("up,k", "step(-1)", show=False),
        Binding("down,j", "step(1)", show=False),
        Binding("home,g", "step(-10000)", show=False),
        Binding("end,G", "step(10000)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "checks--error",
        "checks--warning",
        "checks--info",
        "checks--sound",
        "checks--cursor",
    }
    DEFAULT_CSS = """
    ChecksView {
        & > .checks--error { color: $text-error; }
        & > .checks--warning { color: $text-warning; }
        & > .checks--info { color: $foreground 75%; }
        & > .checks--sound { color: $text-success; }
        & > .checks--cursor { background: $primary 35%; text-style: bold; }
    }
    """

    chosen: reactive[int] = reactive(0)
    """The number of the finding under the cursor."""

    def __init__(self, stack: StackView, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._stack = stack
        self._checks: tuple[Check, ...] = ()
        self._groups: tuple[FindingGroup, ...] = ()
        self._lines: list[tuple[int, str]] = []
        self._top = 0

    @property
    def finding(self) -> FindingGroup | None:
        """What is under the cursor: a finding, or several that say the same."""
        return self._groups[self.chosen] if self._groups else None

    def show(self, checks: tuple[Check, ...]) -> None:
        """Show other findings."""
        same, self._checks = checks == self._checks, checks
        self._groups = grouped(checks)  # their fixes are those of the network as it is now
        if not same:
            self.chosen = min(self.chosen, max(0, len(self._groups) - 1))
            self._wrap()

    def show_about(self, path: Path) -> None:
        """Bring what is said about a layer into view, unless the user is walking the list."""
        if not self.has_focus:
            about = (
                number for number, group in enumerate(self._groups) if any(one.path == path for one in group.checks)
            )
            self.chosen = next(about, self.chosen)

    def validate_chosen(self, chosen: int) -> int:
        """Keep the cursor among the findings."""
        return max(0, min(chosen, len(self._groups) - 1))

    def watch_chosen(self) -> None:
        """Bring the finding into view."""
        places = [place for place, (number, _text) in enumerate(self._lines) if number == self.chosen]
        if places:
            self._scroll(max(min(self._top, places[0]), places[-1] + 1 - self.size.height))

    def on_mouse_scroll_down(self) -> None:
        """Show what is below."""
        self._scroll(self._top + 1)

    def on_mouse_scroll_up(self) -> None:
        """Show what is above."""
        self._scroll(self._top - 1)

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._wrap()

    def on_click(self, event: events.Click) -> None:
        """Go to the layer of the finding."""
        inside = event.get_content_offset(self)
        place = inside.y + self._top if inside is not None else len(self._lines)
        if place < len(self._lines) and self._checks:
            self.chosen = self._lines[place][0]
            self.action_go_to_finding()

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        self.chosen += by

    def action_go_to_finding(self) -> None:
        """Go to the layer of the finding."""
        if self.finding is not None:
            self._stack.go_to(self.finding.path)
        self._stack.focus()

    def action_fix_finding(self) -> None:
        """Apply the quick fix of the finding."""
        self._stack.apply(fix(self.finding))

    def action_leave_checks(self) -> None:
        """Go back to the stack."""
        self._stack.focus()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        place, width, base = y + self._top, self.size.width, self.visual_style.rich_style
        if not self._checks and place == 0:
            sound = Segment("✓ " + _("no problems found"), self.get_component_rich_style("checks--sound"))
            return Strip([sound]).adjust_cell_length(width, base)
        if place >= len(self._lines):
            return Strip.blank(width, base)
        number, text = self._lines[place]
        style = self.get_component_rich_style(f"checks--{self._groups[number].severity}")
        if self.has_focus and number == self.chosen:
            over = self.get_component_rich_style("checks--cursor")
            style += Style(bgcolor=over.bgcolor, bold=over.bold)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)

    def _wrap(self) -> None:
        self.border_title = _summary(self._checks)
        self._lines = _lines_of(self._groups, self.size.width)
        self._scroll(self._top)

    def _scroll(self, top: int) -> None:
        self._top = max(0, min(top, len(self._lines) - self.size.height))
        self.refresh()


def _lines_of(groups: tuple[FindingGroup, ...], width: int) -> list[tuple[int, str]]:
    """Write each finding on as many lines of `width` cells as it needs, with its number; its sign before the first."""
    return [
        (number, f"{FINDINGS[group.severity] if place == 0 else ' '} {part.plain}")
        for number, group in enumerate(groups)
        for place, part in enumerate(Content(str(group)).wrap(max(10, width - 2)))
    ]


def _summary(checks: tuple[Check, ...]) -> str:
    """Count the findings of each kind: `1 error · 2 warnings`."""
    errors, warnings, notes = (sum(check.severity == severity for check in checks) for severity in FINDINGS)
    parts = [
        ngettext("{count} error", "{count} errors", errors).format(count=errors) if errors else "",
        ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings) if warnings else "",
        ngettext("{count} info", "{count} infos", notes).format(count=notes) if notes else "",
    ]
    return " · ".join(filter(None, parts)) or _("Checks")
