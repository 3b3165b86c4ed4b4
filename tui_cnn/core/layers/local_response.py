"""Local response normalization: that of AlexNet and GoogLeNet, which Keras has no layer for."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer, Proposal, TensorFlowFunction, require_image
from tui_cnn.core.shape import Shape

_FUNCTION = TensorFlowFunction("tf.nn.local_response_normalization", "lrn")


class LocalResponseNormalization(Layer, frozen=True, kw_only=True):
    """Divides each value by a power of the sum of squares of the channels near its own.

    Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 3.3:
    x / (bias + alpha · Σ x²)^beta. In Keras it is a Lambda of the function of TensorFlow, whose defaults these are.
    """

    family = "normalization"
    sign = "≈"

    depth_radius: Annotated[int, Meta(ge=0, le=65_536, description="Channels on either side that are summed up")] = 5
    bias: Annotated[float, Meta(gt=0, le=1e6, description="Added to the sum to avoid division by zero")] = 1.0
    alpha: Annotated[float, Meta(gt=0, le=1e6, description="Factor of the sum of squares")] = 1.0
    beta: Annotated[float, Meta(gt=0, le=100, description="Exponent of the sum")] = 0.5

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(shape)

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        arguments = {name: getattr(self, name) for name in _ARGUMENTS}
        return (KerasCall("Lambda", {"function": _FUNCTION, "arguments": arguments}),)

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        arguments: Any = calls[-1].arguments.get("arguments")
        if calls[-1].class_name != "Lambda" or not isinstance(arguments, Mapping) or {*arguments} != {*_ARGUMENTS}:
            return None
        return Proposal(arguments)

    def settings(self) -> tuple[str, ...]:
        return (f"±{self.depth_radius}", f"α {self.alpha:g}", f"β {self.beta:g}")


_ARGUMENTS = ("depth_radius", "bias", "alpha", "beta")
