"""The gradient of one output cell as the oracle for receptive fields."""

import numpy as np


def seen_by(network, row, column):
    """Return `(top, left, bottom, right)` of the pixels that move the cell at `row`, `column`; all weights are ones.

    In double precision, for which TensorFlow takes its plain kernels: those of oneDNN can crash on odd little shapes.
    """
    import keras
    import tensorflow as tf

    from tui_cnn.worker.build import build

    usual = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        model = build(network)
    finally:
        keras.config.set_floatx(usual)
        keras.config.set_dtype_policy(usual)
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    image = tf.Variable(tf.ones((1, *network.input_shape), tf.float64))
    with tf.GradientTape() as tape:
        cell = tf.reduce_sum(model(image, training=False)[0, row, column])
    moved = np.abs(tape.gradient(cell, image).numpy()[0]).sum(axis=-1) > 0
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]), int(columns[-1])
