"""Options and helpers of the commands that inspect a run."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from tui_cnn.formats.errors import FormatError
from tui_cnn.i18n import _

if TYPE_CHECKING:
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import OpenReply
    from tui_cnn.runs.inspection.requests import Image, Source

Command = Callable[..., int]
R = TypeVar("R")

RUN_HELP = _(
    "RUN is the id of a run or a unique part of it, `last` for the newest run, or the "
    "path of a run directory or of a Keras .keras file, whose code is never run; "
    "`cnn-tui runs` lists the runs."
)

checkpoint_option = click.option(
    "--checkpoint",
    metavar="best|last|N",
    default="best",
    help=_("Which weights: the best, the last, or those saved after N steps.  [best]"),
)

IMAGE_HELP = _(
    "IMAGE is an image file, such as PNG or JPEG; it is resized to the network's input "
    "and converted to grey. Fashion-MNIST images are light on black, so an image with a "
    "light border is inverted, unless --as-is is given."
)


def image_options(command: Command) -> Command:
    """Give a command the options of images."""
    for option in (
        click.option("--invert/--as-is", default=None, help=_("Invert the image, or keep it as it is.")),
        click.option(
            "--index", "-i", "indices", multiple=True, type=int, metavar="N", help=_("Number of a test image, from 0.")
        ),
    ):
        command = option(command)
    return command


class InputImage(NamedTuple):
    """An image for the network: the number of one of the test set, or an array, and its name."""

    name: str
    value: "Image"
    inverted: bool = False


def source_of(run: str, checkpoint: str) -> "Source":
    """Find what is meant on the command line.

    Raises:
        RunError: no such run exists.
    """
    from tui_cnn.runs.directory import find_run
    from tui_cnn.runs.inspection.requests import Source

    if checkpoint not in ("best", "last") and not checkpoint.isdecimal():
        raise click.UsageError(
            _("“{text}” is not a checkpoint; use best, last, or a number of steps").format(text=checkpoint)
        )
    which = int(checkpoint) if checkpoint.isdecimal() else checkpoint
    path = Path(run).expanduser()
    if path.suffix.lower() == ".keras" or (path / "network.toml").is_file():
        return Source(str(path.absolute()), which)  # type: ignore[arg-type]  # it is one of the two words
    return Source(str(find_run(run).path), which)  # type: ignore[arg-type]  # likewise


def ask_inspector(source: "Source", questions: "Callable[[Inspector, OpenReply], Awaitable[R]]") -> R:
    """Open a source in an inspector, ask it something, and end it.

    Raises:
        RunError: it cannot be opened or answered.
    """
    return asyncio.run(_ask(source, questions))


async def _ask(source: "Source", questions: "Callable[[Inspector, OpenReply], Awaitable[R]]") -> R:
    from tui_cnn.runs.inspection.client import Inspector
    from tui_cnn.runs.inspection.replies import OpenReply
    from tui_cnn.runs.inspection.requests import Open

    async with Inspector() as inspector:
        return await questions(inspector, await inspector.ask(Open(source=source), OpenReply))


def read_images(
    paths: tuple[str, ...], indices: tuple[int, ...], invert: bool | None, shape: tuple[int, int]
) -> list[InputImage]:
    """Read the image files, resized to `shape`, and name the test images.

    Raises:
        DataError: one cannot be read.
    """
    from tui_cnn.data.images import fit_image, has_light_background, read_image
    from tui_cnn.runs.inspection.replies import pack

    images = []
    for path in paths:
        image = read_image(Path(path).expanduser())
        inverted = has_light_background(image) if invert is None else invert
        images.append(InputImage(path, pack(fit_image(image, shape, invert=inverted)), inverted))
    return images + [InputImage(_("test image {number}").format(number=index), index) for index in indices]


def require_one_image(paths: tuple[str, ...], indices: tuple[int, ...]) -> None:
    """Refuse none, or several.

    Raises:
        UsageError: it is not one.
    """
    if len(paths) + len(indices) != 1:
        raise click.UsageError(_("specify one image file, or one test image with --index"))


def require_suffix(out: str, *suffixes: str) -> Path:
    """Return the path of a file whose name ends in one of `suffixes`.

    Raises:
        FormatError: it ends in none of them.
    """
    path = Path(out).expanduser()
    if path.suffix.lower() not in suffixes:
        raise FormatError(path, _("the file name must end in {suffixes}").format(suffixes=_(" or ").join(suffixes)))
    return path
