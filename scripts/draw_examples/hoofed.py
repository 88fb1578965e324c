"""What grazes: a chestnut horse by a fence, a deer in tall grass."""

from PIL import Image

from scripts.draw_examples.canvas import Canvas, Paint, mixed, soft
from scripts.draw_examples.grain import fur
from scripts.draw_examples.outlines import Mask, Outline, Point, blob, ellipse, limb, lines, polygon, union
from scripts.draw_examples.scenery import below_row, meadow, sky, split, tall_grass, woods


def draw_horse() -> Image.Image:
    """A chestnut horse with a dark mane, from the side, in a paddock."""
    trees = split(sky(71, "#a9c8e4", "#e6eef2"), woods(72), 40, softness=18)
    canvas = Canvas(split(trees, meadow(73), 112, softness=6))
    rails = [[(0, y), (256, y - 2)] for y in (104, 124)] + [[(x, 94), (x, 146)] for x in (14, 100, 236)]
    canvas.lay(lines(rails, 3.5), "#d9d2c4", opacity=0.9)
    canvas.lay(soft(ellipse((122, 228), (96, 9)), 5), "#12200a", opacity=0.7)
    tail = limb([(50, 100), (34, 112), (26, 146), (32, 190)], (6, 9, 11, 3))
    far_legs = [(84, 130), (86, 162), (76, 186), (80, 222)], [(182, 128), (190, 160), (186, 186), (190, 222)]
    near_legs = [(62, 128), (58, 162), (48, 186), (54, 228)], [(166, 130), (168, 164), (164, 190), (166, 228)]
    canvas.solid(_leg_mask(far_legs), "#5c2f16", depth=9)
    _hooves(canvas, far_legs, "#15100c")
    canvas.solid(tail, "#2a1810", 12, fur(74, 95) * 0.3)
    coat = mixed("#96522a", "#5f3016", below_row(140, 60))
    trunk = [(42, 116), (52, 94), (82, 86), (118, 95), (146, 90), (168, 68), (188, 40), (204, 50)]
    chest = [(208, 76), (198, 104), (194, 130), (176, 148), (134, 155), (96, 146), (66, 150), (46, 138)]
    legs = _leg_mask(near_legs)
    canvas.solid(union(blob([*trunk, *chest]), legs), coat, 34, fur(75, 20) * 0.07)
    _hooves(canvas, near_legs, "#1a130e")
    _horse_head(canvas, coat)
    return canvas.photograph(seed=7)


def _horse_head(canvas: Canvas, coat: Paint) -> None:
    canvas.solid(polygon([(186, 44), (188, 22), (198, 38)], [(198, 40), (203, 23), (208, 44)]), "#7a4220", depth=5)
    head = [
        (184, 44),
        (198, 36),
        (212, 44),
        (226, 68),
        (240, 90),
        (238, 102),
        (226, 104),
        (212, 90),
        (194, 80),
        (184, 62),
    ]
    canvas.shadow(blob(head), (-2, 5), blur=4, opacity=0.35)
    canvas.solid(blob(head), mixed(coat, "#3a241a", soft(ellipse((236, 98), (12, 11)), 4)), depth=20)
    canvas.lay(blob([(205, 48), (212, 52), (228, 78), (226, 82), (208, 60)]), "#f1ebe2", opacity=0.85)
    canvas.lay(ellipse((205, 58), (3.6, 3.2)), "#0c0806")
    canvas.lay(ellipse((236, 92), (2.2, 2.8)), "#120b08")
    mane = limb([(204, 42), (186, 40), (172, 62), (158, 84), (146, 94)], (5, 8, 11, 10, 3))
    canvas.solid(mane, "#2a1810", 12, fur(76, 125) * 0.35)


def draw_deer() -> Image.Image:
    """A deer with antlers, from the side, in tall grass; it looks at the viewer."""
    grass = meadow(82, "#4f6c2c", "#71883e")
    canvas = Canvas(split(woods(81, "#1a2a18", "#4c6836"), grass, 62, softness=16))
    canvas.lay(soft(ellipse((142, 206), (80, 10)), 6), "#12200a", opacity=0.6)
    far_legs = [(106, 140), (104, 170), (108, 194), (104, 228)], [(178, 136), (186, 166), (196, 188), (190, 228)]
    near_legs = [(92, 142), (90, 172), (93, 196), (88, 234)], [(196, 134), (200, 166), (212, 190), (206, 234)]
    canvas.solid(_leg_mask(far_legs, width=0.66), "#5e3d20", depth=9)
    coat = mixed("#9c6a3c", "#dcc39a", soft(ellipse((140, 164), (60, 14)), 7))
    back = [(62, 62), (78, 56), (92, 76), (108, 102), (140, 108), (176, 104), (206, 108), (218, 124)]
    belly = [(212, 144), (184, 154), (150, 156), (116, 158), (92, 156), (80, 138), (74, 110), (62, 84)]
    canvas.solid(blob([(208, 112), (220, 108), (226, 122), (218, 134)]), "#f2eadc", depth=5)
    mask = union(blob([*back, *belly]), _leg_mask(near_legs, width=0.66))
    canvas.solid(mask, mixed(coat, "#e9dcc2", soft(ellipse((76, 104), (9, 22), -12), 5)), 28, fur(83, 15) * 0.1)
    _deer_head(canvas)
    canvas.lay(tall_grass(85, 192), grass)
    return canvas.photograph(seed=8)


def _deer_head(canvas: Canvas) -> None:
    for side in (-1, 1):
        _antler(canvas, side)
        ear = [(70 + side * x, y) for x, y in ((7, 56), (20, 44), (34, 42), (28, 54), (12, 64))]
        canvas.solid(blob(ear), "#9a6a3c", depth=6)
        canvas.lay(soft(ellipse((70 + side * 21, 52), (8, 3.5), -side * 25), 1), "#e0c8a8", opacity=0.8)
    head = [(56, 52), (70, 46), (84, 52), (86, 68), (79, 88), (76, 100), (69, 104), (62, 100), (59, 88), (54, 68)]
    canvas.shadow(blob(head), (2, 6), blur=4, opacity=0.4)
    canvas.solid(blob(head), mixed("#a8733e", "#e6d6ba", soft(ellipse((69, 100), (10, 10)), 4)), 18, fur(84, 90) * 0.08)
    canvas.lay(union(ellipse((59, 68), (3.4, 4)), ellipse((81, 68), (3.4, 4))), "#0d0906")
    canvas.solid(ellipse((69, 98), (6, 4.5)), "#1a1412", depth=4)


def _antler(canvas: Canvas, side: int) -> None:
    def from_middle(*points: Point) -> list[Point]:
        return [(70 + side * x, y) for x, y in points]

    beam = limb(from_middle((6, 48), (16, 34), (34, 24), (40, 4)), (4.4, 3.8, 3.2, 1.4))
    tines = [
        limb(from_middle((12, 40), (14, 26), (10, 16)), (3.2, 2.6, 1.1)),
        limb(from_middle((26, 29), (28, 16), (24, 5)), (3.1, 2.5, 1.1)),
        limb(from_middle((36, 20), (48, 16), (54, 6)), (3.0, 2.4, 1.1)),
    ]
    canvas.solid(union(beam, *tines), "#bfa076", depth=4)


def _leg_mask(legs: tuple[Outline, ...], width: float = 1.0) -> Mask:
    radii = [width * r for r in (19.0, 10.5, 7.0, 5.5)]
    return union(*(limb(leg, radii) for leg in legs))


def _hooves(canvas: Canvas, legs: tuple[Outline, ...], paint: str) -> None:
    feet = [leg[-1] for leg in legs]
    hooves = [[(x - 7.5, y + 6), (x - 4.5, y - 4), (x + 4.5, y - 4), (x + 7.5, y + 6)] for x, y in feet]
    canvas.solid(polygon(*hooves), paint, depth=4)
