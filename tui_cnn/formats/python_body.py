"""The bodies of functions that build a model: a list of layers, or one line after the other."""

from typing import Protocol

from tui_cnn.core.layers import AnyLayer, Block, Branches, stack_shape
from tui_cnn.core.shape import Shape
from tui_cnn.formats.python_layers import calls, given_name
from tui_cnn.formats.python_layout import call, merged

_MERGE_NAMES = {"add": "residual", "multiply": "gate"}
"""What a branch beside a skip connection is called."""


class Named(Protocol):
    """Knows the functions that repeated blocks have become."""

    def of(self, block: Block, shape: Shape) -> str:
        """Return the name of the function for a block on an input of `shape`; empty where there is none."""


def sequential(stack: tuple[AnyLayer, ...], shape: Shape, name: str) -> list[str]:
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


class Body:
    """Writes lines, each of which applies a layer to what came before."""

    def __init__(self, named: Named) -> None:
        self._named = named
        self.lines: list[str] = []

    def model(self, stack: tuple[AnyLayer, ...], shape: Shape, name: str) -> list[str]:
        """Write the body of the function that builds the model."""
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
            if function := self._named.of(layer, shape):
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
            self.lines += call(f"{target} = layers.{class_name}", arguments, f"({value})", 1)
            value = target
        return target

    def _branches(self, layer: Branches, value: str, target: str, shape: Shape) -> str:
        self._space()
        names = _branch_names(layer)
        if target != "x":  # branches within branches
            names = [f"{target}_{name.removeprefix('branch_')}" for name in names]
        ends = [self.stack(branch, value, name, shape) for branch, name in zip(layer.branches, names, strict=True)]
        name = given_name(layer)
        arguments = [f'name="{name}"'] if name else []
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
