"""Files that mean harm or are half lost: one sentence each, never a crash, and no more memory than a photo needs."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ccds_core.data.text_file import read_table
from ccds_core.data.uploads import MAX_BYTES, MAX_SCANS, WORKING_SIZE, read_image
from ccds_core.errors import InvalidInputError
from tests.support import hostile_files
from tests.support.fuzzing import check_input, fuzzed
from tests.support.hostile_files import every_form, save

FORMS = every_form()
ROOT = Path(__file__).resolve().parents[3]
SIDE = 7000  # 49 million pixels, just below the limit for JPEG
SIDE_WHOLE = 4000  # 16 million, the limit for what decodes whole only
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect width="9" height="9"/></svg>'
NO_PICTURES = {
    "text": b"hello",
    "SVG": SVG,
    "SVG with a declaration": b'<?xml version="1.0"?>' + SVG,
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": b"PK\x03\x04" + bytes(100),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "zeros": bytes(1000),
    "TIFF": save(Image.new("RGB", (4, 4)), "TIFF"),
    "ICO": save(Image.new("RGB", (16, 16)), "ICO"),
}
HUGE = {
    "PNG": hostile_files.png_header,
    "JPEG": hostile_files.jpeg_header,
    "GIF": hostile_files.gif_header,
    "BMP": hostile_files.bmp_header,
}
MEMORY = r"""
import sys
from ccds_core.data.uploads import read_image

def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

content = open(sys.argv[1], "rb").read()
before = peak()
assert max(read_image(content).size) == 1024
print(peak() - before)
"""


def accept_or_refuse(content):
    """The law for any bytes at all; `InvalidInputError` is the only exception."""
    image = check_input("image bytes", lambda: read_image(content))
    if isinstance(image, InvalidInputError):
        check_sentence(str(image))
        return
    assert image.mode == "RGB"
    assert 1 <= min(image.size) <= max(image.size) <= WORKING_SIZE


def check_sentence(text):
    """What a person is told: short, one line, no insides."""
    assert text.endswith(".")
    assert len(text) < 160
    assert not set("\n<>{}") & set(text)


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_not_an_image_is_refused_with_what_is_accepted(name):
    with pytest.raises(InvalidInputError, match="Choose JPEG, PNG, WebP, GIF or BMP") as caught:
        read_image(NO_PICTURES[name])
    check_sentence(str(caught.value))


def test_an_empty_file_is_called_empty():
    with pytest.raises(InvalidInputError, match="empty") as caught:
        read_image(b"")
    check_sentence(str(caught.value))


def test_fifty_megabytes_are_refused_by_their_size():
    with pytest.raises(InvalidInputError, match="50 MB; at most 10 MB") as caught:
        read_image(save(hostile_files.make_scene(), "PNG").ljust(50_000_000, b"\0"))
    check_sentence(str(caught.value))


@pytest.mark.parametrize("form", HUGE)
@pytest.mark.parametrize("size", [(40_000, 40_000), (65_000, 65_000), (10_000, 6_000)])
def test_too_many_pixels_are_refused_before_any_is_decoded(form, size):
    content = HUGE[form](*size)
    assert len(content) < 2000
    with pytest.raises(InvalidInputError, match=r"pixels; at most (50|16) million") as caught:
        read_image(content)
    check_sentence(str(caught.value))


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "WEBP"])
def test_twenty_million_pixels_are_read_of_a_jpeg_only(form):
    side = 4473  # 20 million
    with pytest.raises(InvalidInputError, match="4,473 x 4,473 pixels; at most 16 million"):
        read_image(save(Image.new("1" if form == "BMP" else "L", (side, side)), form))
    assert read_image(save(Image.new("L", (side, side)), "JPEG")).size == (1024, 1024)


@pytest.mark.parametrize("name", hostile_files.LABORIOUS_IMAGES)
def test_a_small_image_takes_neither_long_nor_much_memory(name):
    content = hostile_files.LABORIOUS_IMAGES[name]()
    assert len(content) <= MAX_BYTES
    check_input("image bytes: laborious", lambda: read_image(content))


@pytest.mark.parametrize("name", hostile_files.LABORIOUS_TABLES)
def test_a_small_table_takes_neither_long_nor_much_memory(name):
    content = hostile_files.LABORIOUS_TABLES[name]()
    assert len(content) <= MAX_BYTES
    check_input("text file: laborious", lambda: read_table(content, "a.csv"))


def test_a_photo_with_the_scans_of_a_camera_is_read_and_one_with_a_thousand_is_not():
    assert read_image(hostile_files.with_scans(0)).size == (1024, 1024)
    assert read_image(hostile_files.with_scans(MAX_SCANS - 10, 64)).size == (64, 64)
    with pytest.raises(InvalidInputError, match="too many scans"):
        read_image(hostile_files.with_scans(1000))


def test_scans_are_counted_in_the_image_alone():
    scans = b"\xff\xda\0\x0c" * 15_000
    photo = hostile_files.with_scans(0, 64)
    preview = b"\xff\xe2" + (len(scans) + 2).to_bytes(2) + scans
    assert read_image(photo[:2] + preview + photo[2:]).size == (64, 64), "a preview inside a segment"
    assert read_image(photo + scans).size == (64, 64), "a film behind the photo"


def test_a_photo_with_the_metadata_of_a_camera_is_read():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a" * 60_000
    photo = save(hostile_files.make_scene(), "JPEG", exif=exif, icc_profile=bytes(500_000), comment="a scene")
    assert read_image(photo).size == (40, 60), "and turned"


@pytest.mark.parametrize("form", FORMS)
def test_a_file_cut_anywhere_is_accepted_or_refused(form):
    content = FORMS[form]
    for cut in range(1, len(content), max(1, len(content) // 120)):
        accept_or_refuse(content[:cut])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WebP", "BMP"])
def test_half_a_file_is_called_damaged(form):
    with pytest.raises(InvalidInputError, match="damaged or incomplete") as caught:
        read_image(FORMS[form][: len(FORMS[form]) // 2])
    check_sentence(str(caught.value))


@fuzzed(300)
@given(st.binary(max_size=400))
def test_any_bytes_are_accepted_or_refused(content):
    accept_or_refuse(content)


@fuzzed(300)
@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"RIFF"]), st.binary(max_size=300))
def test_any_bytes_after_a_good_beginning_are_accepted_or_refused(magic, content):
    accept_or_refuse(magic + content)


@fuzzed(800)
@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
    st.sampled_from([60, 300, 10**6]),
)
def test_a_file_with_changed_bytes_is_accepted_or_refused(form, changes, reach):
    content = bytearray(FORMS[form])
    for place, value in changes:
        content[int(place * min(reach, len(content)))] = value
    accept_or_refuse(bytes(content))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc, which is Linux's")
@pytest.mark.parametrize(
    ("form", "mode", "most"),  # most: MiB above the interpreter, about a quarter over what was measured
    [("JPEG", "RGB", 100), ("JPEG", "CMYK", 100), ("progressive JPEG", "RGB", 250), ("GIF", "P", 120),
     ("PNG", "RGBA", 280), ("PNG", "I;16", 300), ("WEBP", "RGB", 300)],
)  # fmt: skip
def test_the_largest_image_is_read_in_bounded_memory(tmp_path, form, mode, most):
    path = tmp_path / "large"
    settings = {"progressive": True} if "progressive" in form else {}
    side = SIDE if "JPEG" in form else SIDE_WHOLE
    Image.new(mode, (side, side), 200).save(path, form.split()[-1], **settings)
    done = subprocess.run([sys.executable, "-c", MEMORY, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < most
