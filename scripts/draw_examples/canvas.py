"""The canvas an image is painted on, back to front: flat paint, rounded bodies in one light, shadows, film grain."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageFilter

from scripts.draw_examples.grain import Field, speckle
from scripts.draw_examples.outlines import SIZE, Mask

Pixels = NDArray[np.float32]  # (SIZE, SIZE, 3), 0 to 1
Paint = str | Pixels  # "#rrggbb", or a colour per pixel

LIGHT = np.array([-0.45, -0.65, 0.62], dtype=np.float32)  # towards the sun: left, up, out of the image
AMBIENT = 0.34  # light that reaches every side; this and the next two by eye, on the thirteen images
BULGE = 2.2  # height of a wide body, in units of its depth
GRAIN = 0.013  # strongest film grain, of full brightness


class Canvas:
    """An image under way; every stroke covers what was painted before."""

    def __init__(self, background: Pixels) -> None:
        self.pixels = background

    def lay(self, mask: Mask, paint: Paint, opacity: float = 1.0) -> None:
        """Flat paint where the mask is."""
        cover = (mask * opacity)[..., None]  # (SIZE, SIZE, 1)
        self.pixels = self.pixels + cover * (colours(paint) - self.pixels)

    def solid(self, mask: Mask, paint: Paint, depth: float = 12.0, texture: Field | float = 0.0) -> None:
        """Paint the mask as a body that bulges towards the viewer over `depth` pixels and catches the light."""
        lit = daylight(mask, depth) * (1.0 + texture)
        self.lay(mask, colours(paint) * lit[..., None])

    def shadow(self, mask: Mask, shift: tuple[int, int], blur: float, opacity: float) -> None:
        """The mask's soft shadow, moved right and down by `shift`; paint it before the body."""
        moved = np.roll(mask, (shift[1], shift[0]), axis=(0, 1))
        self.lay(soft(moved, blur), "#0a0c10", opacity)

    def photograph(self, seed: int) -> Image.Image:
        """The finished image: a lens a little soft, darker corners, film grain."""
        y, x = np.mgrid[-1.0 : 1.0 : SIZE * 1j, -1.0 : 1.0 : SIZE * 1j].astype(np.float32)
        developed = self.pixels * (1.03 - 0.11 * (x * x + y * y))[..., None] + GRAIN * speckle(seed)[..., None]
        image = Image.fromarray((np.clip(developed, 0.0, 1.0) * 255.0).round().astype(np.uint8))
        return image.filter(ImageFilter.GaussianBlur(0.6))


def colours(paint: Paint) -> Pixels:
    """Paint as numbers that broadcast to (SIZE, SIZE, 3)."""
    if isinstance(paint, str):
        return np.array(ImageColor.getrgb(paint), dtype=np.float32) / 255.0  # (3,)
    return paint


def mixed(under: Paint, over: Paint, mask: Mask) -> Pixels:
    """One paint with another over it where the mask is: spots, stripes, bellies."""
    return colours(under) + mask[..., None] * (colours(over) - colours(under))


def soft(field: Field, radius: float) -> Field:
    """Blurred by three box filters each way, close to a Gaussian; the border goes on beyond the frame."""
    reach = max(1, round(radius))
    for _ in range(3):
        field = _box_filtered(_box_filtered(field, reach).T, reach).T
    return field


def daylight(mask: Mask, depth: float) -> Field:
    """Lambert shading of the mask blown up like a cushion; about 1 where it faces the viewer."""
    height = soft(mask, depth / 2) * depth * BULGE
    down, right = np.gradient(height)
    facing = (LIGHT[2] - LIGHT[0] * right - LIGHT[1] * down) / np.sqrt(1.0 + right**2 + down**2)
    return (AMBIENT + (1.0 - AMBIENT) * np.clip(facing, 0.0, None) / LIGHT[2]).astype(np.float32)


def _box_filtered(field: Field, reach: int) -> Field:
    """The mean over 2 * reach + 1 rows."""
    padded = np.pad(field, ((reach + 1, reach), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=0, dtype=np.float32)
    window = 2 * reach + 1
    return (sums[window:] - sums[:-window]) / np.float32(window)
