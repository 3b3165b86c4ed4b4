"""Networks as Python: a file that builds the model in Keras and trains it, as a person would have written it."""

import re

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import AnyLayer, Block, Branches, DepthMaxPooling2D, FixedConv2D
from tui_cnn.core.layers.fixed import Kernel
from tui_cnn.core.network import walk
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.python_body import Body, sequential
from tui_cnn.formats.python_helpers import Helpers
from tui_cnn.formats.python_training import main_function

_DEPTH_MAX_POOLING = '''\
def depth_max_pooling(x, pool_size, name=None):
    """Give the largest of each few neighbouring channels."""
    height, width, channels = x.shape[1:]
    x = layers.Reshape((height, width, channels, 1))(x)
    x = layers.MaxPooling3D((1, 1, pool_size))(x)
    return layers.Reshape((height, width, channels // pool_size), name=name)(x)
'''

_LAID_OUT = '''\
def laid_out(kernels):
    """Lay kernels of 3×3 out as Keras does, for any number of channels: (3, 3, 1, filters)."""
    return [
        [[[kernel[row][column] for kernel in kernels]] for column in range(3)]
        for row in range(3)
    ]
'''

_LAST = """\
if __name__ == "__main__":
    main()
"""


def dumps_python(analysis: Analysis) -> str:
    """Write the network of a sound analysis, without opaque layers, as a Python file.

    The file needs Keras and nothing else. It is formatted as black does.
    """
    network = analysis.network
    title = "".join(char for char in network.name if char.isprintable()).replace('"', "'")
    name = re.sub(r"\W+", "_", network.name, flags=re.ASCII)
    kinds = {type(layer) for _path, layer in walk(network.layers)} - {Block}
    helpers = Helpers(network.layers)
    shapes = f"{format_shape(network.input_shape)} in, {format_shape(analysis.output_shape or ())} out"
    build = ["def build_model():", f'    """Build the model: {shapes}, {analysis.totals.params:,} parameters."""']
    if not kinds or kinds & {Branches, DepthMaxPooling2D}:
        build += Body(helpers).model(network.layers, network.input_shape, name)
    else:
        helpers = Helpers(())
        build += sequential(network.layers, network.input_shape, name)
    imports = "import keras\nfrom keras import layers\n" if kinds else "import keras\n"
    functions = [
        f'"""The network “{title}”, in Keras."""\n\n{imports}',
        *_fixed_kernels(network.layers),
        *([_DEPTH_MAX_POOLING] if DepthMaxPooling2D in kinds else []),
        *helpers.functions(),
        "\n".join(build) + "\n",
        main_function(analysis),
        _LAST,
    ]
    return "\n\n".join(functions)


def _fixed_kernels(layers: tuple[AnyLayer, ...]) -> list[str]:
    """Write the kernels that no training makes, a line each, under the name of their bank."""
    fixed = {layer.bank: layer for _path, layer in walk(layers) if isinstance(layer, FixedConv2D)}
    if not fixed:
        return []
    banks = []
    for bank, layer in sorted(fixed.items()):
        lines = [f"        {_kernel(kernel)}," for kernel in layer.kernels]
        banks.append("\n".join([f"{bank.upper()} = laid_out(", "    [", *lines, "    ]", ")", ""]))
    return [_LAID_OUT, "".join(banks)]


def _kernel(kernel: Kernel) -> str:
    blur = all(weight == 1 / 9 for row in kernel for weight in row)
    return "[[1 / 9] * 3] * 3" if blur else str([list(row) for row in kernel])
