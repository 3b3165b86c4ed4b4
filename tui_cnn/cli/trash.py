"""`cnn-tui delete` and `cnn-tui trash`: deleting, restoring and purging runs."""

import click

from tui_cnn.i18n import _, ngettext


@click.command(
    short_help=_("Delete runs."),
    help=_("Move runs to the trash; `cnn-tui trash` lists it, restores a run, or empties it."),
)
@click.argument("run", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help=_("Delete them permanently."))
@click.option("--yes", "-y", is_flag=True, help=_("Do not ask for confirmation."))
def delete(run: tuple[str, ...], purge: bool, yes: bool) -> int:
    """Delete runs."""
    from tui_cnn.runs import trash
    from tui_cnn.runs.directory import find_run

    for directory in [find_run(text) for text in run]:
        run_id = directory.id
        if purge and not yes:
            click.confirm(_("Delete {id} permanently?").format(id=run_id), abort=True)
        trash.delete(directory)
        if purge:
            trash.purge(run_id)
        click.echo(_("{id} deleted").format(id=run_id) if purge else _("{id} moved to the trash").format(id=run_id))
    return 0


@click.command(
    short_help=_("List deleted runs, restore one, or empty the trash."), help=_("List the deleted runs, newest first.")
)
@click.option("--restore", metavar="RUN", help=_("Restore a run; give its full id."))
@click.option("--empty", is_flag=True, help=_("Delete all of them permanently."))
def trash(restore: str | None, empty: bool) -> int:
    """List, restore or empty the trash."""
    from tui_cnn.runs import trash as bin_

    if restore:
        click.echo(_("{path} restored").format(path=bin_.restore(restore).path))
    elif empty:
        count = bin_.empty_trash()
        click.echo(ngettext("{count} run deleted", "{count} runs deleted", count).format(count=count))
    else:
        for name in bin_.list_trash():
            click.echo(name)
    return 0
