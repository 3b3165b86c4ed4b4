"""The columns of the list of runs: what stands in each, and how it sorts."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rich.style import Style
from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import duration, short_count, shortened
from tui_cnn.ui.toolkit.runs import STATE_COLORS, Listed, share, tested_weights
from tui_cnn.visible import visible

_NAME = 18
_BASELINE = "★"


class Column(NamedTuple):
    """A column: its key, its title, the text of a run, what runs sort by, and whether the largest comes first."""

    key: str
    title: str
    text: Callable[[Listed], str]
    order: Callable[[Listed], Any]
    largest_first: bool = False
    is_number: bool = False


def run_name(run: Listed) -> str:
    """Call a run what the user calls it, or by the end of its id."""
    return run.summary.about.title or run.run.id[-4:]


def _number(
    key: str, title: str, value: Callable[[Listed], Any], write: Callable[[Any], str], *, largest_first: bool = False
) -> Column:
    def text(run: Listed) -> str:
        known = value(run)
        return "—" if known is None else write(known)

    return Column(key, title, text, value, largest_first, is_number=True)


COLUMNS = (
    Column("name", _("name"), lambda run: shortened(run_name(run), _NAME), lambda run: run_name(run).lower()),
    Column("state", _("state"), lambda run: run.state, lambda run: run.state),
    Column("network", _("network"), lambda run: shortened(run.summary.network, _NAME), lambda run: run.summary.network),
    _number("val", _("val."), lambda run: run.summary.best_accuracy, share, largest_first=True),
    _number("test", _("test"), lambda run: run.summary.test_accuracy, share, largest_first=True),
    _number("parameters", _("params"), lambda run: run.summary.parameters, short_count),
    Column("begun", _("when"), lambda run: run.begun[5:] or "—", lambda run: run.run.id, largest_first=True),
    _number("macs", _("MACs"), lambda run: run.summary.macs, short_count),
    Column("recipe", _("recipe"), lambda run: run.summary.recipe_name or "—", lambda run: run.summary.recipe_name),
    Column("epochs", _("epochs"), lambda run: run.epochs, lambda run: run.summary.epochs_done, True, True),
    _number("seconds", _("time"), lambda run: run.summary.seconds, duration),
    Column("tags", _("tags"), lambda run: " ".join(run.summary.about.tags), lambda run: run.summary.about.tags),
    Column(
        "tested",
        _("tested weights"),
        lambda run: tested_weights(run.summary.tested),
        lambda run: tested_weights(run.summary.tested),
    ),
)
"""The columns, from left to right."""


def cells(listed: Listed, styles: Callable[[str], Style], *, marked: bool, baseline: bool = False) -> list[Text]:
    """Write the line of a run: a mark, then its columns; a star before the name of the baseline."""
    written = [Text("✓" if marked else " ", style=styles("text-accent") + Style(bold=True))]
    for column in COLUMNS:
        state = "error" if listed.summary.damage else STATE_COLORS[listed.summary.state]
        style: Style | str = styles(f"text-{state}") if column.key == "state" else ""
        if column.key == "name" and not listed.summary.about.title:
            style = "dim"
        text = visible(column.text(listed))
        if baseline and column.key == "name":
            text = f"{_BASELINE} {text}"
        written.append(Text(text, style=style, justify="right" if column.is_number else "left"))
    return written


def sort_runs(runs: tuple[Listed, ...], words: str, column: Column, *, reverse: bool) -> list[Listed]:
    """Take the runs in which all the words occur, in the order of a column; those without a value come last."""
    wanted = words.lower().split()
    matching = [listed for listed in runs if all(word in listed.words for word in wanted)]
    known = [listed for listed in matching if column.order(listed) is not None]
    known.sort(key=column.order, reverse=column.largest_first != reverse)
    return known + [listed for listed in matching if column.order(listed) is None]
