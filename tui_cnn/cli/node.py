"""`cnn-tui node`: lend this machine to searches."""

import click

from tui_cnn.cli.group import SOUND
from tui_cnn.i18n import _


@click.command(
    short_help=_("Lend this machine to searches."),
    help=_(
        """Lend this machine to searches: a worker of the Dask scheduler at an address, until it is ended with Ctrl+C.

        A search that was started with the same --scheduler trains its trials here, in $CNN_TUI_HOME/node. Data sets
        come from there, once. By default only this machine is reached; for others, set --host to this machine's
        address, and use tls:// with the certificates of Dask's configuration.

        \b
        Examples:
          dask scheduler --host 127.0.0.1
          cnn-tui node --scheduler tcp://127.0.0.1:8786
          cnn-tui node --scheduler tls://10.0.0.1:8786 --host 10.0.0.2 --threads 8
          cnn-tui search start last --scheduler tcp://127.0.0.1:8786"""
    ),
)
@click.option("--scheduler", required=True, metavar="ADDRESS", help=_("Address of the Dask scheduler."))
@click.option("--threads", type=click.IntRange(1, 4096), help=_("Cores to lend; as a rule, all."))
@click.option("--host", metavar="ADDRESS", help=_("Address on which this machine listens; as a rule, 127.0.0.1."))
def node(scheduler: str, threads: int | None, host: str | None) -> int:
    """Lend this machine."""
    from tui_cnn.runs.recipe import Recipe
    from tui_cnn.runs.runtime import thread_count
    from tui_cnn.search.node import serve

    serve(scheduler, threads or thread_count(Recipe()), host)
    return SOUND
