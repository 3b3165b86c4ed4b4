"""Images, tables and arrays as the bytes of files. Pixels are (height, width), or (height, width, 1 or 3), uint8."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


def to_png(pixels: Pixels, magnify: int = 1) -> bytes:
    """Write an image as PNG, each pixel as a square of `magnify` by `magnify`."""
    from PIL import Image

    pixels = pixels[..., 0] if pixels.shape[2:] == (1,) else pixels
    large = pixels.repeat(magnify, axis=0).repeat(magnify, axis=1)
    out = io.BytesIO()
    Image.fromarray(large).save(out, "PNG")
    return out.getvalue()


def to_csv(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Write a table as CSV, in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue().encode()


def to_npz(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Write arrays by their names, for `numpy.load`."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def enlarge(heat: npt.NDArray[Any], shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Resize heat (rows, columns) to (height, width), smoothly, so that it can be laid over an image."""
    from PIL import Image

    drawn = Image.fromarray(np.asarray(heat, np.float32)).resize(shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(drawn)
