"""Outlines become masks: how much of each pixel a shape covers, drawn four times too large and averaged down."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIZE = 256  # pixels, width and height of every example image
OVERSAMPLING = 4  # a mask is drawn this much larger, then averaged: smooth edges

Mask = NDArray[np.float32]  # (SIZE, SIZE), 0 outside to 1 inside
Point = tuple[float, float]  # (x, y) in image pixels, y downwards
Outline = Sequence[Point]


def polygon(*outlines: Outline) -> Mask:
    """Straight edges; several outlines make one mask."""
    sheet, pen = _sheet()
    for outline in outlines:
        pen.polygon([(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in outline], fill=255)
    return _averaged(sheet)


def blob(*outlines: Outline) -> Mask:
    """Closed smooth curves through the points (Catmull-Rom)."""
    return polygon(*(_closed_curve(outline) for outline in outlines))


def ellipse(center: Point, radii: Point, degrees: float = 0.0) -> Mask:
    """An ellipse, turned clockwise."""
    turn = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
    across, down = radii[0] * np.cos(turn), radii[1] * np.sin(turn)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return polygon(list(zip(center[0] + c * across - s * down, center[1] + s * across + c * down, strict=True)))


def dots(centers: Outline, radius: float) -> Mask:
    """Discs of one radius."""
    sheet, pen = _sheet()
    for x, y in centers:
        _disc(pen, x, y, radius)
    return _averaged(sheet)


def limb(points: Outline, radii: Sequence[float]) -> Mask:
    """A smooth stroke through the points whose half-width runs through `radii`: legs, tails, branches."""
    path = np.array([(x, y, r) for (x, y), r in zip(points, radii, strict=True)])
    ends = np.vstack([2 * path[:1] - path[1:2], path, 2 * path[-1:] - path[-2:-1]])
    sheet, pen = _sheet()
    for x, y, radius in _catmull_rom(ends, steps=28):
        _disc(pen, x, y, max(radius, 0.3))
    return _averaged(sheet)


def lines(strokes: Sequence[Outline], width: float) -> Mask:
    """Thin strokes of one width: whiskers, rails, ropes."""
    sheet, pen = _sheet()
    for stroke in strokes:
        path = [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in stroke]
        pen.line(path, fill=255, width=max(1, round(width * OVERSAMPLING)), joint="curve")
    return _averaged(sheet)


def union(*masks: Mask) -> Mask:
    """Covered by any."""
    return np.maximum.reduce(masks)


def rotated(points: Outline, degrees: float) -> list[Point]:
    """The points turned clockwise around the middle of the image."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    half = SIZE / 2
    return [(half + c * (x - half) - s * (y - half), half + s * (x - half) + c * (y - half)) for x, y in points]


def _sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    sheet = Image.new("L", (SIZE * OVERSAMPLING, SIZE * OVERSAMPLING))
    return sheet, ImageDraw.Draw(sheet)


def _averaged(sheet: Image.Image) -> Mask:
    return np.asarray(sheet.reduce(OVERSAMPLING), dtype=np.float32) / 255.0


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    box = [(x - radius, y - radius), (x + radius, y + radius)]
    pen.ellipse([(a * OVERSAMPLING, b * OVERSAMPLING) for a, b in box], fill=255)


def _closed_curve(outline: Outline) -> list[Point]:
    points = np.array(outline, dtype=float)
    return [(x, y) for x, y in _catmull_rom(np.vstack([points[-1:], points, points[:2]]), steps=10)]


def _catmull_rom(points: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """(P, D) -> ((P - 3) * steps + 1, D); the first and last point only steer."""
    before, start, end, after = points[:-3], points[1:-2], points[2:-1], points[3:]
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    curve = start[:, None] + 0.5 * t * (
        (end - before)[:, None]
        + t * (2 * before - 5 * start + 4 * end - after)[:, None]
        + t * t * (3 * (start - end) + after - before)[:, None]
    )
    return np.vstack([curve.reshape(-1, points.shape[1]), points[-2:-1]])
