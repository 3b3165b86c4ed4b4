"""Softmax with its loss and gradient as a program, in NumPy, with `tf.nn` and Keras; probabilities in `output`."""

from tui_cnn.lab.code import Library, program
from tui_cnn.lab.softmax import SoftmaxSteps


def softmax_code(made: SoftmaxSteps, library: Library) -> str:
    """Write softmax as a program, which also leaves `loss` and `gradient`."""
    given = (
        f"logits = np.array({made.logits.tolist()})\n"
        f"true = {made.true}  # the true class, counted from 0\n"
        f"temperature = {made.temperature!r}\n"
    )
    return program(library, given, {"NumPy": _NUMPY, "TensorFlow": _TENSORFLOW, "Keras": _KERAS}[library])


_NUMPY = """\
scaled = logits / temperature
shifted = scaled - scaled.max()  # else np.exp would overflow: np.exp(np.float32(89)) is inf
output = np.exp(shifted) / np.exp(shifted).sum()
targets = np.eye(len(logits))[true]
loss = -np.log(output[true])
gradient = (output - targets) / temperature
print(loss, gradient.round(4))
"""

_TENSORFLOW = """\
targets = tf.one_hot(true, len(logits), dtype=tf.float64)
logits = tf.Variable(logits)
with tf.GradientTape() as tape:
    loss = tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=logits / temperature)
output = tf.nn.softmax(logits / temperature).numpy()
gradient = tape.gradient(loss, logits).numpy()
print(loss.numpy(), gradient.round(4))
"""

_KERAS = """\
targets = np.eye(len(logits))[true]
output = np.array(keras.ops.softmax(logits / temperature))
loss = float(keras.losses.categorical_crossentropy(targets, logits / temperature, from_logits=True))
gradient = (output - targets) / temperature
print(loss, gradient.round(4))
"""
