"""The part of a Python file that trains: on Fashion-MNIST where its images can be fitted to the network."""

from typing import NamedTuple

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import AnyLayer, Block
from tui_cnn.core.shape import Shape
from tui_cnn.formats.python_layers import call

_SIZE, _CLASSES = 28, 10
_NATIVE = {(28, 28, 1): "[..., None]", (28, 28): "", (784,): ".reshape(-1, 784)"}
"""Inputs that the images of Fashion-MNIST become by one expression."""


class PythonTraining(NamedTuple):
    """How the file trains, as Python expressions.

    Attributes:
        imports: modules beside Keras, as `import` names them.
        helpers: functions and classes that it needs.
        setup: lines before anything else.
        data: lines after the images are loaded.
        augmentation: layers that change the images, 0 to 255, while training.
        mixes: whether images and their labels are mixed.
        label_smoothing: share of each label that is spread over all classes.
        optimizer: its class and its arguments; without, Adam as Keras has it.
        callbacks: their names, classes in `keras.callbacks` and arguments.
        fit: arguments of `fit`, in which `{images}` stands for those to train on.
        limit: how many training images are used.
        scaling: what is done to pixel values, after the images, None: only a layer can; the layer, and its arguments.
    """

    imports: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    augmentation: tuple[str, ...] = ()
    mixes: bool = False
    label_smoothing: float = 0.0
    optimizer: tuple[str, tuple[str, ...]] | None = None
    callbacks: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    fit: tuple[str, ...] = ("{images}", "y_train", "epochs=5", "validation_split=0.1")
    limit: int | None = None
    scaling: tuple[str | None, str, tuple[str, ...]] = (" / 255", "Rescaling", ("1 / 255",))

    @property
    def takes_shares(self) -> bool:
        """Whether labels are shares of classes."""
        return self.mixes or self.label_smoothing > 0


AS_IN_TUTORIALS = PythonTraining()


def main_function(analysis: Analysis, training: PythonTraining) -> str:
    """Write the function `main`."""
    network, output = analysis.network, analysis.output_shape or ()
    if not is_classifier(analysis):
        return _own_data(network.input_shape, output)
    loss = _loss(network.layers, training)
    if training.takes_shares:
        shares = (f"y_{part} = keras.utils.to_categorical(y_{part}, {output[0]})" for part in ("train", "test"))
        training = training._replace(data=(*training.data, *shares))
    scaling = training.scaling[0]
    if network.input_shape in _NATIVE and not training.augmentation and scaling is not None:
        return _native(_NATIVE[network.input_shape] + scaling, loss, training)
    return _fitted(network.input_shape, loss, training)


def is_classifier(analysis: Analysis) -> bool:
    """Tell whether the images of Fashion-MNIST can be fitted to a network, and its output is one for each class."""
    shape, output = analysis.network.input_shape, analysis.output_shape or ()
    fitting = shape in _NATIVE or (len(shape) == 3 and shape[2] in (1, 3))
    return fitting and len(output) == 1 and output[0] >= _CLASSES


def _begin(training: PythonTraining) -> str:
    limit = training.limit
    cut = [f"    x_train, y_train = x_train[:{limit}], y_train[:{limit}]"] if limit else []
    loaded = "    (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()"
    lines = [*(f"    {line}" for line in training.setup), loaded, *cut, *(f"    {line}" for line in training.data)]
    return "\n".join(lines)


def _compile_and_fit(model: str, images: str, loss: list[str], training: PythonTraining) -> str:
    optimizer = ['        optimizer="adam",']
    if training.optimizer:
        name, arguments = training.optimizer
        optimizer = call(f"optimizer={name}", arguments, ",", 2)
    lines = [f"    {model}.compile(", *optimizer, *loss, '        metrics=["accuracy"],', "    )"]
    for name, kind, arguments in training.callbacks:
        lines += call(f"{name} = keras.callbacks.{kind}", arguments, "", 1)
    named = ", ".join(name for name, _kind, _arguments in training.callbacks)
    fit = [each.replace("{images}", images) for each in training.fit]
    return "\n".join([*lines, *call(f"{model}.fit", [*fit, *([f"callbacks=[{named}]"] if named else [])], "", 1)])


def _native(expression: str, loss: list[str], training: PythonTraining) -> str:
    return f'''\
def main():
    """Train on Fashion-MNIST, then test."""
{_begin(training)}
    x_train = x_train{expression}
    x_test = x_test{expression}

    model = build_model()
    model.summary()
{_compile_and_fit("model", "x_train", loss, training)}
    model.evaluate(x_test, y_test)
'''


def _fitted(shape: Shape, loss: list[str], training: PythonTraining) -> str:
    """Write it for an input that the images become by layers in front of the model."""
    _expression, scale, arguments = training.scaling
    steps = [f"    x = {layer}(x)" for layer in training.augmentation]
    if len(shape) == 3:
        steps += _resizing(shape[0], shape[1])
        steps += ["    x = layers.Concatenate()([x, x, x])"] if shape[2] == 3 else []
    else:
        steps.append(f"    x = layers.Reshape({shape})(x)")
    steps += call(f"x = layers.{scale}", arguments, "(x)", 1)
    written = "\n".join(steps).replace("(x)", "(images)", 1)
    return f'''\
def main():
    """Train on Fashion-MNIST, its images fitted to the network, then test."""
{_begin(training)}

    model = build_model()
    model.summary()
    images = keras.Input(({_SIZE}, {_SIZE}, 1))
{written}
    fitted = keras.Model(images, model(x))
{_compile_and_fit("fitted", "x_train[..., None]", loss, training)}
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


def _loss(stack: tuple[AnyLayer, ...], training: PythonTraining) -> list[str]:
    """Write the loss that fits the last layer, for probabilities or for scores of any size, as an argument."""
    while stack and isinstance(stack[-1], Block):
        stack = stack[-1].layers
    last = stack[-1] if stack else None
    is_softmax = last is not None and last.is_softmax
    if training.takes_shares:
        arguments = [] if is_softmax else ["from_logits=True"]
        arguments += [f"label_smoothing={training.label_smoothing!r}"] if training.label_smoothing else []
        return call("loss=keras.losses.CategoricalCrossentropy", arguments, ",", 2)
    if is_softmax:
        return ['        loss="sparse_categorical_crossentropy",']
    return ["        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),"]
