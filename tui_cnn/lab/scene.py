"""A convolution as it is set up in the Lab: settings and arrays, made into an image and kernels."""

from typing import NamedTuple

import msgspec
import numpy as np

from tui_cnn.lab.convolution import Convolution, Kernels
from tui_cnn.lab.filters import Filter, filters
from tui_cnn.lab.images import colours, sample_images, street
from tui_cnn.lab.settings import KERNEL_NAMES, ConvolutionSettings, PoolingSettings
from tui_cnn.lab.windows import Image

_NAMES = {"numbers": "6×6 numbers", "corners": "white top left and bottom right"}
_BY_WORD: dict[str, Filter] = {name.lower().replace(" ", "-"): kernel for name, kernel in filters().items()}


class NamedArray(NamedTuple):
    """A map or an image, (height, width, channels), or kernels from elsewhere, with a name."""

    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    name: str


class LabArrays(NamedTuple):
    """The arrays that settings cannot describe: typed by the user, read from files, or from a trained network.

    Attributes:
        image: (height, width, channels), typed.
        kernels: typed.
        fashion: a test image, (height, width, 1).
        file: an image file of the user, 0 to 255.
        map: a map of a trained network, or the input of one of its layers.
        trained: a filter of it.
    """

    image: Image | None = None
    kernels: Kernels | None = None
    fashion: Image | None = None
    file: NamedArray | None = None
    map: NamedArray | None = None
    trained: NamedArray | None = None


def image_of(settings: ConvolutionSettings | PoolingSettings, arrays: LabArrays) -> Image:
    """Make the image; one that is not there yet is all zeros."""
    match settings.image:
        case "own":
            return _fitted(
                arrays.image, (settings.side, settings.side, 1 if arrays.image is None else arrays.image.shape[2])
            )
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
            return sample_images(settings.side)[_NAMES.get(name, name.replace("-", " "))]


def image_name(settings: ConvolutionSettings | PoolingSettings) -> str:
    """Name the image: which one of the test set."""
    return f"fashion {settings.index}" if settings.image == "fashion" else settings.image


def kernels_of(settings: ConvolutionSettings, arrays: LabArrays, depth: int) -> Kernels:
    """Make the kernels, as deep as the image: the chosen one, then others of its size, so that each map differs."""
    count = settings.filters
    if settings.kernel == "own":
        return _fitted(arrays.kernels, (*settings.kernel_size, depth, count))
    if settings.kernel == "trained":
        kernels = None if arrays.trained is None else arrays.trained.values
        size = settings.kernel_size if kernels is None else kernels.shape[:2]
        return _fitted(kernels, (*size, depth, count))
    if settings.kernel == "random":
        shape = (count, *settings.kernel_size, depth)
        return np.moveaxis(np.random.default_rng(0).integers(-2, 3, shape).astype(float), 0, -1)
    first = KERNEL_NAMES.index(settings.kernel)
    order = [name for name in (*KERNEL_NAMES[first:], *KERNEL_NAMES[:first]) if name in _BY_WORD]
    same = [_BY_WORD[name] for name in order if _BY_WORD[name].shape == _BY_WORD[settings.kernel].shape]
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


def type_pixel(
    settings: ConvolutionSettings, arrays: LabArrays, place: tuple[int, int, int], value: float
) -> tuple[ConvolutionSettings, LabArrays]:
    """Put a number into the image, which thereby becomes the user's own."""
    image = image_of(settings, arrays).copy()
    image[place] = value
    return msgspec.structs.replace(settings, image="own", side=max(image.shape[:2])), arrays._replace(image=image)


def type_weight(
    settings: ConvolutionSettings, arrays: LabArrays, place: tuple[int, int, int, int], value: float
) -> tuple[ConvolutionSettings, LabArrays]:
    """Put a number into a kernel; the kernels thereby become the user's own."""
    kernels = kernels_of(settings, arrays, image_of(settings, arrays).shape[2]).copy()
    kernels[place] = value
    size = (kernels.shape[0], kernels.shape[1])
    return msgspec.structs.replace(settings, kernel="own", kernel_size=size), arrays._replace(kernels=kernels)


def _fitted(array: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None, shape: tuple[int, ...]) -> Image:
    """Cut an array to a shape, with zeros where it had nothing; depth and filters beyond it repeat its last."""
    made = np.zeros(shape)
    if array is None:
        return made
    for axis in range(2, len(shape)):
        array = np.take(array, np.minimum(np.arange(shape[axis]), array.shape[axis] - 1), axis)
    rows, columns = (min(a, b) for a, b in zip(array.shape[:2], shape[:2], strict=True))
    made[:rows, :columns] = array[:rows, :columns]
    return made
