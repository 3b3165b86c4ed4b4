"""How the bytes of an image become the numbers that a network takes."""

from typing import Any, Literal, get_args

PixelScale = Literal["0..1", "-1..1", "none"]
"""`0..1`: divided by 255; `-1..1`: divided by 127.5, less 1; `none`: 0 to 255 as they are."""

PIXEL_SCALES: tuple[PixelScale, ...] = get_args(PixelScale)

_FACTORS: dict[PixelScale, tuple[float, float]] = {"0..1": (255.0, 0.0), "-1..1": (127.5, 1.0), "none": (1.0, 0.0)}


def rescaled(values: Any, scale: PixelScale) -> Any:
    """PixelScale floating-point values of 0 to 255, an array of whatever kind."""
    divisor, less = _FACTORS[scale]
    values = values / divisor if divisor != 1 else values
    return values - less if less else values
