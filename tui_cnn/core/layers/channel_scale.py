"""A factor and a shift for each channel, learned: what normalization ends with, as a layer of its own."""

from collections.abc import Sequence

from tui_cnn.core.layers.base import KerasCall, Layer, Parameters, Proposal, shorthand
from tui_cnn.core.layers.normalization import Center
from tui_cnn.core.shape import Shape, amount, elements

_AXES = "abcdefghij"


class ChannelScale(Layer, frozen=True, kw_only=True):
    """Multiplies each channel by a learned factor and adds a learned shift, as a layer of Caffe does.

    Keras has no such layer; it is built from an EinsumDense.
    """

    family = "normalization"
    sign = "≈"
    is_linear = True

    center: Center = True

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(amount(1 + self.center, shape[-1]))

    def tf_flops(self, shape: Shape) -> int:
        """A sum for each value: the profiler does not look into an Einsum."""
        return self.center * elements(shape)

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        """Each value times the factor of its channel: `abc,c->abc` for two axes and the batch."""
        axes = _AXES[: len(shape) + 1]
        arguments = {
            "equation": f"{axes},{axes[-1]}->{axes}",
            "output_shape": shape,
            "bias_axes": axes[-1] if self.center else None,
            "activation": "linear",
            "kernel_initializer": "ones",
            "bias_initializer": "zeros",
        }
        return (KerasCall("EinsumDense", arguments),)

    @classmethod
    def proposal(cls, calls: Sequence[KerasCall]) -> Proposal | None:
        """The shape is that of the output."""
        match calls[-1].arguments:
            case {"equation": str(), "output_shape": [_, *_] as shape, **others}:
                if all(isinstance(length, int) and length > 0 for length in shape):
                    return Proposal({"center": others.get("bias_axes") is not None}, tuple(shape))
        return None

    def settings(self) -> tuple[str, ...]:
        return shorthand(not self.center and "no center")
