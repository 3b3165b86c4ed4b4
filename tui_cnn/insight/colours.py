"""Numbers as colours: a sequential palette for what is never negative, a diverging one around zero for all else."""

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Palette = Literal["sequential", "diverging", "grey"]
Pixels = npt.NDArray[np.uint8]

_NO_NUMBER = 96.0

_STOPS: dict[Palette, tuple[tuple[int, int, int], ...]] = {
    "grey": ((0, 0, 0), (255, 255, 255)),
    # Viridis, Smith and van der Walt 2015: as light as the number is large, also for those who see no red or green.
    "sequential": (
        (68, 1, 84),
        (71, 44, 122),
        (59, 81, 139),
        (44, 113, 142),
        (33, 144, 141),
        (39, 173, 129),
        (92, 200, 99),
        (170, 220, 50),
        (253, 231, 37),
    ),
    # Blue below zero, white at it, red above: Brewer's RdBu.
    "diverging": ((33, 102, 172), (146, 197, 222), (247, 247, 247), (244, 165, 130), (178, 24, 43)),
}


class Scale(NamedTuple):
    """Which value has which colour: `low` the first of the palette, `high` the last.

    Attributes:
        strength: the share of the colour where it is laid over an image; 1: it stands alone.
    """

    low: float
    high: float
    palette: Palette
    strength: float = 1.0

    def shares(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Bring values to 0 to 1; what is no number stays so, and infinities lie beyond the ends."""
        return np.asarray((np.asarray(values, np.float64) - self.low) / (self.high - self.low))

    def paint(self, values: npt.NDArray[Any]) -> Pixels:
        """Turn values (height, width) into colours (height, width, 3)."""
        return paint(self.shares(values), self.palette)

    def mix(self, values: npt.NDArray[Any]) -> Pixels:
        """Turn values (height, width, 3) into how light the red, the green and the blue of each pixel are."""
        return np.asarray(np.round(255 * self.shares(values).clip(0, 1)), np.uint8)

    def lay(self, values: npt.NDArray[Any], image: Pixels) -> Pixels:
        """Lay values (height, width) as colours over a grey or coloured image of the same size: (height, width, 3)."""
        below = image if image.ndim == 3 else np.repeat(image[..., np.newaxis], 3, axis=-1)
        mixed = (1 - self.strength) * below + self.strength * self.paint(values)
        return np.asarray(np.round(mixed), np.uint8)

    def bar(self, width: int) -> Pixels:
        """Return all colours in order, (2, width, 3): laid over black, and below that over white."""
        values = np.tile(np.linspace(self.low, self.high, width), (2, 1))
        return self.lay(values, np.repeat(np.array([[0], [255]], np.uint8), width, axis=1))

    @property
    def words(self) -> tuple[str, str]:
        """The numbers at both ends."""
        return scale_number(self.low), scale_number(self.high)


def scale_number(value: float) -> str:
    """Write a number with two decimals, or with two digits where these would be zeros, and a true minus."""
    size = abs(value)
    text = f"{value:.2f}" if size == 0 or 0.1 <= size < 1e5 else f"{value:.2g}"
    return text.replace("-", "−")


def is_signed(values: npt.NDArray[Any]) -> bool:
    """Tell whether a quantity, such as all values of a layer, goes below zero."""
    return bool((np.asarray(values) < 0).any())


def scale_of(values: npt.NDArray[Any], *, signed: bool) -> Scale:
    """Choose the scale for values of any shape: alike on both sides of zero for a signed quantity, else from zero up.

    The quantity decides, not these values: a map of a signed layer is drawn like its neighbours, whatever is in it.
    """
    values = np.asarray(values, np.float64)
    extent = float(np.abs(values).max(where=np.isfinite(values), initial=0.0)) or 1.0
    return Scale(-extent, extent, "diverging") if signed else Scale(0.0, extent, "sequential")


def paint(shares: npt.NDArray[Any], palette: Palette = "sequential") -> Pixels:
    """Turn shares (height, width), 0 to 1, into colours (height, width, 3); what is beyond is cut off.

    What is no number is grey.
    """
    shares = np.asarray(shares, np.float64)
    stops = np.array(_STOPS[palette], np.float64)
    at = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(shares, at, stops[:, channel]) for channel in range(3)]
    painted = np.where(np.isnan(shares)[..., np.newaxis], _NO_NUMBER, np.stack(channels, axis=-1))
    return np.asarray(np.round(painted), np.uint8)
