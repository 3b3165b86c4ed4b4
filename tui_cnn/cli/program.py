"""The group of commands, and what `cnn-tui` does without one: it opens the app."""

import os
import sys

import click

import tui_cnn
from tui_cnn.cli.arguments import ModelParam, data_option
from tui_cnn.cli.group import UNUSABLE, Group
from tui_cnn.cli.streams import echo
from tui_cnn.i18n import _, languages

_HELP = _(
    """Design and train convolutional networks in the terminal.

    `cnn-tui` opens the app with the network of TensorFlow's image tutorial; `cnn-tui MODEL` opens it with another. A
    MODEL is a TOML file, a Keras .json or .keras file, an .onnx file, or a preset such as fashion-cnn, lenet-5 or
    small-resnet.

    \b
    Examples:
      cnn-tui                               open the app
      cnn-tui my.toml                       open your own network
      cnn-tui new my.toml --input 32x32x3   write a new network to a file
      cnn-tui --data ~/photos               use your own images: a folder for each class
      cnn-tui data ~/photos                 show a data set and its problems
      cnn-tui check fashion-cnn my.toml     numbers and problems, without the app
      cnn-tui diff fashion-cnn my.toml      changes between two networks
      cnn-tui export my.toml --to python    export as Keras code or another format
      cnn-tui train fashion-cnn --epochs 5  train without the app
      cnn-tui compare fashion-dnn fashion-cnn  train both and print a table
      cnn-tui resume last                   resume the newest run
      cnn-tui profile my.toml               time each layer on this machine
      cnn-tui quantize last                 convert a run to int8 for a microcontroller
      cnn-tui search init my.toml           search for the best network
      cnn-tui runs                          list the runs
      cnn-tui serve --students 30           open the app in the browser, for a class
      cnn-tui predict last shoe.png         predict the class of an image
      cnn-tui evaluate last                 evaluate on the test set

    `cnn-tui COMMAND --help` explains a command."""
)


@click.command("open", options_metavar="[--data DATA] [--lessons DIR]")
@click.argument("model", required=False, type=ModelParam())
@data_option
@click.option("--lessons", metavar="DIR", help=_("A folder with your own lessons, for the Lab."))
def screen(model: str | None, data: str | None, lessons: str | None) -> int:
    """Open the screen on MODEL, a file or a preset; a TOML file that does not exist yet is begun."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        line = _("the app needs a terminal; without one, use: cnn-tui check {model}, or: cnn-tui train {model}")
        echo(line.format(model=model or "MODEL"), err=True)
        return UNUSABLE
    if "STY" in os.environ and os.environ.get("TERM", "").startswith("screen"):
        # GNU screen passes on the colours of the terminal around it, but shows no more than 256
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")
    from tui_cnn.ui.app import run_app

    run_app(model, data, lessons=lessons)
    return 0


program = Group(
    name="cnn-tui",
    commands={
        "check": ("check",),
        "diff": ("diff",),
        "export": ("export",),
        "new": ("new",),
        "train": ("train", "resume", "compare"),
        "runs": ("runs", "show", "attach", "stop", "about", "curves", "delete", "trash"),
        "search": ("search",),
        "node": ("node",),
        "learning_rate": ("lr",),
        "lesson": ("lesson",),
        "serve": ("serve",),
        "schema": ("schema",),
        "lsp": ("lsp",),
        "datasets": ("data",),
        "doctor": ("doctor",),
        "speed": ("speed",),
        "speedrun": ("speedrun",),
        "profiling": ("profile",),
        "quantizing": ("quantize",),
        "importing": ("inspect",),
        "histories": ("import",),
        "inspecting": ("predict", "evaluate", "explain", "activations", "kernels"),
        "tracing": ("trace",),
    },
    default=screen,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar=_("[MODEL] [--data DATA] | COMMAND ..."),
    options_metavar="",
)
_LANGUAGES = _("Use this language instead of the one from the environment.")
# `main` has read it before this module was loaded; it stands here for the help.
click.option("--lang", metavar="|".join(languages()), expose_value=False, help=_LANGUAGES)(program)
click.version_option(tui_cnn.__version__, message="cnn-tui %(version)s", help=_("Show the version and exit."))(program)
