"""Runs that differ in the seed alone, in a dialog: how many, and mean and spread of their accuracies."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.runs.groups import group_by_seed
from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
from tui_cnn.ui.toolkit.numbers import short_count, shortened
from tui_cnn.ui.toolkit.runs import Listed
from tui_cnn.visible import visible

_NAME = 18


def groups_dialog(runs: Iterable[Listed]) -> TextDialog:
    """Make the dialog for these runs."""
    newest_first = sorted(runs, key=lambda listed: listed.run.id, reverse=True)
    groups = group_by_seed(listed.summary for listed in newest_first)
    title = _("Runs that differ in the seed alone: mean ± standard deviation")
    if not groups:
        return TextDialog(title, _("There are no finished runs yet."))
    table = Table.grid(padding=(0, 2, 0, 0))
    heading = (_("network"), _("params"), _("recipe"), _("runs"), _("validation"), _("test"))
    for place in range(len(heading)):
        table.add_column(justify="right" if place in (1, 3) else "left", no_wrap=True)
    table.add_row(*(Text(name, style="dim") for name in heading))
    for group in groups:
        cells = (
            shortened(visible(group.network), _NAME),
            "—" if group.parameters is None else short_count(group.parameters),
            group.recipe_name or "—",
            str(len(group.runs)),
            group.validation.text,
            group.test.text,
        )
        table.add_row(*map(Text, cells))
    return TextDialog(title, table)
