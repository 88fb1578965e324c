"""Hostile files: claimed sizes, endless parts, pickles that run code; and an image in every format."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image


class Trap:
    """Unpickled, it makes a folder."""

    def __init__(self, path: object) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with a few bytes of pixels."""
    return png_of(width, height, png_chunk(b"IDAT", zlib.compress(bytes(99))))


def png_of(width: int, height: int, chunks: bytes) -> bytes:
    """A PNG of RGB with these chunks between its header and its end."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + chunks + png_chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """A small JPEG whose frame header says it is so large."""
    content = bytearray(save(Image.new("RGB", (16, 16)), "JPEG"))
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def gif_header(width: int, height: int) -> bytes:
    """A small GIF whose screen is so large."""
    content = bytearray(save(Image.new("P", (4, 4)), "GIF"))
    content[6:10] = struct.pack("<HH", width, height)
    return bytes(content)


def bmp_header(width: int, height: int) -> bytes:
    """A small BMP whose header says it is so large."""
    content = bytearray(save(Image.new("RGB", (4, 4)), "BMP"))
    content[18:26] = struct.pack("<ii", width, height)
    return bytes(content)


MOST = 10 * 1024 * 1024 - 4096  # bytes of an upload, less some for the rest of the file
PARTS = {  # tiny parts that a decoder's parser loops over, and what they are put into
    "PNG chunks": ("PNG", png_chunk(b"aaAa", b"")),
    "PNG texts": ("PNG", png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000)))),
    "PNG profiles": ("PNG", png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(900_000)))),
    "PNG empty data": ("PNG", png_chunk(b"IDAT", b"")),
    "JPEG filling": ("JPEG", b"\xff"),
    "JPEG escapes": ("JPEG", b"\xff\0"),
    "JPEG restarts": ("JPEG", b"\xff\xd0"),
    "JPEG junk": ("JPEG", b"\xff\xd9" + bytes(99)),
    "JPEG comments": ("JPEG", b"\xff\xfe\0\2"),
    "JPEG segments": ("JPEG", b"\xff\xe4\0\2"),
    "JPEG short EXIF": ("JPEG", b"\xff\xe1\0\x0fExif\0\0aaaaaaa"),
    "JPEG long EXIF": ("JPEG", b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527)),
    "JPEG tables": ("JPEG", b"\xff\xdb\0\x43\0" + bytes(64)),
    "GIF extensions": ("GIF", b"!\x01\1a\0"),
    "GIF comments": ("GIF", b"!\xfe\1a\0"),
    "GIF comment blocks": ("GIF", b"\1a"),
    "GIF junk": ("GIF", b"\x01"),
}


def filled(part: str, size: int = MOST) -> bytes:
    """A small image with one of `PARTS` repeated until it fills so many bytes."""
    form, piece = PARTS[part]
    good = save(Image.new("P" if form == "GIF" else "RGB", (16, 16)), form)
    place = {"PNG": 33, "JPEG": 2, "GIF": 13 + (3 << (good[10] & 7) + 1)}[form]
    begin, finish = (b"!\xfe", b"\0") if part == "GIF comment blocks" else (b"", b"")
    return good[:place] + begin + piece * (size // len(piece)) + finish + good[place:]


def with_scans(n: int, side: int = 7000, scan: int = -1) -> bytes:
    """A flat progressive JPEG, one of whose scans is there n times more."""
    good = save(Image.new("RGB", (side, side), "red"), "JPEG", progressive=True)
    places = [place for place in range(len(good)) if good.startswith(b"\xff\xda", place)] + [len(good) - 2]
    begin = places[:-1][scan]
    return good[:-2] + good[begin : places[places.index(begin) + 1]] * n + good[-2:]


def run_length_bmp(width: int, height: int, runs: bytes) -> bytes:
    """A BMP of 8 bits with run lengths."""
    size = struct.pack("<IHHI", 54 + 1024 + len(runs), 0, 0, 54 + 1024)
    return (
        b"BM"
        + size
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(runs), 0, 0, 256, 0)
        + bytes(1024)
        + runs
    )


def with_long_exif(kind: int, size: int) -> bytes:
    """A PNG whose orientation is a list of `size` bytes of this TIFF type."""
    tag = struct.pack("<HHLL", 0x112, kind, size // {3: 2, 5: 8}[kind], 26)
    exif = b"II*\0\x08\0\0\0\x01\0" + tag + bytes(4) + b"\1\0\0\0" * (size // 4)
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(13 * 4)))
    return png_of(4, 4, png_chunk(b"eXIf", exif) + pixels)


def save(image: Image.Image, form: str, **settings: object) -> bytes:
    """The bytes of the image's file."""
    buffer = io.BytesIO()
    image.save(buffer, format=form, **settings)
    return buffer.getvalue()


def make_scene(width: int = 60, height: int = 40) -> Image.Image:
    """An image whose corners differ: red, green, blue, white, clockwise from the upper left."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (230, 20, 20)
    pixels[: height // 2, width // 2 :] = (20, 230, 20)
    pixels[height // 2 :, width // 2 :] = (20, 20, 230)
    pixels[height // 2 :, : width // 2] = 235
    return Image.fromarray(pixels)


def every_form() -> dict[str, bytes]:
    """The scene in each form that is accepted, by name."""
    scene = make_scene()
    turned = scene.rotate(180)
    grey = np.asarray(scene.convert("L"), dtype=np.uint16)
    seen_through = scene.convert("RGBA")
    seen_through.putalpha(255)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8825] = 1, "a scene", {1: "N", 2: (1.0, 2.0, 3.0)}
    return {
        "JPEG": save(scene, "JPEG", quality=95, exif=exif),
        "progressive JPEG": save(scene, "JPEG", quality=95, progressive=True),
        "CMYK JPEG": save(scene.convert("CMYK"), "JPEG", quality=95),
        "grey JPEG": save(scene.convert("L"), "JPEG", quality=95),
        "MPO": save(scene, "MPO", quality=95, save_all=True, append_images=[turned]),
        "PNG": save(scene, "PNG", exif=exif, icc_profile=b"not a profile"),
        "animated PNG": save(scene, "PNG", save_all=True, append_images=[turned]),
        "16-bit PNG": save(Image.fromarray(grey * 257), "PNG"),
        "palette PNG": save(scene.convert("P"), "PNG"),
        "palette PNG with alpha": save(seen_through.quantize(16), "PNG"),
        "RGBA PNG": save(seen_through, "PNG"),
        "LA PNG": save(seen_through.convert("LA"), "PNG"),
        "1-bit PNG": save(scene.convert("1"), "PNG"),
        "GIF": save(scene.convert("P"), "GIF"),
        "animated GIF": save(scene, "GIF", save_all=True, append_images=[turned]),
        "WebP": save(scene, "WEBP", quality=95, exif=exif),
        "animated WebP": save(scene, "WEBP", save_all=True, append_images=[turned], quality=95),
        "BMP": save(scene, "BMP"),
    }


REST = MOST - 100
LABORIOUS_IMAGES: dict[str, Callable[[], bytes]] = {  # small files that would keep a decoder busy
    **{part: partial(filled, part) for part in PARTS},
    "twenty more scans": partial(with_scans, 20),
    "a thousand more scans": partial(with_scans, 1000),
    "scans of CMYK": lambda: save(Image.new("CMYK", (7000, 7000)), "JPEG", progressive=True),
    "a flat JPEG": lambda: save(Image.new("CMYK", (65_500, 763)), "JPEG", progressive=True),
    "a column": lambda: png_of(1, 16_000_000, png_chunk(b"IDAT", zlib.compress(bytes(64_000_000)))),
    "runs of one pixel": lambda: run_length_bmp(4000, 4000, b"\1\1" * 5_000_000),
    "one line of run lengths": lambda: run_length_bmp(16_000_000, 1, b"\1\1\0\0"),
    "empty lines": lambda: run_length_bmp(4000, 4000, b"\0\0" * 5_000_000),
    "five million orientations": partial(with_long_exif, 3, 10_000_000),
    "a million fractions": partial(with_long_exif, 5, 10_000_000),
}
LABORIOUS_TABLES: dict[str, Callable[[], bytes]] = {  # up to 10 MB that would keep a parser busy
    "many columns": lambda: b"text" + b"," * 300_000 + b"\nx\n",
    "a header of commas": lambda: b"text" + b"," * REST + b"\nx\n",
    "columns after a blank line": lambda: b" \ntext" + b"," * 300_000 + b"\nx\n",
    "a row of commas": lambda: b"text\nx" + b"," * REST,
    "a row of marks": lambda: b"text\n" + "\u0301,".encode() * (REST // 3),
    "a row of quoted marks": lambda: b"text\n" + '"\u0301\n",'.encode() * (REST // 6),
    "blank lines": lambda: b"text\nx" + b"\n" * REST,
    "blank lines first": lambda: b"\n" * REST + b"text\nx",
    "short rows": lambda: b"text\n" + b"ab\n" * (REST // 3),
    "wide rows": lambda: b"text" + b"," * 999 + b"\n" + (b"," * 999 + b"\n") * 10_000,
    "one cell": lambda: b"text\n" + b"a" * REST,
    "one quoted cell": lambda: b'text\n"' + b"a\n" * (REST // 2) + b'"',
    "an open quotation mark": lambda: b'text\n"' + b"a\n" * (REST // 2),
    "quotation marks": lambda: b"text\n" + b'"' * REST,
    "quoted line ends": lambda: b"text\n" + b'"\n",' * (REST // 4),
    "emoji": lambda: b"text\n" + "🙂a\n".encode() * (REST // 6),
}
