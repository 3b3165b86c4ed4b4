"""`cnn-tui runs`: the list of runs."""

import click

from tui_cnn.i18n import _


@click.command(
    short_help=_("List the runs."),
    help=_("List the runs, newest first: state, epochs, best validation accuracy and test accuracy."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the runs as JSON, one per line, with all details."))
def runs(as_json: bool) -> int:
    """Print a table of the runs."""
    if as_json:
        return _json()
    from tui_cnn.cli.table import table
    from tui_cnn.runs.directory import list_runs
    from tui_cnn.runs.snapshot import Follower
    from tui_cnn.ui.toolkit.runs import best_accuracy, epochs_done, share, state_name

    snapshots = [Follower(run).poll() for run in list_runs()]
    if not snapshots:
        click.echo(_("There are no runs yet. Start one with: cnn-tui train fashion-cnn"))
        return 0
    heading = (_("run"), _("state"), _("network"), _("epochs"), _("validation"), _("test"))
    rows = [
        (
            run.run_id,
            state_name(run),
            run.name,
            epochs_done(run),
            share(best_accuracy(run)),
            share(run.finished.test_accuracy if run.finished else None),
        )
        for run in snapshots
    ]
    click.echo("\n".join(table(heading, rows, numbers={4, 5})))
    return 0


def _json() -> int:
    import msgspec

    from tui_cnn.runs.directory import list_runs
    from tui_cnn.runs.summary import summarize

    for run in list_runs():
        click.echo(msgspec.json.encode(summarize(run)))
    return 0
