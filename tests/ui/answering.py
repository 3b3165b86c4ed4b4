"""Answers as an inspector would give them, made of numbers that are the same everywhere, without a process."""

import asyncio

import msgspec
import numpy as np

from tests.ui import records
from tui_cnn.core.layers import Conv2D, Dense, Flatten, MaxPooling2D
from tui_cnn.core.network import Network
from tui_cnn.formats.toml import dumps_network
from tui_cnn.runs.directory import kept_file
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import (
    Activations,
    Array,
    ChannelRanges,
    Evaluation,
    FieldReply,
    Heat,
    Heats,
    LayerInfo,
    LayerWeights,
    OpenReply,
    Patches,
    Predictions,
    Ranges,
    Shifts,
    WeightsReply,
    pack,
)

NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
NETWORK = Network(
    "told",
    (28, 28, 1),
    (
        Conv2D(filters=4, kernel_size=(3, 3), activation="relu"),
        MaxPooling2D(),
        Flatten(),
        Dense(units=10, activation="softmax"),
    ),
)
LAYERS = (
    LayerInfo((0,), "conv2d", "Conv2D", (26, 26, 4), True),
    LayerInfo((1,), "max_pooling2d", "MaxPooling2D", (13, 13, 4), False, 0),
    LayerInfo((2,), "flatten", "Flatten", (676,), False, 1),
    LayerInfo((3,), "dense", "Dense", (10,), False, 2),
)
SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float32)
KERNELS = np.stack([SOBEL_X, SOBEL_X.T, np.ones((3, 3)), -SOBEL_X / 2], axis=-1).astype(np.float32)[:, :, None]


def make_run(run_id="20260102-030405-told-abcd"):
    """A finished run with something that looks like weights."""
    run = records.make_run(run_id, NETWORK)
    records.write(run, records.started(), *records.trained(5), records.finished())
    run.best_file.write_bytes(b"")
    return run


def keep(run, step):
    """Put something that looks like the weights after so many steps into a run."""
    run.kept_directory.mkdir(exist_ok=True)
    kept_file(run, step).write_bytes(b"")


class Answering:
    """Stands in for the inspector's client.

    Attributes:
        asked: all requests, in order.
        refuse: the message with which all is refused, if any.
        predicts: whether the network's output is a list of classes.
        below_zero: whether the first layer goes below zero, in its last map alone.
        diverged: whether all numbers are none, as after a training that diverged.
        hold: what is asked is not answered before this is set.
    """

    predicts = True
    below_zero = False
    waiting = None

    def __init__(self):
        self.asked = []
        self.refuse = ""
        self.closed = 0
        self.diverged = False
        self.hold = asyncio.Event()
        self.hold.set()

    async def ask(self, request, reply, *, newest_of=None, progress=None):
        self.asked.append(request)
        await self.hold.wait()
        if self.refuse:
            raise RunError(self.refuse)
        answer = getattr(self, f"_{type(request).__struct_config__.tag}")(request)
        return without_numbers(answer) if self.diverged else answer

    async def close(self):
        self.closed += 1

    def _open(self, request):
        return OpenReply(
            network=dumps_network(NETWORK),
            layers=LAYERS,
            class_names=NAMES if self.predicts else (),
            input_shape=(28, 28, 1),
            outputs=tuple(range(10)) if self.predicts else (-1,) * 10,
            image_shape=(28, 28, 1),
            own_shape=(28, 28, 1),
            light_on_black=True,
            padding=(0, 0),
            directory="",
        )

    def _predict(self, request):
        return Predictions(probabilities=pack(shares_of(request.images)[np.newaxis]))

    def _transform(self, request):
        """Upside down it is another class, and half as sure."""
        shares = np.full((len(request.transforms), 10), 0.025, np.float32)
        for row, each in zip(shares, request.transforms, strict=True):
            row[9 if abs(each.degrees) <= 90 else 8] = 0.775 if abs(each.dx) < 3 else 0.4
        return Predictions(probabilities=pack(shares))

    def _activate(self, request):
        pixels = pixels_of(request.image)
        inputs = pixels.astype(np.float64) / 255
        windows = np.lib.stride_tricks.sliding_window_view(inputs, (3, 3))
        maps = np.maximum(np.einsum("yxij,ijf->yxf", windows, KERNELS[:, :, 0]), 0)
        maps[..., 3] = -1 if self.below_zero else 0
        pooled = maps.reshape(13, 2, 13, 2, 4).max(axis=(1, 3))
        shares = shares_of(request.image)
        return Activations(
            image=pack(pixels[..., np.newaxis]),
            layers={
                info.name: pack(part.astype(np.float32))
                for info, part in zip(LAYERS, (maps, pooled, pooled.ravel(), shares), strict=True)
            },
            probabilities=pack(shares if self.predicts else shares[:0]),
        )

    def _kernels(self, request):
        dense = np.linspace(-1, 1, 6760, dtype=np.float32).reshape(676, 10)
        return WeightsReply(
            layers=(LayerWeights("conv2d", {"kernel": pack(KERNELS)}), LayerWeights("dense", {"kernel": pack(dense)}))
        )

    def _saliency(self, request):
        return Heat(values=pack(hill(28)), target=request.target or 0, probability=0.75)

    def _gradcam(self, request):
        maps = tuple(pack(hill(size) * 13 / size) for size in (26, 13))  # the first layer has half as much
        names = ("conv2d", "max_pooling2d")
        return Heats(layers=names, values=maps, target=request.target or 0, probability=0.75)

    def _occlude(self, request):
        return Heat(
            values=pack(0.75 - hill(12) / 2), target=request.target or 0, probability=0.75, fill=(request.grey or 0,)
        )

    def _look(self, request):
        top, left = request.row, request.column
        gradient = np.zeros((28, 28), np.float32)
        gradient[top : top + 3, left : left + 3] = 0.5
        region = (top, left, top + 2, left + 2)
        return FieldReply(gradient=pack(gradient), measured=region, computed=region, status="exact")

    def _excite(self, request):
        channels = next(info.shape[-1] for info in LAYERS if info.name == request.layer)
        places = np.tile(np.arange(request.top, dtype=np.int32), (channels, 1))
        regions = np.stack([places, places, places + 2, places + 2], axis=-1)
        values = (9 - places).astype(np.float32)
        return Patches(
            images=pack(places), rows=pack(places), columns=pack(places), values=pack(values), regions=pack(regions)
        )

    def _range(self, request):
        def ranges(info):
            zeros = np.zeros(info.shape[-1], np.float32)
            dead = np.zeros(info.shape[-1], np.bool_)
            dead[3:4] = info.name == "conv2d"
            parts = {name: pack(zeros) for name in ("minimum", "maximum", "mean", "active")}
            return ChannelRanges(name=info.name, dead=pack(dead), **parts)

        return Ranges(layers=tuple(map(ranges, LAYERS)), sample=1000)

    def _shift(self, request):
        away = np.abs(np.arange(-request.reach, request.reach + 1))
        accuracy = 0.9 - 0.07 * (away[:, None] + away[None, :])
        return Shifts(accuracy=pack(accuracy.astype(np.float32)), reach=request.reach, sample=request.sample)

    def _evaluate(self, request):
        labels = (np.arange(10_000) % 10).astype(np.int32)
        if "elsewhere" in request.source.path:
            labels = labels[::-1]
        said = np.where(np.arange(10_000) % 7 == 0, (labels + 2) % 10, labels)
        if "other" in request.source.path:
            said = np.where(np.arange(10_000) % 3 == 0, (labels + 1) % 10, labels)
        sure = (0.5 + np.arange(10_000) % 50 / 100).astype(np.float32)
        shares = np.repeat((1 - sure[:, None]) / 9, 10, axis=1)
        shares[np.arange(10_000), said] = sure
        return Evaluation(probabilities=pack(shares), labels=pack(labels))


def without_numbers(value):
    """Put NaN in the place of every float of a reply."""
    if isinstance(value, Array):
        numbers = value.numpy()
        return pack(np.full_like(numbers, np.nan)) if numbers.dtype.kind == "f" else value
    if isinstance(value, tuple):
        return tuple(map(without_numbers, value))
    if isinstance(value, dict):
        return {key: without_numbers(each) for key, each in value.items()}
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: without_numbers(getattr(value, name)) for name in value.__struct_fields__}
    return type(value)(**fields)


def shares_of(image):
    """Probabilities that depend on the image, and say the class of its number, or of how light it is."""
    light = (
        int(pixels_of(image).mean()) % 10
        if isinstance(image, Array)
        else sum(image if isinstance(image, tuple) else [image]) % 10
    )
    shares = np.full(10, 0.025, np.float32)
    shares[light] = 0.775
    return shares


def pixels_of(image):
    if isinstance(image, Array):
        return image.numpy().reshape(28, 28)
    number = image[0] if isinstance(image, tuple) else image
    return (np.add.outer(np.arange(28), np.arange(28)) * 4 + number).astype(np.uint8)


def hill(size):
    """High in the middle, 0 to 1, (size, size)."""
    away = np.abs(np.linspace(-1, 1, size, dtype=np.float32))
    return 1 - (away[:, None] + away[None, :]) / 2
