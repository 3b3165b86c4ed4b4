"""A convolution as it is set up in the Lab: settings and arrays, made into an image and kernels."""

from typing import NamedTuple, TypeVar

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_cnn.insight.filters import classical_filters
from tui_cnn.lab.convolution import Convolution, Kernels
from tui_cnn.lab.settings import KERNEL_NAMES, ConvolutionSettings, PictureSettings, PoolingSettings
from tui_cnn.lab.windows import Image

P = TypeVar("P", bound=ConvolutionSettings | PoolingSettings)

NOTES: Image = np.array(
    [
        [3, 0, 1, 2, 7, 4],
        [1, 5, 8, 9, 3, 1],
        [2, 7, 2, 5, 1, 3],
        [0, 1, 3, 1, 7, 8],
        [4, 2, 1, 6, 2, 8],
        [2, 4, 5, 2, 3, 9],
    ],
    float,
)[..., None]
"""The image of the worked example: a vertical edge filter gives -5 -4 0 8 in the first row."""


FOUR: Image = np.array([[29, 15], [0, 100]], float)[..., None]
"""The image of the worked example of pooling: its maximum is 100, its average 36."""


def sample_images(side: int = 6) -> dict[str, Image]:
    """Return synthetic images of `side` × `side` by the names that settings have for them: one channel, white is 10."""
    half = side // 2
    left, corners = np.zeros((side, side)), np.zeros((side, side))
    left[:, :half] = 10
    corners[:half, :half] = corners[half:, half:] = 10
    made = {"white-left": left, "white-right": left[:, ::-1], "white-top": left.T, "corners": corners}
    return {"numbers": NOTES, "four-numbers": FOUR} | {name: image[..., None].copy() for name, image in made.items()}


def street() -> Image:
    """Make a street at night, 28×28, 0 to 255: posts that stand, wires and a wall that lie, a roof that slopes."""
    rows, columns = np.mgrid[:28, :28]
    image = 24.0 + rows
    image[16:25, 8:20] = 64
    for left in (3, 13, 24):
        image[4:26, left] = 225
    for row in (5, 21):
        image[row, :] = 200
    image[(rows == np.abs(columns - 13.5).astype(int) + 10) & (rows < 16)] = 150
    image[18:20, 16:18] = 235
    image += np.random.default_rng(2).normal(scale=7, size=image.shape)
    made: Image = image.clip(0, 255).round()[..., None]
    return made


def colours(side: int = 7) -> Image:
    """Make an image of three channels with different edges: red left, green top, blue in the middle."""
    image = np.zeros((side, side, 3))
    image[:, : side // 2, 0] = 1
    image[: side // 2, :, 1] = 1
    image[side // 3 : side - side // 3, side // 3 : side - side // 3, 2] = 1
    return image


class NamedArray(NamedTuple):
    """A map or an image, (height, width, channels), or kernels from elsewhere, with a name."""

    values: NDArray[np.float64]
    name: str


class PhotoFile(NamedTuple):
    """An image file of the user, (height, width, 1 or 3), 0 to 255, and its name."""

    pixels: NDArray[np.uint8]
    name: str


class LabArrays(NamedTuple):
    """The arrays that settings cannot describe: typed by the user, read from files, or from a trained network.

    Attributes:
        image: (height, width, channels), typed.
        kernels: typed.
        fashion: a test image, (height, width, 1).
        file: an image file of the user, 0 to 255.
        photo: the same with more pixels, for the page of photographs.
        map: a map of a trained network, or the input of one of its layers.
        trained: a filter of it.
    """

    image: Image | None = None
    kernels: Kernels | None = None
    fashion: Image | None = None
    file: NamedArray | None = None
    photo: PhotoFile | None = None
    map: NamedArray | None = None
    trained: NamedArray | None = None


def image_of(settings: PictureSettings, arrays: LabArrays) -> Image:
    """Make the image; one that is not there yet is all zeros."""
    match settings.image:
        case "own":
            depth = 1 if arrays.image is None else arrays.image.shape[2]
            return fitted(arrays.image, (settings.side, settings.side, depth))
        case "fashion":
            return np.zeros((28, 28, 1)) if arrays.fashion is None else arrays.fashion
        case "street":
            return street()
        case "file":
            return np.zeros((6, 6, 1)) if arrays.file is None else arrays.file.values
        case "map":
            return np.zeros((6, 6, 1)) if arrays.map is None else arrays.map.values
        case "colours":
            return colours(settings.side)
        case name:
            return sample_images(settings.side)[name]


def image_name(settings: PictureSettings) -> str:
    """Name the image: which one of the test set."""
    return f"fashion {settings.index}" if settings.image == "fashion" else settings.image


def kernel_name(settings: ConvolutionSettings) -> str:
    """Name the kernel, as Inspect does."""
    names = {classic.word: classic.name for classic in classical_filters()}
    return names.get(settings.kernel, settings.kernel)


def kernels_of(settings: ConvolutionSettings, arrays: LabArrays, depth: int) -> Kernels:
    """Make the kernels, as deep as the image: the chosen one, then others of its size, so that each map differs."""
    count = settings.filters
    if settings.kernel == "own":
        return fitted(arrays.kernels, (*settings.kernel_size, depth, count))
    if settings.kernel == "trained":
        kernels = None if arrays.trained is None else arrays.trained.values
        size = settings.kernel_size if kernels is None else kernels.shape[:2]
        return fitted(kernels, (*size, depth, count))
    if settings.kernel == "random":
        shape = (count, *settings.kernel_size, depth)
        return np.moveaxis(np.random.default_rng(0).integers(-2, 3, shape).astype(float), 0, -1)
    by_word = {classic.word: classic.kernel for classic in classical_filters()}
    first = KERNEL_NAMES.index(settings.kernel)
    order = [by_word[name] for name in (*KERNEL_NAMES[first:], *KERNEL_NAMES[:first]) if name in by_word]
    same = [kernel for kernel in order if kernel.shape == order[0].shape]
    chosen = [np.repeat(same[number % len(same)][..., None], depth, axis=2) for number in range(count)]
    return np.stack(chosen, axis=3)


def convolution(settings: ConvolutionSettings, arrays: LabArrays) -> Convolution:
    """Set up the convolution."""
    image = image_of(settings, arrays)
    kernels = kernels_of(settings, arrays, image.shape[2])
    padding = settings.padding
    return Convolution(
        image,
        kernels,
        () if settings.bias is None else (settings.bias,) * settings.filters,
        settings.strides,
        padding if padding == "valid" or padding == "same" else int(padding),
        settings.dilation_rate,
        settings.relu,
        settings.turned,
    )


def type_pixel(settings: P, arrays: LabArrays, place: tuple[int, int, int], value: float) -> tuple[P, LabArrays]:
    """Put a number into the image, which thereby becomes the user's own."""
    image = image_of(settings, arrays).copy()
    image[place] = value
    return structs.replace(settings, image="own", side=max(image.shape[:2])), arrays._replace(image=image)


def type_weight(
    settings: ConvolutionSettings, arrays: LabArrays, place: tuple[int, int, int, int], value: float
) -> tuple[ConvolutionSettings, LabArrays]:
    """Put a number into a kernel; the kernels thereby become the user's own."""
    kernels = kernels_of(settings, arrays, image_of(settings, arrays).shape[2]).copy()
    kernels[place] = value
    size = (kernels.shape[0], kernels.shape[1])
    return structs.replace(settings, kernel="own", kernel_size=size), arrays._replace(kernels=kernels)


def fitted(array: NDArray[np.float64] | None, shape: tuple[int, ...]) -> Image:
    """Cut an array to a shape, with zeros where it had nothing; depth and filters beyond it repeat its last."""
    made = np.zeros(shape)
    if array is None:
        return made
    for axis in range(2, len(shape)):
        array = np.take(array, np.minimum(np.arange(shape[axis]), array.shape[axis] - 1), axis)
    rows, columns = (min(a, b) for a, b in zip(array.shape[:2], shape[:2], strict=True))
    made[:rows, :columns] = array[:rows, :columns]
    return made
