"""The arithmetic of a window that slides over an image: convolution and pooling share it.

The rules are TensorFlow's. `valid`: floor((n - d·(k - 1) - 1) / s) + 1. `same`: ceil(n / s), with whatever zeros that
takes. See Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, section 2.
"""

from typing import NamedTuple

from tui_cnn.core.layers.fields import Padding
from tui_cnn.core.receptive_field import ReceptiveFieldMap, Sliding, along
from tui_cnn.core.shape import Shape, ShapeError, by_axis, elements, format_shape
from tui_cnn.i18n import _


class Window(NamedTuple):
    """A sliding window: kernel extent, strides and dilation along each axis, and the padding rule.

    `causal` padding, of sequences, is as much as `same` padding has, all of it before the first position.
    """

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    padding: Padding
    dilation: tuple[int, ...] = (1, 1)

    @property
    def reach(self) -> tuple[int, ...]:
        """The extent that the dilated window covers, in pixels: d·(k - 1) + 1 along each axis."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def over(self, shape: Shape) -> Shape:
        """Return the axes of a shape, channels last, that the window slides along."""
        return shape[: len(self.kernel)]

    def slide(self, shape: Shape) -> tuple[int, ...]:
        """Return how many places the window has along each axis of an image.

        Raises:
            ShapeError: a `valid` window is larger than the image.
        """
        places = tuple(
            (n - r) // s + 1 if self.padding == "valid" else -(-n // s)
            for n, r, s in zip(self.over(shape), self.reach, self.strides, strict=True)
        )
        if min(places) < 1:
            raise ShapeError(self._too_large(shape), {"padding": "same"})
        return places

    def tf_places(self, shape: Shape) -> int:
        """Count the places at which TensorFlow works.

        It takes a dilated window apart into one plain convolution for each offset, at stride 1, which makes each side a
        multiple of the dilation.
        """
        if max(self.dilation) == 1:
            return elements(self.slide(shape))
        places = self._replace(strides=(1,) * len(self.kernel)).slide(shape)
        return elements(tuple(-(-n // d) * d for n, d in zip(places, self.dilation, strict=True)))

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """Say what a place of the window sees; `same` begins half of its zeros before the image, rounded down."""
        axes = zip(self.over(shape), self.slide(shape), self.reach, self.strides, strict=True)
        return along([Sliding(reach, s, self._before(n, places, reach, s)) for n, places, reach, s in axes])

    def taps(self, shape: Shape, place: tuple[int, ...]) -> tuple[range, ...]:
        """Return where the taps of a place of the window are along each axis; what is not in the image is padding."""
        starts = (
            p * s - self._before(n, places, reach, s)
            for n, places, reach, s, p in zip(
                self.over(shape), self.slide(shape), self.reach, self.strides, place, strict=False
            )
        )
        axes = zip(starts, self.reach, self.dilation, strict=True)
        return tuple(range(start, start + reach, dilation) for start, reach, dilation in axes)

    def _before(self, n: int, places: int, reach: int, stride: int) -> int:
        if self.padding == "causal":
            return reach - 1
        return max(0, (places - 1) * stride + reach - n) // 2 if self.padding == "same" else 0

    def formula(self, shape: Shape) -> str:
        """Fill in the size formula; one line for all axes where they agree."""
        return by_axis(*map(self._along, self.over(shape), self.kernel, self.strides, self.dilation))

    def _along(self, n: int, kernel: int, stride: int, dilation: int) -> str:
        if self.padding != "valid":
            return f"ceil({n} / {stride}) = {-(-n // stride)}"
        reach = (kernel - 1) * dilation + 1
        written = f"{reach}" if dilation == 1 else f"({dilation}·({kernel} - 1) + 1)"
        return f"floor(({n} + 2·0 - {written}) / {stride}) + 1 = {(n - reach) // stride + 1}"

    def _too_large(self, shape: Shape) -> str:
        kernel, image = format_shape(self.kernel), format_shape(self.over(shape))
        if max(self.dilation) == 1:
            return _("a {kernel} window does not fit into {image}").format(kernel=kernel, image=image)
        message = _("a {kernel} window ({reach} with dilation) does not fit into {image}")
        return message.format(kernel=kernel, reach=format_shape(self.reach), image=image)
