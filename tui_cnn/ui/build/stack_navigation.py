"""Getting about in the stack: folds, ranges, and from one finding to the next."""

from tui_cnn.i18n import _
from tui_cnn.ui.build.checks import ChecksView
from tui_cnn.ui.build.stack import StackView
from tui_cnn.ui.toolkit.main_screen import MainScreen


class WalkingScreen(MainScreen):
    """A screen with a stack and a list of findings."""

    def action_fold(self) -> None:
        """Fold what is under the cursor, or open it; from within it, what holds it."""
        stack = self._stack()
        if (folded := stack.seen.foldable(stack.path)) is not None:
            stack.fold(stack.path, shut=not folded)
        elif (holder := stack.seen.holder(stack.path)) is not None:
            stack.fold(holder, shut=True)

    def action_fold_or_leave(self) -> None:
        """Fold what is under the cursor; go up to what holds it if there is nothing to fold."""
        stack = self._stack()
        if stack.seen.foldable(stack.path) is False:
            stack.fold(stack.path, shut=True)
        elif (holder := stack.seen.holder(stack.path)) is not None:
            stack.go_to(holder)

    def action_open_or_enter(self) -> None:
        """Open what is under the cursor; go into it if it is open."""
        stack = self._stack()
        folded = stack.seen.foldable(stack.path)
        if folded:
            stack.fold(stack.path, shut=False)
        elif folded is False:
            stack.cursor += 1

    def action_fold_all(self) -> None:
        """Fold everything, or open everything."""
        self._stack().fold_all()

    def action_select_range(self) -> None:
        """Begin to select, or select no more."""
        stack = self._stack()
        if stack.has_range:
            stack.action_let_go()
        else:
            stack.extend(0)

    def action_extend_down(self) -> None:
        """Select one line more below."""
        self._stack().extend(1)

    def action_extend_up(self) -> None:
        """Select one line more above."""
        self._stack().extend(-1)

    def action_next_finding(self) -> None:
        """Go to the next layer that something is said about."""
        self._walk_findings(1)

    def action_last_finding(self) -> None:
        """Go to the one before."""
        self._walk_findings(-1)

    def action_go_to_finding(self) -> None:
        """Go to the layer of the finding under the cursor of the list."""
        finding = self.query_one(ChecksView).finding
        if finding is not None:
            self._stack().go_to(finding.path)
        self._stack().focus()

    def action_leave_checks(self) -> None:
        """Go back to the stack."""
        self._stack().focus()

    def _walk_findings(self, by: int) -> None:
        stack = self._stack()
        paths = sorted({check.path for check in self.workspace.design.analysis.checks})
        if not paths:
            self.notify(_("No problems found."))
            return
        here = stack.path
        ahead = [path for path in paths if (path > here if by > 0 else path < here)]
        around = paths[0] if by > 0 else paths[-1]
        stack.go_to((ahead[0] if by > 0 else ahead[-1]) if ahead else around)

    def _stack(self) -> StackView:
        return self.query_one(StackView)
