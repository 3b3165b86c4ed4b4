"""Runs that differ in the seed alone, in a dialog: how many, and mean and spread of their accuracies."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.text import Text

from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.groups import SeedGroup, group_by_seed
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.toolkit.dialogs.dialog import TextDialog
from tui_cnn.ui.toolkit.numbers import left, right, short_count, shortened
from tui_cnn.ui.toolkit.runs import Listed, main_settings
from tui_cnn.visible import visible

_NAME = 18
_NUMBERS = (1, 3)
"""Columns of numbers, which stand at the right."""


def groups_dialog(runs: Iterable[Listed]) -> TextDialog:
    """Make the dialog for these runs."""
    newest_first = sorted(runs, key=lambda listed: listed.run.id, reverse=True)
    groups = group_by_seed(listed.summary for listed in newest_first)
    title = _("Runs that differ in the seed alone: mean ± standard deviation")
    if not groups:
        return TextDialog(title, _("There are no finished runs yet."))
    heading = (_("network"), _("params"), _("recipe"), _("runs"), _("validation"), _("test"))
    rows = [_cells(group) for group in groups]
    widths = [max(map(cell_len, column)) for column in zip(heading, *rows, strict=True)]
    text = Text(_line(heading, widths), style="dim")
    for group, cells in zip(groups, rows, strict=True):
        text.append(f"\n{_line(cells, widths)}\n", style="not dim")
        text.append(f"  {_settings(group.recipe)}")
    return TextDialog(title, text)


def _cells(group: SeedGroup) -> tuple[str, ...]:
    return (
        shortened(visible(group.network), _NAME),
        "—" if group.parameters is None else short_count(group.parameters),
        group.recipe_name or "—",
        str(len(group.runs)),
        group.validation.text,
        group.test.text,
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = (right if place in _NUMBERS else left for place in range(len(cells)))
    return "  ".join(align(cell, width) for align, cell, width in zip(aligned, cells, widths, strict=True)).rstrip()


def _settings(recipe: Recipe) -> str:
    """Say what tells groups of one name apart."""
    epochs = ngettext("{count} epoch", "{count} epochs", recipe.epochs).format(count=recipe.epochs)
    data = visible(Path(recipe.data).name)
    return " · ".join(filter(None, (main_settings(recipe), epochs, data)))
