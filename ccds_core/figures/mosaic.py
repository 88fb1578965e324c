"""Many small grids of numbers, feature maps or filters, as tiles of one picture on one scale."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ccds_core.figures.palette import GLOW, SIGNED, colour_values

WIDTH = 1120  # pixels at most: a 1280-pixel projector
TILE = 66  # pixels a tile has at most, its gap included
GAP = 2  # pixels
GROUND = (128, 134, 144)  # between the tiles: seen on white and on the dark theme


def mosaic(tiles: NDArray[np.float32], signed: bool, columns: int = 0, widest: int = WIDTH) -> Image.Image:
    """(N, h, w) -> one picture, row by row; white is zero, the strongest colour the largest magnitude of all."""
    n, height, width = tiles.shape
    columns = columns or min(n, widest // TILE)
    rows = math.ceil(n / columns)
    zoom = max(1, (min(TILE, widest // columns) - GAP) // max(height, width))
    limit = float(np.abs(tiles).max()) or 1.0
    coloured = colour_values(tiles / limit, SIGNED if signed else GLOW)  # (N, h, w, 3)
    coloured = coloured.repeat(zoom, axis=1).repeat(zoom, axis=2)
    step_y, step_x = height * zoom + GAP, width * zoom + GAP
    canvas = np.empty((rows * step_y - GAP, columns * step_x - GAP, 3), np.uint8)
    canvas[:] = GROUND
    for place in range(n):
        top, left = (place // columns) * step_y, (place % columns) * step_x
        canvas[top : top + height * zoom, left : left + width * zoom] = coloured[place]
    return Image.fromarray(canvas)


def colour_filter(kernel: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(3, h, w) weights on red, green and blue -> (h, w, 3), grey at zero."""
    limit = float(np.abs(kernel).max()) or 1.0
    return np.rint(127.5 + 127.5 * kernel.transpose(1, 2, 0) / limit).astype(np.uint8)
