"""What flies or floats: an airplane in the clouds, a ship at sea."""

from PIL import Image

from scripts.draw_examples.canvas import Canvas, mixed, soft
from scripts.draw_examples.outlines import Mask, Outline, blob, dots, ellipse, lines, polygon, rotated, union
from scripts.draw_examples.scenery import below_row, sea, sky, split

CLIMB = -9.0  # degrees, the airplane's nose upwards


def draw_airplane() -> Image.Image:
    """A white airplane climbing to the right, seen from the side and a little below."""
    canvas = Canvas(sky(seed=11, clouds=0.55))
    far_wing = [(138, 122), (112, 122), (86, 92), (98, 90)]
    canvas.solid(_climbing(far_wing), "#a9b2bb", depth=3)
    fuselage = [(6, 114), (40, 111), (90, 109), (150, 109), (200, 109), (226, 113), (244, 124)]
    belly = [(240, 132), (222, 138), (190, 141), (140, 142), (90, 138), (50, 128)]
    body = blob(rotated([*fuselage, *belly], CLIMB))
    canvas.solid(_climbing([(20, 116), (66, 116), (34, 58), (14, 58)]), "#c03a35", depth=4)
    paint = mixed("#f3f5f7", "#8f9baa", _climbing([(0, 131), (256, 131), (256, 160), (0, 160)]))
    stripe = _climbing([(0, 127), (256, 127), (256, 130.5), (0, 130.5)])
    canvas.solid(body, mixed(paint, "#27509a", stripe), depth=20)
    canvas.lay(dots(rotated([(x, 121) for x in range(66, 214, 7)], CLIMB), 1.7), "#39485c")
    canvas.lay(_climbing([(225, 118), (235, 121), (238, 124.5), (224, 123)]), "#223042")
    canvas.solid(_climbing([(20, 124), (46, 124), (18, 147), (4, 147)]), "#c9d0d6", depth=3)
    _near_wing(canvas)
    return canvas.photograph(seed=1)


def _near_wing(canvas: Canvas) -> None:
    wing = _climbing([(148, 131), (98, 133), (56, 196), (72, 196)])
    canvas.shadow(wing, (0, -5), blur=3, opacity=0.25)
    for x, y in ((118, 158), (88, 172)):
        center = rotated([(x, y)], CLIMB)[0]
        canvas.solid(ellipse(center, (18, 8.5), CLIMB), "#dfe4e8", depth=8)
        canvas.lay(ellipse((center[0] + 14, center[1] - 2), (4, 7), CLIMB), "#3a4450")
    canvas.solid(wing, "#ccd3da", depth=4)
    canvas.lay(_climbing([(100, 133), (106, 133), (62, 196), (56, 196)]), "#8d98a4", opacity=0.7)


def _climbing(outline: Outline) -> Mask:
    return polygon(rotated(outline, CLIMB))


def draw_ship() -> Image.Image:
    """A red and dark blue ship with a white bridge, on open sea."""
    air = sky(seed=24, top="#86b2da", horizon="#e4edf2", clouds=0.6)
    canvas = Canvas(split(air, sea(seed=31), 128))
    hull = [(14, 126), (40, 130), (120, 132), (190, 128), (244, 112), (228, 150), (216, 172), (36, 172), (22, 152)]
    _reflection(canvas, hull)
    _superstructure(canvas)
    mask = polygon(hull)
    paint = mixed("#22344f", "#a83428", below_row(156))
    canvas.solid(mask, mixed(paint, "#e9ecee", _band(hull, 5)), depth=14)
    canvas.lay(_foam(), "#eef4f6", opacity=0.75)
    return canvas.photograph(seed=2)


def _band(outline: Outline, width: float) -> Mask:
    """The strip of that width under the deck line, which is the outline's first five points."""
    deck = outline[:5]
    return polygon([*deck, *[(x, y + width) for x, y in reversed(deck)]])


def _reflection(canvas: Canvas, hull: Outline) -> None:
    mirrored = polygon([(x, 342 - y) for x, y in hull])
    canvas.lay(soft(mirrored, 4), "#12202e", opacity=0.55)


def _superstructure(canvas: Canvas) -> None:
    canvas.lay(lines([[(150, 130), (150, 62)], [(200, 126), (200, 78)]], 2.5), "#5c4a34")
    canvas.lay(lines([[(150, 66), (128, 128)], [(150, 66), (182, 126)], [(200, 80), (238, 114)]], 0.8), "#4a4a4a")
    decks = [[(32, 132), (108, 132), (104, 106), (32, 106)], [(38, 108), (98, 108), (94, 86), (38, 86)]]
    bridge = [(46, 88), (92, 88), (88, 68), (46, 68)]
    funnel = [(54, 70), (70, 70), (68, 44), (52, 44)]
    canvas.solid(polygon(funnel), mixed("#c8452f", "#20242a", 1.0 - below_row(52)), depth=8)
    for storey in (*decks, bridge):
        canvas.solid(polygon(storey), "#eef0f0", depth=4)
    canvas.lay(polygon([(50, 73), (90, 73), (89, 80), (50, 80)]), "#2c3d50")
    canvas.lay(dots([(x, 97) for x in range(46, 96, 9)] + [(x, 119) for x in range(42, 104, 9)], 2.4), "#33465c")
    for x, paint in ((116, "#c9692f"), (136, "#3f7a5a"), (160, "#b8bcc0"), (180, "#b0472f")):
        canvas.solid(polygon([(x, 132), (x + 18, 132), (x + 18, 116), (x, 116)]), paint, depth=4)


def _foam() -> Mask:
    wake = blob([(28, 170), (120, 171), (218, 166), (236, 172), (214, 177), (120, 178), (20, 178)])
    return union(soft(wake, 3) * 0.8, soft(ellipse((222, 172), (14, 5)), 2))
