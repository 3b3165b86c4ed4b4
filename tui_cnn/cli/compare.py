"""`cnn-tui compare`: several networks trained by the same recipe, and a table of what came of it."""

import click

from tui_cnn.cli.models import read_model
from tui_cnn.cli.recipe_options import read_options, recipe_options
from tui_cnn.i18n import _


@click.command(
    short_help=_("Train several networks with the same recipe and compare them."),
    help=_(
        "Train several networks with the same recipe, one after the other, and print a "
        "table.\n"
        "\n"
        "        \b\n"
        "        Examples:\n"
        "          cnn-tui compare fashion-dnn fashion-cnn\n"
        "          cnn-tui compare fashion-cnn my.toml --recipe quick"
    ),
)
@click.argument("model", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help=_("Print the runs as JSON, one per line, instead of a table."))
@recipe_options
def compare(model: tuple[str, ...], as_json: bool, **options: str | bool | None) -> int:
    """Train and compare."""
    import msgspec

    from tui_cnn.cli.follow import follow
    from tui_cnn.cli.run_report import comparison
    from tui_cnn.runs.launch import start_checked
    from tui_cnn.runs.preflight import check
    from tui_cnn.runs.summary import summarize

    recipe = read_options(options)
    checked = [check(read_model(name), recipe) for name in model]
    runs = []
    for each in checked:
        run = start_checked(each)
        if status := follow(run, quiet=as_json):
            return status
        runs.append(summarize(run))
    if as_json:
        for summary in runs:
            click.echo(msgspec.json.encode(summary))
    else:
        click.echo("\n" + "\n".join(comparison(runs)))
    return 0
