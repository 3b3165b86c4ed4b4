"""Commands about runs that are there: `runs`, `show`, `attach`, `stop`, `about`, `curves`, `delete`, `trash`."""

import sys
import time

import click
import msgspec

from tui_cnn.cli.streams import echo
from tui_cnn.cli.table import WideGroup, table
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs import launch
from tui_cnn.runs import trash as bin_
from tui_cnn.runs.directory import find_run, list_runs, read_about, write_about
from tui_cnn.runs.snapshot import ACTIVE, Follower
from tui_cnn.runs.summary import damage, summarize
from tui_cnn.visible import visible

_RUN = "\n\n" + _(
    "RUN is the id of a run, a unique part of it, or `last` for the newest run; `cnn-tui runs` lists the runs."
)


@click.group(
    cls=WideGroup,
    short_help=_("List the runs."),
    help=_(
        """List the runs, newest first: state, epochs, best validation accuracy and test accuracy.

        \b
        Examples:
          cnn-tui runs
          cnn-tui runs --group
          cnn-tui runs compare last 3f2a
          cnn-tui runs baseline last"""
    ),
    invoke_without_command=True,
    subcommand_metavar="[compare|baseline ...]",
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the runs as JSON, one per line, with all details."))
@click.option(
    "--group",
    "grouped",
    is_flag=True,
    help=_("Group finished runs that differ in the seed alone: mean ± standard deviation of their accuracies."),
)
@click.pass_context
def runs(context: click.Context, as_json: bool, grouped: bool) -> int:
    """Print a table of the runs."""
    from tui_cnn.ui.toolkit.runs import epochs_done, marked_state, share, tested_weights

    if context.invoked_subcommand is not None:
        return 0
    if grouped:
        return _print_groups(as_json=as_json)
    if as_json:
        for run in list_runs():
            echo(msgspec.json.encode(summarize(run)))
        return 0
    snapshots = [(run, Follower(run).poll()) for run in list_runs()]
    if not snapshots:
        echo(_("There are no runs yet. Start one with: cnn-tui train fashion-cnn"))
        return 0
    heading = (_("run"), _("state"), _("network"), _("epochs"), _("validation"), _("test"), _("tested weights"))
    rows = [
        (
            run.run_id,
            marked_state(run, damaged=any(damage(directory, run))),
            run.name,
            epochs_done(run),
            share(run.best_accuracy),
            share(run.finished.test_accuracy if run.finished else None),
            tested_weights(run.tested),
        )
        for directory, run in snapshots
    ]
    echo(table(heading, rows, numbers={4, 5}))
    return 0


def _print_groups(*, as_json: bool) -> int:
    from tui_cnn.cli.run_report import groups_table
    from tui_cnn.runs.groups import group_by_seed

    groups = group_by_seed(map(summarize, list_runs()))
    if as_json:
        for group in groups:
            echo(msgspec.json.encode(group))
    else:
        echo(groups_table(groups) if groups else [_("There are no finished runs yet.")])
    return 0


@runs.command(
    "compare",
    short_help=_("Compare runs on the same test images."),
    help=_(
        """Compare runs in a table, and each with the pinned baseline, or with the first: which is better, by how much.

        The difference of the test accuracies has a 95 % interval (bootstrap over the test images) and the p-value of
        McNemar's test. Both need the predictions that runs keep when they finish, on the same test set."""
    )
    + _RUN,
)
@click.argument("run", nargs=-1, required=True)
def compare_runs(run: tuple[str, ...]) -> int:
    """Print a table of some runs, and the differences."""
    from tui_cnn.cli.run_report import comparison, differences

    chosen = list(dict.fromkeys(map(find_run, run)))
    if not (lines := differences(chosen)):
        raise click.UsageError(_("specify two runs, or pin another one first: cnn-tui runs baseline RUN"))
    echo([*comparison(list(map(summarize, chosen))), *lines])
    return 0


@runs.command(
    "baseline",
    short_help=_("Pin the run that others are compared with."),
    help=_("Pin a run as the baseline: comparisons are against it. Without RUN, print it.") + _RUN,
)
@click.argument("run", required=False)
@click.option("--clear", is_flag=True, help=_("Pin none any more."))
def baseline(run: str | None, clear: bool) -> int:
    """Print, pin or unpin the baseline."""
    from tui_cnn.runs.baseline import pin_baseline, read_baseline

    if clear or run:
        pin_baseline(find_run(run) if run and not clear else None)
    pinned = read_baseline()
    echo(visible(pinned.id) if pinned else _("No baseline is pinned."))
    return 0


@click.command(
    short_help=_("Show a run."), help=_("Show the settings and results of a run, and what to do next.") + _RUN
)
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help=_("Print as JSON, with all epochs."))
def show(run: str, as_json: bool) -> int:
    """Print a run."""
    from tui_cnn.cli.run_report import report

    directory = find_run(run)
    snapshot = Follower(directory).poll()
    summary = summarize(directory, snapshot)
    if as_json:
        plain = msgspec.to_builtins(summary) | {
            "started": msgspec.to_builtins(snapshot.started),
            "chosen": msgspec.to_builtins(snapshot.chosen),
            "epochs_told": msgspec.to_builtins(snapshot.epochs),
        }
        echo(msgspec.json.format(msgspec.json.encode(plain), indent=2))
    else:
        echo(report(summary, snapshot))
    return 0


@click.command(
    short_help=_("Watch a run while it trains."),
    help=_("Watch a run until it ends; Ctrl-C stops watching, not the run.") + _RUN,
)
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help=_("Print the events of the run as JSON, one per line."))
def attach(run: str, as_json: bool) -> int:
    """Follow a run."""
    from tui_cnn.cli.follow import follow

    return follow(find_run(run), as_json=as_json, stops=False)


@click.command(
    short_help=_("Stop a run."),
    help=_("Stop a run after it saves a checkpoint; `resume` continues it.") + _RUN,
)
@click.argument("run")
def stop(run: str) -> int:
    """Stop a run, and wait until its worker has ended."""
    directory = find_run(run)
    launch.stop(directory)
    follower = Follower(directory)
    while follower.poll().state in ACTIVE:
        time.sleep(0.05)
    echo(_("{id} stopped; resume with: cnn-tui resume {id}").format(id=directory.id))
    return 0


@click.command(
    short_help=_("Set the title, tags or note of a run."),
    help=_("Set the title, tags or note of a run, shown wherever the run is listed. Without options, print them.")
    + _RUN,
)
@click.argument("run")
@click.option("--title", help=_("Title of the run."))
@click.option("--tag", "tags", multiple=True, help=_("Tag to find the run by; repeatable."))
@click.option("--note", help=_("Note about the run."))
def about(run: str, title: str | None, tags: tuple[str, ...], note: str | None) -> int:
    """Change the title, tags and note of a run, or print them."""
    directory = find_run(run)
    given = {"title": title, "tags": tags or None, "note": note}
    changes = {field: value for field, value in given.items() if value is not None}
    description = read_about(directory)
    if changes:
        write_about(directory, msgspec.structs.replace(description, **changes))
    else:
        lines = (description.title, " ".join(description.tags), description.note)
        echo(filter(None, lines))
    return 0


@click.command(
    short_help=_("Print the learning curves of a run."),
    help=_(
        """Print the learning curves of a run: one line per epoch; with --csv, also the values within epochs.

        The CSV has two kinds of rows: `running`, the means over the epoch so far, and `epoch`, the values at its end.

        \b
        Examples:
          cnn-tui curves last
          cnn-tui curves last --csv > curves.csv"""
    ),
)
@click.argument("run")
@click.option("--csv", "as_csv", is_flag=True, help=_("Print as CSV."))
def curves(run: str, as_csv: bool) -> int:
    """Print the curves."""
    from tui_cnn.cli.follow import epoch_line
    from tui_cnn.runs.export import write_curves

    snapshot = Follower(find_run(run)).poll()
    if as_csv:
        write_curves(snapshot, sys.stdout)
    else:
        epochs = snapshot.started.epochs if snapshot.started else 0
        for epoch in snapshot.epochs:
            echo(epoch_line(epoch, epochs))
    return 0


@click.command(
    short_help=_("Delete runs."),
    help=_("Move runs to the trash; `cnn-tui trash` lists it, restores a run, or empties it."),
)
@click.argument("run", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help=_("Delete them permanently."))
@click.option("--yes", "-y", is_flag=True, help=_("Do not ask for confirmation."))
def delete(run: tuple[str, ...], purge: bool, yes: bool) -> int:
    """Delete runs."""
    for directory in [find_run(text) for text in run]:
        run_id = directory.id
        if purge and not yes:
            click.confirm(_("Delete {id} permanently?").format(id=visible(run_id)), abort=True)
        bin_.delete(directory)
        if purge:
            bin_.purge(run_id)
        echo(_("{id} deleted").format(id=run_id) if purge else _("{id} moved to the trash").format(id=run_id))
    return 0


@click.command(
    short_help=_("List deleted runs, restore one, or empty the trash."), help=_("List the deleted runs, newest first.")
)
@click.option("--restore", metavar="RUN", help=_("Restore a run; give its full id."))
@click.option("--empty", is_flag=True, help=_("Delete all of them permanently."))
def trash(restore: str | None, empty: bool) -> int:
    """List, restore or empty the trash."""
    if restore:
        echo(_("{path} restored").format(path=visible(bin_.restore(restore).path)))
    elif empty:
        count = bin_.empty_trash()
        echo(ngettext("{count} run deleted", "{count} runs deleted", count).format(count=count))
    else:
        for name in bin_.list_trash():
            echo(name)
    return 0
