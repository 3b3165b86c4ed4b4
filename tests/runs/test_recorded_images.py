"""Test images that are kept with a run of another program."""

import io
import zipfile

import numpy as np
import pytest

from tui_cnn.formats.errors import FormatError
from tui_cnn.runs.recorded_images import load_images, save_images

IMAGES = np.random.default_rng(2).integers(0, 256, (3, 4, 5, 1)).astype(np.uint8)
LABELS = np.array([2, 0, 1], np.int32)


def test_what_is_saved_is_loaded(run):
    assert load_images(run, 3) is None
    save_images(run, IMAGES, LABELS)
    kept = load_images(run, 4)
    np.testing.assert_array_equal(kept.images, IMAGES)
    np.testing.assert_array_equal(kept.labels, LABELS)
    assert len(kept.class_names) == 4


@pytest.mark.parametrize(
    "arrays",
    [
        {"images": IMAGES},
        {"images": IMAGES, "labels": LABELS[:2]},
        {"images": IMAGES, "labels": -LABELS},
        {"images": IMAGES / 255, "labels": LABELS},
    ],
)
def test_other_arrays_are_one_line(run, arrays):
    np.savez(run.recorded_images_file, **arrays)
    with pytest.raises(FormatError, match=r"images\.npz: is damaged; delete it, or record the training again$"):
        load_images(run, 3)


def test_nothing_is_unpickled(run):
    np.savez(run.recorded_images_file, images=IMAGES, labels=np.array([2, None, 1]))
    with pytest.raises(FormatError, match="is damaged") as refused:
        load_images(run, 3)
    assert "allow_pickle" in str(refused.value.__cause__)


def test_what_unpacks_to_more_than_is_ever_kept_is_not_unpacked(run):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "|u1", "fortran_order": False, "shape": (129, 1024, 1024, 1)}
        )
        archive.writestr("images.npy", header.getvalue() + bytes(129 << 20))
        archive.writestr("labels.npy", b"")
    run.recorded_images_file.write_bytes(data.getvalue())
    with pytest.raises(FormatError, match="is damaged") as refused:
        load_images(run, 3)
    assert str(refused.value.__cause__) == "images.npy"
