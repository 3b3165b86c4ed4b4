"""Images that show what a filter does."""

import numpy as np

from tui_cnn.lab.windows import Image

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


def sample_images(side: int = 6) -> dict[str, Image]:
    """Return synthetic images of `side` × `side` by name, one channel each, white is 10."""
    half = side // 2
    left, corners = np.zeros((side, side)), np.zeros((side, side))
    left[:, :half] = 10
    corners[:half, :half] = corners[half:, half:] = 10
    made = {
        "white left": left,
        "white right": left[:, ::-1],
        "white top": left.T,
        "white top left and bottom right": corners,
    }
    return {"6×6 numbers": NOTES} | {name: image[..., None].copy() for name, image in made.items()}


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
