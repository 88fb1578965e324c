"""Irregularity that is the same each time: soft noise for clouds, fur, foliage and film grain."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.draw_examples.outlines import SIZE

Field = NDArray[np.float32]  # (SIZE, SIZE)


def noise(seed: int, across: int, down: int) -> Field:
    """Smooth noise in about [-1, 1] with so many cells across and down."""
    cells = np.random.default_rng(seed).random((down, across), dtype=np.float32) * 2.0 - 1.0
    return np.asarray(Image.fromarray(cells).resize((SIZE, SIZE), Image.Resampling.BICUBIC))


def fractal(seed: int, across: int, down: int) -> Field:
    """Three octaves of `noise`, each twice as fine and half as strong."""
    octaves = [noise(seed + k, across * 2**k, down * 2**k) * 0.5**k for k in range(3)]
    return sum(octaves[1:], octaves[0]) / 1.75


def fur(seed: int, degrees: float) -> Field:
    """Streaks that lie along a direction, clockwise from horizontal."""
    side = SIZE * 3 // 2  # large enough to be turned and still cover the image
    cells = np.random.default_rng(seed).random((side // 3, side // 16), dtype=np.float32) * 2.0 - 1.0
    streaks = Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC)
    turned = streaks.rotate(-degrees, Image.Resampling.BILINEAR)
    edge = (side - SIZE) // 2
    return np.asarray(turned.crop((edge, edge, edge + SIZE, edge + SIZE)))


def speckle(seed: int) -> Field:
    """Independent noise per pixel in [-1, 1]."""
    return np.random.default_rng(seed).random((SIZE, SIZE), dtype=np.float32) * 2.0 - 1.0
