"""Images that are mapped are trained on as those that are held, and a folder as the same images in IDX."""

import msgspec
import numpy as np
import pytest

from tests.data.idx_bytes import idx
from tests.data.image_sets import colours, save
from tests.worker.networks import SMALL_CNN
from tui_cnn.core.layers import Conv2D, Dense, Flatten
from tui_cnn.core.network import Network
from tui_cnn.data.dataset import load
from tui_cnn.data.files import FASHION_MNIST
from tui_cnn.data.idx import read
from tui_cnn.runs.directory import make_run
from tui_cnn.runs.events import Decoding, decode
from tui_cnn.runs.recipe import Recipe
from tui_cnn.runs.snapshot import Follower

pytestmark = [
    pytest.mark.usefixtures("keras"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]

LIKE_OTHERS = Recipe(epochs=2, batch_size=32, deterministic=True, augmentation="flip+shift", data="set")


def train(run, progress=None):
    from tui_cnn.worker.control import Control
    from tui_cnn.worker.journal import Journal
    from tui_cnn.worker.training import Training

    Training(run, Journal(run.events_file), Control(run.desired_file), progress=progress).run()
    return Follower(run).poll()


def numbers(snapshot):
    return [(e.loss, e.accuracy, e.val_loss, e.val_accuracy) for e in snapshot.epochs], snapshot.finished.test_loss


@pytest.fixture(scope="module")
def images():
    """Some of Fashion-MNIST, by class: to train on, and to test on."""
    parts = []
    for part, count in (("train", 400), ("t10k", 100)):
        pixels = read(FASHION_MNIST / f"{part}-images-idx3-ubyte.gz")[:count]
        labels = read(FASHION_MNIST / f"{part}-labels-idx1-ubyte.gz")[:count]
        order = np.argsort(labels, kind="stable")
        parts.append((pixels[order], labels[order]))
    return parts


@pytest.fixture
def sets(images, tmp_path):
    """The same images as a folder of PNG files and as IDX files."""
    for part, name, (pixels, labels) in zip(("train", "test"), ("train", "t10k"), images, strict=True):
        for number, (image, label) in enumerate(zip(pixels, labels, strict=True)):
            save(image[..., None], tmp_path / "folder" / part / str(label) / f"{number:04d}.png")
        (tmp_path / "idx").mkdir(exist_ok=True)
        (tmp_path / "idx" / f"{name}-images-idx3-ubyte").write_bytes(idx(pixels.ravel().tolist(), pixels.shape))
        (tmp_path / "idx" / f"{name}-labels-idx1-ubyte").write_bytes(idx(labels.tolist(), labels.shape))
    return tmp_path / "folder", tmp_path / "idx"


@pytest.mark.parametrize("shape", [(32, 32, 3), (20, 24, 1)])
def test_a_folder_is_trained_on_as_the_same_images_in_idx(sets, shape):
    network = Network("n", shape, (Conv2D(filters=4, kernel_size=(3, 3)), Flatten(), Dense(units=10)))
    recipe = msgspec.structs.replace(LIKE_OTHERS, scale="standardize")
    folder, other = (
        train(make_run(network, msgspec.structs.replace(recipe, data=str(directory)))) for directory in sets
    )
    assert folder.started.train_images == other.started.train_images == 360
    assert numbers(folder) == numbers(other)
    assert folder.finished.confusion == other.finished.confusion


def test_what_is_mapped_is_trained_on_as_what_is_held(sets, monkeypatch):
    run = make_run(SMALL_CNN, msgspec.structs.replace(LIKE_OTHERS, data=str(sets[0])))
    held = numbers(train(run))
    monkeypatch.setattr("tui_cnn.worker.feed._MOST_HELD", 0)
    assert numbers(train(make_run(SMALL_CNN, run.recipe()))) == held
    monkeypatch.setattr("tui_cnn.worker.feed.device_kind", lambda: "GPU")
    for ahead in (1, 10_000_000):
        monkeypatch.setattr("tui_cnn.worker.feed._MOST_AHEAD", ahead)
        assert numbers(train(make_run(SMALL_CNN, run.recipe()))) == held


def _mapped(directory, count, first=0):
    np.save(directory / "images.npy", colours(count + first, 5, 5))
    return np.load(directory / "images.npy", mmap_mode="r")[first:]


@pytest.mark.parametrize("first", [0, 3])
@pytest.mark.parametrize(("device", "unaligned"), [("CPU", 0), ("CPU", 1), ("GPU", 0)])
def test_batches_come_in_their_order(tmp_path, monkeypatch, device, unaligned, first):
    from tui_cnn.worker.feed import Feed

    monkeypatch.setattr("tui_cnn.worker.feed._MOST_HELD", 0)
    monkeypatch.setattr("tui_cnn.worker.feed.device_kind", lambda: device)
    pixels, labels = _mapped(tmp_path, 50, unaligned), np.arange(50, dtype=np.int32)
    order = np.random.default_rng(0).permutation(50).astype(np.int32)
    batches = Feed(pixels, labels).ordered(order, 8)
    for count in (1, 2, 1):
        samples, places, begin = batches.take(first, count)
        wanted = order[first * 8 : (first + count) * 8]
        chosen = places.numpy()[begin * 8 : (begin + count) * 8]
        assert (samples.images.numpy()[chosen] == pixels[wanted]).all()
        assert (samples.labels.numpy()[chosen] == wanted).all()
        first += count


def test_what_is_mapped_is_not_copied(tmp_path, monkeypatch):
    """The tensor is the map: what is written to the file is in it."""
    from tui_cnn.worker.feed import Feed

    monkeypatch.setattr("tui_cnn.worker.feed._MOST_HELD", 0)
    feed = Feed(_mapped(tmp_path, 20), np.arange(20, dtype=np.int32))
    samples, _places, _begin = feed.ordered(np.arange(20, dtype=np.int32), 8).take(0, 1)
    with (tmp_path / "images.npy").open("r+b") as file:
        file.seek(-1, 2)
        before = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([255 - before]))
    assert int(samples.images[19, -1, -1, -1]) == 255 - before


def test_what_comes_next_is_touched_once(tmp_path, monkeypatch):
    from tui_cnn.worker.feed import Feed, _Mapped

    monkeypatch.setattr("tui_cnn.worker.feed._MOST_HELD", 0)
    monkeypatch.setattr("tui_cnn.worker.feed._MOST_TOUCHED", 75 * 20)  # 20 images of 5x5x3
    touched = []
    monkeypatch.setattr(_Mapped, "_touch", lambda _self, begin, end: touched.append((begin, end)))
    batches = Feed(_mapped(tmp_path, 50), np.zeros(50, np.int32)).ordered(np.arange(50, dtype=np.int32), 8)
    for first, count in ((0, 1), (1, 1), (2, 3), (5, 2)):
        batches.take(first, count)
    batches._pool.shutdown()
    assert touched == [(8, 28), (28, 36), (40, 50)]


def test_the_statistics_are_kept_with_the_run(tmp_path):
    for number, image in enumerate(colours(20, 8, 8)):
        save(image, tmp_path / "set" / "ab"[number % 2] / f"{number}.png")
    network = Network("n", (8, 8, 3), (Flatten(), Dense(units=2)))
    run = make_run(network, Recipe(epochs=1, scale="standardize", data=str(tmp_path / "set")))
    assert run.scaling().needs_statistics
    train(run)
    pixels = load(tmp_path / "set", (8, 8, 3)).train_images.reshape(-1, 3)
    assert run.scaling().mean == pytest.approx(pixels.mean(axis=0))
    assert run.scaling().deviation == pytest.approx(pixels.std(axis=0))


def test_the_worker_reports_what_it_reads_and_stops_on_command(sets, monkeypatch):
    from tui_cnn.runs.directory import write_desired
    from tui_cnn.worker import running

    monkeypatch.setattr("tui_cnn.data.store._CHUNK", 100)
    monkeypatch.setattr(running, "_REPORT_EVERY", 0.0)
    run = make_run(SMALL_CNN, msgspec.structs.replace(LIKE_OTHERS, data=str(sets[0])))
    write_desired(run.desired_file, "stop")
    assert running.train(run) == 0
    assert Follower(run).poll().stopped
    write_desired(run.desired_file, "run")
    assert running.train(run) == 0
    events = [decode(line) for line in run.events_file.read_bytes().splitlines()]
    decoding = [event for event in events if isinstance(event, Decoding)]
    done = [event.done for event in decoding]
    assert done == list(range(done[0], 501, 100))  # what was done before the stop is not done again
    assert Follower(run).poll().state == "finished"
