"""How several outputs become one, whatever they come from."""

from typing import Annotated, Literal

from msgspec import Meta

from tui_cnn.core.layers.base import KerasCall, Layer
from tui_cnn.core.shape import Shape, ShapeError, elements, format_shape
from tui_cnn.i18n import _

Merge = Literal["add", "concatenate", "multiply", "average", "maximum", "minimum", "subtract"]


class MergingLayer(Layer, frozen=True, kw_only=True):
    """A layer of several inputs that does nothing but merge them. The class of Keras has the name of `merge`."""

    family = "container"
    joins_others = True
    sign = "·"

    merge: Annotated[Merge, Meta(description="How the branches are merged")] = "add"
    axis: Annotated[
        int, Meta(ge=-4, le=4, description="Axis that concatenate joins, counted from the batch; -1: channels")
    ] = -1

    def merged_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        """Return the shape of the merged output, from the shapes that come in.

        Raises:
            ShapeError: the shapes cannot be merged.
        """
        if self.merge == "concatenate":
            merged = self._concatenated(shapes)
            message = _("concatenate needs branches of the same height and width, but gets {shapes}")
            if self.axis != -1:
                message = _("concatenate along axis {axis} needs the same other axes, but gets {shapes}")
        elif self.merge == "subtract" and len(shapes) != 2:
            raise ShapeError(_("subtract needs two inputs, but gets {count}").format(count=len(shapes)))
        else:
            merged = broadcast(shapes)
            message = _("{merge} needs branches of the same shape, but gets {shapes}")
        if merged:
            return merged
        listed = ", ".join(map(format_shape, shapes))
        problem = message.format(merge=self.merge, axis=self.axis, shapes=listed)
        if differing := self._differing(shapes):
            problem = _("{problem} ({axes} differ)").format(problem=problem, axes=", ".join(differing))
        raise ShapeError(problem)

    def merge_flops(self, shapes: tuple[Shape, ...]) -> int:
        """Count the merge as TensorFlow's profiler does: an operation a value for each branch after the first."""
        if self.merge == "concatenate":
            return 0
        merged, flops = shapes[0], 0
        for shape in shapes[1:]:
            merged = broadcast((merged, shape)) or merged
            flops += elements(merged)
        return flops + (elements(merged) if self.merge == "average" else 0)

    def _concatenated(self, shapes: tuple[Shape, ...]) -> Shape | None:
        ranks = {len(shape) for shape in shapes}
        rank = ranks.pop()
        axis = self.axis - 1 if self.axis > 0 else self.axis + rank
        if ranks or not 0 <= axis < rank or len({(shape[:axis], shape[axis + 1 :]) for shape in shapes}) > 1:
            return None
        return (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])

    def _differing(self, shapes: tuple[Shape, ...]) -> list[str]:
        """Name the axes of images that are to blame; none where not all are images."""
        if any(len(shape) != 3 for shape in shapes):
            return []
        names = (_("height"), _("width"), _("channels"))
        free = {"concatenate": self.axis - 1 if self.axis > 0 else self.axis + 3}.get(self.merge)
        axes = zip(names, zip(*shapes, strict=True), strict=True)
        return [name for place, (name, lengths) in enumerate(axes) if len(set(lengths)) > 1 and place != free]

    def keras_calls(self, shape: Shape) -> tuple[KerasCall, ...]:
        """It is the class of Keras that has the name of its way of merging."""
        return (KerasCall(self.merge.capitalize(), {"axis": self.axis} if self.merge == "concatenate" else {}),)

    def merge_settings(self) -> tuple[str, ...]:
        """Give the way of merging, and the axis if it is another one than the last."""
        return (self.merge, *((f"axis {self.axis}",) if self.axis != -1 else ()))


def broadcast(shapes: tuple[Shape, ...]) -> Shape | None:
    """Stretch axes of length 1 (and missing leading ones) as Keras does; None where the shapes disagree."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    merged = []
    for axis in zip(*padded, strict=True):
        lengths = set(axis) - {1}
        if len(lengths) > 1:
            return None
        merged.append(lengths.pop() if lengths else 1)
    return tuple(merged)
