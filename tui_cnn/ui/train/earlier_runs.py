"""What earlier runs of a network came to."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.toolkit.numbers import duration
from tui_cnn.ui.toolkit.runs import Listed, share


def earlier_table(runs: Sequence[Listed], rows: int) -> Table | Text:
    """List runs, the newest first, in at most `rows` lines; a star marks the best on the test images."""
    if not runs:
        return Text(_("No runs yet: this network has not been trained."), style="dim")
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    titles = (_("when"), _("recipe"), _("epochs"), _("val."), _("test"), _("time"))
    for place, title in enumerate(titles):
        table.add_column(justify="left" if place < 2 else "right", header=title, no_wrap=True)
    table.add_row(*(Text(title, style="dim") for title in titles))
    best = max((run.summary.test_accuracy or 0.0 for run in runs), default=0.0)
    room = max(1, rows - 1)
    shown = runs if len(runs) <= room else runs[: max(1, room - 1)]
    for run in shown:
        test = run.summary.test_accuracy
        star = "★" if test is not None and test == best else " "
        recipe = run.summary.recipe_name or "—"
        numbers = (share(run.summary.best_accuracy), f"{share(test)}{star}", duration(run.summary.seconds))
        table.add_row(run.begun[5:] or "—", recipe, run.epochs, *numbers, style="bold" if star == "★" else "")
    if more := len(runs) - len(shown):
        message = ngettext("and {count} more", "and {count} more", more).format(count=more)
        table.add_row(Text(message, style="dim"))
    return table
