"""The bundled digits: real images in CIFAR-10's shape, without a network."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ccds_core.data import digits


@pytest.fixture(scope="module")
def arrays():
    return digits.load()


def test_there_are_all_digits_as_32_x_32_rgb(arrays):
    assert arrays.images.shape == (1797, 32, 32, 3)
    assert arrays.images.dtype == np.uint8
    assert len(arrays.classes) == 10
    assert arrays.n_official_train == 0


def test_labels_are_scikit_learns(arrays):
    assert np.array_equal(arrays.labels, load_digits().target)


def test_images_are_grey_white_on_black_and_look_like_the_originals(arrays):
    assert (arrays.images == arrays.images[..., :1]).all()
    small = arrays.images[..., 0].reshape(-1, 8, 4, 8, 4).mean(axis=(2, 4))  # (N, 8, 8)
    likeness = np.corrcoef(small.ravel(), load_digits().images.ravel())[0, 1]
    assert likeness > 0.98
    assert small[:, 0, 0].mean() < 10, "the corner is background"


def test_loading_again_gives_the_same_digest(arrays):
    assert digits.load().digest == arrays.digest
