"""Images decoded once: the same pixels as Pillow's own, whatever happens to the process that decodes them."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

import tui_cnn
from tests.data.image_sets import colours, save, touch
from tui_cnn.data.dataset import load, load_test, summarize
from tui_cnn.data.files import DataError
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.store import StoreSummary, build_store, read_record, store_of


@pytest.fixture
def folder(tmp_path):
    """Images of many sizes in two classes, with a part to test on; grey ones, too."""
    random = np.random.default_rng(0)
    for number in range(30):
        height, width = random.integers(4, 40, 2)
        pixels = random.integers(0, 256, (height, width, 1 if number % 5 == 0 else 3), np.uint8)
        part = "test" if number % 3 == 0 else "train"
        save(pixels, tmp_path / "set" / part / ("cat", "dog")[number % 2] / f"{number}.png")
    return tmp_path / "set"


def files(folder, part):
    return [path for name in ("cat", "dog") for path in sorted((folder / part / name).iterdir(), key=lambda p: p.name)]


def test_pixels_are_those_of_pillow(folder):
    store = build_store(find_source(folder), str(folder))
    expected = [*files(folder, "train"), *files(folder, "test")]
    assert [store.key(image) for image in range(len(store))] == [str(path.relative_to(folder)) for path in expected]
    for image, path in enumerate(expected):
        pixels = np.asarray(Image.open(path))
        assert np.array_equal(store.image(image), pixels[..., None] if pixels.ndim == 2 else pixels)
    assert store.shape is None
    assert store.part("train") == slice(0, 20)
    assert store.part("test") == slice(20, 30)


def test_the_summary_is_that_of_numpy(folder):
    summary = build_store(find_source(folder), str(folder)).summary
    pixels = [np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3) for path in files(folder, "train")]
    assert summary.mean == pytest.approx(np.concatenate(pixels).mean(axis=0))
    assert summary.deviation == pytest.approx(np.concatenate(pixels).std(axis=0))


def test_images_come_in_one_shape_for_a_network(folder):
    data = load(folder, (16, 12, 3), "stretch")
    assert data.train_images.shape == (20, 16, 12, 3)
    assert data.class_names == ("cat", "dog")
    first = Image.open(files(folder, "test")[0]).convert("RGB").resize((12, 16), Image.Resampling.LANCZOS)
    assert (data.test_images[0] == np.asarray(first)).all()
    assert (load_test(folder, (16, 12, 3), "stretch").images == data.test_images).all()
    channels = data.train_images.reshape(-1, 3)
    assert data.moments == (pytest.approx(channels.mean(axis=0)), pytest.approx(channels.std(axis=0)))


def test_what_is_of_one_shape_is_not_written_again(tmp_path):
    images = colours(6, 8, 8)
    for number, image in enumerate(images):
        save(image, tmp_path / "set" / "ab"[number % 2] / f"{number}.png")
    data = load(tmp_path / "set", (12, 12, 3))
    assert data.image_shape == (8, 8, 3)  # the border is made when it is trained on
    assert not list(data.store.path.glob("fitted*"))
    assert summarize(tmp_path / "set").image_shape == (8, 8, 3)


def test_broken_images_are_listed_and_left_out(folder):
    (folder / "train" / "cat" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n rubbish")
    data = load(folder, (8, 8, 3))
    assert len(data.train_labels) == 20
    ((key, reason),) = data.store.summary.failed
    assert key == "train/cat/broken.png"
    assert "is not a readable image" in reason
    assert summarize(folder).train_count == 20


def test_nothing_that_can_be_read(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(b"no image")
    with pytest.raises(DataError, match="none of the 2 images can be read"):
        load(tmp_path, (8, 8, 3))


def test_large_images_are_stored_small_unless_a_network_needs_them(tmp_path):
    for name in ("a", "b"):
        save(colours(1, 600, 300)[0], tmp_path / name / "x.png")
    assert load(tmp_path, (64, 64, 3)).store.image(0).shape == (256, 128, 3)
    assert load(tmp_path, (300, 300, 3)).store.image(0).shape == (512, 256, 3)
    assert load(tmp_path, (64, 64, 3)).store.records["full_height"].tolist() == [600, 600]


def test_it_is_decoded_once(folder, monkeypatch):
    source = find_source(folder)
    build_store(source, "")
    monkeypatch.setattr(type(source), "read", None)
    build_store(source, "")


def test_changed_files_are_decoded_again(folder):
    before = load(folder, (8, 8, 3)).test_images[0]
    first = files(folder, "test")[0]
    first.unlink()
    save(colours(1, 9, 9, seed=5)[0], first.with_name("0.png"))
    assert (load(folder, (8, 8, 3)).test_images[0] != before).any()


class StoppedError(Exception):
    pass


def test_stopped_it_goes_on_where_it_was(folder, monkeypatch):
    monkeypatch.setattr("tui_cnn.data.store._CHUNK", 7)
    source = find_source(folder)

    def stop(done, total):
        assert total == 30
        if done == 14:
            raise StoppedError

    with pytest.raises(StoppedError):
        build_store(source, "", progress=stop)
    done = []
    store = build_store(source, "", progress=lambda each, _total: done.append(each))
    assert done[0] == 21
    assert_is_whole(store, folder)


def assert_is_whole(store, folder):
    """Compare with the same images decoded at one go."""
    other = folder.with_name("copy")
    shutil.copytree(folder, other)
    touch(files(other, "test")[0])
    whole = build_store(find_source(other), "")
    assert store.path != whole.path
    assert store.summary.digest == whole.summary.digest
    assert (store.path / "images.bin").read_bytes() == (whole.path / "images.bin").read_bytes()
    assert (store.records == whole.records).all()


@pytest.mark.parametrize("file", ["images.bin", "index.bin"])
@pytest.mark.parametrize("size", [0, 1, 100, 2000])
def test_torn_files_are_written_again(folder, file, size):
    store = build_store(find_source(folder), "")
    (store.path / "dataset.json").unlink()
    os.truncate(store.path / file, min(size, (store.path / file).stat().st_size))
    assert_is_whole(build_store(find_source(folder), ""), folder)


@pytest.mark.parametrize("content", [b"", b"{}", b"rubbish", b'{"version":0}'])
def test_a_damaged_summary_is_written_again(folder, content):
    store = build_store(find_source(folder), "")
    (store.path / "dataset.json").write_bytes(content)
    assert build_store(find_source(folder), "").summary.digest == store.summary.digest


KILLED = """
import os, signal, sys
from pathlib import Path
from tui_cnn.data import store
from tui_cnn.data.sources.finding import find_source
store._CHUNK = 3
def kill(done, total):
    if done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
store.build_store(find_source(Path(sys.argv[1])), "", progress=kill)
"""


def test_killed_it_loses_nothing(folder, monkeypatch):
    monkeypatch.setattr("tui_cnn.data.store._CHUNK", 3)
    for moment in (3, 9, 24):
        command = [sys.executable, "-c", KILLED, str(folder), str(moment)]
        ended = subprocess.run(command, cwd=Path(tui_cnn.__file__).parents[1], check=False)
        assert ended.returncode == -signal.SIGKILL
    done = []
    store = build_store(find_source(folder), "", progress=lambda each, _total: done.append(each))
    assert done[0] == 27
    assert_is_whole(store, folder)


def test_the_digest_is_of_the_images_and_not_of_their_names(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "elsewhere")
    first, second = (load(path, (8, 8, 3)) for path in (folder, tmp_path / "elsewhere"))
    assert first.digest == second.digest
    save(colours(1)[0], tmp_path / "elsewhere" / "test" / "cat" / "99.png")
    assert load(tmp_path / "elsewhere", (8, 8, 3)).digest != first.digest


def test_where_nothing_can_be_written(folder, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "file"))
    with pytest.raises(DataError, match="cannot be written"):
        load(folder, (8, 8, 3))


def test_the_summary_can_be_read_by_others(folder):
    store = build_store(find_source(folder), "here")
    read = msgspec.json.decode((store_of(find_source(folder)) / "dataset.json").read_bytes(), type=StoreSummary)
    assert read == store.summary
    assert (read.name, read.source) == ("set", "here")


@pytest.mark.parametrize("damage", [b"", b"\xff", b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b"1" * 5000, None])
def test_a_damaged_record_is_none(damage, tmp_path):
    record = tmp_path / "dataset.json"
    assert read_record(record, StoreSummary) is None
    os.mkfifo(record) if damage is None else record.write_bytes(damage)
    assert read_record(record, StoreSummary) is None
