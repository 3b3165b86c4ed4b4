"""`cnn-tui lsp`: a language server for the TOML of networks, which an editor starts."""

import click

from tui_cnn.cli.group import UNUSABLE
from tui_cnn.cli.streams import echo
from tui_cnn.i18n import _


@click.command(
    short_help=_("Run a language server for editors."),
    help=_(
        """Run a language server for the TOML of networks on the standard input and output, for editors.

        It reports what cnn-tui check finds while you type, shows the numbers and formulas of the layer under the
        cursor, and completes layers, fields and values. docs/editors.md has the settings for VS Code, Neovim and
        Helix."""
    ),
)
@click.option("--stdio", is_flag=True, help=_("Use the standard input and output; it always does."))
def lsp(stdio: bool) -> int:
    """Answer an editor until it ends."""
    from tui_cnn.extras import what_is_missing

    if missing := what_is_missing("lsp", "cnn-tui lsp"):
        echo(missing, err=True)
        return UNUSABLE
    from tui_cnn.cli.language_server.server import serve

    serve()
    return 0
