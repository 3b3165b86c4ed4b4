"""Image files decoded with Pillow: uint8, grey (height, width, 1) or in colour (height, width, 3)."""

import re
import stat
import warnings
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from tui_cnn.data.files import DataError
from tui_cnn.i18n import _

Pixels = npt.NDArray[np.uint8]

_MOST_PIXELS = 100_000_000
_NOT_DECODED = frozenset(("BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"))
"""Pillow only identifies these, or decodes them with other programs: for EPS it would run Ghostscript."""
_GREY_MODES = frozenset(("1", "L", "LA", "La"))

_OF_PILLOW = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
"""A filter of warnings, as Python keeps it."""


@cache
def _formats() -> tuple[str, ...]:
    """Return Pillow's names of the formats that can be decoded."""
    from PIL import Image

    Image.preinit()  # so that the usual formats are tried first
    Image.init()
    return tuple(name for name in Image.ID if name not in _NOT_DECODED)


@cache
def image_suffixes() -> frozenset[str]:
    """Return the suffixes of the formats that can be decoded, in small letters, with their dots."""
    from PIL import Image

    formats = _formats()
    return frozenset(suffix for suffix, name in Image.registered_extensions().items() if name in formats)


def decode(file: Path | BinaryIO, mode: Literal["L", "RGB"] | None = None) -> Pixels:
    """Decode an image file in a mode of Pillow: (height, width, 1) for L, (height, width, 3) for RGB.

    Without a mode, images that the file stores as grey have one channel, and all others three. Transparent pixels
    become black, or white behind what is dark, so that it can be seen.

    Raises:
        DataError: it cannot be read or is no image; the text does not name the file.
    """
    from PIL import Image

    try:
        if isinstance(file, Path) and stat.S_ISFIFO(file.stat().st_mode):
            raise ValueError  # opening it would wait for whoever writes to it
        _ignore_warnings()
        with Image.open(file, formats=_formats()) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise Image.DecompressionBombError
            return _pixels(image, mode)
    except FileNotFoundError:
        raise DataError(_("file not found; check the path")) from None
    except IsADirectoryError:
        raise DataError(_("is a directory; specify an image file in it")) from None
    except PermissionError as error:
        raise DataError(_("cannot be read: {reason}").format(reason=error.strerror)) from None
    except Image.DecompressionBombError:
        raise DataError(_("has too many pixels; use a smaller image")) from None
    # Pillow's decoders raise errors of any type for a damaged file.
    except Exception:
        raise DataError(_("is not a readable image; use a format such as PNG or JPEG")) from None


def _ignore_warnings() -> None:
    """Keep Pillow from warning of large images, since the bound is ours, and of odd ones.

    Filters belong to all threads: one that is set for a while would be taken from those that still decode.
    """
    if _OF_PILLOW not in warnings.filters:
        warnings.filterwarnings("ignore", module=_OF_PILLOW[3].pattern)


def _pixels(image: Any, mode: str | None) -> Pixels:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode[0] in "IF":
        grey = _eight_bits(np.asarray(upright), upright.mode)[..., np.newaxis]
        return grey.repeat(3, axis=2) if mode == "RGB" else grey
    mode = mode or ("L" if upright.mode in _GREY_MODES else "RGB")
    if upright.has_transparency_data:
        layers = upright.convert("RGBA")
        behind = Image.new("RGBA", layers.size, "white" if _is_dark(layers) else "black")
        upright = Image.alpha_composite(behind, layers)
    elif upright.mode not in _GREY_MODES:
        upright = upright.convert("RGB")
    pixels = np.asarray(upright if upright.mode == mode else upright.convert(mode))
    return pixels if pixels.ndim == 3 else pixels[..., np.newaxis]


_HARDLY_SEEN = 64
"""Grey on black."""


def _is_dark(layers: Any) -> bool:
    """Tell whether what is not transparent in an image could hardly be seen on black."""
    opacity = np.asarray(layers.getchannel("A"), np.float64)
    return bool(
        opacity.min() < 255 and (np.asarray(layers.convert("L")) * opacity).sum() < _HARDLY_SEEN * opacity.sum()
    )


def _eight_bits(levels: npt.NDArray[Any], mode: str) -> npt.NDArray[np.uint8]:
    """Bring grey levels of 16 or 32 bits, or from 0 to 1, to 0 to 255; Pillow would cut off what is above 255.

    Of 32 bits, whole numbers or not, the range is unknown: the smallest usual one that holds them all.
    """
    levels = np.nan_to_num(levels.astype(np.float64), posinf=0.0, neginf=0.0)
    most = levels.max(initial=0.0)
    ranges = (65_535.0,) if mode.startswith("I;16") else (1.0, 255.0, 65_535.0)
    whole = next((full for full in ranges if most <= full), most)
    return np.round(np.clip(levels / whole, 0, 1) * 255).astype(np.uint8)
