"""What people write on the command line: a model, an amount such as `100k` or `512MB`, a shape such as `10x10x32`."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from click.shell_completion import CompletionItem

from tui_cnn.cli.streams import echo
from tui_cnn.core.boards import BOARDS
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape
from tui_cnn.formats.amounts import parse_amount
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.models import find_network
from tui_cnn.formats.presets import preset_names
from tui_cnn.formats.project import page_url
from tui_cnn.formats.reading import bounded
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _

Command = Callable[..., int]

STANDARD_INPUT = "-"
"""What stands for the standard input in place of a file."""


class Count(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A whole number, perhaps with k, M, G or T behind it (a thousand of each), Ki, Mi … (1024), or a B for bytes."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number."""
        if isinstance(value, int):
            return value
        try:
            return parse_amount(str(value))
        except InvalidError as error:
            self.fail(str(error), param, ctx)


class ShapeParam(click.ParamType):  # type: ignore[type-arg]  # likewise
    """A shape: `10`, or `7x7x64`."""

    name = "shape"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shape:
        """Read the shape."""
        if isinstance(value, tuple):
            return value
        if not re.fullmatch(r"\d+([x×,]\d+)*", str(value)):
            self.fail(_("“{value}” is not a shape; use for example 10 or 7x7x64").format(value=value), param, ctx)
        return tuple(map(int, re.split("[x×,]", value)))


class PageParam(click.ParamType):  # type: ignore[type-arg]  # likewise
    """The address of a page on the web."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check that it is one."""
        try:
            return page_url(str(value))
        except InvalidError as error:
            self.fail(str(error), param, ctx)


class ModelParam(click.ParamType):  # type: ignore[type-arg]  # likewise
    """A model: a preset or a file; shells complete both."""

    name = "model"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer files, and the presets that begin so."""
        presets = [CompletionItem(name) for name in preset_names() if name.startswith(incomplete)]
        return [CompletionItem(incomplete, type="file"), *presets]


data_option = click.option(
    "--data",
    metavar="DATA",
    help=_("Data set to use: a folder with a folder per class, an .npz, a .csv …; see cnn-tui data --help."),
)

input_shape_option = click.option(
    "--input-shape",
    type=ShapeParam(),
    help=_("Image size to use instead of the model's own, such as 224x224, or with other channels 224x224x3."),
)


_BUDGETS = (
    click.option("--max-params", type=Count(), help=_("Maximum number of parameters, such as 100k.")),
    click.option("--max-macs", type=Count(), help=_("Maximum number of multiply-accumulates (MACs), such as 5M.")),
    click.option("--max-memory", type=Count(), help=_("Maximum training-step memory in bytes, such as 2GB.")),
    click.option(
        "--min-receptive-field",
        type=click.IntRange(1),
        help=_("Minimum receptive field of the last feature map, in pixels."),
    ),
)


def budget_options(command: Command) -> Command:
    """Give a command an option for each limit on what a network costs."""
    for option in reversed(_BUDGETS):
        command = option(command)
    return command


_DEVICES = (
    click.option("--max-flash", type=Count(), help=_("Maximum size of the network in int8, such as 256kB.")),
    click.option("--max-ram", type=Count(), help=_("Maximum memory for activations in int8, such as 64kB.")),
    click.option(
        "--board",
        type=click.Choice(list(BOARDS)),
        metavar="BOARD",
        help=_("Board whose flash and RAM are the limits in int8: {names}.").format(names=", ".join(BOARDS)),
    ),
)


def device_options(command: Command) -> Command:
    """Give a command the options of limits on a microcontroller."""
    for option in reversed(_DEVICES):
        command = option(command)
    return command


def read_model(model: str, input_shape: Shape | None = None) -> Network:
    """Read a model, as `find_model` does."""
    return find_model(model, input_shape)[0]


def find_model(model: str, input_shape: Shape | None = None) -> tuple[Network, Path | None]:
    """Read a model, and return its file, None for a preset and for `-`, the standard input.

    What could not be kept of a Keras file is printed on the standard error, a line each.

    Raises:
        FormatError: no such file or preset exists, or the file cannot be read.
    """
    if input_shape is not None:
        try:
            convert({"name": "n", "input_shape": input_shape}, Network)
        except InvalidError as error:
            raise click.UsageError(f"--input-shape: {error}") from None
    if model != STANDARD_INPUT:
        return find_network(model, lambda line: echo(line, err=True), input_shape)
    file = standard_input()
    try:
        return find_network(
            str(file), lambda line: echo(line.replace(str(file), STANDARD_INPUT), err=True), input_shape
        )[0], None
    except FormatError as error:
        raise FormatError(_("the standard input"), *error.problems) from None


def standard_input() -> Path:
    """Return a file that has what stands in the standard input, until the command ends; it is read once.

    Raises:
        FormatError: it is too large.
    """
    context = click.get_current_context().find_root()
    if STANDARD_INPUT not in context.meta:
        folder = context.with_resource(TemporaryDirectory(prefix="cnn-tui-"))
        file = Path(folder) / "stdin"
        file.write_bytes(bounded(sys.stdin.buffer, _("the standard input")))
        context.meta[STANDARD_INPUT] = file
    return Path(context.meta[STANDARD_INPUT])
