"""What holds for all of CIFAR-10; skips where it is not on this machine."""

import numpy as np
import pytest

from ccds_core.config.run_config import DataConfig
from ccds_core.data import cifar10
from ccds_core.data.datasets import load_image_data
from ccds_core.data.splits import N_OFFICIAL_TRAIN, PARTS

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        cifar10.find() is None,
        reason="CIFAR-10 is not here: 'python -m ccds_core data fetch', or CCDS_DATA_DIR with a copy or a tar of it",
    ),
]


@pytest.fixture(scope="module")
def arrays():
    return cifar10.load()


def test_there_are_6000_images_of_each_class_5000_of_them_to_train(arrays):
    assert arrays.images.shape == (60_000, 32, 32, 3)
    assert np.bincount(arrays.labels).tolist() == [6000] * 10
    assert arrays.n_official_train == N_OFFICIAL_TRAIN
    assert np.bincount(arrays.labels[:N_OFFICIAL_TRAIN]).tolist() == [5000] * 10


def test_rows_go_by_class_train_before_test(arrays):
    assert (np.diff(arrays.labels[:N_OFFICIAL_TRAIN]) >= 0).all()
    assert (np.diff(arrays.labels[N_OFFICIAL_TRAIN:]) >= 0).all()


def test_the_channel_means_are_those_published_for_cifar10(arrays):
    means = arrays.images[:: 60_000 // 2000].mean(axis=(0, 1, 2)) / 255
    assert np.allclose(means, (0.491, 0.482, 0.447), atol=0.01)


@pytest.mark.parametrize(
    ("split", "sizes"), [("workshop", (48_000, 6_000, 6_000)), ("official", (45_000, 5_000, 10_000))]
)
def test_a_split_has_its_sizes_and_about_as_many_images_of_each_class(arrays, split, sizes):
    data = load_image_data(DataConfig("cifar10", split))
    for part, size in zip(PARTS, sizes, strict=True):
        labels = arrays.labels[data.split.part(part)]
        assert len(labels) == size
        # a random tenth has a standard deviation of 23 per class; five of them
        assert np.abs(np.bincount(labels, minlength=10) - size / 10).max() < 120


def test_a_limit_keeps_the_first_training_rows_and_all_others(arrays):
    whole, limited = load_image_data(DataConfig()), load_image_data(DataConfig(limit=500))
    assert np.array_equal(limited.split.train, whole.split.train[:500])
    assert np.array_equal(limited.split.test, whole.split.test)


def test_loading_again_maps_the_same_images_from_the_cache(arrays):
    again = cifar10.load()
    assert isinstance(again.images, np.memmap)
    assert again.digest == arrays.digest
