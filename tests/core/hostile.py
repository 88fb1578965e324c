"""Files that mean harm: pictures that claim much and hold little, pickles that act; and a picture in every form."""

import io
import os
import struct
import zlib

import numpy as np
from PIL import Image


class Trap:
    """Unpickled, it makes a folder."""

    def __init__(self, path: object) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with a few bytes of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


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


def save(image: Image.Image, form: str, **settings: object) -> bytes:
    """The picture's file."""
    buffer = io.BytesIO()
    image.save(buffer, format=form, **settings)
    return buffer.getvalue()


def make_scene(width: int = 60, height: int = 40) -> Image.Image:
    """A picture whose corners differ: red, green, blue, white, clockwise from the upper left."""
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
