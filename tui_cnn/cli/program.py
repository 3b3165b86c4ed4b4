"""The group of commands."""

import click

import tui_cnn
from tui_cnn.cli.group import Group
from tui_cnn.i18n import _, languages

_HELP = _(
    "Design and train convolutional networks in the terminal.\n"
    "\n"
    "    `cnn-tui` opens the app with the network of TensorFlow's image tutorial; "
    "`cnn-tui MODEL` opens it with another. A\n"
    "    MODEL is a TOML file, a Keras .json or .keras file, or a preset such as "
    "fashion-cnn, lenet-5 or small-resnet.\n"
    "\n"
    "    \b\n"
    "    Examples:\n"
    "      cnn-tui                               open the app\n"
    "      cnn-tui my.toml                       open your own network\n"
    "      cnn-tui --data ~/mnist                use another data set\n"
    "      cnn-tui check fashion-cnn my.toml     numbers and problems, without the app\n"
    "      cnn-tui diff fashion-cnn my.toml      changes between two networks\n"
    "      cnn-tui export my.toml --to python    export as Keras code or another format\n"
    "      cnn-tui train fashion-cnn --epochs 5  train without the app\n"
    "      cnn-tui compare fashion-dnn fashion-cnn  train both and print a table\n"
    "      cnn-tui resume last                   resume the newest run\n"
    "      cnn-tui runs                          list the runs\n"
    "      cnn-tui predict last shoe.png         predict the class of an image\n"
    "      cnn-tui evaluate last                 evaluate on the test set\n"
    "\n"
    "    `cnn-tui COMMAND --help` explains a command."
)

program = Group(
    name="cnn-tui",
    commands={
        "check": "tui_cnn.cli.check:check",
        "diff": "tui_cnn.cli.diff:diff",
        "export": "tui_cnn.cli.export:export",
        "train": "tui_cnn.cli.train:train",
        "resume": "tui_cnn.cli.train:resume",
        "compare": "tui_cnn.cli.compare:compare",
        "runs": "tui_cnn.cli.runs:runs",
        "show": "tui_cnn.cli.run_commands:show",
        "attach": "tui_cnn.cli.run_commands:attach",
        "stop": "tui_cnn.cli.run_commands:stop",
        "about": "tui_cnn.cli.run_commands:about",
        "curves": "tui_cnn.cli.curves:curves",
        "delete": "tui_cnn.cli.trash:delete",
        "trash": "tui_cnn.cli.trash:trash",
        "predict": "tui_cnn.cli.predict:predict",
        "evaluate": "tui_cnn.cli.evaluate:evaluate",
        "explain": "tui_cnn.cli.explain:explain",
        "activations": "tui_cnn.cli.arrays:activations",
        "kernels": "tui_cnn.cli.arrays:kernels",
        "open": "tui_cnn.cli.screen:screen",
    },
    default="open",
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar=_("[MODEL] [--data DIRECTORY] | COMMAND ..."),
    options_metavar="",
)
_LANGUAGES = _("Use this language instead of the one from the environment.")
# `main` has read it before this module was loaded; it stands here for the help.
click.option("--lang", metavar="|".join(languages()), expose_value=False, help=_LANGUAGES)(program)
click.version_option(tui_cnn.__version__, message="cnn-tui %(version)s", help=_("Show the version and exit."))(program)
