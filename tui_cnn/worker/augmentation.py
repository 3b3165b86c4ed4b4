"""Random changes of training images, drawn by seed and step alone, so that a resumed run draws the same.

They are done to a whole batch, before it is split among devices and threads, in the order of `AUGMENTATIONS`: first
what moves pixels, then what changes their values, last what mixes images.
"""

from collections.abc import Sequence
from math import pi
from typing import Any, NamedTuple

import tensorflow as tf

from tui_cnn.runs.recipe import AUGMENTATIONS, AugmentationKind

SHIFTED, ERASED = 2, 8
"""Pixels that an image of less than 42 is moved by at most, zeros coming in; the side of the square of zeros
(DeVries and Taylor 2017). Both grow with larger images, as 1 : 4."""
ROTATED = 10
"""Degrees that an image is turned by at most, zeros coming in."""
CROPPED = 0.8
"""Least share of the area that a crop has; it keeps the proportions, and is brought to the whole size."""
BRIGHTENED, CONTRASTED = 0.2, 0.2
"""How much is added to all pixels at most, as a share of the whole range; and how much further from, or nearer to, the
mean of their channel they are."""
MIXED = 0.2
"""Both parameters of the Beta distribution that the shares of mixed images are drawn from (Zhang et al. 2017)."""


class Mixture(NamedTuple):
    """For each image of a batch (n,), the number of the image it is mixed with, and the share that is its own."""

    partner: Any
    share: Any

    def of(self, values: Any) -> Any:
        """Mix float32 values (n, ...)."""
        share = tf.reshape(self.share, (-1, *[1] * (len(values.shape) - 1)))
        return share * values + (1 - share) * tf.gather(values, self.partner)


def augment(images: Any, kinds: Sequence[AugmentationKind], seed: int, step: Any) -> Any:
    """Change images (n, height, width, channels), 0 to 255. For use in a graph.

    Those that are only moved, or erased, stay uint8; else they become float32, still from 0 to 255.
    """
    if not kinds:
        return images
    count, height, width, _channels = tf.unstack(tf.shape(images))
    reach = tf.maximum(SHIFTED, tf.minimum(height, width) // 14)
    draws = tf.random.stateless_uniform((5, count), seed=tf.stack([seed, step]))
    for kind in (kind for kind in AUGMENTATIONS if kind in kinds):
        match kind:
            case "flip":
                images = tf.where(_each(draws[0]) < 0.5, images[:, :, ::-1], images)
            case "shift":
                down, right = _whole(draws[1], 2 * reach + 1), _whole(draws[2], 2 * reach + 1)
                images = _shift(images, down, right, reach)
            case "rotate":
                (turn,) = _draw(kind, 1, count, seed, step)
                images = _rotate(images, (2 * turn - 1) * ROTATED * pi / 180)
            case "crop":
                images = _crop(images, *_draw(kind, 3, count, seed, step))
            case "brightness":
                (more,) = _draw(kind, 1, count, seed, step)
                images = _clipped(_float(images) + 255 * BRIGHTENED * (2 * _each(more) - 1))
            case "contrast":
                (more,) = _draw(kind, 1, count, seed, step)
                values = _float(images)
                mean = tf.reduce_mean(values, axis=(1, 2), keepdims=True)
                images = _clipped(mean + (1 + CONTRASTED * (2 * _each(more) - 1)) * (values - mean))
            case "erase":
                side = ERASED // SHIFTED * reach
                rows, columns = _within(draws[3], height, side), _within(draws[4], width, side)
                square = rows[:, :, tf.newaxis, tf.newaxis] & columns[:, tf.newaxis, :, tf.newaxis]
                images = tf.where(square, tf.zeros_like(images), images)
            case "mixup":
                images = mixture(count, seed, step).of(_float(images))
    return images


def mixture(count: Any, seed: int, step: Any) -> Mixture:
    """Draw how the images of a batch are mixed. For use in a graph."""
    own, order = _seed("mixup", seed, step), _draw("mixup", 1, count, seed, step)[0]
    # Two gammas have a beta as their ratio; in float64, because small ones would vanish.
    first, second = tf.unstack(tf.random.stateless_gamma((2, count), own + 1, MIXED, dtype=tf.float64))
    return Mixture(tf.argsort(order, stable=True), tf.cast(first / (first + second), tf.float32))


def _seed(kind: AugmentationKind, seed: int, step: Any) -> Any:
    """Return a seed of the kind's own, so that what it draws does not depend on the other kinds."""
    number = AUGMENTATIONS.index(kind)
    return tf.random.experimental.stateless_fold_in(tf.stack([seed, step]), number)


def _draw(kind: AugmentationKind, rows: int, count: Any, seed: int, step: Any) -> list[Any]:
    """Draw numbers in [0, 1) for each image: rows of (n,)."""
    return list(tf.unstack(tf.random.stateless_uniform((rows, count), seed=_seed(kind, seed, step))))


def _shift(images: Any, down: Any, right: Any, reach: Any) -> Any:
    """Cut each image out of one with a border; an offset of `reach` leaves it where it is."""
    _count, height, width, _channels = tf.unstack(tf.shape(images))
    framed = tf.pad(images, [[0, 0], [reach, reach], [reach, reach], [0, 0]])
    rows = tf.gather(framed, down[:, tf.newaxis] + tf.range(height), axis=1, batch_dims=1)
    columns = right[:, tf.newaxis] + tf.range(width)
    turned = tf.transpose(rows, (0, 2, 1, 3))
    return tf.transpose(tf.gather(turned, columns, axis=1, batch_dims=1), (0, 2, 1, 3))


def _rotate(images: Any, angle: Any) -> Any:
    """Turn each image about its middle by an angle in radians."""
    cosine, sine = tf.cos(angle), tf.sin(angle)
    _count, height, width, _channels = tf.unstack(tf.cast(tf.shape(images), tf.float32))
    x, y = (width - 1) / 2, (height - 1) / 2
    across = cosine, -sine, x - x * cosine + y * sine
    downwards = sine, cosine, y - x * sine - y * cosine
    return _sampled(images, across, downwards, "CONSTANT")


def _crop(images: Any, area: Any, top: Any, left: Any) -> Any:
    """Cut a window out of each image, and bring it to the whole size."""
    side = tf.sqrt(CROPPED + (1 - CROPPED) * area)
    _count, height, width, _channels = tf.unstack(tf.cast(tf.shape(images), tf.float32))
    # The middle of a pixel lies half a pixel from its edge.
    x, y = (left * (1 - side) * length + side / 2 - 0.5 for length, left in ((width, left), (height, top)))
    zero = tf.zeros_like(side)
    return _sampled(images, (side, zero, x), (zero, side, y), "NEAREST")


def _sampled(images: Any, across: tuple[Any, ...], downwards: tuple[Any, ...], outside: str) -> Any:
    """Take each pixel, bilinear, from where two linear functions of its column and row say, with coefficients (n,)."""
    zeros = tf.zeros_like(across[0])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=_float(images),
        transforms=tf.stack([*across, *downwards, zeros, zeros], axis=1),
        output_shape=tf.shape(images)[1:3],
        interpolation="BILINEAR",
        fill_mode=outside,
        fill_value=0.0,
    )


def _within(draws: Any, size: Any, side: Any) -> Any:
    """Return for each image (n,) which of `size` places are in a square around one that is drawn: (n, size)."""
    distance = tf.range(size)[tf.newaxis, :] - _whole(draws, size)[:, tf.newaxis]
    return (distance >= -side // 2) & (distance < side // 2)


def _whole(draws: Any, bound: Any) -> Any:
    """Make whole numbers below `bound` of numbers in [0, 1)."""
    return tf.cast(draws * tf.cast(bound, tf.float32), tf.int32)


def _each(values: Any) -> Any:
    """Lay numbers out, one for each image (n,), for images (n, height, width, channels)."""
    return values[:, tf.newaxis, tf.newaxis, tf.newaxis]


def _float(images: Any) -> Any:
    return tf.cast(images, tf.float32)


def _clipped(values: Any) -> Any:
    return tf.clip_by_value(values, 0.0, 255.0)
