"""Images of none of the ten classes, which the networks were not trained on."""

import numpy as np
from PIL import Image

from scripts.draw_examples.canvas import Canvas, mixed, soft
from scripts.draw_examples.grain import fractal, fur
from scripts.draw_examples.outlines import (
    SIZE,
    Mask,
    Outline,
    Point,
    blob,
    dots,
    ellipse,
    limb,
    lines,
    polygon,
    union,
)
from scripts.draw_examples.scenery import ground, meadow, sky, split, woods


def draw_pizza() -> Image.Image:
    """A slice of pizza with salami and basil on a wooden table."""
    boards = lines([[(0, y), (256, y + 6)] for y in (30, 92, 156, 220)], 2)
    canvas = Canvas(mixed("#8a5a34", "#4a2c17", boards) * (1.0 + 0.22 * fur(111, 3))[..., None])
    slice_ = blob([(34, 62), (80, 36), (132, 28), (184, 38), (224, 66), (190, 124), (150, 196), (128, 238), (112, 206)])
    canvas.shadow(slice_, (5, 9), blur=7, opacity=0.75)
    canvas.solid(slice_, "#d79a4c", 10, fractal(112, 24, 24) * 0.15)
    cheese = blob([(50, 76), (88, 58), (132, 52), (174, 60), (208, 78), (178, 128), (144, 192), (128, 226), (114, 196)])
    canvas.lay(soft(cheese, 2), "#b8401f")
    melted = soft(cheese * (fractal(113, 8, 8) > -0.45), 2.5)
    canvas.solid(melted, mixed("#f2c14e", "#e08a2c", np.clip(fractal(114, 14, 14), 0, 1)), 7)
    crust = limb([(34, 66), (80, 42), (132, 34), (184, 44), (222, 70)], (10, 13, 14, 13, 10))
    canvas.solid(crust, mixed("#d08a3e", "#8a4c1a", np.clip(fractal(115, 16, 16) * 1.3, 0, 1)), 18)
    for center in ((92, 92), (152, 82), (124, 138), (162, 126), (126, 188)):
        _salami(canvas, center)
    _basil(canvas)
    return canvas.photograph(seed=11)


def _salami(canvas: Canvas, center: Point) -> None:
    disc = ellipse(center, (18, 17))
    canvas.shadow(disc, (2, 3), blur=2, opacity=0.5)
    canvas.solid(disc, mixed("#b5281e", "#e2846a", np.clip(fractal(116, 44, 44) * 1.4 - 0.3, 0, 1)), depth=6)
    canvas.lay(soft(ellipse((center[0] - 5, center[1] - 6), (6, 3), -30), 1.5), "#ffc8b0", opacity=0.6)


def _basil(canvas: Canvas) -> None:
    leaves = [ellipse((122, 108), (13, 6.5), 30), ellipse((106, 124), (12, 6), -35), ellipse((142, 160), (12, 6), -60)]
    for leaf in leaves:
        canvas.shadow(leaf, (1, 3), blur=2, opacity=0.5)
        canvas.solid(leaf, "#3c7a2c", depth=6)


def draw_house() -> Image.Image:
    """A white house with a red roof, a green door and two windows, in a garden."""
    trees = split(sky(121, clouds=0.7), woods(122), 112, softness=22)
    canvas = Canvas(split(trees, meadow(123), 190, softness=5))
    canvas.lay(soft(ellipse((132, 216), (104, 8)), 4), "#101c08", opacity=0.7)
    canvas.solid(polygon([(172, 40), (192, 40), (192, 92), (172, 92)]), "#8c4a3a", 4, fur(124, 0) * 0.3)
    walls = [(44, 114), (212, 114), (212, 216), (44, 216)]
    canvas.solid(
        polygon(walls), mixed("#efe7d6", "#c9bda6", np.tile(np.linspace(0, 1, SIZE, dtype=np.float32), (SIZE, 1))), 4
    )
    eaves = polygon([(44, 114), (212, 114), (212, 126), (44, 126)])
    canvas.lay(soft(eaves, 3) * polygon(walls), "#3a3228", opacity=0.6)
    tiles = lines([[(10, y), (246, y)] for y in range(52, 120, 8)], 1.2)
    canvas.solid(
        polygon([(74, 44), (182, 44), (230, 120), (26, 120)]),
        mixed("#b4472e", "#6e2416", tiles),
        4,
        fur(125, 90) * 0.16,
    )
    for x, y in ((70, 140), (160, 140)):
        _window(canvas, (x, y))
    canvas.solid(polygon([(112, 150), (144, 150), (144, 216), (112, 216)]), "#2f5a4a", depth=3)
    canvas.lay(dots([(138, 184)], 2.2), "#e2c25c")
    canvas.lay(blob([(114, 216), (142, 216), (170, 262), (84, 262)]), ground(126, "#b9a98c"))
    for x in (48, 82, 176, 208):
        canvas.solid(
            blob([(x - 18, 216), (x - 14, 200), (x, 194), (x + 14, 200), (x + 18, 216)]),
            "#3f6a2a",
            14,
            fractal(127, 30, 30) * 0.4,
        )
    return canvas.photograph(seed=12)


def _window(canvas: Canvas, corner: Point) -> None:
    x, y = corner
    frame: Outline = [(x - 4, y - 4), (x + 36, y - 4), (x + 36, y + 40), (x - 4, y + 40)]
    canvas.solid(polygon(frame), "#fbfaf6", depth=3)
    pane: Outline = [(x, y), (x + 32, y), (x + 32, y + 36), (x, y + 36)]
    canvas.lay(polygon(pane), mixed("#22303c", "#8fb4d0", soft(polygon([(x, y), (x + 26, y), (x, y + 34)]), 3)))
    canvas.lay(lines([[(x + 16, y), (x + 16, y + 36)], [(x, y + 16), (x + 32, y + 16)]], 2.4), "#fbfaf6")


def draw_flower() -> Image.Image:
    """A sunflower against a summer sky."""
    canvas = Canvas(split(sky(131), woods(132, "#2f4d22", "#84a04a"), 214, softness=50))
    canvas.solid(limb([(128, 132), (132, 200), (124, 266)], (7, 7, 8)), "#4f7d2c", depth=8)
    for side in (-1, 1):
        leaf = [(128 + side * x, y) for x, y in ((2, 232), (30, 196), (70, 192), (96, 210), (64, 232), (30, 238))]
        canvas.solid(blob(leaf), "#4a7c2a", 14, fur(133, 90 + side * 70) * 0.2)
    for first, paint in ((10, "#c87c10"), (30, "#d98a12"), (0, "#eeae1a"), (20, "#f6bd26")):
        canvas.solid(_petals(first), paint, depth=7)
    disc = ellipse((128, 112), (45, 45))
    canvas.shadow(disc, (0, 3), blur=6, opacity=0.6)
    canvas.solid(disc, mixed("#5a3214", "#2a1608", soft(ellipse((128, 112), (24, 24)), 8)), 24, 0.2)
    canvas.lay(_seeds(), "#b07a3a", opacity=0.55)
    return canvas.photograph(seed=13)


def _petals(first: int) -> Mask:
    """Nine petals that do not touch, the first so many degrees from the right."""
    turns = [(first + 40 * k, np.radians(first + 40 * k)) for k in range(9)]
    return union(*(ellipse((128 + 66 * np.cos(r), 112 + 66 * np.sin(r)), (34, 12), turn) for turn, r in turns))


def _seeds() -> Mask:
    """Seeds in the spiral of a real sunflower (Vogel 1979): each a golden angle further round."""
    order = np.arange(1, 150)
    distance, turn = 3.5 * np.sqrt(order), np.radians(137.508) * order
    return dots(list(zip(128 + distance * np.cos(turn), 112 + distance * np.sin(turn), strict=True)), 1.2)
