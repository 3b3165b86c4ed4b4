"""Commands about one run: `show`, `attach`, `stop`, `about`."""

import click

from tui_cnn.i18n import _

_RUN = "\n\n" + _(
    "RUN is the id of a run, a unique part of it, or `last` for the newest run; `cnn-tui runs` lists the runs."
)


@click.command(
    short_help=_("Show a run."), help=_("Show the settings and results of a run, and what to do next.") + _RUN
)
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help=_("Print as JSON, with all epochs."))
def show(run: str, as_json: bool) -> int:
    """Print a run."""
    import msgspec

    from tui_cnn.cli.run_report import report
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import Follower
    from tui_cnn.runs.summary import summarize

    directory = find_run(run)
    snapshot = Follower(directory).poll()
    summary = summarize(directory, snapshot)
    if as_json:
        plain = msgspec.to_builtins(summary) | {
            "started": msgspec.to_builtins(snapshot.started),
            "chosen": msgspec.to_builtins(snapshot.chosen),
            "epochs_told": msgspec.to_builtins(snapshot.epochs),
        }
        click.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())
    else:
        click.echo("\n".join(report(summary, snapshot)))
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
    from tui_cnn.runs.directory import find_run

    return follow(find_run(run), as_json=as_json, stops=False)


@click.command(
    short_help=_("Stop a run."),
    help=_("Stop a run after it saves a checkpoint; `resume` continues it.") + _RUN,
)
@click.argument("run")
def stop(run: str) -> int:
    """Stop a run, and wait until its worker has ended."""
    import time

    from tui_cnn.runs import launch
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import ACTIVE, Follower

    directory = find_run(run)
    launch.stop(directory)
    follower = Follower(directory)
    while follower.poll().state in ACTIVE:
        time.sleep(0.05)
    click.echo(_("{id} stopped; resume with: cnn-tui resume {id}").format(id=directory.id))
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
    import msgspec

    from tui_cnn.runs.directory import find_run, read_about, write_about

    directory = find_run(run)
    changes = {"title": title, "tags": tags or None, "note": note}
    description = msgspec.structs.replace(
        read_about(directory), **{field: value for field, value in changes.items() if value is not None}
    )
    if any(value is not None for value in changes.values()):
        write_about(directory, description)
    else:
        click.echo("\n".join(filter(None, (description.title, " ".join(description.tags), description.note))))
    return 0
