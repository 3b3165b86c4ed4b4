"""What the Inspect screen shows at one moment: a run, an image with what is done to it, a layer, a map, a cell."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np
import numpy.typing as npt

from tui_cnn.core.network import format_path
from tui_cnn.core.shape import format_shape
from tui_cnn.data.dataset import TestSet
from tui_cnn.data.image_transform import UNCHANGED, ImageTransform
from tui_cnn.i18n import _
from tui_cnn.runs.inspection.replies import Activations, Evaluation, LayerInfo, OpenReply, Ranges, WeightsReply, pack
from tui_cnn.runs.inspection.requests import Activate, Evaluate, Image, Kernels, Range, Source
from tui_cnn.ui.inspect.answer_cache import Question
from tui_cnn.ui.inspect.kernel_banks import kernel_places, nearest

_SAMPLE, _SMALL_SAMPLE = 1000, 100
"""Test images that a network is measured with, and a large one, of which each takes long."""
_MAP_AXES = 3
_MOST_VALUES = 2_000_000
"""Outputs of all layers of a network from which on it is large: they are not asked for at once any more."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The image that is shown, (height, width, channels), 0 to 255: one of the test set, a file, or a drawing.

    Attributes:
        number: which one of the test set it is; None: it is a person's own.
        label: the output that stands for its true class; None: nobody knows.
        class_name: the name of its true class; empty: nobody knows.
    """

    base: npt.NDArray[np.uint8]
    number: int | None = None
    label: int | None = None
    class_name: str = ""
    name: str = ""
    transform: ImageTransform = UNCHANGED

    @cached_property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """The image as it is transformed."""
        return self.transform.apply(self.base)

    @cached_property
    def image(self) -> Image:
        """The image as the inspector is asked about it."""
        return self.original if self.transform == UNCHANGED else pack(self.pixels)

    @property
    def original(self) -> Image:
        """The image before it is transformed."""
        return pack(self.base) if self.number is None else self.number

    @property
    def shown_class(self) -> str:
        """What it shows, as long as it is not transformed; empty: nobody knows."""
        return self.class_name if self.transform == UNCHANGED else ""

    @property
    def full_title(self) -> str:
        """What to call it, and what it shows, where that is known."""
        return f"{self.title} · {self.shown_class}" if self.shown_class else self.title

    @property
    def title(self) -> str:
        """What to call it."""
        title = self.name if self.number is None else _("Test image {number}").format(number=f"{self.number:,}")
        return title if self.transform == UNCHANGED else _("{image}, modified").format(image=title)


def of_test(test: TestSet, number: int, opened: OpenReply) -> Subject:
    """Take an image of the test set."""
    label = int(test.labels[number])
    return Subject(np.asarray(test.images[number]), number, opened.output_of(label), test.class_names[label])


def first_subject(test: TestSet, opened: OpenReply) -> Subject:
    """Take the first image of the test set, or a black one where there is none any more."""
    if test.missing:
        return Subject(np.zeros(opened.own_shape, np.uint8), name=_("No image · o opens a file"))
    return of_test(test, 0, opened)


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
    def layers_with_maps(self) -> list[int]:
        """The places of the layers that give maps."""
        return [place for place, info in enumerate(self.opened.layers) if len(info.shape) == _MAP_AXES]

    @cached_property
    def labels(self) -> npt.NDArray[np.int32]:
        """The output to be expected for each test image; -1: nobody knows."""
        return np.array(self.opened.outputs, np.int32)[self.test.labels]

    def class_of(self, number: int) -> str:
        """Name the true class of a test image."""
        return str(self.test.class_names[self.test.labels[number]])

    @property
    def activate(self) -> Question[Activations]:
        """The question for the image's activations, exact: they are exported, and the Lab computes with them.

        Of a large network only those of the layer, of the kernels that the views show for it, and of what goes into
        both: all together could not be held.
        """
        request = Activate(source=self.source, image=self.subject.image, layers=self._layers)
        return Question(request, Activations)

    @property
    def _layers(self) -> tuple[str, ...] | None:
        if not self.is_large:
            return None
        infos = self.opened.layers
        places = {self.layer}
        if kernels := kernel_places(self.opened):
            places.add(kernels[nearest(kernels, self.layer)])
        places |= {source for place in places if (source := infos[place].source) is not None}
        return tuple(infos[place].name for place in sorted(places))

    @property
    def kernels(self) -> Question[WeightsReply]:
        """The question for all weights."""
        return Question(Kernels(source=self.source), WeightsReply)

    @property
    def evaluate(self) -> Question[Evaluation]:
        """The question for the whole test set."""
        return Question(Evaluate(source=self.source), Evaluation)

    @property
    def ranges(self) -> Question[Ranges]:
        """The question for how far the channels go."""
        return Question(Range(source=self.source, sample=self.sample), Ranges)

    @property
    def sample(self) -> int:
        """How many test images the network is measured with."""
        return max(1, min(_SMALL_SAMPLE if self.is_large else _SAMPLE, len(self.test.images)))

    @property
    def is_large(self) -> bool:
        """Whether the outputs of all layers together are too many to be held."""
        return sum(prod(info.shape) for info in self.opened.layers) > _MOST_VALUES

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

    def at_pixel(self, row: int, column: int) -> "Scene":
        """Look at the cell of the map at the same place as a pixel of the image."""
        (height, width, _channels), (rows, columns, _maps) = self.subject.base.shape, self.map_shape
        return self.at(row=row * rows // height, column=column * columns // width)

    def of_number(self, number: int) -> "Scene":
        """Look at an image of the test set."""
        return replace(self, subject=of_test(self.test, number, self.opened))


def layer_title(info: LayerInfo) -> str:
    """Call a layer as the Build screen does, by its place, with its shape."""
    return f"{format_path(info.path)} {info.kind} · {format_shape(info.shape)}"


def _same(cell: int, length: int, other: int) -> int:
    """Find the cell whose middle is nearest to where that of a cell lies on an axis of another length."""
    return int((cell + 0.5) * other / length)


def _within(number: int, count: int) -> int:
    return max(0, min(number, count - 1))
