"""How images meet a network's input: their size, their channels, and a border where they are smaller.

In two steps. First each image gets a size and channels, by Pillow, once (`resized`); images that need neither skip it.
Then a batch is given a border of zeros where the network's input is larger (as LeCun et al. did for LeNet-5, 1998), its
grey is repeated where the input has colour, and it is reshaped: `Fitting` says how.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from tui_cnn.data.files import DataError
from tui_cnn.data.input_options import Fit
from tui_cnn.data.source import ImageShape, Pixels
from tui_cnn.i18n import _


@dataclass(frozen=True)
class Fitting:
    """What is done to a batch of images, in this order: pad, repeat the grey as channels, reshape.

    Attributes:
        padding: zeros (above, below) and (left, right); an odd one goes below and to the right.
        channels: how many times the channels are repeated.
        shape: the network's input shape.
    """

    padding: tuple[tuple[int, int], tuple[int, int]]
    channels: int
    shape: tuple[int, ...]

    @property
    def pads(self) -> bool:
        """Whether a border is added."""
        return any(map(any, self.padding))


def fitted_shape(image: ImageShape | None, shape: tuple[int, ...], how: Fit = "pad") -> ImageShape:
    """Return the (height, width, channels) that images must have for a network's input `shape`, before `fit`.

    That is the shape of the images themselves, `image`, where nothing need be done by Pillow; `image` is None where
    they have many shapes.

    Raises:
        DataError: no image can meet that input.
    """
    if image is not None and len(shape) == 1:
        flat = next((each for each in (image, (*image[:2], 1)) if prod(each) == shape[0]), None)
        if flat is not None:
            return flat
    rows, columns, channels = (*shape, 1)[:3] if len(shape) in (2, 3) else (0, 0, 0)
    if channels not in (1, 3):
        raise DataError(_refusal(image, shape))
    if image is None:
        return rows, columns, channels
    height, width, depth = image
    fits = (height, width) == (rows, columns) or (how == "pad" and height <= rows and width <= columns)
    size = (height, width) if fits else (rows, columns)
    return (*size, min(depth, channels))


def fit(image: ImageShape, shape: tuple[int, ...]) -> Fitting:
    """Fit images of one shape, which `fitted_shape` has returned, to a network's input `shape`."""
    height, width, depth = image
    if len(shape) == 1:
        return Fitting(((0, 0), (0, 0)), 1, shape)
    rows, columns, channels = (*shape, 1)[:3]
    return Fitting((_border(rows - height), _border(columns - width)), channels // depth, shape)


def resized(image: Pixels, shape: ImageShape, how: Fit) -> Pixels:
    """Bring an image to a height, a width, and channels: one (grey, by the luma of ITU-R 601-2) or three."""
    from PIL import Image as Pillow

    height, width, channels = shape
    if image.shape == shape:
        return image
    drawn = Pillow.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    drawn = drawn.convert("L" if channels == 1 else "RGB")
    have = drawn.height, drawn.width
    if have != (height, width):
        lanczos = Pillow.Resampling.LANCZOS
        if how == "stretch":
            drawn = drawn.resize((width, height), lanczos)
        elif how == "crop":
            scale = max(height / have[0], width / have[1])
            rows, columns = min(have[0], height / scale), min(have[1], width / scale)
            top, left = (have[0] - rows) / 2, (have[1] - columns) / 2
            drawn = drawn.resize((width, height), lanczos, (left, top, left + columns, top + rows))
        else:
            scale = min(1.0, height / have[0], width / have[1])
            rows, columns = (max(1, round(length * scale)) for length in have)
            small = drawn if (rows, columns) == have else drawn.resize((columns, rows), lanczos)
            drawn = Pillow.new(drawn.mode, (width, height))
            drawn.paste(small, (_border(width - columns)[0], _border(height - rows)[0]))
    return np.asarray(drawn, np.uint8).reshape(shape)


def format_image(shape: ImageShape | None) -> str:
    """Write the shape of images: `28×28` of grey ones, `32×32×3`; of many shapes: `different sizes`."""
    if shape is None:
        return _("different sizes")
    return "×".join(map(str, shape if shape[2] > 1 else shape[:2]))


def _refusal(image: ImageShape | None, shape: tuple[int, ...]) -> str:
    given = _("{count} numbers").format(count=shape[0]) if len(shape) == 1 else "×".join(map(str, shape))
    if image is None:
        message = _(
            "the network input is {shape}, but the images have different sizes: set the input to a height, a width "
            "and 1 or 3 channels, such as 64×64×3"
        )
        return message.format(shape=given)
    message = _(
        "the network input is {shape}, but the images are {image}: set the input to {whole}, to {pixels} numbers, or "
        "to another height and width with 1 or 3 channels"
    )
    whole = "×".join(map(str, image))
    return message.format(shape=given, image=format_image(image), whole=whole, pixels=prod(image))


def _border(missing: int) -> tuple[int, int]:
    return missing // 2, missing - missing // 2
