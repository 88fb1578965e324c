"""The drawn example pictures: complete, the same each time, and no two alike."""

from itertools import combinations

import numpy as np
import pytest

from ccds_core.data.examples import EXAMPLES, draw_example
from ccds_core.errors import InvalidInputError

CLASSES = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}


@pytest.fixture(scope="module")
def images():
    return {name: draw_example(name) for name in EXAMPLES}


@pytest.fixture(scope="module")
def thumbnails(images):
    """name -> (32, 32, 3), the size at which a network sees the picture"""
    return {name: np.asarray(image.resize((32, 32)), dtype=float) for name, image in images.items()}


def test_every_class_has_an_example():
    assert {example.label for example in EXAMPLES.values() if example.label} == CLASSES


def test_at_least_three_examples_show_none_of_the_classes():
    assert sum(example.label is None for example in EXAMPLES.values()) >= 3


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_picture_and_the_same_each_time(images, name):
    assert (images[name].size, images[name].mode) == ((256, 256), "RGB")
    assert images[name] == draw_example(name)


def test_no_two_examples_look_alike(thumbnails):
    for (one, image), (other, second) in combinations(thumbnails.items(), 2):
        assert np.abs(image - second).mean() > 16, f"{one} and {other} look alike"  # 16 of 255 grey levels


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_uses_most_of_the_range_from_dark_to_bright(thumbnails, name):
    brightness = thumbnails[name].mean(axis=2)
    assert np.ptp(brightness) > 96  # of 255


def test_a_table_entry_stands_under_its_own_name_with_a_caption():
    assert all(name == example.name and example.caption for name, example in EXAMPLES.items())


def test_an_unknown_name_gives_a_sentence_that_lists_the_names():
    with pytest.raises(InvalidInputError, match="No example picture 'unicorn'") as caught:
        draw_example("unicorn")
    assert all(name in str(caught.value) for name in EXAMPLES)
