"""The part of a Python file that trains: on Fashion-MNIST where its images can be fitted to the network."""

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import AnyLayer, Block
from tui_cnn.core.shape import Shape

_SIZE, _CLASSES = 28, 10
_NATIVE = {(28, 28, 1): "[..., None] / 255", (28, 28): " / 255", (784,): ".reshape(-1, 784) / 255"}
"""Inputs that the images of Fashion-MNIST become by one expression."""


def main_function(analysis: Analysis) -> str:
    """Write the function `main`."""
    network, output = analysis.network, analysis.output_shape or ()
    loss = _loss(network.layers)
    if len(output) != 1 or output[0] < _CLASSES:
        return _own_data(network.input_shape, output)
    if network.input_shape in _NATIVE:
        return _native(_NATIVE[network.input_shape], loss)
    if len(network.input_shape) == 3 and network.input_shape[2] in (1, 3):
        return _fitted(network.input_shape, loss)
    return _own_data(network.input_shape, output)


def _native(expression: str, loss: str) -> str:
    return f'''\
def main():
    """Train on Fashion-MNIST, then test."""
    (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
    x_train = x_train{expression}
    x_test = x_test{expression}

    model = build_model()
    model.summary()
    model.compile(
        optimizer="adam",
        loss={loss},
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, epochs=5, validation_split=0.1)
    model.evaluate(x_test, y_test)
'''


def _fitted(shape: Shape, loss: str) -> str:
    """Write it for an input that the images become by layers in front of the model."""
    steps = ["    x = layers.Rescaling(1 / 255)(images)", *_resizing(shape[0], shape[1])]
    if shape[2] == 3:
        steps.append("    x = layers.Concatenate()([x, x, x])")
    written = "\n".join(steps)
    return f'''\
def main():
    """Train on Fashion-MNIST, its images fitted to the network, then test."""
    (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()

    model = build_model()
    model.summary()
    images = keras.Input(({_SIZE}, {_SIZE}, 1))
{written}
    fitted = keras.Model(images, model(x))
    fitted.compile(
        optimizer="adam",
        loss={loss},
        metrics=["accuracy"],
    )
    fitted.fit(x_train[..., None], y_train, epochs=5, validation_split=0.1)
    fitted.evaluate(x_test[..., None], y_test)
'''


def _resizing(height: int, width: int) -> list[str]:
    """Put the image into a border of zeros, as LeCun did; make it smaller where there is no room for one."""
    if (height, width) == (_SIZE, _SIZE):
        return []
    if height < _SIZE or width < _SIZE:
        return [f"    x = layers.Resizing({height}, {width})(x)"]
    (top, bottom), (left, right) = ((n // 2, n - n // 2) for n in (height - _SIZE, width - _SIZE))
    border = f"{top}" if top == bottom == left == right else f"(({top}, {bottom}), ({left}, {right}))"
    return [f"    x = layers.ZeroPadding2D({border})(x)"]


def _own_data(shape: Shape, output: Shape) -> str:
    return f'''\
def main():
    """Train on random numbers: put your own images and targets in their place."""
    images = keras.random.normal({(256, *shape)!r})
    targets = keras.random.normal({(256, *output)!r})

    model = build_model()
    model.summary()
    model.compile(optimizer="adam", loss="mean_squared_error")
    model.fit(images, targets, epochs=1)
'''


def _loss(stack: tuple[AnyLayer, ...]) -> str:
    """Write the loss that fits the last layer: for probabilities, or for scores of any size."""
    while stack and isinstance(stack[-1], Block):
        stack = stack[-1].layers
    last = stack[-1] if stack else None
    if last is not None and last.is_softmax:
        return '"sparse_categorical_crossentropy"'
    return "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
