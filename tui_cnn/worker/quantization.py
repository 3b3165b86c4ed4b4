"""Post-training quantization to int8 by TensorFlow's converter, and the test of what comes out of it."""

import re
import warnings
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools.flatbuffer_utils import convert_bytearray_to_object
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from tui_cnn.core.int8 import ALIGNMENT
from tui_cnn.core.lifetimes import Lifetimes
from tui_cnn.core.unrolling import as_built
from tui_cnn.data.dataset import Dataset, check_parts, load
from tui_cnn.data.fitting import fit
from tui_cnn.formats.saving import check_writable, save_bytes
from tui_cnn.i18n import _
from tui_cnn.insight.classes import output_names
from tui_cnn.insight.predictions import confusion
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.ledger import TestEvaluation, record
from tui_cnn.runs.quantization import (
    ConvertedNetwork,
    QuantizationAnswer,
    QuantizationRequest,
    TestedNetworks,
    TestedShare,
)
from tui_cnn.visible import visible
from tui_cnn.worker.build import build
from tui_cnn.worker.inputs import model_inputs
from tui_cnn.worker.json_lines import answer_in_lines
from tui_cnn.worker.weights import load_weights

_BATCH = 250
_OPERATORS = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
_BYTES = {
    schema.TensorType.INT8: 1,
    schema.TensorType.BOOL: 1,
    schema.TensorType.INT16: 2,
    schema.TensorType.INT32: 4,
    schema.TensorType.FLOAT32: 4,
    schema.TensorType.INT64: 8,
}

Floats = npt.NDArray[np.float32]
Predict = Callable[[Floats], npt.NDArray[np.int64]]


def main() -> int:
    """Do what JSON on the standard input asks for; return the exit status."""
    return answer_in_lines(QuantizationRequest, quantize)


def quantize(request: QuantizationRequest) -> Iterator[QuantizationAnswer]:
    """Convert the best weights of a run, write the file if one is named, and test both networks.

    Raises:
        FormatError, DataError, RunError: something cannot be read or written, or the converter refuses the network.
    """
    run = RunDirectory(Path(request.run))
    recipe, network = run.recipe(), as_built(run.network())
    if request.target:
        check_writable(Path(request.target))
    model = build(network)
    load_weights(model, run.best_file, _("{file}: file not found; check the path").format(file=run.best_file))
    data = load(recipe.directory, network.input_shape, recipe.fit)
    check_parts(data.name, len(data.train_labels) - data.validation_count, len(data.test_labels))
    fitting, scaling = fit(data.image_shape, network.input_shape), run.scaling()
    train, _validation = data.split(recipe.validation, recipe.split_seed, recipe.limit, unstratified=recipe.seed)
    chosen = train[: request.calibration]

    def inputs(images: Any) -> Floats:
        return np.asarray(model_inputs(images, fitting, scaling))

    content = convert(model, lambda: (inputs(data.train_images[number : number + 1]) for number in chosen))
    if request.target:
        save_bytes(Path(request.target), content)
    yield ConvertedNetwork(
        len(content), len(convert(model)), arena_of(content), len(chosen), operators_in_float(content)
    )
    yield from _test(run, data, inputs, model.output.shape[-1], _predictor(model), int8_predictor(content))


def convert(model: keras.Model, calibration: Callable[[], Iterator[Floats]] | None = None) -> bytes:
    """Convert a model of one input to LiteRT, for one image: to int8 by images to calibrate with, or else in float32.

    Args:
        model: a model of Keras.
        calibration: gives inputs of the shape (1, height, width, channels).

    Raises:
        RunError: the converter has no int8 operator for a layer.
    """
    specification = tf.TensorSpec((1, *model.input.shape[1:]), tf.float32)
    function = tf.function(lambda images: model(images, training=False)).get_concrete_function(specification)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(function)])
    if calibration is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([values] for values in calibration())
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bytes(converter.convert())
    except Exception as error:  # the converter has an error of its own, and its calibration several others
        message = _("{name} cannot be converted to int8: {reason}")
        raise RunError(message.format(name=model.name, reason=_reason(str(error)))) from None


def _reason(text: str) -> str:
    """Return what the converter says is missing, or the beginning of what it says."""
    if missing := re.search(r"builtin opcode '(\w+)'|'?(tf\.\w+)'? op is neither|error: '(\w+\.\w+)' op", text):
        return _("TensorFlow has no int8 operator for {operator}").format(operator=next(filter(None, missing.groups())))
    return visible(" ".join(text.split())[:200])


def arena_of(content: bytes) -> int:
    """Return the bytes of the arena for the activations of a converted model, as LiteRT Micro plans it."""
    return _lifetimes(content).arena(1, ALIGNMENT)


def _lifetimes(content: bytes) -> Lifetimes:
    """Follow the operators of a converted model; arrays have the shape (bytes,)."""
    graph = convert_bytearray_to_object(bytearray(content)).subgraphs[0]
    lifetimes = Lifetimes()
    numbers: dict[int, int] = {}

    def make(tensor: int, sources: list[int]) -> None:
        array = graph.tensors[tensor]
        numbers[tensor] = lifetimes.make(sources, (_BYTES[array.type] * prod(map(int, array.shape)),))

    for tensor in graph.inputs:
        make(tensor, [])
    for operator in graph.operators:
        sources = [numbers[tensor] for tensor in operator.inputs if tensor in numbers]
        for tensor in operator.outputs:
            make(tensor, sources)
    for tensor in graph.outputs:
        lifetimes.keep(numbers[tensor])
    return lifetimes


def operators_in_float(content: bytes) -> tuple[str, ...]:
    """Name the operators of a converted model that compute in float32, once each."""
    model = convert_bytearray_to_object(bytearray(content))
    graph = model.subgraphs[0]
    found = {
        _OPERATORS[model.operatorCodes[operator.opcodeIndex].builtinCode]
        for operator in graph.operators
        if any(graph.tensors[tensor].type == schema.TensorType.FLOAT32 for tensor in operator.outputs)
    }
    return tuple(sorted(found - {"DEQUANTIZE"}))


def _predictor(model: keras.Model) -> Predict:
    """Return what predicts the classes (n,) of inputs in float32."""
    specification = tf.TensorSpec((None, *model.input.shape[1:]), tf.float32)
    compiled = tf.function(lambda images: model(images, training=False), input_signature=[specification])
    return lambda values: np.asarray(compiled(values)).reshape(len(values), -1).argmax(axis=1)


def int8_predictor(content: bytes) -> Predict:
    """Return what predicts the classes (n,) of inputs in int8, with LiteRT's own kernels for it.

    The scale of the input is that which the file has. The kernels of XNNPACK, which round otherwise, are left out.
    """
    kind = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it will be in another package
        interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    (given,), (made,) = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero = given["quantization"]

    def predict(values: Floats) -> npt.NDArray[np.int64]:
        rounded = np.clip(np.round(values / scale) + zero, -128, 127).astype(np.int8)
        classes = []
        for image in rounded:
            interpreter.set_tensor(given["index"], image[np.newaxis])
            interpreter.invoke()
            classes.append(interpreter.get_tensor(made["index"]).argmax())
        return np.array(classes, np.int64)

    return predict


def _test(
    run: RunDirectory, data: Dataset, inputs: Callable[[Any], Floats], outputs: int, before: Predict, after: Predict
) -> Iterator[QuantizationAnswer]:
    """Predict the whole test set by both."""
    labels = data.test_labels
    batches: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    for begin in range(0, len(labels), _BATCH):
        values = inputs(data.test_images[begin : begin + _BATCH])
        batches.append((before(values), after(values)))
        yield TestedShare(min(1.0, (begin + _BATCH) / len(labels)))
    floats, ints = (np.concatenate(classes) for classes in zip(*batches, strict=True))
    classes = tuple(map(visible, data.class_names))
    names = output_names(max(outputs, len(classes)), run.output_names(), classes)
    before_counts, after_counts = (confusion(labels, predicted, len(names)).tolist() for predicted in (floats, ints))
    for weights, predicted in (("best", floats), ("best, int8", ints)):
        evaluation = TestEvaluation(
            test_set=data.digest,
            data=data.name,
            run=run.id,
            by="person",
            weights=weights,
            accuracy=float(np.mean(predicted == labels)),
        )
        record(evaluation)
    yield TestedNetworks(names, before_counts, after_counts, int(np.sum(floats == ints)))
