"""Activation functions of Keras as operators of ONNX: the definitions are those of Keras 3.15, keras.activations."""

from collections.abc import Callable

from tui_cnn.worker.onnx.writer import GraphWriter, LaidOut, NoOperationError


def activated(writer: GraphWriter, value: LaidOut, name: str) -> LaidOut:
    """Apply an activation function of Keras; softmax works on the channels."""
    if name == "linear":
        return value
    if name not in FUNCTIONS:
        raise NoOperationError
    axis = 1 if value.channels_first and len(value.shape) > 1 else -1
    return value._replace(name=FUNCTIONS[name](writer, value.name, axis))


Function = Callable[[GraphWriter, str, int], str]


def _one(kind: str, **attributes: float) -> Function:
    return lambda writer, x, _axis: writer.add(kind, x, **attributes)


def _along_axis(kind: str) -> Function:
    return lambda writer, x, axis: writer.add(kind, x, axis=axis)


def _clipped(writer: GraphWriter, x: str, low: float, high: float) -> str:
    return writer.add("Clip", x, writer.numbers(low), writer.numbers(high))


def _gelu(writer: GraphWriter, x: str, _axis: int) -> str:
    inner = writer.add("Erf", writer.add("Div", x, writer.numbers(2**0.5)))
    half = writer.add("Mul", x, writer.numbers(0.5))
    return writer.add("Mul", half, writer.add("Add", inner, writer.numbers(1.0)))


def _log_sigmoid(writer: GraphWriter, x: str, _axis: int) -> str:
    return writer.add("Neg", writer.add("Softplus", writer.add("Neg", x)))


def _sparse_plus(writer: GraphWriter, x: str, _axis: int) -> str:
    """0 up to -1, x from 1 on, (x + 1)² / 4 between."""
    inner = writer.add("Add", _clipped(writer, x, -1.0, 1.0), writer.numbers(1.0))
    curve = writer.add("Mul", writer.add("Mul", inner, inner), writer.numbers(0.25))
    return writer.add("Max", curve, x)


def _squareplus(writer: GraphWriter, x: str, _axis: int) -> str:
    root = writer.add("Sqrt", writer.add("Add", writer.add("Mul", x, x), writer.numbers(4.0)))
    return writer.add("Mul", writer.add("Add", x, root), writer.numbers(0.5))


def _sparse_sigmoid(writer: GraphWriter, x: str, _axis: int) -> str:
    inner = writer.add("Add", _clipped(writer, x, -1.0, 1.0), writer.numbers(1.0))
    return writer.add("Mul", inner, writer.numbers(0.5))


def _times(function: Function) -> Function:
    return lambda writer, x, axis: writer.add("Mul", x, function(writer, x, axis))


def _tanh_of_softplus(writer: GraphWriter, x: str, _axis: int) -> str:
    return writer.add("Tanh", writer.add("Softplus", x))


_HARD_SIGMOID = _one("HardSigmoid", alpha=1 / 6, beta=0.5)

FUNCTIONS: dict[str, Function] = {
    "relu": _one("Relu"),
    "relu6": lambda writer, x, _axis: _clipped(writer, x, 0.0, 6.0),
    "leaky_relu": _one("LeakyRelu", alpha=0.2),
    "elu": _one("Elu", alpha=1.0),
    "selu": _one("Selu"),
    "celu": _one("Celu", alpha=1.0),
    "gelu": _gelu,
    "silu": _times(_one("Sigmoid")),
    "mish": _times(_tanh_of_softplus),
    "sigmoid": _one("Sigmoid"),
    "hard_sigmoid": _HARD_SIGMOID,
    "hard_silu": _times(_HARD_SIGMOID),
    "log_sigmoid": _log_sigmoid,
    "sparse_sigmoid": _sparse_sigmoid,
    "tanh": _one("Tanh"),
    "hard_tanh": lambda writer, x, _axis: _clipped(writer, x, -1.0, 1.0),
    "tanh_shrink": lambda writer, x, _axis: writer.add("Sub", x, writer.add("Tanh", x)),
    "hard_shrink": _one("Shrink", lambd=0.5, bias=0.0),
    "soft_shrink": _one("Shrink", lambd=0.5, bias=0.5),
    "softplus": _one("Softplus"),
    "softsign": _one("Softsign"),
    "sparse_plus": _sparse_plus,
    "squareplus": _squareplus,
    "exponential": _one("Exp"),
    "softmax": _along_axis("Softmax"),
    "log_softmax": _along_axis("LogSoftmax"),
}
"""Keras' activations, but for sparsemax, which would have to sort."""
