"""Batches: torchvision's normalisation, every image once an epoch, and chance that comes from the generator alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision import transforms

from ccds_core.data.batching import count_batches
from ccds_core.data.datasets import NORMALISATION
from ccds_core.data.image_batches import ImageBatches
from ccds_core.data.image_cache import ImageArrays


def make_batches(n=23, flip=False, shift=0):
    """Random images, each labelled with its own number."""
    images = np.random.default_rng(0).integers(0, 256, (n + 5, 32, 32, 3), dtype=np.uint8)
    arrays = ImageArrays(images, np.arange(n + 5), ("only",), 0, "made by a test")
    return ImageBatches(arrays, np.arange(5, n + 5), NORMALISATION, flip, shift)


def epoch_of(batches, size=4, seed=0):
    """All images and labels of one epoch."""
    found = list(batches.epoch(size, torch.Generator().manual_seed(seed)))
    return torch.cat([batch.inputs[0] for batch in found]), torch.cat([batch.labels for batch in found])


def plain(batches, labels):
    """The images with these labels as a sweep shows them."""
    (batch,) = batches.sweep(len(batches))
    return batch.inputs[0][labels - 5]


def test_normalising_is_what_torchvision_does():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    steps = [transforms.ToTensor(), transforms.Normalize(NORMALISATION.mean, NORMALISATION.std)]
    expected = torch.stack([transforms.Compose(steps)(image) for image in pixels])
    ours = NORMALISATION.apply(torch.from_numpy(pixels))
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, expected, rtol=0, atol=2e-6)


def test_images_lie_channels_last_in_memory():
    images = NORMALISATION.apply(torch.zeros(2, 32, 32, 3, dtype=torch.uint8))
    assert images.is_contiguous(memory_format=torch.channels_last)


@given(st.integers(2, 60), st.integers(1, 20))
def test_an_epoch_shows_each_image_once(n, size):
    _, labels = epoch_of(make_batches(n), size)
    assert sorted(labels.tolist()) == list(range(5, n + 5))


@given(st.integers(2, 60), st.integers(1, 20))
def test_batches_are_as_many_as_counted_and_none_but_the_last_has_another_size(n, size):
    sizes = [len(batch.labels) for batch in make_batches(n).sweep(size)]
    assert len(sizes) == count_batches(n, size)
    assert sizes[:-1] == [size] * (len(sizes) - 1)
    assert 1 <= sizes[-1] <= size + 1


@given(st.integers(2, 10**6), st.integers(2, 10**4))
def test_no_batch_holds_a_single_image(n, size):
    count = count_batches(n, size)
    last = n - (count - 1) * size
    assert 2 <= last <= size + 1


@given(st.integers(1, 10**6))
def test_batches_of_one_are_as_many_as_images(n):
    assert count_batches(n, 1) == n


def test_a_last_single_image_joins_the_batch_before():
    assert [len(batch.labels) for batch in make_batches(9).sweep(4)] == [4, 5]


def test_a_sweep_goes_in_order_and_leaves_images_as_they_are():
    batches = make_batches(flip=True, shift=4)
    (batch,) = batches.sweep(100)
    assert batch.labels.tolist() == list(range(5, 28))
    assert batch.rows.tolist() == list(range(23))
    expected = NORMALISATION.apply(torch.from_numpy(batches.arrays.images[5:]))
    assert torch.equal(batch.inputs[0], expected)


@pytest.mark.parametrize("augmented", [False, True])
def test_the_same_generator_gives_the_same_epoch_and_another_gives_another(augmented):
    batches = make_batches(flip=augmented, shift=3 * augmented)
    images, labels = epoch_of(batches, seed=1)
    same_images, same_labels = epoch_of(batches, seed=1)
    assert torch.equal(images, same_images)
    assert torch.equal(labels, same_labels)
    assert not torch.equal(epoch_of(batches, seed=2)[1], labels)


def test_nothing_is_drawn_from_the_global_generator():
    before = torch.get_rng_state()
    epoch_of(make_batches(flip=True, shift=3))
    assert torch.equal(torch.get_rng_state(), before)


def test_without_augmentation_a_shuffled_image_is_the_plain_one():
    batches = make_batches()
    images, labels = epoch_of(batches)
    assert torch.equal(images, plain(batches, labels))


def test_a_flip_mirrors_about_half_of_the_images_left_to_right_and_leaves_the_rest():
    batches = make_batches(400, flip=True)
    images, labels = epoch_of(batches, 64)
    still = plain(batches, labels)
    kept = (images == still).flatten(1).all(dim=1)
    mirrored = (images == still.flip(3)).flatten(1).all(dim=1)
    assert (kept ^ mirrored).all()
    assert 0.4 < mirrored.float().mean() < 0.6


def test_a_shift_moves_each_image_on_its_own_by_at_most_so_many_pixels():
    batches = make_batches(60, shift=2)
    images, labels = epoch_of(batches, 16)
    still = plain(batches, labels)
    padded = torch.nn.functional.pad(still, (2, 2, 2, 2), mode="reflect")
    found = []
    for image, wide in zip(images, padded, strict=True):
        moves = [(y, x) for y in range(5) for x in range(5) if torch.equal(image, wide[:, y : y + 32, x : x + 32])]
        assert len(moves) == 1, "exactly one move explains the image"
        found += moves
    assert len(set(found)) > 15, "of 25 moves"


@pytest.mark.parametrize("shift", [1, 16])
def test_augmenting_keeps_shape_and_memory_layout(shift):
    images, _ = epoch_of(make_batches(8, flip=True, shift=shift), 8)
    assert images.shape == (8, 3, 32, 32)
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_serving_batches_changes_no_stored_image():
    batches = make_batches(flip=True, shift=5)
    before = batches.arrays.digest
    for batch in batches.epoch(4, torch.Generator()):
        batch.inputs[0].zero_()
        batch.labels.zero_()
    assert batches.arrays.digest == before
