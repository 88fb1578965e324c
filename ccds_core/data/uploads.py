"""A stranger's bytes -> an upright RGB image of bounded size, or one sentence that says why not."""

import io
import re
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from ccds_core.data.image_cache import IMAGE_SIZE
from ccds_core.errors import InvalidInputError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # JPEG takes in MPO, what some phones write
MAX_BYTES = 10 * 1024 * 1024  # the server's upload limit, checked here again
MAX_PIXELS = 50_000_000  # a large phone photo, as JPEG, which decodes at a fraction of its size
MAX_PIXELS_WHOLE = 16_000_000  # of formats that only decode whole: WebP took 16 bytes a pixel, the others less
MAX_SIDE = 65_535  # pixels, the most that JPEG and GIF can say; a column of 16 million rows took 430 MB
MAX_JPEG_MEMORY = 250_000_000  # bytes: the coefficients of a JPEG with several scans, and its pixels
MAX_SCANS = 32  # of a JPEG; progressive photos have about 10, and each is a pass over the whole image
MAX_SEGMENTS = 1_000  # of a JPEG
MAX_READS = 300_000  # by a decoder's own parser; 10 MB in blocks of 1 KB need a tenth, in blocks of 1 byte 10 million
MAX_RLE = 4_000_000  # pixels of a run-length BMP, which Pillow decodes in Python
MAX_REPEATS = 16  # of a metadata block
MAX_METADATA = 1_000_000  # bytes; cameras write less than 65,536
REPEATED = (b"Exif\0\0", b"iCCP")  # blocks that Pillow joins or unpacks again at each repetition
METADATA = ("exif", "Raw profile type exif")  # what an orientation is read from
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")  # of a JPEG: those that begin a segment or end the image
SCAN, END = 0xDA, 0xD9
WORKING_SIZE = 1024  # pixels on the longer side of what is kept
ACCEPTED = "JPEG, PNG, WebP, GIF or BMP"


def read_image(content: bytes) -> Image.Image:
    """Image bytes -> RGB image, upright, at most 1,024 pixels a side; first frame if animated, white under alpha."""
    if not content:
        raise InvalidInputError(f"The file is empty. Choose an image ({ACCEPTED}).")
    if len(content) > MAX_BYTES:
        raise InvalidInputError(
            f"The file has {len(content) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read. Shrink it first."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata and of sizes that are refused below
            return _decode(content)
    except InvalidInputError:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels(MAX_PIXELS) from None
    except UnidentifiedImageError:
        raise InvalidInputError(f"This is not an image that can be read. Choose {ACCEPTED}.") from None
    except (OSError, SyntaxError, ValueError, struct.error, KeyError, IndexError, TypeError, OverflowError, EOFError):
        # what Pillow's decoders are known to raise on damaged files
        raise InvalidInputError("The image is damaged or incomplete. Save it again and retry.") from None


def centre_square(image: Image.Image, offset: float = 0.5, zoom: float = 1.0) -> Image.Image:
    """The largest square, `zoom` times closer, at `offset` (0..1) along the longer side from left or top."""
    width, height = image.size
    side = max(1, round(min(width, height) / zoom))
    left = round((width - side) * (offset if width >= height else 0.5))
    top = round((height - side) * (offset if height > width else 0.5))
    return image.crop((left, top, left + side, top + side))


def shrink(image: Image.Image) -> Image.Image:
    """What the network really sees: the centre square at 32 x 32 pixels."""
    if image.size == (IMAGE_SIZE, IMAGE_SIZE):
        return image.convert("RGB")
    square = centre_square(image.convert("RGB"))
    return square.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC, reducing_gap=3.0)


def read_image_file(file: Path) -> Image.Image:
    """An image file -> RGB image, upright."""
    return read_image(read_bytes(file))


def read_bytes(file: Path) -> bytes:
    """An image file's bytes, one more than the limit at most: `read_image` refuses a larger file by its size."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"'{file}' cannot be read: {error.strerror}.") from None


class _Metered(io.BytesIO):
    """An image file whose reads are counted: a decoder's parser that loops over tiny parts reads for each of them."""

    n_reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.n_reads += 1
        if self.n_reads > MAX_READS:
            raise _too_laborious("too many parts")
        return super().read(size)


def _decode(content: bytes) -> Image.Image:
    scans = _count_scans(content) if content.startswith(b"\xff\xd8") else 0
    if scans > MAX_SCANS or max(map(content.count, REPEATED)) > MAX_REPEATS:
        raise _too_laborious("too many scans" if scans > MAX_SCANS else "too much metadata")
    with Image.open(_Metered(content), formats=FORMATS) as image:
        _refuse_large(image, scans)
        image.seek(0)
        image.load()
        if max(len(image.info.get(key, "")) for key in METADATA) > MAX_METADATA:
            raise _too_laborious("too much metadata")
        smaller = _to_eight_bit(image)
        smaller.thumbnail((WORKING_SIZE, WORKING_SIZE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return _on_white(ImageOps.exif_transpose(smaller))


def _refuse_large(image: Image.Image, scans: int) -> None:
    """Refuse what would take too much memory or time; a JPEG is set to decode at a fraction of its size."""
    width, height = image.size
    most = MAX_PIXELS if isinstance(image, JpegImageFile) else MAX_PIXELS_WHOLE
    most = MAX_RLE if image.info.get("compression") in (1, 2) else most  # BMP's two kinds of run lengths
    if width * height > most:
        raise _too_many_pixels(most, (width, height))
    if max(width, height) > MAX_SIDE:
        raise InvalidInputError(
            f"The image has {width:,} x {height:,} pixels; at most {MAX_SIDE:,} a side are read. Crop it first."
        )
    if isinstance(image, JpegImageFile):
        image.draft("RGB", (WORKING_SIZE, WORKING_SIZE))
        blocks = [across * down for _, across, down, _ in image.layer]  # of each component, in one unit of the image
        coefficients = 2 * width * height * sum(blocks) / max(blocks) if scans > 1 else 0
        if coefficients + 4 * image.width * image.height > MAX_JPEG_MEMORY:
            raise InvalidInputError(
                f"This JPEG of {width:,} x {height:,} pixels would take too much memory. Shrink it first."
            )


def _count_scans(content: bytes) -> int:
    """Scans of a JPEG's first image, as libjpeg meets them: none inside a segment, none after the image's end."""
    scans = segments = place = 0
    while (found := MARKER.search(content, place)) and scans <= MAX_SCANS:
        place, kind = found.end(), content[found.end() - 1]
        segments += 1
        if segments > MAX_SEGMENTS:
            raise _too_laborious("too many segments")
        if kind == SCAN:
            scans += 1
        elif kind == END and scans:
            break
        elif kind not in (0xD8, END):
            place += int.from_bytes(content[place : place + 2])
    return scans


def _to_eight_bit(image: Image.Image) -> Image.Image:
    """16-bit and wider grey images scaled to 0..255; all others as they are."""
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    grey = np.asarray(image, dtype=np.float32)
    top = (
        65535.0
        if image.mode.startswith("I") and grey.max(initial=0.0) > 255
        else max(255.0, float(grey.max(initial=0.0)))
    )
    eight_bit = Image.fromarray(np.clip(grey * (255.0 / top), 0, 255).astype(np.uint8))
    eight_bit.info = dict(image.info)
    return eight_bit


def _on_white(image: Image.Image) -> Image.Image:
    """RGB; what is transparent shows white."""
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        canvas = Image.new("RGBA", layer.size, "white")
        canvas.alpha_composite(layer)
        return canvas.convert("RGB")
    return image.convert("RGB")


def _too_many_pixels(most: int, size: tuple[int, int] | None = None) -> InvalidInputError:
    size_text = f"{size[0]:,} x {size[1]:,} pixels" if size else "too many pixels"
    return InvalidInputError(
        f"The image has {size_text}; at most {most // 1_000_000} million are read. Shrink it first."
    )


def _too_laborious(fault: str) -> InvalidInputError:
    return InvalidInputError(f"The image has {fault}: decoding it would take too long. Save it again and retry.")
