"""A stranger's file is an upright RGB image of bounded size, or one sentence that says why not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ccds_core.data.uploads import MAX_BYTES, WORKING_SIZE, centre_square, read_image
from ccds_core.errors import InvalidInputError
from tests.support.hostile_files import every_form, make_scene, save

FORMS = every_form()
CORNERS = {"upper left": (5, 5), "upper right": (54, 5), "lower right": (54, 34), "lower left": (5, 34)}
# EXIF 2.3, tag Orientation: which visible sides the stored rows and columns begin at
ORIENTATIONS = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def store_turned(image, orientation):
    """The image's rows and columns as a camera held that way stores them."""
    rows_from, columns_from = ORIENTATIONS[orientation]
    pixels = np.asarray(image)
    if "bottom" in (rows_from, columns_from):
        pixels = pixels[::-1]
    if "right" in (rows_from, columns_from):
        pixels = pixels[:, ::-1]
    if rows_from in ("left", "right"):
        pixels = pixels.transpose(1, 0, 2)
    return Image.fromarray(np.ascontiguousarray(pixels))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_becomes_the_same_scene_in_rgb(form):
    image = read_image(FORMS[form])
    assert (image.mode, image.size) == ("RGB", (60, 40))
    coloured = not {"grey", "LA", "16-bit", "1-bit"} & set(form.split())
    scene = make_scene() if coloured else make_scene().convert("1" if "1-bit" in form else "L").convert("RGB")
    for corner, place in CORNERS.items():
        difference = np.abs(np.subtract(image.getpixel(place), scene.getpixel(place))).max()
        assert difference < 40 or "1-bit" in form, f"{corner} of {form}"


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_turned_photo_is_put_upright(orientation, form):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = store_turned(make_scene(), orientation)
    image = read_image(save(stored, form, exif=exif, quality=95))
    assert image.size == (60, 40)
    for place in CORNERS.values():
        assert np.abs(np.subtract(image.getpixel(place), make_scene().getpixel(place))).max() < 30


def test_what_is_transparent_shows_white():
    glass = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    glass.paste((255, 0, 0, 255), (0, 0, 5, 10))
    for source in (glass, glass.convert("LA"), glass.quantize(4)):
        image = read_image(save(source, "PNG"))
        assert image.getpixel((8, 5)) == (255, 255, 255), source.mode
        assert image.getpixel((2, 5)) != (255, 255, 255), source.mode


def test_an_animation_shows_its_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    for form in ("GIF", "PNG", "WEBP"):
        image = read_image(save(frames[0], form, save_all=True, append_images=frames[1:]))
        red, green, blue = image.getpixel((4, 4))
        assert red > 200 > 60 > max(green, blue), form


def test_sixteen_bits_keep_their_brightness():
    levels = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (8, 1))
    grey = np.asarray(read_image(save(Image.fromarray(levels), "PNG")))[0, :, 0]
    assert np.abs(grey - np.linspace(0, 255, 64)).max() < 2


@pytest.mark.parametrize("size", [(3000, 200), (200, 3000), (1025, 1025)])
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_large_image_is_shrunk_in_its_proportions(size, form):
    image = read_image(save(Image.new("RGB", size, "green"), form))
    assert max(image.size) == WORKING_SIZE
    assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("size", [(1, 1), (1, 1024), (32, 32), (1024, 1024)])
def test_a_small_image_keeps_its_size(size):
    assert read_image(save(Image.new("RGB", size), "PNG")).size == size


def test_the_whole_limit_may_be_used_and_not_a_byte_more():
    image = save(make_scene(), "BMP")
    assert read_image(image.ljust(MAX_BYTES, b"\0")).size == (60, 40)
    with pytest.raises(InvalidInputError, match="10 MB"):
        read_image(image.ljust(MAX_BYTES + 1, b"\0"))


@given(st.integers(1, 300), st.integers(1, 300), st.floats(0, 1), st.floats(1, 8))
def test_a_crop_is_square_inside_the_image_and_the_largest_at_no_zoom(width, height, offset, zoom):
    image = Image.new("RGB", (width, height), "white")
    square = centre_square(image, offset, zoom)
    assert square.width == square.height >= 1
    assert abs(square.width - min(width, height) / zoom) <= 1
    assert square.getextrema() == ((255, 255),) * 3, "nothing beyond the image's edge, which would be black"


@pytest.mark.parametrize(("offset", "colour"), [(0.0, "red"), (0.5, "lime"), (1.0, "blue")])
@pytest.mark.parametrize("upright", [False, True])
def test_the_offset_goes_along_the_longer_side(offset, colour, upright):
    image = Image.new("RGB", (30, 10))
    for number, name in enumerate(("red", "lime", "blue")):
        image.paste(name, (10 * number, 0, 10 * number + 10, 10))
    if upright:
        image = image.transpose(Image.Transpose.ROTATE_270)
    expected = Image.new("RGB", (10, 10), colour)
    assert centre_square(image, offset) == expected
