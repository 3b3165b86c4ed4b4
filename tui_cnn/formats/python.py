"""Networks as Python: a file that builds the model in Keras and trains it, as a person would have written it."""

import re
from collections.abc import Iterable

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.classical_filters import Kernel
from tui_cnn.core.layers import Block, Branches
from tui_cnn.core.layers.base import ConstantKernels
from tui_cnn.core.network import walk
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.formats.python_body import Body, sequential
from tui_cnn.formats.python_helpers import Helpers
from tui_cnn.formats.python_training import main_function

_LAID_OUT = '''\
def laid_out(kernels):
    """Lay kernels out as Keras does, for any number of channels: (height, width, 1, filters)."""
    height, width = len(kernels[0]), len(kernels[0][0])
    return [
        [[[kernel[row][column] for kernel in kernels]] for column in range(width)]
        for row in range(height)
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
    helpers = Helpers(analysis.rows)
    shapes = f"{format_shape(network.input_shape)} in, {format_shape(analysis.output_shape or ())} out"
    build = ["def build_model():", f'    """Build the model: {shapes}, {analysis.totals.params:,} parameters."""']
    if not kinds or Branches in kinds:
        build += Body(helpers).model(network.layers, network.input_shape, name)
    else:
        helpers = Helpers(())
        build += sequential(network.layers, network.input_shape, name)
    imports = "import keras\nfrom keras import layers\n" if kinds else "import keras\n"
    functions = [
        f'"""The network “{title}”, in Keras."""\n\n{imports}',
        *_given_kernels(analysis.rows),
        *helpers.functions(),
        "\n".join(build) + "\n",
        main_function(analysis),
        _LAST,
    ]
    return "\n\n".join(functions)


def _given_kernels(rows: Iterable[Row]) -> list[str]:
    """Write the kernels that no training makes, a line each, under their name."""
    calls = [call for row in rows if not row.holds_layers for call in row.layer.keras_calls(row.input_shape or ())]
    values = [value for call in calls for value in call.arguments.values()]
    given = {value.name: value.kernels for value in values if isinstance(value, ConstantKernels)}
    if not given:
        return []
    banks = []
    for name, kernels in sorted(given.items()):
        lines = [f"        {_kernel(kernel)}," for kernel in kernels]
        banks.append("\n".join([f"{name.upper()} = laid_out(", "    [", *lines, "    ]", ")", ""]))
    return [_LAID_OUT, "".join(banks)]


def _kernel(kernel: Kernel) -> str:
    blur = all(weight == 1 / 9 for row in kernel for weight in row)
    return "[[1 / 9] * 3] * 3" if blur else str([list(row) for row in kernel])
