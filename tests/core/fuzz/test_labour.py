"""Work without bound: small files and texts made to keep a decoder, a parser or a pattern busy take seconds at most."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ccds_core.data.normalize import MAX_CHARACTERS, read_text_words, text_notices
from ccds_core.data.text_file import read_table
from ccds_core.data.uploads import MAX_BYTES, read_image
from pages.ui.shared.markdown import plain
from tests.support.fuzzing import check_input, fuzzed
from tests.support.hostile_files import (
    PARTS,
    filled,
    png_chunk,
    png_of,
    run_length_bmp,
    save,
    with_long_exif,
    with_scans,
)
from tests.support.mutations import Good

SIZES = st.sampled_from([30_000, 1_000_000, 10_000_000])
PIECES = st.binary(min_size=1, max_size=6) | st.sampled_from(
    [b"\xff\xda\0\x0c", b"\xff\xd8", b"\xff\xd9", b"\xff\xff", b"!\xff\x0bNETSCAPE2.0\0", b"!\xf9\0", b",", b"\0\0"]
)
SIDES = st.sampled_from([1, 2, 255, 4000, 65_535, 16_000_000])
RUNS = st.sampled_from([b"\0\0", b"\0\1", b"\1\1", b"\0\2\0\0", b"\0\2\xff\xff", b"\xff\1", b"\0\x03abc\0"])
CELLS = st.sampled_from([b"", b"a", b'"', b'""', b"\n", b" \n", b"\r", b",", b";", b"\t", b"'", b"=", b'"\n",',
                         "🙂".encode(), "\u0301".encode(), "\ufdfa".encode(), b"\xff", b"a" * 131_000])  # fmt: skip
SIGNS = st.characters() | st.sampled_from(
    "a' _\u0301\u0316\u302e\U0001d165\u0344\ufdfa\uac01🙂\\`*[](){}<>#+-.!|~$:&w@\r\n"
)


@st.composite
def images(draw):
    """A file of one of the kinds whose parts a decoder loops over."""
    size = draw(SIZES)
    kind = draw(st.sampled_from(["part", "segments", "chunks", "runs", "scans", "exif", "pixels"]))
    if kind == "part":
        return filled(draw(st.sampled_from(sorted(PARTS))), size)
    if kind == "segments":
        piece = b"".join(draw(st.lists(PIECES, min_size=1, max_size=4)))
        good = save(Image.new("RGB", (16, 16)), "JPEG")
        return good[:2] + piece * (size // len(piece)) + good[2:]
    if kind == "chunks":
        names = st.sampled_from(
            [b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"IDAT", b"fcTL", b"acTL", b"PLTE", b"aaAa"]
        )
        chunks = [png_chunk(draw(names), draw(st.binary(max_size=30))) for _ in range(draw(st.integers(1, 3)))]
        return png_of(9, 9, b"".join(chunks) * (size // sum(map(len, chunks))))
    if kind == "runs":
        runs = b"".join(draw(st.lists(RUNS, min_size=1, max_size=4)))
        return run_length_bmp(draw(SIDES), draw(SIDES), runs * (size // len(runs)))
    if kind == "scans":
        return with_scans(
            draw(st.sampled_from([0, 9, 20, 40, 5000])), draw(st.sampled_from([64, 1500])), draw(st.integers(0, 9))
        )
    if kind == "exif":
        return with_long_exif(draw(st.sampled_from([3, 5])), size)
    return png_of(draw(SIDES), draw(SIDES), png_chunk(b"IDAT", draw(st.binary(max_size=50))))


@st.composite
def tables(draw):
    """A header and one row, or one cell, repeated until the file has so many bytes."""
    header = draw(st.sampled_from([b"text", b"text,label", b"", b" ", b"a;b", b"," * 1500]))
    piece = b"".join(draw(st.lists(CELLS, min_size=1, max_size=4))) or b"\n"
    end = draw(st.sampled_from([b"", b"\n", b'"', b"x\n"]))
    return header + draw(st.sampled_from([b"\n", b"", b'\n"'])) + piece * (draw(SIZES) // len(piece)) + end


@st.composite
def texts(draw):
    """A few signs, repeated until the text is as long as one may be."""
    piece = "".join(draw(st.lists(SIGNS, min_size=1, max_size=5)))
    return (draw(st.sampled_from(["", "a", "'", "["])) + piece * (MAX_CHARACTERS // len(piece)))[:MAX_CHARACTERS]


def test_an_image_made_to_take_long_is_read_or_refused_in_a_short_time():
    @fuzzed(200)
    @given(images().map(Good))
    def check_one(file):
        check_input("labour: image", lambda: read_image(file.content[:MAX_BYTES]))

    check_one()


def test_a_table_made_to_take_long_is_read_or_refused_in_a_short_time():
    @fuzzed(200)
    @given(tables().map(Good))
    def check_one(file):
        content = file.content[:MAX_BYTES]
        check_input("labour: table", lambda: read_table(content, "a.csv"))

    check_one()


def test_a_text_made_to_take_long_is_split_and_shown_in_a_short_time():
    @fuzzed(200)
    @given(texts().map(Good))
    def check_one(text):
        for entry_point, work in {"words": read_text_words, "notices": text_notices, "markdown": plain}.items():
            check_input(f"labour: text, {entry_point}", partial(work, text.content))

    check_one()
