"""What is held out, against scikit-learn's stratified split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from tests.data.image_sets import colours, save
from tui_cnn.data.sources.finding import find_source
from tui_cnn.data.splitting import assigned_parts, split

labels = st.lists(st.integers(0, 4), min_size=1, max_size=300).map(lambda each: np.array(each, np.int32))


@given(
    labels=labels,
    share=st.floats(0, 1, exclude_max=True),
    seed=st.none() | st.integers(0, 2**31 - 1),
    limit=st.none() | st.integers(1, 400),
)
def test_split(labels, share, seed, limit):
    train, validation = split(labels, share, seed, limit)
    both = [*train.tolist(), *validation.tolist()]
    used = min(len(labels), limit or len(labels))
    assert len(both) == len(set(both)) == used
    assert set(both) <= set(range(len(labels)))
    assert len(train) >= 1
    assert len(validation) in (round(share * used), used - 1)
    again = split(labels, share, seed, limit)
    assert np.array_equal(train, again[0])
    assert np.array_equal(validation, again[1])


@given(labels=labels, share=st.floats(0.05, 0.5), seed=st.integers(0, 9))
def test_every_class_gives_its_share(labels, share, seed):
    _train, validation = split(labels, share, seed)
    for number, count in zip(*np.unique(labels, return_counts=True), strict=True):
        held_out = (labels[validation] == number).sum()
        assert abs(held_out - len(validation) * count / len(labels)) <= 2


@pytest.mark.parametrize("seed", range(20))
def test_the_only_image_of_a_class_is_trained_on(seed):
    train, _validation = split(np.array([0] * 20 + [1], np.int32), 0.4, seed)
    assert 20 in train


def test_as_stratified_as_scikit_learn():
    labels = np.random.default_rng(0).choice(5, 1000, p=[0.5, 0.3, 0.1, 0.07, 0.03]).astype(np.int32)
    _train, validation = split(labels, 0.2, 3)
    _other, expected = train_test_split(np.arange(1000), test_size=0.2, stratify=labels, random_state=0)
    difference = np.bincount(labels[validation]) - np.bincount(labels[expected])
    assert np.abs(difference).max() <= 1


def test_a_limit_takes_as_much_of_each_class():
    labels = np.repeat(np.arange(10, dtype=np.int32), 100)
    train, validation = split(labels, 0.1, 0, limit=50)
    assert np.bincount(labels[np.concatenate([train, validation])]).tolist() == [5] * 10


def test_other_seeds_hold_out_other_images():
    labels = np.zeros(1000, np.int32)
    assert not np.array_equal(split(labels, 0.1, 0)[1], split(labels, 0.1, 1)[1])


def test_runs_of_earlier_versions_keep_their_images():
    """They shuffled all images by the seed of the training."""
    train, validation = split(np.zeros(100, np.int32), 0.1, None, unstratified=7)
    shuffled = np.random.default_rng(7).permutation(100)
    assert (train == shuffled[10:]).all()
    assert (validation == shuffled[:10]).all()


@pytest.fixture
def folder(tmp_path):
    for number, image in enumerate(colours(50)):
        save(image, tmp_path / "ab"[number % 2] / f"{number}.png")
    return tmp_path


def test_without_a_test_folder_a_fifth_of_each_class_is_tested_on(folder):
    source = find_source(folder)
    parts = assigned_parts(source)
    for number in (0, 1):
        assert np.bincount(parts[source.labels == number]).tolist() == [20, 0, 5]


def test_an_image_stays_in_its_part_when_others_come(folder):
    source = find_source(folder)
    before = {source.key(n) for n in np.flatnonzero(assigned_parts(source) == 2)}
    save(colours(1, seed=9)[0], folder / "a" / "new.png")
    source = find_source(folder)
    after = {source.key(n) for n in np.flatnonzero(assigned_parts(source) == 2)}
    assert len(before - after) <= 1
