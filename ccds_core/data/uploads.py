"""A stranger's bytes -> an upright RGB picture of bounded size, or one sentence that says why not."""

import io
import struct
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ccds_core.data.image_arrays import IMAGE_SIZE
from ccds_core.errors import InvalidInputError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # JPEG takes in MPO, what some phones write
MAX_BYTES = 10 * 1024 * 1024  # the server's upload limit, checked here again
MAX_PIXELS = 50_000_000  # a large phone photo, as JPEG, which decodes at a fraction of its size
MAX_PIXELS_WHOLE = 16_000_000  # of formats that only decode whole: WebP took 16 bytes a pixel, the others less
WORKING_SIZE = 1024  # pixels on the longer side of what is kept
ACCEPTED = "JPEG, PNG, WebP, GIF or BMP"


def read_image(content: bytes) -> Image.Image:
    """Picture bytes -> RGB image, upright, at most 1,024 pixels a side; first frame if animated, white under alpha."""
    if not content:
        raise InvalidInputError(f"The file is empty. Choose a picture ({ACCEPTED}).")
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
        raise InvalidInputError(f"This is not a picture that can be read. Choose {ACCEPTED}.") from None
    except (OSError, SyntaxError, ValueError, struct.error, KeyError, IndexError, TypeError, OverflowError, EOFError):
        # what Pillow's decoders are known to raise on damaged files
        raise InvalidInputError("The picture is damaged or incomplete. Save it again and retry.") from None


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


def _decode(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        most = MAX_PIXELS if image.format == "JPEG" else MAX_PIXELS_WHOLE
        if width * height > most:
            raise _too_many_pixels(most, (width, height))
        image.draft("RGB", (WORKING_SIZE, WORKING_SIZE))  # lets a large JPEG decode at a fraction of its size
        image.seek(0)
        image.load()
        upright = ImageOps.exif_transpose(_to_eight_bit(image))
        upright.thumbnail((WORKING_SIZE, WORKING_SIZE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return _on_white(upright)


def _to_eight_bit(image: Image.Image) -> Image.Image:
    """16-bit and wider grey pictures scaled to 0..255; all others as they are."""
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
    said = f"{size[0]:,} x {size[1]:,} pixels" if size else "too many pixels"
    return InvalidInputError(f"The picture has {said}; at most {most // 1_000_000} million are read. Shrink it first.")
