"""The columns of the list of runs: what stands in each, and how it sorts."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rich.text import Text

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.numbers import duration, short_count
from tui_cnn.ui.toolkit.run_list import Listed
from tui_cnn.ui.toolkit.run_words import STATE_COLORS, share

_NAME = 18


class Column(NamedTuple):
    """A column: its key, its title, the text of a run, what runs sort by, and whether the largest comes first."""

    key: str
    title: str
    text: Callable[[Listed], str]
    order: Callable[[Listed], Any]
    largest_first: bool = False
    is_number: bool = False


def columns() -> tuple[Column, ...]:
    """List the columns, from left to right."""
    return (
        Column("name", _("name"), lambda one: name(one)[:_NAME], lambda one: name(one).lower()),
        Column("state", _("state"), lambda one: one.state, lambda one: one.state),
        Column("network", _("network"), lambda one: one.summary.network[:_NAME], lambda one: one.summary.network),
        _number("val", _("val."), lambda one: one.summary.best_accuracy, share),
        _number("test", _("test"), lambda one: one.summary.test_accuracy, share),
        _number("parameters", _("params"), lambda one: one.summary.parameters, short_count, largest_first=False),
        Column("begun", _("when"), lambda one: one.begun[5:] or "—", lambda one: one.run.id, largest_first=True),
        _number("macs", _("MACs"), lambda one: one.summary.macs, short_count, largest_first=False),
        Column("recipe", _("recipe"), lambda one: one.summary.recipe_name or "—", lambda one: one.summary.recipe_name),
        Column("epochs", _("epochs"), lambda one: one.epochs, lambda one: one.summary.epochs_done, True, True),
        _number("seconds", _("time"), lambda one: one.summary.seconds, duration, largest_first=False),
        Column("tags", _("tags"), lambda one: " ".join(one.summary.about.tags), lambda one: one.summary.about.tags),
    )


def name(one: Listed) -> str:
    """Call a run what the user calls it, or by the end of its id."""
    return one.summary.about.title or one.run.id[-4:]


def cells(one: Listed, shown: tuple[Column, ...], colors: dict[str, str], *, marked: bool) -> list[Text]:
    """Write the line of a run: a mark, then its columns."""
    written = [Text("✓" if marked else " ", style=f"bold {colors['accent']}")]
    for column in shown:
        style = colors[STATE_COLORS[one.summary.state]] if column.key == "state" else ""
        if column.key == "name" and not one.summary.about.title:
            style = "dim"
        written.append(Text(column.text(one), style=style, justify="right" if column.is_number else "left"))
    return written


def arrange(runs: tuple[Listed, ...], words: str, column: Column, *, reverse: bool) -> list[Listed]:
    """Take the runs in which all the words occur, in the order of a column; those without a value come last."""
    wanted = words.lower().split()
    found = [one for one in runs if all(word in one.words for word in wanted)]
    known = [one for one in found if column.order(one) is not None]
    known.sort(key=column.order, reverse=column.largest_first != reverse)
    return known + [one for one in found if column.order(one) is None]


def _number(
    key: str,
    title: str,
    value: Callable[[Listed], Any],
    write: Callable[[Any], str],
    *,
    largest_first: bool = True,
) -> Column:
    def text(one: Listed) -> str:
        known = value(one)
        return "—" if known is None else write(known)

    return Column(key, title, text, value, largest_first, is_number=True)
