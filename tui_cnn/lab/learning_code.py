"""A step of learning a kernel as a program with its numbers: NumPy, TensorFlow's gradient tape, Keras' `fit`.

Each program runs as it stands, and leaves the loss before the step in `loss` and the weights after it in `output`;
Keras' `fit` takes the images in 32 bits, so its numbers agree to six figures.
"""

import numpy as np

from tui_cnn.lab.code import Library, array_text, program
from tui_cnn.lab.learning import KernelLearning, Plane


def learning_code(made: KernelLearning, kernel: Plane, library: Library) -> str:
    """Write the step from a kernel as a program.

    Raises:
        WindowError: the window has no place.
    """
    laid = made.windows
    zeros = ((laid.down.before, laid.down.after), (laid.across.before, laid.across.after), (0, 0))
    pad = f"image = np.pad(image, {zeros})\n" if np.any(zeros) else ""
    axes = "height, width, channels, filters"
    return program(
        library,
        array_text("image", made.image, "height, width, channels") + pad,
        array_text("hidden", made.hidden[..., np.newaxis, np.newaxis], axes),
        array_text("kernel", kernel[..., np.newaxis, np.newaxis], axes),
        f"rate = {made.rate!r}\n",
        {"NumPy": _NUMPY, "TensorFlow": _TENSORFLOW, "Keras": _keras(made)}[library],
    )


_NUMPY = """\
patches = np.lib.stride_tricks.sliding_window_view(image[..., 0], hidden.shape[:2])
target = np.einsum("rcij,ij->rc", patches, hidden[..., 0, 0])
output = np.einsum("rcij,ij->rc", patches, kernel[..., 0, 0])
error = output - target
loss = np.mean(error**2)
gradient = 2 / error.size * np.einsum("rc,rcij->ij", error, patches)  # of each weight: error times pixel, summed
output = kernel[..., 0, 0] - rate * gradient
"""

_TENSORFLOW = """\
batch = image[np.newaxis]
target = tf.nn.conv2d(batch, hidden, strides=1, padding="VALID")
kernel = tf.Variable(kernel)
with tf.GradientTape() as tape:
    output = tf.nn.conv2d(batch, kernel, strides=1, padding="VALID")
    loss = tf.reduce_mean((output - target) ** 2)
gradient = tape.gradient(loss, kernel)
kernel.assign_sub(rate * gradient)
output = kernel.numpy()[..., 0, 0]
"""


def _keras(made: KernelLearning) -> str:
    height, width = made.hidden.shape
    return f"""\
layer = keras.layers.Conv2D(1, ({height}, {width}), use_bias=False, dtype="float64")
model = keras.Sequential([keras.Input(image.shape, dtype="float64"), layer])
layer.set_weights([hidden])
target = np.array(model(image[np.newaxis]))
layer.set_weights([kernel])
model.compile(optimizer=keras.optimizers.SGD(rate), loss="mean_squared_error")
loss = model.fit(image[np.newaxis], target, epochs=1, verbose=0).history["loss"][0]
output = layer.get_weights()[0][..., 0, 0]
"""
