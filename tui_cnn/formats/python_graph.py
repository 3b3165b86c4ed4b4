"""A graph as Python: a line for each layer, in the order in which they can be computed.

What only the next line takes is called `x`; all else has the layer's name.
"""

import keyword
import re
from collections import Counter
from itertools import count

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Route
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Path
from tui_cnn.formats.python_layers import call, calls, given_name, merge_arguments, merged


def model_lines(analysis: Analysis, name: str, taken: tuple[str, ...]) -> list[str]:
    """Write the body of the function that builds the model called `name`; no variable has a name that is `taken`."""
    return _Body(analysis, taken).lines(name)


class _Body:
    def __init__(self, analysis: Analysis, taken: tuple[str, ...]) -> None:
        self._graph, self._shapes = analysis.graph, analysis.shapes
        self._names = {row.path: row.name for row in analysis.rows}
        self._taken = {*taken}
        self._users = Counter(one for node in self._graph.nodes for one in node.inputs)
        self._users.update(self._graph.outputs)
        applied = Counter(node.weights for node in self._graph.nodes)
        self._repeated = {path for path, times in applied.items() if times > 1}
        self._made: dict[tuple[Path, int], str] = {}
        self._variables: list[str] = []

    def lines(self, name: str) -> list[str]:
        written: list[str] = []
        for number in range(len(self._graph.nodes)):
            written += self._node(number)
        inputs, outputs = (self._listed(numbers) for numbers in (self._graph.inputs, self._graph.outputs))
        return [*written, "", *call("return keras.Model", [inputs, outputs, f'name="{name}"'], "", 1)]

    def _listed(self, numbers: tuple[int, ...]) -> str:
        names = [self._variables[number] for number in numbers]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"

    def _node(self, number: int) -> list[str]:
        node = self._graph.nodes[number]
        ends = [self._variables[one] for one in node.inputs]
        if isinstance(node.layer, Route) and len(ends) == 1:
            self._variables.append(ends[0])
            return []
        target = self._variable(number)
        self._variables.append(target)
        if node.is_input:
            arguments = [str(self._shapes[number])]
            arguments += [f'name="{self._names[node.path]}"'] if node.path else []
            return call(f"{target} = keras.Input", arguments, "", 1)
        assert node.layer is not None
        if isinstance(node.layer, MergingLayer):
            named = given_name(node.layer) if node.path == node.weights else ""
            arguments = merge_arguments(node.layer) + ([f'name="{named}"'] if named else [])
            return merged(f"{target} = layers.{node.layer.merge.capitalize()}", arguments, ends, 1)
        (value,), lines = ends, []
        for place, (class_name, arguments) in enumerate(calls(node.layer, self._shapes[node.inputs[0]] or ())):
            given = ", ".join([value] * node.layer.times_given)
            if node.weights not in self._repeated:
                lines += call(f"{target} = layers.{class_name}", arguments, f"({given})", 1)
            else:
                key = node.weights, place
                if key not in self._made:
                    self._made[key] = self._unique(f"{self._names[node.weights]}_layer")
                    lines += call(f"{self._made[key]} = layers.{class_name}", arguments, "", 1)
                lines.append(f"    {target} = {self._made[key]}({given})")
            value = target
        return lines

    def _variable(self, number: int) -> str:
        node = self._graph.nodes[number]
        if not node.path:
            return "inputs"
        following = self._graph.nodes[number + 1 : number + 2]
        only_next = self._users[number] == 1 and any(number in one.inputs for one in following)
        if only_next and not node.is_input and not isinstance(following[0].layer, Route):
            return "x"
        return self._unique(self._names[node.path])

    def _unique(self, name: str) -> str:
        stem = re.sub(r"\W+|^(?=\d)", "_", name, flags=re.ASCII).lower()
        names = (f"{stem}_{number}" if number else stem for number in count())
        found = next(one for one in names if one not in self._taken and not keyword.iskeyword(one))
        self._taken.add(found)
        return found
