"""Pooling as a program with its numbers: in NumPy, with `tf.nn`, and as a layer of Keras."""

from tui_cnn.lab.code import Library, array_text, program, zeros_text
from tui_cnn.lab.pooling import Pooling
from tui_cnn.lab.windows import Windows

_CALL = "output = np.array(layer(image[np.newaxis]))[0]\n"


def pooling_code(pooling: Pooling, library: Library) -> str:
    """Write pooling as a program.

    Raises:
        WindowError: the window has no place.
    """
    laid = pooling.windows
    body = {"NumPy": _numpy_pooling, "TensorFlow": _tf_pooling, "Keras": _keras_pooling}[library]
    image = array_text("image", pooling.image, "height, width, channels")
    return program(library, image, body(pooling, laid))


def _numpy_pooling(pooling: Pooling, laid: Windows) -> str:
    mean = "average" in pooling.kind
    if pooling.kind == "depth-max":
        height, width, channels = pooling.image.shape
        groups = f"image.reshape({height}, {width}, {channels // pooling.depth}, {pooling.depth})"
        return f"output = {groups}.max(axis=3)  # over the channels of each pixel\n"
    if pooling.kind.startswith("global"):
        return f"output = image.{'mean' if mean else 'max'}(axis=(0, 1), keepdims=True)\n"
    if pooling.weights is not None:
        return _weights(pooling) + _numpy_loop(
            pooling,
            laid,
            "under = np.where(np.isnan(patch), 0, weights[..., np.newaxis])",
            "output[row, column] = np.nansum(under * patch, axis=(0, 1)) / under.sum(axis=(0, 1))",
        )
    return _numpy_loop(pooling, laid, f"output[row, column] = np.{'nanmean' if mean else 'nanmax'}(patch, axis=(0, 1))")


def _numpy_loop(pooling: Pooling, laid: Windows, *lines: str) -> str:
    """Write a loop over the places of the window, each with `lines` about its `patch`."""
    rows, columns = laid.shape
    body = "".join(f"        {line}\n" for line in lines)
    return (
        f"padded = np.pad(image, {zeros_text(laid)}, constant_values=np.nan)  # what is outside does not count\n"
        f"output = np.zeros(({rows}, {columns}, {pooling.image.shape[2]}))\n"
        f"for row in range({rows}):\n"
        f"    for column in range({columns}):\n"
        f"        top, left = row * {laid.down.s}, column * {laid.across.s}\n"
        f"        patch = padded[top : top + {laid.down.f}, left : left + {laid.across.f}]\n"
        f"{body}"
    )


def _tf_pooling(pooling: Pooling, laid: Windows) -> str:
    mean = "average" in pooling.kind
    name = "avg_pool" if mean else "max_pool"
    batch = "image[np.newaxis]"
    if pooling.kind == "depth-max":
        sizes = [1, 1, 1, pooling.depth]
        call = f'tf.nn.max_pool({batch}, ksize={sizes}, strides={sizes}, padding="VALID")'
        return f"output = {call}[0].numpy()  # over the channels of each pixel\n"
    if pooling.kind.startswith("global"):
        return f"output = tf.reduce_{'mean' if mean else 'max'}({batch}, axis=[1, 2], keepdims=True)[0].numpy()\n"
    if pooling.weights is not None:
        steps, padding, cut = _strides(pooling, laid)
        options = f'strides={[1, *steps, 1]}, padding="{padding.upper()}"'
        call = f"tf.nn.depthwise_conv2d(values[np.newaxis], kernel, {options}){cut}[0].numpy()"
        return _weighted(pooling, laid, call)
    size, strides = [laid.down.f, laid.across.f], [laid.down.s, laid.across.s]
    call = f'tf.nn.{name}({batch}, ksize={size}, strides={strides}, padding="{str(pooling.padding).upper()}")'
    return f"output = {call}[0].numpy()\n"


def _keras_pooling(pooling: Pooling, laid: Windows) -> str:
    name = "Average" if "average" in pooling.kind else "Max"
    if pooling.kind == "depth-max":
        sizes = [1, 1, 1, pooling.depth]
        return (
            "import tensorflow as tf  # Keras has no such layer: a Lambda calls TensorFlow's function\n\n"
            "layer = keras.layers.Lambda(\n"
            f'    lambda x: tf.nn.max_pool(x, ksize={sizes}, strides={sizes}, padding="VALID")\n'
            f")\n{_CALL}"
        )
    if pooling.kind.startswith("global"):
        return f"layer = keras.layers.Global{name}Pooling2D(keepdims=True)\n{_CALL}"
    if pooling.weights is not None:
        strides, padding, cut = _strides(pooling, laid)
        options = f'({laid.down.f}, {laid.across.f}), strides={strides}, padding="{padding}"'
        layer = (
            f'layer = keras.layers.DepthwiseConv2D({options}, use_bias=False, dtype="float64")\n'
            "layer.build((None, None, None, kernel.shape[2]))\n"
            "layer.set_weights([kernel])  # a network may learn these; here they are given\n"
        )
        return _weighted(pooling, laid, f"np.array(layer(values[np.newaxis])){cut}[0]", layer)
    options = f'({laid.down.f}, {laid.across.f}), strides=({laid.down.s}, {laid.across.s}), padding="{pooling.padding}"'
    return f"layer = keras.layers.{name}Pooling2D({options})\n{_CALL}"


def _weighted(pooling: Pooling, laid: Windows, call: str, layer: str = "") -> str:
    """Write a depth-wise convolution with the weights; at the border it is divided by those that are inside."""
    is_padded = pooling.padding == "same"
    pad = ""
    if is_padded and laid.down.s != laid.across.s:
        pad = f"    values = np.pad(values, {zeros_text(laid)})\n"
    inside = " / average(np.ones_like(image))  # what is outside does not count" if is_padded else ""
    return (
        f"{_weights(pooling)}"
        f"share = (weights / weights.sum())[..., np.newaxis, np.newaxis]\n"
        f"kernel = np.tile(share, (1, 1, {pooling.image.shape[2]}, 1))  # height, width, channels, 1\n"
        f"{layer}\n\n"
        f"def average(values):\n{pad}"
        f"    return {call}\n\n\n"
        f"output = average(image){inside}\n"
    )


def _strides(pooling: Pooling, laid: Windows) -> tuple[tuple[int, int], str, str]:
    """Return strides, padding and what is cut out: TensorFlow has depth-wise convolutions of equal strides only."""
    down, across = laid.down.s, laid.across.s
    if down == across:
        return (down, across), str(pooling.padding), ""
    return (1, 1), "valid", f"[:, ::{down}, ::{across}]"


def _weights(pooling: Pooling) -> str:
    assert pooling.weights is not None
    rows = ", ".join(str(row) for row in pooling.weights.tolist())
    return f"weights = np.array([{rows}])\n"
