"""`cnn-tui delete` and `cnn-tui trash`: deleting, restoring and purging runs."""

import click

from tui_cnn.i18n import _, ngettext


@click.command(
    short_help=_("Delete runs."),
    help=_("Move runs to the trash; `cnn-tui trash` lists it, takes a run back, or empties it."),
)
@click.argument("run", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help=_("Delete them for good."))
@click.option("--yes", "-y", is_flag=True, help=_("Do not ask."))
def delete(run: tuple[str, ...], purge: bool, yes: bool) -> int:
    """Delete runs."""
    from tui_cnn.runs import trash
    from tui_cnn.runs.directory import find_run

    for directory in [find_run(text) for text in run]:
        run_id = directory.id
        if purge and not yes:
            click.confirm(_("Delete {id} for good?").format(id=run_id), abort=True)
        trash.delete(directory)
        if purge:
            trash.purge(run_id)
        click.echo(_("{id} deleted").format(id=run_id) if purge else _("{id} moved to the trash").format(id=run_id))
    return 0


@click.command(
    short_help=_("List, take back or empty the deleted runs."), help=_("List the deleted runs, newest first.")
)
@click.option("--restore", metavar="RUN", help=_("Take a run back; give its whole id."))
@click.option("--empty", is_flag=True, help=_("Delete all of them for good."))
def trash(restore: str | None, empty: bool) -> int:
    """List, restore or empty the trash."""
    from tui_cnn.runs import trash as bin_

    if restore:
        click.echo(_("{path} is back").format(path=bin_.restore(restore).path))
    elif empty:
        count = bin_.empty_trash()
        click.echo(ngettext("{count} run deleted", "{count} runs deleted", count).format(count=count))
    else:
        for name in bin_.list_trash():
            click.echo(name)
    return 0
