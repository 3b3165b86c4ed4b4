"""A transposed convolution as a program with its numbers: in NumPy, with `tf.nn`, and as a layer of Keras."""

import numpy as np

from tui_cnn.lab.code import Library, array_text, program
from tui_cnn.lab.transposed import TransposedConvolution


def transposed_code(made: TransposedConvolution, library: Library) -> str:
    """Write a transposed convolution as a program.

    Raises:
        WindowError: nothing is left of the output.
    """
    body = {"NumPy": _numpy, "TensorFlow": _tensorflow, "Keras": _keras}[library]
    kernel = made.kernel[..., np.newaxis, np.newaxis]
    return program(
        library,
        array_text("image", made.image[..., np.newaxis], "height, width, channels"),
        array_text("kernel", kernel, "height, width, channels out, channels in"),
        body(made),
    )


def _numpy(made: TransposedConvolution) -> str:
    laid, (rows, columns) = made.windows, made.image.shape
    height, width = laid.border.shape
    top, left = laid.down.before, laid.across.before
    return (
        f"whole = np.zeros(({height}, {width}))\n"
        f"for row in range({rows}):\n"
        f"    for column in range({columns}):\n"
        f"        top, left = row * {laid.down.s}, column * {laid.across.s}\n"
        f"        whole[top : top + {laid.down.f}, left : left + {laid.across.f}] += "
        "image[row, column, 0] * kernel[..., 0, 0]\n"
        f"output = whole[{top} : {top + laid.down.n}, {left} : {left + laid.across.n}, np.newaxis]\n"
    )


def _tensorflow(made: TransposedConvolution) -> str:
    cut = made.padding if isinstance(made.padding, int) else 0
    padding = "SAME" if made.padding == "same" else "VALID"
    shape = [1, *(size + 2 * cut for size in made.shape), 1]
    options = f'output_shape={shape}, strides={list(made.strides)}, padding="{padding}"'
    return (
        f"output = tf.nn.conv2d_transpose(image[np.newaxis], kernel, {options})[0].numpy()\n"
        f"{f'output = output[{cut}:-{cut}, {cut}:-{cut}]' if cut else ''}\n"
    )


def _keras(made: TransposedConvolution) -> str:
    cut = made.padding if isinstance(made.padding, int) else 0
    padding = "same" if made.padding == "same" else "valid"
    options = f'1, {made.kernel.shape}, strides={made.strides}, padding="{padding}", use_bias=False, dtype="float64"'
    return (
        f"layer = keras.layers.Conv2DTranspose({options})\n"
        "layer.build(image[np.newaxis].shape)\n"
        "layer.set_weights([kernel])  # a network learns these; here they are given\n"
        "output = np.array(layer(image[np.newaxis]))[0]\n"
        f"{f'output = output[{cut}:-{cut}, {cut}:-{cut}]' if cut else ''}\n"
    )
