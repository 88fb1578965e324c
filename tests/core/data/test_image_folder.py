"""A folder of anyone's images in class subfolders: any classes, any sizes, every fault by its file's name."""

import io

import numpy as np
import pytest
from PIL import Image

from ccds_core.config.run_config import DataConfig
from ccds_core.data import datasets
from ccds_core.data.image_folder import decode_folder, list_images, to_array
from ccds_core.errors import InvalidInputError, MissingDataError
from tests.support.hostile_files import png_header

RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.fixture
def image_folder(tmp_path, cache_folder):
    """Two classes of four images, of many sizes and forms, and what else may lie about."""
    for name, colour in (("warm", RED), ("cold", BLUE)):
        place = tmp_path / "mine" / name
        place.mkdir(parents=True)
        for size, suffix in (((32, 32), "png"), ((100, 40), "jpg"), ((7, 9), "webp"), ((64, 64), "bmp")):
            Image.new("RGB", size, colour).save(place / f"{size[0]}.{suffix}")
        (place / "notes.txt").write_text("no image")
        (place / ".hidden.png").write_bytes(b"")
    (tmp_path / "mine" / "stray.png").write_bytes(b"")
    return tmp_path / "mine"


def test_classes_are_the_subfolders_and_every_image_is_32_x_32(image_folder):
    arrays = decode_folder(image_folder)
    assert arrays.classes == ("cold", "warm")
    assert np.bincount(arrays.labels).tolist() == [4, 4]
    assert arrays.images.shape == (8, 32, 32, 3)
    assert "mine" in arrays.source


def test_every_image_keeps_its_colour_and_its_label(image_folder):
    arrays = decode_folder(image_folder)
    for image, label in zip(arrays.images, arrays.labels, strict=True):
        strongest = image.reshape(-1, 3).mean(axis=0).argmax()
        assert strongest == (2 if arrays.classes[label] == "cold" else 0)


def test_only_images_two_levels_down_count(image_folder):
    assert {path.name for path in list_images(image_folder)} == {"32.png", "100.jpg", "7.webp", "64.bmp"}


def test_a_wide_image_is_cropped_to_its_centre_not_squeezed():
    wide = np.zeros((32, 96, 3), np.uint8)
    wide[:, 32:64] = 255
    buffer = io.BytesIO()
    Image.fromarray(wide).save(buffer, "PNG")
    assert to_array(buffer.getvalue()).min() > 250


def test_a_32_x_32_image_keeps_its_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    assert np.array_equal(to_array(buffer.getvalue()), pixels)


def test_a_turned_image_is_put_upright_whatever_its_size():
    for side in (64, 32):
        image = Image.new("RGB", (side, side))
        image.paste((255, 255, 255), (0, 0, side, side // 2))
        buffer = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 3  # upside down
        image.save(buffer, "PNG", exif=exif)
        assert to_array(buffer.getvalue())[0].max() < 60, f"{side} x {side}"


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n"])
def test_faulty_files_are_counted_and_named(image_folder, content):
    for number in range(5):
        (image_folder / "warm" / f"bad{number}.png").write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"5 of 13 .* warm/bad0\.png, warm/bad1\.png, warm/bad2\.png \.\.\."):
        decode_folder(image_folder)


@pytest.mark.parametrize("side", [10_000, 40_000])
def test_an_image_of_too_many_pixels_is_a_faulty_file_like_any_other(image_folder, side):
    (image_folder / "warm" / "bomb.png").write_bytes(png_header(side, side))
    with pytest.raises(InvalidInputError, match=r"warm/bomb\.png"):
        decode_folder(image_folder)


@pytest.mark.parametrize("classes", [0, 1])
def test_fewer_than_two_classes_are_refused_in_words(tmp_path, classes):
    for name in ["only", "empty"][: classes + 1]:
        (tmp_path / "mine" / name).mkdir(parents=True)
    if classes:
        Image.new("RGB", (8, 8)).save(tmp_path / "mine" / "only" / "a.png")
    with pytest.raises(InvalidInputError, match=f"at least two subfolders.*found {classes}"):
        decode_folder(tmp_path / "mine")


def test_a_folder_is_a_data_set_by_its_path(image_folder):
    data = datasets.load_image_data(DataConfig(str(image_folder), "seeded"))
    assert sorted([*data.split.train, *data.split.val, *data.split.test]) == list(range(8))
    assert len(data.split.test) == 2


def test_an_image_added_later_is_seen(image_folder):
    assert len(datasets.load_arrays(str(image_folder)).labels) == 8
    Image.new("RGB", (8, 8)).save(image_folder / "warm" / "new.png")
    assert len(datasets.load_arrays(str(image_folder)).labels) == 9


@pytest.mark.parametrize("name", ["mnist", "../nowhere", "CIFAR10"])
def test_an_unknown_data_set_gives_a_sentence_that_says_what_there_is(name):
    with pytest.raises(MissingDataError, match="cifar10, digits"):
        datasets.load_arrays(name)


def test_a_name_too_long_for_a_folder_is_no_data_set_either():
    with pytest.raises(MissingDataError):
        datasets.load_arrays("x" * 5000)
