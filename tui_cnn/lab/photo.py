"""A photograph at the size in which it is shown, and what filters and edge detectors make of it."""

from functools import cached_property
from typing import Literal, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from tui_cnn.data.fitting import resized
from tui_cnn.i18n import _
from tui_cnn.lab.edges import SCHARR, SOBEL, Canny, Plane, canny, correlated, magnitude
from tui_cnn.lab.scene import LabArrays, kernel_name, kernels_of
from tui_cnn.lab.settings import (
    CANNY_STAGES,
    KERNEL_NAMES,
    ConvolutionSettings,
    KernelName,
    PhotoMethod,
    PhotoSettings,
)
from tui_cnn.lab.townscape import townscape

Pixels = NDArray[np.uint8]

Look = Literal["signed", "grey", "length", "direction", "levels"]
"""How values are to be drawn: around zero; from the least to the largest; from zero; as numbers of directions, as light
as the gradient is long; as 0, 1 (weak) and 2 (strong, an edge)."""

_NO_SUM = 1e-9
_NO_PHOTO: Pixels = np.zeros((1, 1, 1), np.uint8)


class PhotoResult(NamedTuple):
    """What one filter makes of a photograph: (rows, columns), and how it is to be drawn."""

    method: PhotoMethod
    values: Plane
    look: Look

    @property
    def kept(self) -> float:
        """The share of the pixels that are not 0."""
        return float(np.count_nonzero(self.values) / self.values.size)


def photo_of(settings: PhotoSettings, arrays: LabArrays) -> Pixels:
    """Return the photograph, (height, width, 1 or 3); a file that is not there yet is one black pixel."""
    if settings.image == "town":
        return townscape()
    return _NO_PHOTO if arrays.photo is None else arrays.photo.pixels


def size_within(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same proportions that fits into (rows, columns) and is not above its own."""
    share = min(1.0, room[0] / size[0], room[1] / size[1])
    rows, columns = (max(1, int(length * share + 1e-9)) for length in size)
    return rows, columns


def scaled(photo: Pixels, size: tuple[int, int]) -> Pixels:
    """Bring a photograph to (rows, columns), with the channels that it has."""
    return resized(photo, (*size, photo.shape[2]), "stretch")


def grey_levels(photo: Pixels) -> Plane:
    """Return how light each pixel is, 0 to 255: 0.299 red + 0.587 green + 0.114 blue (ITU-R 601-2), rounded."""
    return resized(photo, (*photo.shape[:2], 1), "stretch")[..., 0].astype(np.float64)


def kernel_of(method: KernelName, arrays: LabArrays) -> Plane:
    """Return the kernel of that name, the first filter's first channel; zeros where there is none yet."""
    kernels = {"own": arrays.kernels, "trained": None if arrays.trained is None else arrays.trained.values}
    given = kernels.get(method)
    size = (3, 3) if given is None else (given.shape[0], given.shape[1])
    return kernels_of(ConvolutionSettings(kernel=method, kernel_size=size), arrays, 1)[..., 0, 0]


def method_name(method: PhotoMethod) -> str:
    """Name a filter, or a stage of Canny with its number."""
    if is_kernel(method):
        return kernel_name(ConvolutionSettings(kernel=method))
    names: dict[PhotoMethod, str] = {
        "sobel": _("Sobel magnitude"),
        "scharr": _("Scharr magnitude"),
        "canny-smoothing": _("smoothing"),
        "canny-gradient": _("gradient magnitude"),
        "canny-direction": _("gradient direction"),
        "canny-thinning": _("non-maximum suppression"),
        "canny-thresholds": _("double threshold"),
        "canny": _("hysteresis"),
    }
    if method not in CANNY_STAGES:
        return names[method]
    return f"Canny {CANNY_STAGES.index(method) + 1}/{len(CANNY_STAGES)}: {names[method]}"


def is_kernel(method: PhotoMethod) -> TypeGuard[KernelName]:
    """Tell whether it is one kernel, and no edge detector or stage of one."""
    return method in KERNEL_NAMES


class FilteredPhoto:
    """Grey levels (rows, columns), 0 to 255, on which filters are tried; what several share is worked out once."""

    def __init__(self, plane: Plane, settings: PhotoSettings, arrays: LabArrays) -> None:
        self.plane = plane
        self.settings = settings
        self._arrays = arrays

    @cached_property
    def canny(self) -> Canny:
        """All stages of Canny."""
        return canny(self.plane, self.settings.sigma, self.settings.low, self.settings.high)

    def kernel(self, method: KernelName) -> Plane:
        """Return the kernel of that name."""
        return kernel_of(method, self._arrays)

    def result(self, method: PhotoMethod) -> PhotoResult:
        """Work out what a filter or a stage gives."""
        if is_kernel(method):
            kernel = self.kernel(method)
            light = kernel.sum() > _NO_SUM  # such a filter keeps what is light and what is dark
            return PhotoResult(method, correlated(self.plane, kernel), "grey" if light else "signed")
        match method:
            case "sobel":
                return PhotoResult(method, magnitude(self.plane, SOBEL), "length")
            case "scharr":
                return PhotoResult(method, magnitude(self.plane, SCHARR), "length")
            case "canny-smoothing":
                return PhotoResult(method, self.canny.smoothed, "grey")
            case "canny-gradient":
                return PhotoResult(method, self.canny.magnitude, "length")
            case "canny-direction":
                return PhotoResult(method, self.canny.direction.astype(float), "direction")
            case "canny-thinning":
                return PhotoResult(method, self.canny.thinned, "length")
            case "canny-thresholds":
                levels = np.array(self.canny.weak + 2 * self.canny.strong, np.float64)
                return PhotoResult(method, levels, "levels")
            case _:
                return PhotoResult(method, np.array(2 * self.canny.edges, np.float64), "levels")
