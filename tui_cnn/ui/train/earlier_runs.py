"""What earlier runs of a network came to."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _, ngettext
from tui_cnn.ui.toolkit.numbers import duration
from tui_cnn.ui.toolkit.run_list import Listed
from tui_cnn.ui.toolkit.run_words import share


def earlier_table(runs: Sequence[Listed], rows: int) -> Table | Text:
    """List runs, the newest first, in at most `rows` lines; a star marks the best on the test images."""
    if not runs:
        return Text(_("No runs yet: this network has not been trained."), style="dim")
    table = Table.grid(padding=(0, 1, 0, 0))
    titles = (_("when"), _("recipe"), _("epochs"), _("val."), _("test"), _("time"))
    for place, title in enumerate(titles):
        table.add_column(justify="left" if place < 2 else "right", header=title, no_wrap=True)
    table.add_row(*(Text(title, style="dim") for title in titles))
    best = max((one.summary.test_accuracy or 0.0 for one in runs), default=0.0)
    fit = max(1, rows - 1)
    shown = runs if len(runs) <= fit else runs[: max(1, fit - 1)]
    for one in shown:
        test = one.summary.test_accuracy
        star = "★" if test is not None and test == best else " "
        recipe = one.summary.recipe_name or "—"
        told = (share(one.summary.best_accuracy), f"{share(test)}{star}", duration(one.summary.seconds))
        table.add_row(one.begun[5:] or "—", recipe, one.epochs, *told, style="bold" if star == "★" else "")
    if more := len(runs) - len(shown):
        message = ngettext("and {count} more", "and {count} more", more).format(count=more)
        table.add_row(Text(message, style="dim"))
    return table
