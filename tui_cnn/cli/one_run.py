"""Commands about one run: `show`, `attach`, `stop`, `delete`, `about`."""

import click

from tui_cnn.i18n import _

_RUN = _("A RUN is its id, a part of it that no other run has, or `last`, the newest; `cnn-tui runs` lists them.")


@click.command(
    short_help=_("Show a run."), help=_("Show how a run is set up, how it went, and what to do.") + "\n\n" + _RUN
)
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help=_("Print it as JSON, with all its epochs."))
def show(run: str, as_json: bool) -> int:
    """Print a run."""
    import msgspec

    from tui_cnn.cli.run_report import report
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import Follower
    from tui_cnn.runs.summary import summarize

    found = find_run(run)
    snapshot = Follower(found).poll()
    summary = summarize(found, snapshot)
    if as_json:
        plain = summary.to_builtins() | {
            "started": msgspec.to_builtins(snapshot.started),
            "chosen": msgspec.to_builtins(snapshot.chosen),
            "curve": msgspec.to_builtins(snapshot.epochs),
        }
        click.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())
    else:
        click.echo("\n".join(report(summary, snapshot)))
    return 0


@click.command(
    short_help=_("Watch a run that is being trained."),
    help=_("Watch a run until it ends; Ctrl-C ends the watching, not the run.") + "\n\n" + _RUN,
)
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help=_("Print the run's events as JSON, one a line."))
def attach(run: str, as_json: bool) -> int:
    """Follow a run."""
    from tui_cnn.cli.follow import follow
    from tui_cnn.runs.directory import find_run

    return follow(find_run(run), as_json=as_json, stops=False)


@click.command(
    short_help=_("Stop a run."),
    help=_("Let a run write a checkpoint and end; `resume` goes on with it.") + "\n\n" + _RUN,
)
@click.argument("run")
def stop(run: str) -> int:
    """Stop a run, and wait until its worker has ended."""
    import time

    from tui_cnn.runs import launch
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import Follower
    from tui_cnn.runs.state import ACTIVE

    found = find_run(run)
    launch.stop(found)
    follower = Follower(found)
    while follower.poll().state in ACTIVE:
        time.sleep(0.05)
    click.echo(_("{id} has stopped; resume with: cnn-tui resume {id}").format(id=found.id))
    return 0


@click.command(
    short_help=_("Delete runs."),
    help=_("Move runs to the trash; `cnn-tui trash` lists it, takes a run back, or empties it.") + "\n\n" + _RUN,
)
@click.argument("run", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help=_("Delete them for good."))
@click.option("--yes", "-y", is_flag=True, help=_("Do not ask."))
def delete(run: tuple[str, ...], purge: bool, yes: bool) -> int:
    """Delete runs."""
    from tui_cnn.runs import trash
    from tui_cnn.runs.directory import find_run

    found = [find_run(text) for text in run]
    for one in found:
        if purge and not yes:
            click.confirm(_("Delete {id} for good?").format(id=one.id), abort=True)
        trash.delete(one)
        if purge:
            trash.purge(one.id)
        click.echo(_("{id} deleted").format(id=one.id) if purge else _("{id} moved to the trash").format(id=one.id))
    return 0


@click.command(
    short_help=_("Name, tag or note a run."),
    help=_("Say something about a run: it is shown wherever the run is. Without options, print what was said.")
    + "\n\n"
    + _RUN,
)
@click.argument("run")
@click.option("--title", help=_("What to call it."))
@click.option("--tag", "tags", multiple=True, help=_("A word to find it by; may be given several times."))
@click.option("--note", help=_("What is worth remembering about it."))
def about(run: str, title: str | None, tags: tuple[str, ...], note: str | None) -> int:
    """Change what is said about a run, or print it."""
    import msgspec

    from tui_cnn.runs.about import read_about, write_about
    from tui_cnn.runs.directory import find_run

    found = find_run(run)
    given = {"title": title, "tags": tags or None, "note": note}
    said = msgspec.structs.replace(
        read_about(found), **{field: value for field, value in given.items() if value is not None}
    )
    if any(value is not None for value in given.values()):
        write_about(found, said)
    else:
        click.echo("\n".join(filter(None, (said.title, " ".join(said.tags), said.note))))
    return 0


@click.command(
    short_help=_("List, take back or empty the deleted runs."), help=_("List the deleted runs, newest first.")
)
@click.option("--restore", metavar="RUN", help=_("Take a run back; give its whole id."))
@click.option("--empty", is_flag=True, help=_("Delete all of them for good."))
def trash(restore: str | None, empty: bool) -> int:
    """Look after the trash."""
    from tui_cnn.i18n import ngettext
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
