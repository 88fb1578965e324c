"""Splits: every row in exactly one part, the same rows each time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data import splits
from ccds_core.data.splits import N_CIFAR10, N_OFFICIAL_TRAIN, PARTS, seeded_split, stored_split
from ccds_core.errors import InvalidInputError

SIZES = {"workshop": (48_000, 6_000, 6_000), "official": (45_000, 5_000, 10_000)}
LABELS = st.lists(st.integers(3, 60), min_size=1, max_size=8).map(
    lambda counts: np.repeat(np.arange(len(counts)), counts)
)


def parts_of(split):
    return [split.part(part) for part in PARTS]


def test_the_stored_rows_are_what_the_code_makes_anew():
    made = splits.make_stored_splits()
    with np.load(splits.STORED, allow_pickle=False) as stored:
        assert set(stored.files) == set(made)
        assert all(np.array_equal(stored[name], rows) for name, rows in made.items())


@pytest.mark.parametrize("name", SIZES)
def test_a_stored_split_has_its_sizes_and_each_row_once(name):
    parts = parts_of(stored_split(name, N_CIFAR10))
    assert tuple(map(len, parts)) == SIZES[name]
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(N_CIFAR10))


def test_the_official_split_tests_on_the_official_test_images_only():
    split = stored_split("official", N_CIFAR10)
    assert np.array_equal(np.sort(split.test), np.arange(N_OFFICIAL_TRAIN, N_CIFAR10))


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("n_rows", [0, 100, N_CIFAR10 - 1])
def test_a_stored_split_is_for_the_whole_of_cifar10_only(name, n_rows):
    with pytest.raises(InvalidInputError, match="60,000"):
        stored_split(name, n_rows)


@given(LABELS)
def test_a_seeded_split_has_each_row_once_and_each_class_in_every_part(labels):
    parts = parts_of(seeded_split(labels))
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(labels)))
    for rows in parts:
        assert np.array_equal(np.unique(labels[rows]), np.unique(labels))


@given(LABELS)
def test_a_seeded_split_gives_val_and_test_a_tenth_of_each_class(labels):
    split = seeded_split(labels)
    tenth = np.maximum(1, np.bincount(labels) // 10)
    assert np.array_equal(np.bincount(labels[split.val]), tenth)
    assert np.array_equal(np.bincount(labels[split.test]), tenth)


@given(LABELS)
def test_the_same_labels_give_the_same_rows(labels):
    for one, other in zip(parts_of(seeded_split(labels)), parts_of(seeded_split(labels)), strict=True):
        assert np.array_equal(one, other)


def test_the_first_rows_of_train_are_a_fair_subset():
    labels = np.repeat(np.arange(10), 200)
    first = labels[seeded_split(labels).train[:400]]
    assert np.bincount(first, minlength=10).min() > 15, "40 of each class are expected"


def test_a_class_too_small_to_split_is_named_as_the_fault():
    with pytest.raises(InvalidInputError, match="at least three images"):
        seeded_split(np.array([0, 0, 0, 1, 1]))
    with pytest.raises(InvalidInputError, match="at least three texts"):
        seeded_split(np.array([0, 0, 0, 1, 1]), "texts")


def test_an_unknown_part_gives_a_sentence_that_lists_the_parts():
    with pytest.raises(InvalidInputError, match="train, val, test"):
        seeded_split(np.zeros(9, int)).part("valid")
