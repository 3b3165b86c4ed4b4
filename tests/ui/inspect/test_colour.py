"""The Inspect screen with a network in colour: its kernels, a drawing, one's own picture; and with a large network."""

import asyncio

import numpy as np
import pytest
from PIL import Image

from tests.coloured import Coloured, use
from tests.ui.driving import opened
from tui_cnn.core.layers import Conv2D, Dense, Flatten, MaxPooling2D, ZeroPadding2D
from tui_cnn.core.network import Network
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.inspection.requests import Activate
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.inspect import prompts, scene
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.toolkit.pictures import drawing
from tui_cnn.ui.toolkit.pictures.gallery import Gallery

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras saves so

NETWORK = Network(
    "coloured",
    (32, 32, 3),
    (
        ZeroPadding2D(name="frame"),
        Conv2D(filters=4, kernel_size=(3, 3), activation="relu", name="first"),
        MaxPooling2D(name="pool"),
        Conv2D(filters=3, kernel_size=(3, 3), name="second"),
        Flatten(name="row"),
        Dense(units=3, activation="softmax", name="out"),
    ),
)


class InProcess:
    """The inspector's own code, in this process."""

    asked: list[object]
    waiting = None

    def __init__(self):
        from tui_cnn.worker.inspection.answers import Answers

        self._answers = Answers()
        self.asked = []

    async def ask(self, request, reply, *, newest_of=None, progress=None):
        self.asked.append(request)
        job = self._answers.begin(request)
        while True:
            await asyncio.sleep(0)
            try:
                next(job)
            except StopIteration as end:
                return end.value

    async def close(self):
        pass


@pytest.fixture
def images(monkeypatch):
    return use(monkeypatch, Coloured()).read_part("test")


@pytest.fixture
def model(keras, images, home, monkeypatch):
    """The model of the run that is inspected."""
    from tui_cnn.worker.build import build

    monkeypatch.setattr(inspect, "Inspector", InProcess)
    built = build(NETWORK)
    random = np.random.default_rng(3)
    built.set_weights([random.normal(0, 0.3, weight.shape) for weight in built.weights])

    def save(scale="0..1"):
        run = make_run(NETWORK, Recipe(scale=scale))
        built.save(run.best_file)
        return built

    return save


@pytest.mark.parametrize("scale", ["0..1", "imagenet-bgr"])
async def test_kernels_of_an_image_are_drawn_in_its_colours(model, scale, monkeypatch):
    monkeypatch.setattr(drawing, "ink", lambda _app: "blocks")  # as in a terminal with colours
    kernels = model(scale).get_layer("first").get_weights()[0]
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("Test image 0 · red", "dead in 40 images", seconds=60)
        await user.press("k")
        await user.sees("red, green and blue; numbers: sum")
        tile = user.app.screen.current_view.query_one("#filters", Gallery).tiles.tile
        for number in range(4):
            kernel = kernels[..., number].astype(float)
            kernel = kernel[..., ::-1] if scale == "imagenet-bgr" else kernel
            lightness = 127.5 + 127.5 * kernel / np.abs(kernel).max()
            assert np.abs(tile(number, 9).pixels - lightness).max() < 0.51
        await user.press("space")
        await user.sees("sum over 3 inputs")
        await user.press("space", "space", "space")
        await user.sees("input 2 of 3")
        await user.press("space")
        await user.sees("red, green and blue")
        await user.press("down")
        await user.sees("4 Conv2D", "sum over 4 inputs")
        await user.press("up", "g")
        await user.sees("sum over 3 inputs")


async def test_a_drawing_is_white_in_each_colour(model, keras):
    built = model()
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("Test image 0 · red", seconds=60)
        await user.press("d", "space", "right", "right")
        await user.sees("Your drawing")
        drawn = user.app.screen.scene.subject.pixels
        assert drawn.shape == (32, 32, 3)
        assert drawn[16, 16:19].tolist() == [[255] * 3] * 3
        shares = built(drawn[np.newaxis].astype("float32") / 255, training=False).numpy()[0]
        await user.sees(*(f"{share:.3f}" for share in shares))
        await user.press("w")
        await user.sees("Saliency" if user.app.screen.current_view._all_fit else "Grad-CAM")


async def test_ones_own_picture_stays_in_colour(model, tmp_path):
    model()
    light = np.full((64, 64, 3), 250, np.uint8)
    light[20:40, 20:40] = (200, 30, 20)
    Image.fromarray(light).save(tmp_path / "light.png")
    async with opened(size=(80, 24)) as user:
        await user.press("3")
        await user.sees("Test image 0 · red", seconds=60)

        async def chosen(_app):
            return tmp_path / "light.png"

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prompts, "ask_image_file", chosen)
            await user.press("o")
            await user.sees("64×64 → 32×32")
            assert "inverted" not in user.line("64×64")
            await user.press("enter")
        await user.sees("light.png")
        expected = np.asarray(Image.fromarray(light).resize((32, 32), Image.Resampling.LANCZOS))
        assert (user.app.screen.scene.subject.pixels == expected).all()


async def test_of_a_large_network_only_what_is_in_view_is_asked_for(model, monkeypatch):
    monkeypatch.setattr(scene, "_MOST_VALUES", 100)
    model()
    async with opened(size=(120, 40)) as user:
        await user.press("3")
        await user.sees("Test image 0 · red", "dead in 40 images", seconds=60)
        asked = user.app.screen.answers._inspector.asked

        def layers():
            return next(request.layers for request in reversed(asked) if isinstance(request, Activate))

        assert layers() == ("frame", "first")  # and the first kernels
        await user.press("down", "down")
        await user.sees("3 MaxPooling2D")
        assert layers() == ("frame", "first", "pool")
        await user.press("down", "down", "down")
        await user.sees("6 Dense")
        assert layers() == ("row", "out")
        await user.press("up")
        for key, words in (
            ("k", "second"),
            ("f", "5 Flatten"),
            ("w", "Grad-CAM"),
            ("e", "accuracy"),
            ("m", "5 Flatten"),
        ):
            await user.press(key)
            await user.until(lambda: "working …" not in user.text)
            assert words in user.text or key == "k"
        count = len(asked)
        await user.settle()
        assert len(asked) == count, "views do not take turns in asking"
