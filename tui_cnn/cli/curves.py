"""`cnn-tui curves`: the learning curves of a run as numbers."""

import click

from tui_cnn.i18n import _


@click.command(
    short_help=_("Print the learning curves of a run."),
    help=_(
        "Print the learning curves of a run: one line per epoch; with --csv, also the "
        "values within epochs.\n"
        "\n"
        "        The CSV has two kinds of rows: `running`, the means over the epoch so "
        "far, and `epoch`, the values at its end.\n"
        "\n"
        "        \b\n"
        "        Examples:\n"
        "          cnn-tui curves last\n"
        "          cnn-tui curves last --csv > curves.csv"
    ),
)
@click.argument("run")
@click.option("--csv", "as_csv", is_flag=True, help=_("Print as CSV."))
def curves(run: str, as_csv: bool) -> int:
    """Print the curves."""
    import sys

    from tui_cnn.cli.progress import epoch_line
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.export import write_curves
    from tui_cnn.runs.snapshot import Follower

    snapshot = Follower(find_run(run)).poll()
    if as_csv:
        write_curves(snapshot, sys.stdout)
    else:
        epochs = snapshot.started.epochs if snapshot.started else 0
        for epoch in snapshot.epochs:
            click.echo(epoch_line(epoch, epochs))
    return 0
