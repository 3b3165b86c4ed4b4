"""Layers that go through a sequence step by step and carry a state along, and the table that makes rows of numbers."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters, require_axes, shorthand
from tui_cnn.core.layers.fields import ActivationName, BiasInitializer, Initializer, Rate, Regularizer, UseBias
from tui_cnn.core.receptive_field import EVERYTHING, ReceptiveFieldMap
from tui_cnn.core.shape import Amount, Shape, ShapeError, amount, elements
from tui_cnn.i18n import _

_Units = Annotated[int, Meta(ge=1, le=65_536, description="Length of the state, and of each output", examples=[32])]


class _Recurrent(Layer, frozen=True, kw_only=True):
    """Input `(length, features)`, output `(units)`, or `(length, units)` with all steps."""

    family = "dense"
    sign = "≡"

    kernels: ClassVar[int]
    """Kernels for the input, and as many for the state: one for the new state, and one for each gate."""

    units: _Units
    return_sequences: Annotated[bool, Meta(description="Give the output of every step, not only of the last")] = False
    go_backwards: Annotated[bool, Meta(description="Go through the sequence from its end")] = False
    activation: Annotated[ActivationName, Meta(examples=["tanh"])] = "tanh"
    use_bias: UseBias = True
    dropout: Annotated[Rate, Meta(description="Fraction of the input set to zero during training")] = 0.0
    recurrent_dropout: Annotated[Rate, Meta(description="Fraction of the state set to zero during training")] = 0.0
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    recurrent_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    def output_shape(self, shape: Shape) -> Shape:
        length, _features = require_axes(shape, 1)
        return (length, self.units) if self.return_sequences else (self.units,)

    @property
    def _biases(self) -> int:
        return 1 if self.use_bias else 0

    def parameters(self, shape: Shape) -> Parameters:
        """For the new state and for each gate: a kernel for the input, one for the state, and biases."""
        rows = shape[1] + self.units + self._biases
        parts = [str(shape[1]), str(self.units), *([str(self._biases)] if self._biases else [])]
        formula = f"{self.kernels}·({' + '.join(parts)})·{self.units}"
        return Parameters(Amount(self.kernels * rows * self.units, formula))

    def macs(self, shape: Shape) -> Amount:
        """At every step, each kernel once: kernels·(features + units)·units·length.

        The biases, the gates' products and the activations are left out, as everywhere.
        """
        length, features = require_axes(shape, 1)
        value = length * self.kernels * (features + self.units) * self.units
        return Amount(value, f"{length}·{self.kernels}·({features} + {self.units})·{self.units}")

    def tf_flops(self, shape: Shape) -> int:
        """Two for each multiply-accumulate; the profiler itself sees only one step of the loop."""
        return 2 * self.macs(shape).value

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        """The last step has seen the whole sequence."""
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        return shorthand(
            f"{self.units}",
            self.return_sequences and "sequences",
            self.go_backwards and "backwards",
            self.activation != "tanh" and self.activation,
            not self.use_bias and "no bias",
        )


_Gates = Annotated[ActivationName, Meta(description="Function of the gates", examples=["sigmoid"])]


class SimpleRNN(_Recurrent, frozen=True, kw_only=True):
    """Goes through a sequence; each output depends on the step and on the output before it.

    Elman, "Finding Structure in Time", 1990.
    """

    kernels = 1


class LSTM(_Recurrent, frozen=True, kw_only=True):
    """Goes through a sequence with a long-term memory, which three gates write, keep and read.

    Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; with the forget gate of Gers et al., 2000: four kernels.
    """

    kernels = 4

    recurrent_activation: _Gates = "sigmoid"
    unit_forget_bias: Annotated[bool, Meta(description="Start with 1 as bias of the forget gate")] = True


class GRU(_Recurrent, frozen=True, kw_only=True):
    """Goes through a sequence with a memory, which two gates update and reset.

    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014: three kernels. With `reset_after`, as
    in cuDNN, the input and the state have biases of their own.
    """

    kernels = 3

    recurrent_activation: _Gates = "sigmoid"
    reset_after: Annotated[bool, Meta(description="Apply the reset gate after the multiplication, as cuDNN does")] = (
        True
    )

    @property
    def _biases(self) -> int:
        return (2 if self.reset_after else 1) if self.use_bias else 0


class Bidirectional(Layer, frozen=True, kw_only=True):
    """Goes through a sequence in both directions, with a layer for each, and merges what they give."""

    family = "dense"
    sign = "≡"

    layer: Annotated[LSTM | GRU | SimpleRNN, Meta(description="Layer for each direction", examples=[LSTM(units=32)])]
    merge_mode: Annotated[
        Literal["concat", "sum", "mul", "ave"], Meta(description="How the outputs of both directions are merged")
    ] = "concat"

    def output_shape(self, shape: Shape) -> Shape:
        if self.layer.go_backwards:
            raise ShapeError(_("the layer that it holds has to go forwards: go_backwards = false"))
        *others, units = self.layer.output_shape(shape)
        return (*others, 2 * units if self.merge_mode == "concat" else units)

    def parameters(self, shape: Shape) -> Parameters:
        """Twice those of the layer."""
        return Parameters(_twice(self.layer.parameters(shape).trainable))

    def macs(self, shape: Shape) -> Amount:
        """Twice those of the layer."""
        return _twice(self.layer.macs(shape))

    def tf_flops(self, shape: Shape) -> int:
        return 2 * self.layer.tf_flops(shape)

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        merge = self.merge_mode != "concat" and self.merge_mode
        return shorthand(type(self.layer).__name__, *self.layer.settings(), merge)


def _twice(amount: Amount) -> Amount:
    return Amount(2 * amount.value, f"2·{amount.formula}")


class Embedding(Layer, frozen=True, kw_only=True):
    """Replaces each whole number, such as the index of a word, by a learned row of numbers."""

    family = "dense"
    sign = "≡"

    input_dim: Annotated[int, Meta(ge=1, le=100_000_000, description="Number of different numbers", examples=[1000])]
    output_dim: Annotated[int, Meta(ge=1, le=65_536, description="Length of each row", examples=[16])]
    mask_zero: Annotated[bool, Meta(description="0 stands for nothing: recurrent layers skip it")] = False
    embeddings_initializer: Initializer = "random_uniform"
    embeddings_regularizer: Regularizer | None = None

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, self.output_dim)

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(amount(self.input_dim, self.output_dim))

    def tf_flops(self, shape: Shape) -> int:
        """The profiler counts how each place in the table is found."""
        return 2 * elements(shape)

    def kernel_width(self, shape: Shape) -> int:
        return self.output_dim

    def settings(self) -> tuple[str, ...]:
        return (f"{self.input_dim}→{self.output_dim}",)
