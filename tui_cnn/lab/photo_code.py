"""A result on the page of photographs as a program with its numbers: in NumPy, with `tf.nn`, and with layers of Keras.

Each program runs as it stands, and leaves the result in `output`, (rows, columns, 1).
"""

from textwrap import indent

import numpy as np

from tui_cnn.lab.code import Library, array_text, program
from tui_cnn.lab.edges import SCHARR, SOBEL, Plane
from tui_cnn.lab.photo import FilteredPhoto, is_kernel
from tui_cnn.lab.settings import CANNY_STAGES, PhotoMethod, PhotoSettings

_LINE = 90
_AXES = "height, width, channels, filters"


def photo_code(photo: FilteredPhoto, method: PhotoMethod, library: Library) -> str:
    """Write what a filter or a stage of Canny gives as a program: a function first, then the image for it."""
    if is_kernel(method):
        filters = array_text("kernel", photo.kernel(method)[..., np.newaxis, np.newaxis], _AXES)
        body = "return correlate(image, kernel)\n"
    elif method in CANNY_STAGES:
        filters, body = _filters("sobel", SOBEL), _canny(photo.settings, method, library)
    else:
        filters, body = _filters("kernels", SOBEL if method == "sobel" else SCHARR), _MAGNITUDE
    function = "def compute(image):\n" + indent(body, "    ")
    image = _image(photo.plane) + "output = compute(image)\n"
    return program(library, filters, _CORRELATE + _APPLIED[library], f"\n{function}", f"\n{image}")


def _image(plane: Plane) -> str:
    """Write the grey levels, two hexadecimal digits a pixel: as numbers they would fill pages."""
    digits = plane.astype(np.uint8).tobytes().hex()
    lines = "\n".join(digits[begin : begin + _LINE] for begin in range(0, len(digits), _LINE))
    return (
        f'pixels = """\n{lines}\n"""  # grey levels, two hexadecimal digits a pixel\n'
        f"image = np.frombuffer(bytes.fromhex(pixels), np.uint8).reshape{(*plane.shape, 1)}.astype(float)\n"
    )


def _filters(name: str, kernels: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    return array_text(name, np.moveaxis(kernels, 0, -1)[:, :, np.newaxis], f"{_AXES}: across, down")


_CORRELATE = """\

def correlate(image, kernel):  # pixels beyond the border are as those at it
    height, width, channels, filters = kernel.shape
    top, left = (height - 1) // 2, (width - 1) // 2
    padded = np.pad(image, ((top, height - 1 - top), (left, width - 1 - left), (0, 0)), "edge")
"""

_APPLIED: dict[Library, str] = {
    "NumPy": """\
    patches = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(0, 1))
    return np.einsum("rckij,ijkf->rcf", patches, kernel)
""",
    "TensorFlow": """\
    return tf.nn.conv2d(padded[np.newaxis], kernel, strides=1, padding="VALID")[0].numpy()
""",
    "Keras": """\
    layer = keras.layers.Conv2D(filters, (height, width), use_bias=False, dtype="float64")
    layer.build((1, *padded.shape))
    layer.set_weights([kernel])
    return np.array(layer(padded[np.newaxis]))[0]
""",
}

_MAGNITUDE = """\
across, down = np.moveaxis(np.round(correlate(image, kernels), 6), -1, 0)
return np.hypot(across, down)[..., np.newaxis]
"""


def _canny(settings: PhotoSettings, method: PhotoMethod, library: Library) -> str:
    """Write the stages up to the one that is shown."""
    parts = [
        _SMOOTHING.format(sigma=settings.sigma) if settings.sigma else _NO_SMOOTHING,
        _GRADIENT,
        _DIRECTION,
        _THINNING,
        _THRESHOLDS.format(low=settings.low, high=settings.high),
        _HYSTERESIS.replace("NEAR", _NEAR[library]),
    ]
    last = CANNY_STAGES.index(method)
    outputs = ("smoothed", *(f"{name}[..., np.newaxis]" for name in (
        "magnitude", "direction", "thinned", "(weak + 2.0 * strong)", "(2.0 * edges)"
    )))  # fmt: skip
    return "\n".join([*parts[: last + 1], f"return {outputs[last]}\n"])


_SMOOTHING = """\
# 1: a Gaussian blur
sigma = {sigma!r}
reach = int(np.ceil(3 * sigma))
weights = np.exp(-np.arange(-reach, reach + 1) ** 2 / (2 * sigma**2))
weights /= weights.sum()
smoothed = correlate(image, np.outer(weights, weights)[:, :, np.newaxis, np.newaxis])
"""
_NO_SMOOTHING = """\
# 1: no blur
smoothed = image
"""
_GRADIENT = """\
# 2: the length of the gradient
across, down = np.moveaxis(np.round(correlate(smoothed, sobel), 6), -1, 0)
magnitude = np.hypot(across, down)
rows, columns = magnitude.shape
"""
_DIRECTION = """\
# 3: its direction, 0: across, 1: down to the right, 2: down, 3: down to the left
direction = np.round(np.degrees(np.arctan2(down, across)) % 180 / 45).astype(int) % 4
"""
_THINNING = """\
# 4: kept where it is larger than before and no smaller than behind, along the gradient
padded = np.pad(magnitude, 1)
thinned = np.zeros((rows, columns))
for number, (r, c) in enumerate([(0, 1), (1, 1), (1, 0), (1, -1)]):
    behind = padded[1 + r : 1 + r + rows, 1 + c : 1 + c + columns]
    before = padded[1 - r : 1 - r + rows, 1 - c : 1 - c + columns]
    largest = (direction == number) & (magnitude > before) & (magnitude >= behind)
    thinned[largest] = magnitude[largest]
"""
_THRESHOLDS = """\
# 5: two thresholds, shares of the largest magnitude
low, high = {low!r} * magnitude.max(), {high!r} * magnitude.max()
strong = (thinned >= high) & (thinned > 0)
weak = (thinned >= low) & (thinned > 0) & ~strong
"""
_HYSTERESIS = """\
# 6: weak pixels stay if they touch a strong one, or a weak one that stays
edges = strong
while True:
NEAR
    grown = strong | (weak & near)
    if (grown == edges).all():
        break
    edges = grown
"""
_NEAR: dict[Library, str] = {
    "NumPy": """\
    around = np.pad(edges, 1)
    near = np.any([around[r : r + rows, c : c + columns] for r in range(3) for c in range(3)], axis=0)""",
    "TensorFlow": """\
    batch = edges[np.newaxis, :, :, np.newaxis].astype(float)
    near = tf.nn.max_pool2d(batch, 3, strides=1, padding="SAME")[0, :, :, 0].numpy() > 0""",
    "Keras": """\
    batch = edges[np.newaxis, :, :, np.newaxis].astype(float)
    near = np.array(keras.ops.max_pool(batch, 3, strides=1, padding="same"))[0, :, :, 0] > 0""",
}
