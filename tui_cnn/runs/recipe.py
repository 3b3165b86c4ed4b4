"""How a network is trained: everything that a run needs to know beside the network."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.validation import InvalidError, convert
from tui_cnn.i18n import _

OptimizerName = Literal["adam", "adamw", "rmsprop", "sgd"]


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to train: the same recipe, network and data give the same run, as far as the hardware allows."""

    epochs: Annotated[
        int, Meta(ge=1, le=100_000, description="How many times to go through all of the training images")
    ] = 5
    batch_size: Annotated[int, Meta(ge=1, le=65_536, description="How many images to learn from at each step")] = 32
    optimizer: Annotated[
        OptimizerName, Meta(description="How the weights follow the gradient; sgd has a momentum of 0.9")
    ] = "adam"
    learning_rate: Annotated[float, Meta(gt=0, le=100, description="How far to go at each step")] = 0.001
    validation: Annotated[
        float, Meta(ge=0, lt=1, description="Share of the training images held out to validate on; 0: none")
    ] = 0.1
    seed: Annotated[
        int, Meta(ge=0, lt=2**31, description="Start of all that is random: weights, shuffling, dropout")
    ] = 0
    limit: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Use only so many of the training images; empty: all of them"),
    ] = None
    data: Annotated[str, Meta(description="Directory of a data set in the form of MNIST; empty: Fashion-MNIST")] = ""

    @property
    def directory(self) -> Path | None:
        """Where the data set is; None: the one that ships with the program."""
        return Path(self.data).expanduser() if self.data else None


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a TOML file.

    Raises:
        FormatError: the file cannot be read, is not TOML, or has a field that is unknown or out of bounds.
    """
    try:
        return convert(tomllib.loads(path.read_text("utf-8")), Recipe)
    except OSError as error:
        raise FormatError(path, _("cannot be read: {reason}").format(reason=error.strerror)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(path, _("is not valid TOML: {reason}").format(reason=error)) from None
    except InvalidError as error:
        raise FormatError(path, str(error)) from None


def dumps_recipe(recipe: Recipe) -> str:
    """Write a recipe as TOML text, its defaults too, so that it says the same whatever later defaults are."""
    import tomli_w

    return tomli_w.dumps({name: value for name, value in msgspec.to_builtins(recipe).items() if value is not None})
