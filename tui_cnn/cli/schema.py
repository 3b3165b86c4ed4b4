"""`cnn-tui schema`: the JSON schema of a network's TOML, or of cnn-tui.toml, for editors."""

from typing import Literal

import click

from tui_cnn.cli.streams import echo
from tui_cnn.i18n import _


@click.command(
    short_help=_("Print the JSON schema of a TOML file, for editors."),
    help=_(
        """Print the JSON schema of the TOML file of a network, or of cnn-tui.toml, the project file.

        Editors with Taplo or Even Better TOML check and complete a file with it if `#:schema ./network.json` is the
        first line of the file.

        \b
        Examples:
          cnn-tui schema > network.json
          cnn-tui schema project > cnn-tui.json"""
    ),
)
@click.argument("what", type=click.Choice(["network", "project"]), default="network", metavar="[network|project]")
def schema(what: Literal["network", "project"]) -> int:
    """Print it."""
    from tui_cnn.assets import ROOT

    echo((ROOT / "schema" / f"{what}.json").read_bytes(), nl=False)
    return 0
