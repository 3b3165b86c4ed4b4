"""The parameters of layers as a program: by formula in Python, of shapes in TensorFlow, counted by Keras.

Each program runs as it stands, leaves them in `output` by what they are of, and prints them.
"""

from tui_cnn.lab.code import Library
from tui_cnn.lab.settings import WeightsSettings
from tui_cnn.lab.sizes import Slide, compare

STACKS = ((5, 1), (3, 2), (7, 1), (3, 3))
"""Kernels, and how many convolutions in a row: two and three of 3×3 see as much as one of 5×5 and one of 7×7."""


def weights_code(settings: WeightsSettings, library: Library) -> str:
    """Write the comparison of a convolution, an unshared and a dense layer, and of small kernels with large ones.

    Raises:
        WindowError: the window has no place.
    """
    compare(
        (settings.height, settings.width, settings.channels),
        Slide(settings.kernel, settings.zeros, settings.stride),
        settings.filters,
    )
    units = "rows * columns * filters" if settings.units is None else f"{settings.units}"
    given = (
        f"height, width, channels = {settings.height}, {settings.width}, {settings.channels}\n"
        f"f, s, p, filters = {settings.kernel}, {settings.stride}, {settings.zeros}, {settings.filters}"
        "  # kernel, stride, zeros on each side\n"
    )
    head, sizes, counts, stack = _PARTS.get(library, _PYTHON)
    return (
        f"{head}{given}{sizes}units = {units}  # of the dense layer\n\noutput = {{\n{counts}}}\n"
        f"# in a row, as many channels in as out, without biases\nfor f, layers in {STACKS}:\n"
        f'    output[f"{{layers}} of {{f}}×{{f}}"] = {stack}\n{_PRINT}'
    )


_PRINT = """\
for name, count in output.items():
    print(f"{name}: {count:,}")
"""

_PYTHON = (
    "",
    """\
rows = (height + 2 * p - f) // s + 1
columns = (width + 2 * p - f) // s + 1
""",
    """\
    "convolution": (f * f * channels + 1) * filters,
    "unshared": (f * f * channels + 1) * rows * columns * filters,
    "dense": (height * width * channels + 1) * units,
""",
    "layers * f * f * filters * filters",
)

_TENSORFLOW = (
    """\
import tensorflow as tf


def size(*shapes):
    return sum(tf.TensorShape(shape).num_elements() for shape in shapes)


""",
    """\
image = tf.zeros([1, height, width, channels])
image = tf.pad(image, [[0, 0], [p, p], [p, p], [0, 0]])
kernel = tf.zeros([f, f, channels, filters])
output = tf.nn.conv2d(image, kernel, strides=s, padding="VALID")
rows, columns = output.shape[1:3]
""",
    """\
    "convolution": size(kernel.shape, [filters]),
    "unshared": size([rows, columns, *kernel.shape], [rows, columns, filters]),
    "dense": size([height * width * channels, units], [units]),
""",
    "layers * size([f, f, filters, filters])",
)

_KERAS = (
    "import keras\n\n",
    """\
image = keras.Input((height, width, channels))
image = keras.layers.ZeroPadding2D(p)(image)
convolution = keras.layers.Conv2D(filters, f, strides=s)
rows, columns = convolution(image).shape[1:3]
unit = keras.layers.Dense(1)  # the whole layer may not fit into memory
unit.build((None, height * width * channels))
""",
    """\
    "convolution": convolution.count_params(),
    # unshared: a convolution of its own at each place
    "unshared": convolution.count_params() * rows * columns,
    "dense": unit.count_params() * units,
""",
    """keras.Sequential([
        keras.Input((None, None, filters)),
        *(keras.layers.Conv2D(filters, f, use_bias=False) for _ in range(layers)),
    ]).count_params()""",
)

_PARTS = {"TensorFlow": _TENSORFLOW, "Keras": _KERAS}
