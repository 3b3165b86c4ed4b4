"""What a bench of the Lab computes, as a program with its numbers: in NumPy, with `tf.nn`, and as a layer of Keras.

Each program runs as it stands, and leaves the bench's output in `output`, (rows, columns, channels).
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.windows import Windows

Library = Literal["Python", "NumPy", "TensorFlow", "Keras"]
LIBRARIES: tuple[Library, ...] = ("NumPy", "TensorFlow", "Keras")
FORMULA_LIBRARIES: tuple[Library, ...] = ("Python", "TensorFlow", "Keras")
"""Those of a bench that computes with no arrays, but works a formula out."""

_HEADS: dict[Library, str] = {
    "Python": "",
    "NumPy": "import numpy as np\n",
    "TensorFlow": "import numpy as np\nimport tensorflow as tf\n",
    "Keras": "import keras\nimport numpy as np\n",
}
_PRINT = "print(np.round(output, 4))\n"
_WIDEST = 110
"""Columns of a line of numbers; longer rows are broken."""


def program(library: Library, *parts: str) -> str:
    """Join parts that leave their result in `output` to a program that imports what they need, and prints it."""
    return "\n".join([_HEADS[library], *parts, _PRINT])


def convolution_code(convolution: Convolution, library: Library) -> str:
    """Write a convolution as a program.

    Raises:
        WindowError: the window has no place.
    """
    laid = convolution.windows
    body = {"NumPy": _numpy_convolution, "TensorFlow": _tf_convolution, "Keras": _keras_convolution}[library]
    image = array_text("image", convolution.image, "height, width, channels")
    kernel = array_text("kernel", convolution.kernels, "height, width, channels, filters")
    turn = "kernel = kernel[::-1, ::-1]  # a true convolution turns it by 180°\n" if convolution.true else ""
    bias = _bias(convolution)
    return program(library, image, kernel, f"{turn}{bias}", body(convolution, laid))


def _bias(convolution: Convolution) -> str:
    return f"bias = np.array({[float(value) for value in convolution.bias]})\n" if convolution.bias else ""


def zeros_text(laid: Windows) -> str:
    """Write the zeros around an image as `np.pad` takes them."""
    return f"(({laid.down.before}, {laid.down.after}), ({laid.across.before}, {laid.across.after}), (0, 0))"


def _numpy_convolution(convolution: Convolution, laid: Windows) -> str:
    rows, columns = laid.shape
    bias = " + bias" if convolution.bias else ""
    relu = "output = np.maximum(output, 0)  # ReLU\n" if convolution.relu else ""
    return (
        f"padded = np.pad(image, {zeros_text(laid)})\n"
        f"output = np.zeros(({rows}, {columns}, {convolution.kernels.shape[3]}))\n"
        f"for row in range({rows}):\n"
        f"    for column in range({columns}):\n"
        f"        top, left = row * {laid.down.s}, column * {laid.across.s}\n"
        f"        patch = padded[top : top + {laid.down.reach}{_by(laid.down.d)}, "
        f"left : left + {laid.across.reach}{_by(laid.across.d)}]\n"
        f"        output[row, column] = (patch[..., np.newaxis] * kernel).sum(axis=(0, 1, 2)){bias}\n"
        f"{relu}"
    )


def _by(dilation: int) -> str:
    return f" : {dilation}" if dilation > 1 else ""


def _tf_convolution(convolution: Convolution, laid: Windows) -> str:
    padding: str | list[list[int]] = {"valid": "VALID", "same": "SAME"}.get(str(convolution.padding), "")
    if not padding:
        padding = [[0, 0], [laid.down.before, laid.down.after], [laid.across.before, laid.across.after], [0, 0]]
    bias = "output = output + bias\n" if convolution.bias else ""
    relu = "output = tf.nn.relu(output)\n" if convolution.relu else ""
    return (
        "# a batch of one image; tf.nn.conv2d does not turn the kernel\n"
        f"output = tf.nn.conv2d(image[np.newaxis], kernel, strides={list(convolution.strides)}, padding={padding!r}, "
        f"dilations={list(convolution.dilation)})\n{bias}{relu}output = output[0].numpy()\n"
    )


def _keras_convolution(convolution: Convolution, laid: Windows) -> str:
    height, width, _depth, filters = convolution.kernels.shape
    padding, padded = str(convolution.padding), "image[np.newaxis]"
    lines, strides, taken = "", convolution.strides, ""
    is_sparse = strides != (1, 1) and convolution.dilation != (1, 1)
    if is_sparse:
        lines = "# Keras refuses a stride and a dilation in one layer\n"
        strides, taken = (1, 1), f"[:, ::{strides[0]}, ::{strides[1]}]"
    if isinstance(convolution.padding, int) or is_sparse:
        padding, padded = "valid", "padded"
        zeros = ((laid.down.before, laid.down.after), (laid.across.before, laid.across.after))
        lines += f"padded = keras.layers.ZeroPadding2D({zeros})(image[np.newaxis])\n"
    options = [
        f"{filters}",
        f"({height}, {width})",
        f"strides={strides}",
        f'padding="{padding}"',
        *([f"dilation_rate={convolution.dilation}"] if convolution.dilation != (1, 1) else []),
        *(['activation="relu"'] if convolution.relu else []),
        *([] if convolution.bias else ["use_bias=False"]),
        'dtype="float64"',
    ]
    weights = "[kernel, bias]" if convolution.bias else "[kernel]"
    return (
        f"{lines}layer = keras.layers.Conv2D({', '.join(options)})\n"
        f"layer.build({padded}.shape)\n"
        f"layer.set_weights({weights})  # a network learns these; here they are given\n"
        f"output = np.array(layer({padded}){taken})[0]\n"
    )


def array_text(name: str, values: NDArray[np.float64], axes: str) -> str:
    """Write an array: as rows and columns where the other axes have length 1, or else as it lies in memory."""
    shape = values.shape
    if all(length == 1 for length in shape[2:]):
        rows = values.reshape(shape[:2])
        lines = ",\n".join("    [" + _numbers(row, "     ") + "]" for row in rows)
        return f"{name} = np.array([\n{lines},\n], float).reshape{shape}  # {axes}\n"
    lines = _numbers(values.ravel(), "    ")
    return f"{name} = np.array([\n    {lines},\n], float).reshape{shape}  # {axes}\n"


def _numbers(values: NDArray[np.float64], indent: str) -> str:
    """Write numbers so that they are read back as they are, in lines that are not too long."""
    lines, line = [], ""
    for value in values.tolist():
        text = f"{value:g}" if float(f"{value:g}") == value else repr(value)
        longer = f"{line}, {text}" if line else text
        if len(longer) > _WIDEST:
            lines.append(line)
            longer = text
        line = longer
    return f",\n{indent}".join([*lines, line])
