"""The places of a window on an image: sizes, zeros around it, and the pixels under it.

The rules are TensorFlow's; the arithmetic is that of Dumoulin and Visin, "A guide to convolution arithmetic for deep
learning", 2016, section 2.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tui_cnn.errors import UserError
from tui_cnn.i18n import _

Image = NDArray[np.float64]
"""(height, width, channels)."""

Padding = Literal["valid", "same"] | int
"""No zeros; as many as keep the size at stride 1, an odd one below and at the right; or so many on each side."""


class WindowError(UserError):
    """A window does not fit the image; the message names the numbers."""


class Axis(NamedTuple):
    """A window along one axis: pixels, taps, step, dilation, and the zeros before and after the pixels."""

    n: int
    f: int
    s: int
    d: int
    before: int
    after: int

    @property
    def reach(self) -> int:
        """The pixels from the first tap to the last."""
        return (self.f - 1) * self.d + 1

    @property
    def places(self) -> int:
        """How many places the window has."""
        return (self.n + self.before + self.after - self.reach) // self.s + 1

    def taps(self, place: int) -> range:
        """Return the positions under the window, in the image with its zeros."""
        first = place * self.s
        return range(first, first + self.reach, self.d)

    def place_over(self, position: int) -> int:
        """Return the place whose middle is nearest to a position in the image with its zeros."""
        return max(0, min(round((position - (self.reach - 1) / 2) / self.s), self.places - 1))

    def formula(self) -> str:
        """Fill in floor((n + 2p - f) / s) + 1."""
        zeros = f"2·{self.before}" if self.before == self.after else f"{self.before} + {self.after}"
        taps = f"{self.f}" if self.d == 1 else f"({self.d}·({self.f} - 1) + 1)"
        return f"floor(({self.n} + {zeros} - {taps}) / {self.s}) + 1 = {self.places}"


class Windows(NamedTuple):
    """A window over an image, down and across."""

    down: Axis
    across: Axis

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of what comes out."""
        return self.down.places, self.across.places

    def padded(self, image: Image, value: float = 0.0) -> Image:
        """Put the zeros (or another value) around an image."""
        sides = ((self.down.before, self.down.after), (self.across.before, self.across.after), (0, 0))
        return np.pad(image, sides, constant_values=value)

    def mask(self, row: int, column: int) -> NDArray[np.bool_]:
        """Tell which pixels of the image with its zeros are under the window at a place."""
        shape = [axis.before + axis.n + axis.after for axis in self]
        mask: NDArray[np.bool_] = np.zeros(shape, bool)
        mask[np.ix_(self.down.taps(row), self.across.taps(column))] = True
        return mask

    @property
    def border(self) -> NDArray[np.bool_]:
        """Tell which pixels of the image with its zeros are zeros around it."""
        return self.padded(np.zeros((self.down.n, self.across.n, 1)), 1.0)[..., 0] > 0

    def patch(self, padded: Image, row: int, column: int) -> Image:
        """Return what is under the window at a place: (taps down, taps across, channels)."""
        down, across = self.down.taps(row), self.across.taps(column)
        cut: Image = padded[down.start : down.stop : down.step, across.start : across.stop : across.step]
        return cut

    def patches(self, padded: Image) -> NDArray[np.float64]:
        """Return what is under the window at all places: (rows, columns, taps down, taps across, channels)."""
        (down, across) = self
        every = sliding_window_view(padded, (down.reach, across.reach), axis=(0, 1))
        taken = every[:: down.s, :: across.s, :, :: down.d, :: across.d]
        return np.moveaxis(taken, 2, -1)


def lay(n: int, f: int, s: int, d: int, padding: Padding) -> Axis:
    """Lay a window of `f` taps, in steps of `s` and with dilation `d`, over `n` pixels.

    Raises:
        WindowError: it has no place.
    """
    reach = (f - 1) * d + 1
    if padding == "same":
        zeros = max(0, (-(-n // s) - 1) * s + reach - n)
        axis = Axis(n, f, s, d, zeros // 2, zeros - zeros // 2)
    else:
        zeros = 0 if padding == "valid" else int(padding)
        axis = Axis(n, f, s, d, zeros, zeros)
    if axis.places < 1:
        message = _("a window of {reach} does not fit into {n} pixels with {p} zeros on each side")
        raise WindowError(message.format(reach=reach, n=n, p=axis.before))
    return axis


def windows(
    image: Image,
    size: tuple[int, int],
    strides: tuple[int, int] = (1, 1),
    padding: Padding = "valid",
    dilation: tuple[int, int] = (1, 1),
) -> Windows:
    """Lay a window over an image.

    Raises:
        WindowError: it has no place.
    """
    down, across = (
        lay(n, f, s, d, padding) for n, f, s, d in zip(image.shape[:2], size, strides, dilation, strict=True)
    )
    return Windows(down, across)
