"""What the Inspect screen shows at one moment."""

from dataclasses import dataclass, replace

from tui_cnn.core.network import format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.data.dataset import TestSet
from tui_cnn.runs.inspection.replies import LayerInfo, OpenReply
from tui_cnn.runs.inspection.requests import Activate, Evaluate, Kernels, Range, Source
from tui_cnn.ui.inspect.subject import Subject

_SAMPLE = 1000
_MAP_AXES = 3


@dataclass(frozen=True, eq=False)
class Scene:
    """A run, an image, and a cell of a map.

    Attributes:
        opened: what there is in the network.
        layer: which of `opened.layers`.
        channel: which of its maps or units.
        row, column: which cell of a map.
        grey: whether pictures are without colours.
        other: a second run to compare with.
        kept: steps whose weights the run has kept.
    """

    source: Source
    test: TestSet
    subject: Subject
    opened: OpenReply
    layer: int = 0
    channel: int = 0
    row: int = 0
    column: int = 0
    grey: bool = False
    other: Source | None = None
    kept: tuple[int, ...] = ()

    @property
    def info(self) -> LayerInfo:
        """The layer."""
        return self.opened.layers[self.layer]

    @property
    def map_shape(self) -> tuple[int, int, int]:
        """(height, width, maps) of the layer; units are maps of one cell."""
        shape = self.info.shape
        return (shape[0], shape[1], shape[2]) if len(shape) == _MAP_AXES else (1, 1, shape[-1])

    @property
    def has_maps(self) -> bool:
        """Whether the layer gives maps, not units."""
        return len(self.info.shape) == _MAP_AXES

    @property
    def activate(self) -> Activate:
        """The question for the image's activations."""
        return Activate(source=self.source, image=self.subject.image)

    @property
    def kernels(self) -> Kernels:
        """The question for all weights."""
        return Kernels(source=self.source)

    @property
    def evaluate(self) -> Evaluate:
        """The question for the whole test set."""
        return Evaluate(source=self.source)

    @property
    def ranges(self) -> Range:
        """The question for how far the channels go."""
        return Range(source=self.source, sample=_SAMPLE)

    def at(
        self,
        layer: int | None = None,
        channel: int | None = None,
        row: int | None = None,
        column: int | None = None,
    ) -> "Scene":
        """Look at another place; what is beyond the network is the nearest that there is.

        In maps of another size the cell is the one that lies at the same place of the image.
        """
        here = replace(self, layer=_within(self.layer, len(self.opened.layers)))
        moved = here if layer is None else replace(self, layer=_within(layer, len(self.opened.layers)))
        (high, wide, _maps), (height, width, channels) = here.map_shape, moved.map_shape
        return replace(
            moved,
            channel=_within(self.channel if channel is None else channel, channels),
            row=_within(_same(self.row, high, height) if row is None else row, height),
            column=_within(_same(self.column, wide, width) if column is None else column, width),
        )


def layer_title(info: LayerInfo) -> str:
    """Call a layer as the Build screen does, by its place, with its shape."""
    return f"{format_path(info.path)} {info.kind} · {format_shape(info.shape)}"


def _same(cell: int, length: int, other: int) -> int:
    """Find the cell whose middle is nearest to where that of a cell lies on an axis of another length."""
    return int((cell + 0.5) * other / length)


def _within(number: int, count: int) -> int:
    return max(0, min(number, count - 1))
