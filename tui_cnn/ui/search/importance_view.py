"""How much each parameter matters: worked out by a process of its own, which this one waits for."""

import sys
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen

import msgspec
from rich.table import Table
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_cnn.i18n import _, ngettext
from tui_cnn.search.directory import SearchDirectory
from tui_cnn.search.importance import FEWEST, ImportanceOutcome, Importances
from tui_cnn.ui.search.reader import Shown
from tui_cnn.ui.toolkit.colours import theme_style
from tui_cnn.ui.toolkit.numbers import bar, shortened
from tui_cnn.ui.toolkit.searches import short_keys

_MORE = 1.2
"""How many more trials must have finished before it is worked out again."""
_NAME, _NUMBER = 18, 5


class ImportanceView(VerticalScroll):
    """A bar for each parameter, with the level that chance reaches."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="panel view")
        self._search: SearchDirectory | None = None
        self._finished = 0
        self._outcome = ImportanceOutcome()
        self._asked = -1
        self._is_working = False
        self._process: Popen[bytes] | None = None
        self.border_title = _("Importance of the parameters")

    def compose(self) -> ComposeResult:
        """Lay out the bars."""
        yield Static(id="bars")

    def show(self, shown: Shown | None) -> None:
        """Show what is known of the search, and work it out again where many more trials have finished."""
        search = shown.snapshot.search if shown else None
        if search != self._search:
            self._search, self._asked, self._outcome = search, -1, ImportanceOutcome()
        self._finished = sum(trial.is_finished for trial in shown.trials) if shown else 0
        is_due = self._finished >= FEWEST and self._finished >= self._asked * _MORE and self._finished != self._asked
        if search is not None and self.display and is_due and not self._is_working:
            self._asked, self._is_working = self._finished, True
            self._work_out(search)
        self._write()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._write()

    @work(thread=True, group="importance")
    def _work_out(self, search: SearchDirectory) -> None:
        command = (sys.executable, "-m", "tui_cnn.search.importance", str(search.path))
        outcome = ImportanceOutcome(problem=_("the importance could not be calculated"))
        with suppress(OSError, msgspec.DecodeError):
            with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as process:
                self._process = process
                output, _nothing = process.communicate()
            outcome = msgspec.json.decode(output, type=ImportanceOutcome)
        self._process, self._is_working = None, False
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._take, search, outcome)

    def _take(self, search: SearchDirectory, outcome: ImportanceOutcome) -> None:
        if search == self._search and self.is_mounted:
            self._outcome = outcome
            self._write()

    def on_unmount(self) -> None:
        """End the process: nobody waits for it."""
        if (process := self._process) is not None:
            process.kill()

    def _write(self) -> None:
        bars = self.query_one("#bars", Static)
        found = self._outcome.found
        if self._outcome.problem:
            bars.update(Content(self._outcome.problem))
        elif found is not None and found.shares:
            bars.update(self._table(found))
        elif self._finished < FEWEST:
            message = _("Available from {count} finished trials on.")
            bars.update(Content.styled(message.format(count=FEWEST), "dim"))
        elif found is None:
            bars.update(Content.styled(_("calculating …"), "dim"))
        else:
            bars.update(Content.styled(_("All finished trials have the same accuracy."), "dim"))

    def _table(self, found: Importances) -> Table:
        names = short_keys(tuple(each.key for each in found.shares))
        widest = max(len(name) for name in names.values())
        name_width = min(widest, _NAME)
        room = max(6, self.content_size.width - name_width - 2 * _NUMBER - 8)
        table = Table.grid(padding=(0, 1, 0, 0))
        for justify in ("left", "left", "right", "left"):
            table.add_column(justify=justify, no_wrap=True)
        accent, muted = theme_style(self.app, "text-primary"), "dim"
        for each in found.shares:
            above = each.share > each.chance
            table.add_row(
                Text(shortened(names[each.key], name_width), style="bold" if above else ""),
                Text(bar(each.share, room), style=accent if above else muted),
                Text(f"{each.share:.0%}"),
                Text(_("chance {share}").format(share=f"{each.chance:.0%}"), style=muted),
            )
        counted = ngettext("from {count} finished trial", "from {count} finished trials", found.trials)
        rests = f"{found.method}, {counted.format(count=found.trials)}"
        notes = [rests, _("Chance: what 9 of 10 shuffles of the accuracies stay below.")]
        if found.is_weak:
            notes.insert(1, _("So few trials mean little: compare with the chance."))
        outer = Table.grid()
        outer.add_row(table)
        for note in notes:
            outer.add_row(Text(note, style=muted))
        return outer
