"""Attention: each position takes from all others what it looks for; and the product that Einstein's notation names."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, NamedTuple

from msgspec import Meta

from tui_cnn.core.layers.base import Layer, Parameters, shorthand
from tui_cnn.core.layers.convolution import function_settings, kernel_flops
from tui_cnn.core.layers.fields import ActivationName, BiasInitializer, Initializer, Rate, Regularizer, UseBias
from tui_cnn.core.receptive_field import EVERYTHING, UNKNOWN, ReceptiveFieldMap
from tui_cnn.core.shape import Amount, Shape, ShapeError, amount, both, elements, format_shape
from tui_cnn.i18n import _

_Length = Annotated[int, Meta(ge=1, le=65_536)]


class MultiHeadAttention(Layer, frozen=True, kw_only=True):
    """Self-attention: every position takes from all positions what fits it, in several heads.

    Vaswani et al., "Attention Is All You Need", 2017, section 3.2. Input and output `(positions …, features)`.
    """

    family = "dense"
    sign = "≡"
    times_given = 2

    num_heads: Annotated[_Length, Meta(description="Number of heads", examples=[2])]
    key_dim: Annotated[_Length, Meta(description="Length of the query and the key of each head", examples=[16])]
    value_dim: Annotated[_Length | None, Meta(description="Length of the value of each head; empty: as key_dim")] = None
    dropout: Annotated[Rate, Meta(description="Fraction of the weights of attention set to zero in training")] = 0.0
    use_bias: UseBias = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    @property
    def _value(self) -> int:
        return self.key_dim if self.value_dim is None else self.value_dim

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) < 2:
            message = _("needs positions × features, but gets {shape}")
            raise ShapeError(message.format(shape=format_shape(shape)))
        return shape

    def parameters(self, shape: Shape) -> Parameters:
        """The projections to query, key and value, and the one back: h·d·(2·k + v) + h·v·d, and their biases."""
        heads, key, value, features = self.num_heads, self.key_dim, self._value, shape[-1]
        kernels = heads * features * (2 * key + 2 * value)
        formula = f"{heads}·{features}·(2·{key} + 2·{value})"
        if not self.use_bias:
            return Parameters(Amount(kernels, formula))
        biases = heads * (2 * key + value) + features
        return Parameters(Amount(kernels + biases, f"{formula} + {heads}·(2·{key} + {value}) + {features}"))

    def macs(self, shape: Shape) -> Amount:
        """n·h·d·(2·k + 2·v) of the projections, and n²·h·(k + v) of the attention itself, for n positions.

        Query times key, and the weights times the values, have no kernel: they are counted because that is where
        the work is. Vaswani et al., 2017, table 1: O(n²·d).
        """
        heads, key, value, features = self.num_heads, self.key_dim, self._value, shape[-1]
        count = elements(shape[:-1])
        projections = amount(count, heads, features, 2 * key + 2 * value)
        attention = amount(count, count, heads, key + value)
        return Amount(projections.value + attention.value, f"{projections.formula} + {attention.formula}")

    def tf_flops(self, shape: Shape) -> int:
        """Two for each multiply-accumulate; the profiler itself does not know Einstein's notation."""
        return 2 * self.macs(shape).value

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return EVERYTHING

    def settings(self) -> tuple[str, ...]:
        value = self.value_dim not in (None, self.key_dim) and f"v{self._value}"
        return shorthand(f"{self.num_heads}×{self.key_dim}", value, not self.use_bias and "no bias")


_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


class EinsumDense(Layer, frozen=True, kw_only=True):
    """Connects axes of the input with axes of the output, by an equation: `ab,bc->ac` is a Dense.

    The first letter, or the dots before it, is the batch. Each letter is an axis; those that only the input and the
    kernel have are summed over.
    """

    family = "dense"
    sign = "≡"
    keras_names: ClassVar[Mapping[str, str]] = {"target_shape": "output_shape"}

    equation: Annotated[
        str,
        Meta(
            pattern=r"^(\.\.\.)?[a-zA-Z]+(\.\.\.)?,[a-zA-Z]+->(\.\.\.)?[a-zA-Z]+(\.\.\.)?\Z",
            max_length=120,
            description="Axes of input, kernel and output",
            examples=["...x,xy->...y"],
        ),
    ]
    target_shape: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=100_000_000)], ...],
        Meta(description="Lengths of the named axes of the output, but for the batch", max_length=8, examples=[(64,)]),
    ]
    bias_axes: Annotated[
        Annotated[str, Meta(pattern=r"^[a-zA-Z]+\Z", max_length=16)] | None,
        Meta(description="Axes of the output with a bias of their own; empty: none"),
    ] = None
    activation: ActivationName = "linear"
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: BiasInitializer = "zeros"
    kernel_regularizer: Regularizer | None = None
    bias_regularizer: Regularizer | None = None

    def output_shape(self, shape: Shape) -> Shape:
        return self._product(shape).output

    def _product(self, shape: Shape) -> "_Product":
        """Work out all axes.

        Raises:
            ShapeError: the equation does not fit the input, or the target shape.
        """
        match = _EQUATION.fullmatch(self.equation)
        before, taken, after, kernel, first, given, last = match.groups() if match else ("",) * 7
        if (before, after) != (first, last) or (before and after) or not match:
            raise ShapeError(
                _("{equation} is no product: as in ab,bc->ac or ...b,bc->...c").format(equation=self.equation)
            )
        full = (0, *shape)  # the batch has no length
        free = len(full) - len(taken)
        output = [0, *self.target_shape]
        if before:
            output[1:1] = full[1:free][::-1]  # Keras 3.15 puts them in this order
        elif after:
            output += full[len(taken) :]
        skipped = free if before else 0
        lengths = dict(zip(taken, full[skipped : skipped + len(taken)], strict=False))
        named = dict(zip(given, output[skipped:], strict=False))
        fits = free == 0 or (free > 0 and (before or after))
        whole = len(output) == len(given) + (free if before or after else 0)
        alike = all(lengths.get(letter, length) == length for letter, length in named.items())
        lengths = named | lengths
        known = all(lengths.get(letter) for letter in kernel) and {*given} <= {*taken, *kernel}
        if not (fits and whole and alike and known):
            message = _("{equation} with the target {target} does not fit {shape}")
            names = {"equation": self.equation, "target": format_shape(self.target_shape), "shape": format_shape(shape)}
            raise ShapeError(message.format(**names))
        rest = full[1:free] if before else full[len(taken) :]
        work = [length for length in (*lengths.values(), *rest) if length]
        return _Product(tuple(output[1:]), tuple(lengths[letter] for letter in kernel), lengths, tuple(work))

    def parameters(self, shape: Shape) -> Parameters:
        """The kernel has the axes that the equation gives it, and the bias those that are named."""
        product = self._product(shape)
        kernel = amount(*product.kernel)
        if not self.bias_axes:
            return Parameters(kernel)
        return Parameters(both(kernel, amount(*(product.lengths.get(letter) or 1 for letter in self.bias_axes))))

    def macs(self, shape: Shape) -> Amount:
        """One for each combination of places along all axes, those that are summed over and those that are left out."""
        return amount(*self._product(shape).work)

    def tf_flops(self, shape: Shape) -> int:
        """Two for each multiply-accumulate; the profiler itself does not know Einstein's notation."""
        return kernel_flops(2 * self.macs(shape).value, self.output_shape(shape), bool(self.bias_axes), self.activation)

    def kernel_width(self, shape: Shape) -> int:
        return self._product(shape).kernel[-1]

    def receptive_field_map(self, shape: Shape) -> ReceptiveFieldMap:
        return UNKNOWN if len(shape) > 1 else EVERYTHING

    def settings(self) -> tuple[str, ...]:
        bias = not self.bias_axes and "no bias"
        return shorthand(
            self.equation, "→ " + format_shape(self.target_shape), *function_settings(self.activation, True), bias
        )


class _Product(NamedTuple):
    """The output, the kernel, the length of each letter (the batch has 0), and of all axes that are worked along."""

    output: Shape
    kernel: Shape
    lengths: dict[str, int]
    work: Shape
