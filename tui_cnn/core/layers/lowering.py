"""What a layer is in Keras: the calls that make it, as plain values.

Most layers are one layer of Keras by the same name. A composite layer is made of others; it declares its calls once,
and all that write, build or read models of Keras go by them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tui_cnn.core.classical_filters import Kernel
from tui_cnn.core.shape import Shape


class ConstantKernels(NamedTuple):
    """An initializer of kernels that are given: a value that an argument of a call may have.

    `name` is what a program calls them.
    """

    name: str
    kernels: tuple[Kernel, ...]

    def nested(self) -> list[list[list[list[int | float]]]]:
        """Lay them out as Keras does, (height, width, 1, filters): the one channel stands for all."""
        rows, columns = len(self.kernels[0]), len(self.kernels[0][0])
        return [
            [[[kernel[row][column] for kernel in self.kernels]] for column in range(columns)] for row in range(rows)
        ]


class KerasCall(NamedTuple):
    """A layer of Keras with its arguments, but for its name.

    Attributes:
        class_name: its class in `keras.layers`.
        arguments: by name, as our layers have them: a regularizer is a word, and so is an initializer, or
            `ConstantKernels`.
        suffix: what its name ends with, after that of the layer which it is a part of; empty for the last of the calls,
            which has the layer's own name.
        output_shape: what comes out; None where it is what comes out of the whole layer.
    """

    class_name: str
    arguments: Mapping[str, Any]
    suffix: str = ""
    output_shape: Shape | None = None


class Proposal(NamedTuple):
    """What calls may be made of: the fields of a layer, and the input shape, where the calls depend on it.

    Who reads it makes the calls of that layer anew, and takes it only if they are the same.
    """

    fields: Mapping[str, Any]
    input_shape: Shape | None = None
