"""The arithmetic of a window that slides over an image: convolution and pooling share it.

The rules are TensorFlow's. `valid`: floor((n - d·(k - 1) - 1) / s) + 1. `same`: ceil(n / s), with whatever zeros that
takes. See Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, section 2.
"""

from typing import NamedTuple

from tui_cnn.core.layers.fields import Padding
from tui_cnn.core.receptive_field import ReceptiveFieldMap, Sliding
from tui_cnn.core.shape import Shape, ShapeError, by_axis, elements, format_shape
from tui_cnn.i18n import _


class Window(NamedTuple):
    """A sliding window: kernel extent, strides and dilation, each (height, width), and the padding rule."""

    kernel: tuple[int, int]
    strides: tuple[int, int]
    padding: Padding
    dilation: tuple[int, int] = (1, 1)

    @property
    def reach(self) -> tuple[int, int]:
        """The extent that the dilated window covers, in pixels: d·(k - 1) + 1 along each axis."""
        (height, width), (down, across) = self.kernel, self.dilation
        return (height - 1) * down + 1, (width - 1) * across + 1

    def slide(self, shape: Shape) -> tuple[int, int]:
        """Return how many places the window has over an image's `(height, width)`.

        Raises:
            ShapeError: a `valid` window is larger than the image.
        """
        places = [
            -(-n // s) if self.padding == "same" else (n - r) // s + 1
            for n, r, s in zip(shape[:2], self.reach, self.strides, strict=True)
        ]
        if min(places) < 1:
            raise ShapeError(self._too_large(shape), {"padding": "same"})
        return places[0], places[1]

    def tf_places(self, shape: Shape) -> int:
        """Count the places at which TensorFlow works.

        It takes a dilated window apart into one plain convolution for each offset, at stride 1, which makes each side a
        multiple of the dilation.
        """
        if self.dilation == (1, 1):
            return elements(self.slide(shape))
        places = self._replace(strides=(1, 1)).slide(shape)
        down, across = (-(-n // d) * d for n, d in zip(places, self.dilation, strict=True))
        return down * across

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """Say what a place of the window sees; `same` begins half of its zeros before the image, rounded down."""
        down, across = (
            Sliding(reach, stride, max(0, (places - 1) * stride + reach - n) // 2 if self.padding == "same" else 0)
            for n, places, reach, stride in zip(shape[:2], self.slide(shape), self.reach, self.strides, strict=True)
        )
        return ReceptiveFieldMap(down, across)

    def formula(self, shape: Shape) -> str:
        """Fill in the size formula; one line for both axes where they agree."""
        return by_axis(*map(self._along, shape[:2], self.kernel, self.strides, self.dilation))

    def _along(self, n: int, kernel: int, stride: int, dilation: int) -> str:
        if self.padding == "same":
            return f"ceil({n} / {stride}) = {-(-n // stride)}"
        reach = (kernel - 1) * dilation + 1
        written = f"{reach}" if dilation == 1 else f"({dilation}·({kernel} - 1) + 1)"
        return f"floor(({n} + 2·0 - {written}) / {stride}) + 1 = {(n - reach) // stride + 1}"

    def _too_large(self, shape: Shape) -> str:
        kernel, image = format_shape(self.kernel), format_shape(shape[:2])
        if self.dilation == (1, 1):
            return _("a {kernel} window does not fit into {image}").format(kernel=kernel, image=image)
        message = _("a {kernel} window ({reach} with dilation) does not fit into {image}")
        return message.format(kernel=kernel, reach=format_shape(self.reach), image=image)
