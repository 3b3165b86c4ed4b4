"""Commands about one run: `show`, `attach`, `stop`, `about`."""

import click

from tui_cnn.i18n import _

_RUN = "\n\n" + _(
    "A RUN is its id, a part of it that no other run has, or `last`, the newest; `cnn-tui runs` lists them."
)


@click.command(short_help=_("Show a run."), help=_("Show how a run is set up, how it went, and what to do.") + _RUN)
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help=_("Print it as JSON, with all its epochs."))
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
        plain = summary.to_builtins() | {
            "started": msgspec.to_builtins(snapshot.started),
            "chosen": msgspec.to_builtins(snapshot.chosen),
            "epochs_told": msgspec.to_builtins(snapshot.epochs),
        }
        click.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())
    else:
        click.echo("\n".join(report(summary, snapshot)))
    return 0


@click.command(
    short_help=_("Watch a run that is being trained."),
    help=_("Watch a run until it ends; Ctrl-C ends the watching, not the run.") + _RUN,
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
    help=_("Let a run write a checkpoint and end; `resume` goes on with it.") + _RUN,
)
@click.argument("run")
def stop(run: str) -> int:
    """Stop a run, and wait until its worker has ended."""
    import time

    from tui_cnn.runs import launch
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.snapshot import Follower
    from tui_cnn.runs.state import ACTIVE

    directory = find_run(run)
    launch.stop(directory)
    follower = Follower(directory)
    while follower.poll().state in ACTIVE:
        time.sleep(0.05)
    click.echo(_("{id} has stopped; resume with: cnn-tui resume {id}").format(id=directory.id))
    return 0


@click.command(
    short_help=_("Name, tag or note a run."),
    help=_("Say something about a run: it is shown wherever the run is. Without options, print what was said.") + _RUN,
)
@click.argument("run")
@click.option("--title", help=_("What to call it."))
@click.option("--tag", "tags", multiple=True, help=_("A word to find it by; may be given several times."))
@click.option("--note", help=_("What is worth remembering about it."))
def about(run: str, title: str | None, tags: tuple[str, ...], note: str | None) -> int:
    """Change the title, tags and note of a run, or print them."""
    import msgspec

    from tui_cnn.runs.about import read_about, write_about
    from tui_cnn.runs.directory import find_run

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
