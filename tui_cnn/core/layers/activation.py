"""Activation functions, and the layers that apply them."""

from typing import Annotated

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters, along_axes, positions, shorthand
from tui_cnn.core.layers.fields import ActivationName, Axes, BiasInitializer, Regularizer
from tui_cnn.core.receptive_field import ReceptiveFieldMap
from tui_cnn.core.shape import Shape, ShapeError, amount, elements, format_shape
from tui_cnn.i18n import _

_TF_FLOPS = {
    "hard_silu": 3,
    "sparsemax": 8,
    **dict.fromkeys(("mish", "hard_shrink", "tanh_shrink"), 1),
    **dict.fromkeys(("silu", "hard_sigmoid", "log_sigmoid", "hard_tanh"), 2),
    **dict.fromkeys(("gelu", "squareplus", "soft_shrink", "sparse_sigmoid"), 4),
    **dict.fromkeys(("celu", "softmax", "sparse_plus"), 5),
}


def activation_flops(name: ActivationName, shape: Shape) -> int:
    """Count an activation as TensorFlow's profiler does: many TensorFlow operations, ReLU among them, count nothing.

    The counts for one value are those of the operations that Keras 3.15 makes of each function.
    """
    return _TF_FLOPS.get(name, 0) * elements(shape) + (name == "sparsemax")


class _Activation(Layer, frozen=True, kw_only=True):
    family = "activation"
    sign = "ƒ"
    lesson = "layer"


class Activation(_Activation, frozen=True, kw_only=True):
    """Applies a function to every value; softmax works along the last axis."""

    activation: Annotated[ActivationName, Meta(description="Function applied to every value")]

    def tf_flops(self, shape: Shape) -> int:
        return activation_flops(self.activation, shape)

    def settings(self) -> tuple[str, ...]:
        return (self.activation,)


class ReLU(_Activation, frozen=True, kw_only=True):
    """Sets negative values to zero (or makes them small), and clips large ones."""

    max_value: Annotated[
        Annotated[float, Meta(ge=0)] | None, Meta(description="Maximum; larger values are clipped; empty: no limit")
    ] = None
    negative_slope: Annotated[float, Meta(ge=0, description="Factor for values below the threshold")] = 0.0
    threshold: Annotated[float, Meta(ge=0, description="Smaller values become zero")] = 0.0

    @property
    def function(self) -> str:
        if self.threshold or self.max_value not in (None, 6):
            return ""
        if self.negative_slope:
            return "leaky_relu" if self.max_value is None else ""
        return "relu" if self.max_value is None else "relu6"

    def tf_flops(self, shape: Shape) -> int:
        """Nothing where TensorFlow has one operation for it; else those that Keras makes of it."""
        bent, cut = self.negative_slope > 0, self.max_value is not None
        from_threshold = self.threshold > 0
        steps = 3 * (bent and (cut or from_threshold)) + from_threshold + (bent and from_threshold)
        steps += 2 * (cut and (self.max_value != 6 or from_threshold))
        return steps * elements(shape)

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            self.max_value is not None and f"max {self.max_value:g}",
            self.negative_slope != 0 and f"slope {self.negative_slope:g}",
            self.threshold != 0 and f"from {self.threshold:g}",
        )


class LeakyReLU(_Activation, frozen=True, kw_only=True):
    """Makes negative values small, not zero."""

    negative_slope: Annotated[float, Meta(ge=0, description="Factor for negative values")] = 0.3

    @property
    def function(self) -> str:
        return "leaky_relu"

    def settings(self) -> tuple[str, ...]:
        return (f"{self.negative_slope:g}",)


class ELU(_Activation, frozen=True, kw_only=True):
    """Makes negative values approach -alpha exponentially."""

    alpha: Annotated[float, Meta(description="Negative values approach minus this value")] = 1.0

    @property
    def function(self) -> str:
        return "elu"

    def tf_flops(self, shape: Shape) -> int:
        return 0 if self.alpha == 1 else 2 * elements(shape)

    def settings(self) -> tuple[str, ...]:
        return (f"{self.alpha:g}",)


class PReLU(_Activation, frozen=True, kw_only=True):
    """Multiplies negative values by a learned slope.

    He et al., "Delving Deep into Rectifiers", 2015. On an image each position has its own slope, unless
    the axes 1 and 2 (height and width) share one.
    """

    alpha_initializer: BiasInitializer = "zeros"
    alpha_regularizer: Regularizer | None = None
    shared_axes: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=8)], ...] | None,
        Meta(description="Axes that share a slope: 1x2 for height and width; empty: none"),
    ] = None

    @property
    def function(self) -> str:
        return "leaky_relu"

    def output_shape(self, shape: Shape) -> Shape:
        self._slopes(shape)
        return shape

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(amount(*self._slopes(shape)))

    def tf_flops(self, shape: Shape) -> int:
        """Two negations (one of the slopes), a product and a sum."""
        return 3 * elements(shape) + elements(self._slopes(shape))

    def settings(self) -> tuple[str, ...]:
        return ("shared " + "×".join(map(str, self.shared_axes)),) if self.shared_axes else ()

    def _slopes(self, shape: Shape) -> Shape:
        shared = self.shared_axes or ()
        if any(axis > len(shape) for axis in shared):
            message = _("no axis {axis} to share a slope along: the input is {shape}")
            raise ShapeError(message.format(axis=max(shared), shape=format_shape(shape)), {"shared_axes": None})
        return tuple(1 if axis in shared else length for axis, length in enumerate(shape, start=1))


class Softmax(_Activation, frozen=True, kw_only=True):
    """Turns the values along the last axis into probabilities that sum to 1."""

    lesson = "training"

    axis: Axes = (-1,)

    def output_shape(self, shape: Shape) -> Shape:
        positions(self.axis, shape)
        return shape

    @property
    def function(self) -> str:
        return "softmax"

    def tf_flops(self, shape: Shape) -> int:
        """Along several axes Keras puts it together of other operations."""
        if len(self.axis) == 1:
            return activation_flops("softmax", shape)
        together = elements(tuple(shape[place] for place in positions(self.axis, shape)))
        return 3 * elements(shape) + elements(shape) // together

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return along_axes(positions(self.axis, shape), shape)

    def settings(self) -> tuple[str, ...]:
        return () if self.axis == (-1,) else ("axis " + format_shape(self.axis),)
