"""Pictures as strangers bring them: good, odd and bad."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

ORIENTATION = 0x0112  # the EXIF tag


def png(image: Image.Image) -> bytes:
    """The image as PNG."""
    return _saved(image, "PNG")


def wide(width: int = 96, height: int = 32) -> Image.Image:
    """A noisy image, dark red on the left and bright blue on the right, so that every square of it differs."""
    noise = np.random.default_rng(0).integers(0, 40, (height, width, 3))
    ramp = np.linspace(0, 1, width)[None, :, None]  # (1, width, 1)
    pixels = noise + (1 - ramp) * np.array([120, 0, 0]) + ramp * np.array([60, 140, 215])
    return Image.fromarray(pixels.astype(np.uint8))


def noisy(seed: int) -> Image.Image:
    """A square in one colour per seed, with noise."""
    generator = np.random.default_rng(seed)
    pixels = generator.integers(0, 216, 3) + generator.integers(0, 40, (200, 200, 3))
    return Image.fromarray(pixels.astype(np.uint8))


def lying_jpeg() -> bytes:
    """A JPEG whose pixels lie on their side and whose EXIF says so."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return _saved(wide(), "JPEG", exif=exif, quality=95)


def truncated_jpeg() -> bytes:
    """The first half of one."""
    whole = _saved(wide(640, 480), "JPEG")
    return whole[: len(whole) // 2]


def giant_png() -> bytes:
    """A few bytes that claim 40,000 x 40,000 pixels."""
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    written = [
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def animated_gif() -> bytes:
    """Three frames."""
    frames = [wide().rotate(90 * number) for number in range(3)]
    return _saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)


def cmyk_jpeg() -> bytes:
    """As printers want it."""
    return _saved(wide().convert("CMYK"), "JPEG")


def deep_png() -> bytes:
    """16-bit grey."""
    grey = np.asarray(wide().convert("L"), np.uint16) * 257
    return png(Image.fromarray(grey))


def palette_png() -> bytes:
    """A palette with one transparent colour."""
    return _saved(wide().quantize(16), "PNG", transparency=0)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {  # what it is -> (file name, content)
    "empty": ("empty.png", bytes),
    "text": ("letter.png", lambda: b"Dear network, this is not an image. " * 20),
    "svg": ("drawing.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "too many bytes": ("large.jpg", lambda: bytes(11 * 1024 * 1024)),
    "truncated": ("half.jpg", truncated_jpeg),
    "giant header": ("giant.png", giant_png),
}
ODD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "animated": ("moving.gif", animated_gif),
    "CMYK": ("print.jpg", cmyk_jpeg),
    "16-bit": ("deep.png", deep_png),
    "palette with alpha": ("palette.png", palette_png),
    "one pixel": ("dot.png", lambda: png(Image.new("RGB", (1, 1), "red"))),
    "very long": ("strip.png", lambda: png(wide(2000, 1))),
}
