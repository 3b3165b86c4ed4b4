"""Networks as Python: a file that builds the model in Keras and trains it, as a person would have written it.

A plain stack is a list of layers; a network with branches is written one line after the other, with functions for the
blocks that it has several times.
"""

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count

from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.classical_filters import Kernel
from tui_cnn.core.graph import needs_graph
from tui_cnn.core.layers import AnyLayer, Block, Branches, stack_shape
from tui_cnn.core.layers.base import ConstantKernels, is_composite
from tui_cnn.core.network import walk, with_frozen_leaves, without_names
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import Shape, format_shape
from tui_cnn.formats.python_graph import model_lines
from tui_cnn.formats.python_layers import call, calls, given_name, merge_arguments, merged
from tui_cnn.formats.python_training import AS_IN_TUTORIALS, PythonTraining, is_classifier, main_function

_LAID_OUT = '''\
def laid_out(kernels):
    """Lay kernels out as Keras does, for any number of channels: (height, width, 1, filters)."""
    height, width = len(kernels[0]), len(kernels[0][0])
    return [
        [[[kernel[row][column] for kernel in kernels]] for column in range(width)]
        for row in range(height)
    ]
'''

_LAST = """\
if __name__ == "__main__":
    main()
"""

_TAKEN = ("build_model", "main", "laid_out", "keras", "layers", "inputs", "x")
"""Names that no function may have."""

_MERGE_NAMES = {"add": "residual", "multiply": "gate"}
"""What a branch beside a skip connection is called."""

_Key = tuple[tuple[AnyLayer, ...], Shape | None]
"""What a function does: its layers, and the shape that they are for if that matters."""


def dumps_python(analysis: Analysis, training: PythonTraining = AS_IN_TUTORIALS) -> str:
    """Write the network of a sound analysis, without opaque layers, as a Python file.

    The file needs Keras and nothing else, unless a layer is a function of TensorFlow. It is formatted as black does.
    """
    if analysis.network != (network := with_frozen_leaves(analysis.network)):
        analysis = analyze(network)
    title = "".join(char for char in network.name if char.isprintable()).replace('"', "'")
    name = re.sub(r"\W+", "_", network.name, flags=re.ASCII)
    kinds = {type(layer) for _path, layer in walk(network.layers)} - {Block}
    is_graph = needs_graph(network)
    branched = not kinds or Branches in kinds or any(kind.times_given > 1 for kind in kinds)
    helpers = _Helpers(analysis.rows if branched and not is_graph else ())
    shapes = f"{format_shape(network.input_shape)} in, {format_shape(analysis.output_shape or ())} out"
    build = ["def build_model():", f'    """Build the model: {shapes}, {analysis.totals.params:,} parameters."""']
    if is_graph:
        build += model_lines(analysis, name, _TAKEN)
    elif branched:
        build += _Body(helpers).model(network.layers, network.input_shape, name)
    else:
        build += _sequential(network.layers, network.input_shape, name)
    if not is_classifier(analysis):
        training = AS_IN_TUTORIALS
    main = main_function(analysis, training)
    modules = ["import keras", *(f"import {name}" for name in training.imports if name != "math")]
    if kinds or "layers." in "".join([main, *training.helpers]):
        modules.append("from keras import layers")
    if any("tf." in line for line in build):
        modules = ["import keras", "import tensorflow as tf", *modules[1:]]
    imports = "import math\n\n" * ("math" in training.imports) + "\n".join(modules) + "\n"
    functions = [
        f'"""The network “{title}”, in Keras."""\n\n{imports}',
        *_given_kernels(analysis.rows),
        *helpers.functions(),
        "\n".join(build) + "\n",
        *training.helpers,
        main,
        _LAST,
    ]
    return "\n\n".join(functions)


def _given_kernels(rows: Iterable[Row]) -> list[str]:
    """Write the kernels that no training makes, a line each, under their name."""
    made = [made for row in rows if not row.holds_layers for made in row.layer.keras_calls(row.input_shape or ())]
    values = [value for one in made for value in one.arguments.values()]
    given = {value.name: value.kernels for value in values if isinstance(value, ConstantKernels)}
    if not given:
        return []
    banks = []
    for name, kernels in sorted(given.items()):
        lines = [f"        {_kernel(kernel)}," for kernel in kernels]
        banks.append("\n".join([f"{name.upper()} = laid_out(", "    [", *lines, "    ]", ")", ""]))
    return [_LAID_OUT, "".join(banks)]


def _kernel(kernel: Kernel) -> str:
    blur = all(weight == 1 / 9 for row in kernel for weight in row)
    return "[[1 / 9] * 3] * 3" if blur else str([list(row) for row in kernel])


def _sequential(stack: tuple[AnyLayer, ...], shape: Shape, name: str) -> list[str]:
    """Write a plain stack as the return of a Sequential model, the names of blocks as comments."""
    lines = ["    return keras.Sequential(", "        [", f"            keras.Input({shape}),"]
    lines += _items(stack, shape)
    return [*lines, "        ],", f'        name="{name}",', "    )"]


def _items(stack: tuple[AnyLayer, ...], shape: Shape) -> list[str]:
    lines = []
    for layer in stack:
        if isinstance(layer, Block):
            lines += [*_comment(layer, "            "), *_items(layer.layers, shape)]
        else:
            for class_name, arguments in calls(layer, shape):
                lines += call(f"layers.{class_name}", arguments, ",", 3)
        shape = stack_shape((layer,), shape)
    return lines


class _Body:
    """Writes lines, each of which applies a layer to what came before."""

    def __init__(self, helpers: "_Helpers") -> None:
        self._helpers = helpers
        self.lines: list[str] = []

    def model(self, stack: tuple[AnyLayer, ...], shape: Shape, name: str) -> list[str]:
        self.lines = [f"    inputs = keras.Input({shape})"]
        output = self.stack(stack, "inputs", "x", shape)
        self._space()
        return [*self.lines, f'    return keras.Model(inputs, {output}, name="{name}")']

    def stack(self, stack: tuple[AnyLayer, ...], value: str, target: str, shape: Shape) -> str:
        """Apply a stack to the variable `value` of `shape`; return that of the output, `target` if it is new."""
        for layer in stack:
            value = self._layer(layer, value, target, shape)
            shape = stack_shape((layer,), shape)
        return value

    def _layer(self, layer: AnyLayer, value: str, target: str, shape: Shape) -> str:
        if isinstance(layer, Block):
            if function := self._helpers.of(layer, shape):
                self.lines.append(f"    {target} = {function}({value})")
                return target
            comment = _comment(layer, "    ")
            if comment:
                self._space()
            self.lines += comment
            return self.stack(layer.layers, value, target, shape)
        if isinstance(layer, Branches):
            return self._branches(layer, value, target, shape)
        for class_name, arguments in calls(layer, shape):
            self.lines += call(
                f"{target} = layers.{class_name}", arguments, f"({', '.join([value] * layer.times_given)})", 1
            )
            value = target
        return target

    def _branches(self, layer: Branches, value: str, target: str, shape: Shape) -> str:
        self._space()
        names = _branch_names(layer)
        if target != "x":  # branches within branches
            names = [f"{target}_{name.removeprefix('branch_')}" for name in names]
        ends = [self.stack(branch, value, name, shape) for branch, name in zip(layer.branches, names, strict=True)]
        name = given_name(layer)
        arguments = merge_arguments(layer) + ([f'name="{name}"'] if name else [])
        self.lines += merged(f"{target} = layers.{layer.merge.capitalize()}", arguments, ends, 1)
        return target

    def _space(self) -> None:
        """Leave a line free, but never two, and none after a comment."""
        if self.lines and self.lines[-1] and not self.lines[-1].startswith("    # "):
            self.lines.append("")


def _branch_names(layer: Branches) -> list[str]:
    """Call branches what people call them: a residual beside its shortcut, a gate, or by number."""
    lengths = [len(branch) for branch in layer.branches]
    numbered = [f"branch_{number}" for number in range(1, len(lengths) + 1)]
    if len(lengths) != 2 or layer.merge not in _MERGE_NAMES or lengths[0] == lengths[1]:
        return numbered
    if min(lengths) and layer.merge != "add":
        return numbered
    long, short = _MERGE_NAMES[layer.merge], "shortcut"
    return [long, short] if lengths[0] > lengths[1] else [short, long]


def _comment(block: Block, margin: str) -> list[str]:
    """Write a block's name as a comment."""
    name = "".join(char for char in block.name if char.isprintable()).strip()
    return [f"{margin}# {name}"] if name else []


class _Helpers:
    """The functions of the repeated blocks in a network's rows. Layers with names of their own cannot be repeated."""

    def __init__(self, rows: Iterable[Row]) -> None:
        blocks = [
            (row.layer, row.input_shape)
            for row in rows
            if isinstance(row.layer, Block) and row.layer.layers and row.input_shape
        ]
        times = Counter(_key(*place) for place in blocks if not _has_names(place[0]))
        self._times = {key: number for key, number in times.items() if number > 1}
        self._names: dict[_Key, str] = {}
        self._shapes: dict[_Key, Shape] = {}
        for block, shape in blocks:
            key = _key(block, shape)
            if key in self._times and key not in self._names:
                self._names[key], self._shapes[key] = self._function_name(block.name), shape

    def of(self, block: Block, shape: Shape) -> str:
        """Return the name of the function for a block on an input of `shape`; empty where there is none."""
        return "" if _has_names(block) else self._names.get(_key(block, shape), "")

    def functions(self) -> Iterator[str]:
        """Write the functions, each after those that it calls."""
        for key, name in sorted(self._names.items(), key=lambda item: len(list(walk(item[0][0])))):
            body = _Body(self)
            output = body.stack(key[0], "x", "x", self._shapes[key])
            doc = f'    """Apply a block of layers that the network has {self._times[key]} times."""'
            yield "\n".join([f"def {name}(x):", doc, *body.lines, f"    return {output}", ""])

    def _function_name(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        stem = re.sub(r"^[\d_]+|[\d_]+$", "", stem)
        if not stem or keyword.iskeyword(stem) or stem in _TAKEN:
            stem = "block"
        taken = set(self._names.values())
        names = (f"{stem}_{number}" if number > 1 else stem for number in count(1))
        return next(name for name in names if name not in taken)


def _key(block: Block, shape: Shape) -> _Key:
    """Return what is equal for blocks that are one function: composite layers are written for their shape."""
    layers = without_names(block.layers)
    depends = any(is_composite(type(layer)) for _path, layer in walk(layers))
    return layers, (shape if depends else None)


def _has_names(block: Block) -> bool:
    return any(given_name(layer) for _path, layer in walk(block.layers) if not isinstance(layer, Block))
