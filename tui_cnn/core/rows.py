"""The analysis of a network: a row for each layer at its place with its numbers, the totals, and the findings."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal, NamedTuple

import msgspec

from tui_cnn.core.graph import Graph
from tui_cnn.core.layers import CONTAINERS, Branches, Layer, Opaque
from tui_cnn.core.layers.base import Parameters
from tui_cnn.core.layers.merging import MergingLayer
from tui_cnn.core.network import Network, Path, format_path
from tui_cnn.core.receptive_field import SAME_CELL, AxisField, AxisMap, ReceptiveField, ReceptiveFieldMap, Sliding
from tui_cnn.core.shape import Amount, Shape, ShapeError, by_axis
from tui_cnn.i18n import _

Severity = Literal["error", "warning", "info"]
"""`error`: it cannot be built or trained; `warning`: most likely a mistake; `info`: worth knowing."""

Convention = Literal["macs", "2xmacs", "tf"]
"""`macs`: one for each multiply-accumulate; `2xmacs`: two; `tf`: what TensorFlow's profiler counts."""


class Figures(msgspec.Struct, frozen=True):
    """The numbers of one layer on one input shape.

    MACs are for one image, of kernels only; `tf_flops` are what TensorFlow's profiler counts for one image.
    """

    output_shape: Shape
    size_formula: str
    parameters: Parameters
    macs: Amount
    tf_flops: int
    receptive_field_map: ReceptiveFieldMap


class Row(msgspec.Struct, frozen=True):
    """A layer at its place.

    `input_shape` is None behind a layer that cannot be built; `figures` is None there and at that layer itself, which
    has the `error`; `field` is what a cell of its output sees, and `input_fields` what a cell of its input does: one
    field, or one a branch where branches are merged. `source` is the path of the layer that the input comes out of,
    None for the network's own input and for what is muted. The figures of an opaque layer are None too, and so is the
    field of all that comes after it. A container's figures hold its output shape and the work of merging only: its
    layers have rows of their own. A layer that is muted, or in a muted one, has the figures of the identity.
    `frozen`: it is not trained, and nor is what it holds. A layer of a repeated block has one row for all `times`: its
    parameters, MACs and FLOPs are the sums over them, its shapes, formulas and fields those of the last, and its source
    that of the first.
    """

    path: Path
    name: str
    layer: Layer
    input_shape: Shape | None
    figures: Figures | None
    field: ReceptiveField | None = None
    error: ShapeError | None = None
    input_fields: tuple[ReceptiveField | None, ...] = ()
    source: Path | None = None
    muted: bool = False
    frozen: bool = False
    times: int = 1

    @property
    def settings(self) -> tuple[str, ...]:
        """The essential settings of the layer, after whether weights of it are frozen."""
        return (*((_("frozen"),) if self.has_frozen_weights else ()), *self.layer.settings())

    @property
    def has_frozen_weights(self) -> bool:
        """Whether this is a frozen layer with weights, or a frozen container."""
        return self.frozen and (self.holds_layers or bool(self.params))

    @property
    def params(self) -> int | None:
        """Trainable and non-trainable parameters; None where they cannot be known."""
        if isinstance(self.layer, Opaque):
            return None if self.layer.weights is None else self.times * self.layer.weights
        return self.figures.parameters.total if self.figures else None

    @property
    def output_shape(self) -> Shape | None:
        """What comes out, of an opaque layer as its file states it; None where that cannot be known."""
        if self.figures is not None:
            return self.figures.output_shape
        return self.layer.stated_shape if isinstance(self.layer, Opaque) and self.input_shape else None

    @property
    def kind(self) -> str:
        """The name of the layer's type."""
        return type(self.layer).__name__

    @property
    def holds_layers(self) -> bool:
        """Whether this is a container."""
        return type(self.layer) in CONTAINERS


class Totals(msgspec.Struct, frozen=True):
    """Sums over all layers whose numbers are known.

    `complete` says whether these are all layers, `params_complete` whether the parameters of all are known: where not,
    the sums are lower bounds.
    """

    trainable: int
    non_trainable: int
    macs: int
    tf_flops: int
    complete: bool
    params_complete: bool

    @property
    def params(self) -> int:
        """Trainable and non-trainable parameters."""
        return self.trainable + self.non_trainable


def flops(totals: Totals, convention: Convention) -> int:
    """Count the floating-point operations for one image."""
    return {"macs": totals.macs, "2xmacs": 2 * totals.macs, "tf": totals.tf_flops}[convention]


class Fix(msgspec.Struct, frozen=True, eq=False):
    """An edit that fixes a problem, and what it does in a few words; two that do the same are equal.

    `fields` are the settings that it changes, each with the path of its layer; none where it is another kind of edit.
    """

    label: str
    apply: Callable[[Network], Network]
    fields: tuple[tuple[Path, str], ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fix) and self.label == other.label

    def __hash__(self) -> int:
        return hash(self.label)


class Check(msgspec.Struct, frozen=True):
    """What is wrong with a network. `path` is empty where it is about the whole network."""

    code: str
    severity: Severity
    path: Path
    message: str
    fix: Fix | None = None

    def __str__(self) -> str:
        return str(FindingGroup((self,)))

    @property
    def with_code(self) -> str:
        """Its text with the code that `cnn-tui check --explain` takes."""
        return f"{self} [{self.code}]"


class FindingGroup(NamedTuple):
    """Findings that differ only in their layer."""

    checks: tuple[Check, ...]

    @property
    def path(self) -> Path:
        """The first of the layers."""
        return self.checks[0].path

    @property
    def severity(self) -> Severity:
        """That of each."""
        return self.checks[0].severity

    @property
    def fix(self) -> Fix | None:
        """Fix all of them, the last first: so the paths of the others stay what they are."""
        fixes = [check.fix for check in reversed(self.checks) if check.fix]
        return Fix(fixes[0].label, partial(_fixed, fixes=fixes)) if fixes else None

    def __str__(self) -> str:
        first, paths = self.checks[0], [check.path for check in self.checks]
        text = first.message
        if len(paths) > 1:
            text = _("{count} layers ({numbers}): {finding}").format(
                count=len(paths), numbers=_numbers(paths), finding=text
            )
        elif first.path:
            text = _("layer {number}: {finding}").format(number=format_path(first.path), finding=text)
        return _("{finding}; fix: {label}").format(finding=text, label=first.fix.label) if first.fix else text


def grouped(checks: Iterable[Check]) -> tuple[FindingGroup, ...]:
    """Put together what says the same of several layers, each group where its first finding is."""
    groups: dict[Check, list[Check]] = {}
    for check in checks:
        groups.setdefault(msgspec.structs.replace(check, path=()), []).append(check)
    return tuple(FindingGroup(tuple(group)) for group in groups.values())


def _fixed(network: Network, fixes: Sequence[Fix]) -> Network:
    for fix in fixes:
        network = fix.apply(network)
    return network


_LISTED = 4


def _numbers(paths: Sequence[Path]) -> str:
    """List the numbers of layers, neighbours as `3–7`, and how many more there are."""
    spans: list[tuple[Path, Path]] = []
    for path in paths:
        if spans and path == (*spans[-1][1][:-1], spans[-1][1][-1] + 1):
            spans[-1] = spans[-1][0], path
        else:
            spans.append((path, path))
    shown = spans if len(spans) <= _LISTED + 1 else spans[:_LISTED]
    text = ", ".join(
        format_path(first) if first == last else f"{format_path(first)}–{format_path(last)}" for first, last in shown
    )
    left = len(paths) - sum(last[-1] - first[-1] + 1 for first, last in shown)
    return _("{names} and {count} more").format(names=text, count=left) if left else text


class Analysis(msgspec.Struct, frozen=True):
    """What is known of a network before it runs.

    `output_shape` is None where the stack cannot be built; `last` is the path of the layer that the output comes out
    of, None where all are muted. Of several outputs these are the first. `shapes` are what the nodes of `graph` give.
    """

    network: Network
    rows: tuple[Row, ...]
    totals: Totals
    output_shape: Shape | None
    last: Path | None
    checks: tuple[Check, ...]
    graph: Graph
    shapes: tuple[Shape | None, ...]

    def rows_at(self, path: Path) -> tuple[Row, ...]:
        """Return the rows of what is at `path`, a layer or a branch, and of all that it holds: they are neighbours."""
        after = (*path[:-1], path[-1] + 1)
        first, end = (bisect_left(self.rows, place, key=lambda row: row.path) for place in (path, after))
        return self.rows[first:end]

    @property
    def last_map(self) -> Row | None:
        """The last feature map: the row that the output comes out of, or the last before it that still has places.

        A global pooling that keeps its axes has none. None where there is no map, and where that cannot be known:
        behind an opaque layer, or one that cannot be built.
        """
        at = {row.path: row for row in self.rows}
        path = self.last
        while path is not None:
            row = at[path]
            if row.figures is None or row.field is None:
                return None
            shape = row.figures.output_shape
            if len(shape) == 3 and (row.field.status != "full" or shape[:2] != (1, 1)):
                return row
            path = row.source
        return None


class Sum(NamedTuple):
    """Layers, parameters and multiply-accumulates, of what is known; the containers themselves are no layers."""

    layers: int = 0
    params: int = 0
    macs: int = 0


def sums(analysis: Analysis) -> dict[Path, Sum]:
    """Sum up every container; a branch stands under its address: its `Branches`' path and its number."""
    found: dict[Path, Sum] = {}
    for row in analysis.rows:
        if row.holds_layers:
            found[row.path] = Sum()
            if isinstance(row.layer, Branches):
                found |= {(*row.path, number): Sum() for number in range(len(row.layer.branches))}
            continue
        params, macs = row.params or 0, row.figures.macs.value if row.figures else 0
        for depth in range(1, len(row.path)):
            holder = found[row.path[:depth]]
            found[row.path[:depth]] = Sum(holder.layers + row.times, holder.params + params, holder.macs + macs)
    return found


class FieldFormula(NamedTuple):
    """How size, step and padding of a receptive field come about, in pixels of the input: `8 + (3 - 1)·2 = 12`."""

    size: str
    stride: str
    padding: str


def field_formula(row: Row) -> FieldFormula | None:
    """Fill in what a cell of a row's output sees.

    size = size + (reach - 1)·step, step = step·stride, padding = padding + padding·step, where the right sides are what
    a cell of the input sees. After Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks",
    Distill, 2019, section 3.

    None where nothing is computed: behind a layer that cannot be built or is unknown, where the field does not change,
    where everything is seen, and where cells see unevenly.
    """
    if row.figures is None or row.field is None or row.field.status != "exact":
        return None
    before = [field for field in row.input_fields if field is not None and field.status == "exact"]
    if len(before) < len(row.input_fields) or not before:
        return None
    if isinstance(row.layer, MergingLayer):
        down, across = _merged([field.down for field in before]), _merged([field.across for field in before])
    else:
        field_map = row.figures.receptive_field_map
        if field_map is SAME_CELL:
            return None
        down, across = _through(before[0].down, field_map.down), _through(before[0].across, field_map.across)
    return FieldFormula(*map(by_axis, down, across))


def _through(axis: AxisField, step: AxisMap) -> FieldFormula:
    assert isinstance(step, Sliding)  # behind all others cells see unevenly
    size, stride, padding = axis.size, axis.stride, axis.padding
    return FieldFormula(
        f"{size} + ({step.reach} - 1)·{stride} = {size + (step.reach - 1) * int(stride)}",
        f"{stride}·{step.stride} = {stride * step.stride}",
        f"{padding} + {step.padding}·{stride} = {padding + step.padding * int(stride)}",
    )


def _merged(axes: Sequence[AxisField]) -> FieldFormula:
    """All that is seen through any branch: from the one that begins first to the one that ends last."""
    padding = max(axis.padding for axis in axes)
    size = padding + max(axis.size - axis.padding for axis in axes)
    begins = f"max({', '.join(str(axis.padding) for axis in axes)})"
    ends = f"max({', '.join(f'{axis.size} - {axis.padding}' for axis in axes)})"
    return FieldFormula(f"{begins} + {ends} = {size}", f"{axes[0].stride}", f"{begins} = {padding}")
