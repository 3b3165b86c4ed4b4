"""The files that ship with the program are those that were published."""

import gzip
import hashlib

import numpy as np
import pytest

from tui_cnn.data.dataset import load, summarize
from tui_cnn.data.files import FASHION_MNIST

SHA256 = {  # of the content of each file, unpacked
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


@pytest.mark.parametrize(("name", "digest"), SHA256.items())
def test_files_hold_what_was_published(name, digest):
    content = gzip.decompress((FASHION_MNIST / name).read_bytes())
    assert hashlib.sha256(content).hexdigest() == digest


def test_counts_are_the_published_ones():
    data = load()
    assert data.train_images.shape == (60_000, 28, 28, 1)
    assert data.test_images.shape == (10_000, 28, 28, 1)
    assert data.train_images.dtype == data.test_images.dtype == np.uint8
    assert np.bincount(data.train_labels).tolist() == [6_000] * 10
    assert np.bincount(data.test_labels).tolist() == [1_000] * 10
    assert data.class_count == 10
    # The first image of the training set is an ankle boot, as the data set's own README shows.
    assert data.class_names[data.train_labels[0]] == "Ankle boot"


def test_summary_tells_the_same_without_reading_the_images():
    summary = summarize()
    assert (summary.name, summary.image_shape, summary.class_count) == ("Fashion-MNIST", (28, 28, 1), 10)
    assert (summary.train_count, summary.test_count) == (60_000, 10_000)
