"""The group of commands."""

import click

import tui_cnn
from tui_cnn.cli.group import Group
from tui_cnn.i18n import _, languages

_HELP = _(
    """Design and train convolutional networks in the terminal.

    `cnn-tui` opens the screen on the network of TensorFlow's image tutorial; `cnn-tui MODEL` opens it on another. A
    MODEL is a TOML file, a Keras .json or .keras file, or a preset such as fashion-cnn, lenet-5 or small-resnet.

    \b
    Examples:
      cnn-tui                               open the screen
      cnn-tui my.toml                       open it on a network of your own
      cnn-tui --data ~/mnist                train there on another data set
      cnn-tui check fashion-cnn my.toml     numbers and problems, without the screen
      cnn-tui diff fashion-cnn my.toml      what changed between two networks
      cnn-tui export my.toml --to python    as a program in Keras, or in another format
      cnn-tui train fashion-cnn --epochs 5  train without the screen
      cnn-tui resume last                   go on with the newest run
      cnn-tui runs                          list the runs

    `cnn-tui COMMAND --help` tells more of a command."""
)

program = Group(
    name="cnn-tui",
    commands={
        "check": "tui_cnn.cli.check:check",
        "diff": "tui_cnn.cli.diff:diff",
        "export": "tui_cnn.cli.export:export",
        "train": "tui_cnn.cli.train:train",
        "resume": "tui_cnn.cli.train:resume",
        "runs": "tui_cnn.cli.runs:runs",
        "open": "tui_cnn.cli.screen:screen",
    },
    default="open",
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar=_("[MODEL] [--data DIRECTORY] | COMMAND ..."),
    options_metavar="",
)
_LANGUAGES = _("Speak another language than the environment asks for.")
# `main` has taken it out before anything here was loaded; it stands here for the help.
click.option("--lang", metavar="|".join(languages()), expose_value=False, help=_LANGUAGES)(program)
click.version_option(tui_cnn.__version__, message="cnn-tui %(version)s", help=_("Show the version and exit."))(program)
