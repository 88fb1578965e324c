"""The example images: complete, with a stated origin, small, no two alike; the drawings are those of the script."""

import re
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from ccds_core.data.examples import DRAWN, EXAMPLES, IMAGES, open_example, read_example
from ccds_core.errors import InvalidInputError
from ccds_core.paths import PROJECT
from scripts.draw_examples.drawings import DRAWINGS

CLASSES = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
PHOTOGRAPHS = [name for name, example in EXAMPLES.items() if example.origin != DRAWN]
DRAWN_NAMES = [name for name in EXAMPLES if name not in PHOTOGRAPHS]
LICENSE = IMAGES / "LICENSE.md"
MOST_BYTES = 80_000  # of one file
MOST_BYTES_TOGETHER = 1_200_000


@pytest.fixture(scope="module")
def images():
    return {name: open_example(name) for name in EXAMPLES}


@pytest.fixture(scope="module")
def thumbnails(images):
    """name -> (32, 32, 3), the size at which a network sees the image"""
    return {name: np.asarray(image.resize((32, 32)), dtype=float) for name, image in images.items()}


def test_every_class_has_an_example():
    assert {example.label for example in EXAMPLES.values() if example.label} == CLASSES


def test_at_least_three_examples_show_none_of_the_classes():
    assert sum(example.label is None for example in EXAMPLES.values()) >= 3


def test_photographs_come_first_and_the_first_one_is_a_horse_which_all_networks_know():
    names = list(EXAMPLES)
    assert names == PHOTOGRAPHS + DRAWN_NAMES
    assert EXAMPLES[names[0]].label == "horse"


@pytest.mark.parametrize("name", DRAWN_NAMES)
def test_a_drawing_is_what_the_script_draws(images, name):
    """Another processor may round a value the other way: one grey level of 255 is allowed."""
    drawn = DRAWINGS[EXAMPLES[name].file]()
    assert (images[name].size, images[name].mode) == (drawn.size, "RGB") == ((256, 256), "RGB")
    assert np.abs(np.asarray(images[name], dtype=int) - np.asarray(drawn, dtype=int)).max() <= 1


@pytest.mark.parametrize("name", DRAWN_NAMES)
def test_a_drawing_is_named_as_one_and_says_what_it_is(name):
    assert name.endswith(" (drawn)")
    assert "not a test image" in EXAMPLES[name].origin


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_names_its_author_and_a_free_licence(name):
    assert re.fullmatch(r"Photograph: [^,]+, (CC0|public domain)", EXAMPLES[name].origin)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_is_colour_of_at_most_512_pixels_and_carries_no_metadata(images, name):
    assert images[name].mode == "RGB"
    assert 256 <= max(images[name].size) <= 512
    with Image.open(IMAGES / EXAMPLES[name].file) as opened:
        assert not {"exif", "xmp", "icc_profile"} & set(opened.info)


@pytest.mark.parametrize("text", [LICENSE, PROJECT / "DATA.md"], ids=lambda path: path.name)
def test_the_documents_name_every_photograph_with_its_author_and_licence(text):
    rows = [line for line in text.read_text().splitlines() if line.startswith("|")]
    for name in PHOTOGRAPHS:
        (row,) = (line for line in rows if f"`{EXAMPLES[name].file}`" in line)
        author, licence = EXAMPLES[name].origin.removeprefix("Photograph: ").split(", ")
        assert author in row
        assert licence.lower() in row.lower()


def test_every_file_is_an_example_and_the_files_are_small():
    files = {path.name: path.stat().st_size for path in IMAGES.iterdir() if path != LICENSE}
    assert set(files) == {example.file for example in EXAMPLES.values()}
    assert set(DRAWINGS) == {EXAMPLES[name].file for name in DRAWN_NAMES}
    assert max(files.values()) <= MOST_BYTES
    assert sum(files.values()) <= MOST_BYTES_TOGETHER


def test_no_two_examples_look_alike(thumbnails):
    for (one, image), (other, second) in combinations(thumbnails.items(), 2):
        assert np.abs(image - second).mean() > 16, f"{one} and {other} look alike"  # 16 of 255 grey levels


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_uses_most_of_the_range_from_dark_to_bright(thumbnails, name):
    brightness = thumbnails[name].mean(axis=2)
    assert np.ptp(brightness) > 96  # of 255


def test_a_table_entry_stands_under_its_own_name_with_a_caption():
    assert all(name == example.name and example.caption for name, example in EXAMPLES.items())


@pytest.mark.parametrize("open_one", [open_example, read_example])
def test_an_unknown_name_gives_a_sentence_that_lists_the_names(open_one):
    with pytest.raises(InvalidInputError, match="No example image 'unicorn'") as caught:
        open_one("unicorn")
    assert all(name in str(caught.value) for name in EXAMPLES)
