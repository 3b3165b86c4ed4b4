"""How a data set fits a network and a training: shapes and counts alone, for the check before a run and the run itself.

An image is used as it is, flattened, with a border of zeros around it where the network's input is larger (as
LeCun et al. did for LeNet-5, 1998), and repeated three times where the input has colour.
"""

from dataclasses import dataclass
from math import prod

from tui_cnn.data.files import DataError
from tui_cnn.i18n import _


def validation_count(images: int, share: float) -> int:
    """Return how many of the training images are held out to validate on: `share`, rounded; one is always left."""
    return min(round(share * images), images - 1)


@dataclass(frozen=True)
class Fitting:
    """What to do to an image, in this order: pad, repeat the grey as channels, reshape.

    Attributes:
        padding: zeros (above, below) and (left, right); an odd one goes below and to the right.
        channels: how many times the grey is repeated.
        shape: the network's input shape.
    """

    padding: tuple[tuple[int, int], tuple[int, int]]
    channels: int
    shape: tuple[int, ...]

    @property
    def pads(self) -> bool:
        """Whether a border is added."""
        return any(map(any, self.padding))


def fit(image: tuple[int, int], shape: tuple[int, ...]) -> Fitting:
    """Fit grey images of `(height, width)` to a network's input `shape`, channels last.

    Raises:
        DataError: they cannot be fitted.
    """
    height, width = image
    if shape == (height * width,):
        return Fitting(((0, 0), (0, 0)), 1, shape)
    rows, columns, channels = (*shape, 1)[:3] if len(shape) in (2, 3) else (0, 0, 0)
    if rows < height or columns < width or channels not in (1, 3):
        message = _(
            "the network input is {shape}, but the images are {height}×{width}: set the "
            "input to {height}×{width}×1, to {pixels} numbers, or to a larger image with "
            "1 or 3 channels"
        )
        given = _("{count} numbers").format(count=shape[0]) if len(shape) == 1 else "×".join(map(str, shape))
        raise DataError(message.format(shape=given, height=height, width=width, pixels=prod(image)))
    return Fitting((_border(rows - height), _border(columns - width)), channels, shape)


def _border(missing: int) -> tuple[int, int]:
    return missing // 2, missing - missing // 2
