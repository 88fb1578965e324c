"""The original batch files are pickles: their opcodes are read, nothing in them runs, and damage is said in words."""

import contextlib
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccds_core.data.cifar10 import CLASSES, decode_batches, read_batch
from ccds_core.errors import InvalidInputError
from tests.support.hostile_files import Trap
from tests.support.small_cifar import A_BATCH, make_pictures, python2_batch, python3_batch, upright, write_batches

WRITERS = {
    "python 2": python2_batch,
    "python 3, str keys": python3_batch,
    "python 3, bytes keys": lambda seed: python3_batch(seed, bytes_keys=True),
    "protocol 4": lambda seed: python3_batch(seed, protocol=4),
}


@pytest.mark.filterwarnings("ignore")  # numpy has moved what Python 2 named
def test_the_hand_made_python_2_batch_is_a_pickle_of_what_it_should_hold():
    pixels, labels = make_pictures(3)
    batch = pickle.loads(python2_batch(3), encoding="bytes")
    assert batch[b"labels"] == labels
    assert np.array_equal(batch[b"data"], pixels)
    assert len(batch[b"filenames"]) == A_BATCH


@pytest.mark.parametrize(
    "write",
    list(WRITERS.values()),
    ids=WRITERS,
)
def test_a_batch_gives_back_its_images_and_labels(write):
    pixels, labels = make_pictures(1)
    read_images, read_labels = read_batch(write(1), "data_batch_1")
    assert read_labels.tolist() == labels
    assert np.array_equal(read_images, upright(pixels))


def test_batches_are_put_in_class_order_train_before_test_each_image_with_its_label(tmp_path):
    write_batches(tmp_path, WRITERS["protocol 4"])
    arrays = decode_batches(tmp_path / "cifar-10-batches-py")
    assert arrays.n_official_train == 5 * A_BATCH
    for part in (arrays.labels[: 5 * A_BATCH], arrays.labels[5 * A_BATCH :]):
        assert all(one <= next_ for one, next_ in pairwise(part))
    known = {}
    for seed in range(6):
        pixels, labels = make_pictures(seed)
        known |= {image.tobytes(): label for image, label in zip(upright(pixels), labels, strict=True)}
    assert [known[image.tobytes()] for image in arrays.images] == arrays.labels.tolist()
    assert arrays.classes == CLASSES


def test_a_missing_batch_is_named(tmp_path):
    write_batches(tmp_path)
    (tmp_path / "cifar-10-batches-py" / "data_batch_4").unlink()
    with pytest.raises(InvalidInputError, match="data_batch_4"):
        decode_batches(tmp_path / "cifar-10-batches-py")


@pytest.mark.parametrize("field", ["labels", "data", "extra"])
@pytest.mark.parametrize("protocol", [2, 4])
def test_nothing_in_a_batch_is_executed(tmp_path, field, protocol):
    pixels, labels = make_pictures(0)
    trapped = {"labels": labels, "data": pixels, field: Trap(tmp_path / "sprung")}
    with contextlib.suppress(InvalidInputError):
        read_batch(pickle.dumps(trapped, protocol=protocol), "data_batch_1")
    assert not (tmp_path / "sprung").exists()
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists(), "the trap works"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_batch_or_an_input_error(content):
    with pytest.raises(InvalidInputError, match="data_batch_1"):
        read_batch(content, "data_batch_1")


@given(st.integers(0, len(python3_batch(0, protocol=4)) - 2))
def test_a_batch_cut_anywhere_is_an_input_error(cut):
    with pytest.raises(InvalidInputError, match="not a CIFAR-10 batch"):
        read_batch(python3_batch(0, protocol=4)[:cut], "data_batch_1")


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_changed_byte_in_the_head_is_read_or_an_input_error(place, value):
    content = bytearray(python3_batch(0, protocol=4))
    content[place] = value
    try:
        images, labels = read_batch(bytes(content), "data_batch_1")
    except InvalidInputError:
        return
    assert images.shape == (len(labels), 32, 32, 3)
    assert set(labels) <= set(range(10))


def test_too_few_labels_are_an_input_error():
    pixels, labels = make_pictures(0)
    with pytest.raises(InvalidInputError, match="do not match"):
        read_batch(pickle.dumps({"labels": labels[:-1], "data": pixels}, protocol=4), "data_batch_1")
