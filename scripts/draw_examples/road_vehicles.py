"""What drives: a red car on a country road, a truck with a white box."""

from PIL import Image

from scripts.draw_examples.canvas import Canvas, Pixels, mixed, soft
from scripts.draw_examples.outlines import Point, blob, dots, ellipse, lines, polygon
from scripts.draw_examples.scenery import below_row, ground, meadow, sky, split, woods


def draw_automobile() -> Image.Image:
    """A red saloon car from the side, on a road before trees."""
    canvas = Canvas(_roadside(seed=41, horizon=104, kerb=150))
    canvas.lay(soft(ellipse((128, 199), (116, 9)), 4), "#08090b", opacity=0.85)
    body = [(10, 168), (13, 142), (34, 133), (66, 127), (94, 96), (122, 88), (164, 89), (192, 103), (210, 124)]
    sill = [(238, 130), (246, 146), (247, 172), (240, 184), (200, 187), (128, 188), (60, 187), (20, 184)]
    canvas.solid(blob([*body, *sill]), mixed("#c81e1e", "#7d1010", below_row(170, 14)), depth=22)
    _glass(canvas)
    _trim(canvas)
    for x in (62, 196):
        _wheel(canvas, (x, 182), 25)
    return canvas.photograph(seed=3)


def _glass(canvas: Canvas) -> None:
    windows = [(76, 126), (100, 100), (124, 95), (126, 126)], [(132, 126), (131, 95), (162, 96), (182, 107), (193, 124)]
    sheen = mixed("#1d2833", "#8fb0c8", 1.0 - below_row(106, 24))
    canvas.solid(polygon(*windows), sheen, depth=3)
    canvas.lay(polygon([(96, 126), (112, 97), (119, 96), (106, 126)]), "#d6e6f0", opacity=0.35)


def _trim(canvas: Canvas) -> None:
    canvas.lay(lines([[(129, 96), (129, 182)], [(196, 128), (188, 170)], [(70, 130), (74, 172)]], 1.0), "#6a0d0d")
    canvas.lay(soft(polygon([(18, 141), (236, 134), (238, 138), (18, 146)]), 1), "#ff9a90", opacity=0.7)
    canvas.lay(polygon([(138, 140), (152, 139.5), (152, 143), (138, 143.5)]), "#e4b8b4")
    canvas.solid(blob([(13, 146), (32, 140), (38, 146), (28, 156), (13, 158)]), "#f4f1dc", depth=4)
    canvas.solid(polygon([(232, 136), (243, 138), (245, 154), (234, 152)]), "#7c0610", depth=3)
    canvas.solid(polygon([(8, 168), (36, 168), (36, 180), (10, 178)]), "#3a3c40", depth=4)
    canvas.solid(polygon([(222, 168), (249, 166), (248, 178), (222, 180)]), "#3a3c40", depth=4)
    canvas.solid(ellipse((80, 122), (7, 5)), "#9c1616", depth=4)


def _wheel(canvas: Canvas, hub: Point, radius: float) -> None:
    canvas.lay(ellipse((hub[0], hub[1] - 3), (radius * 1.14, radius * 1.14)), "#0c0c0e")
    canvas.solid(ellipse(hub, (radius, radius)), "#2b2c30", depth=6)
    canvas.solid(ellipse(hub, (radius * 0.64, radius * 0.64)), "#c9ced3", depth=5)
    spokes = [_around(hub, radius * 0.42, k) for k in range(5)]
    canvas.lay(dots(spokes, radius * 0.14), "#33363b")
    canvas.solid(ellipse(hub, (radius * 0.16, radius * 0.16)), "#8d9399", depth=2)


def _around(hub: Point, distance: float, fifth: int) -> Point:
    x, y = ((0, -1), (0.95, -0.31), (0.59, 0.81), (-0.59, 0.81), (-0.95, -0.31))[fifth]
    return hub[0] + distance * x, hub[1] + distance * y


def draw_truck() -> Image.Image:
    """A blue cab to the right, pulling a white box trailer."""
    canvas = Canvas(_roadside(seed=47, horizon=120, kerb=176))
    canvas.lay(soft(ellipse((128, 222), (122, 9)), 4), "#08090b", opacity=0.85)
    canvas.lay(polygon([(14, 178), (240, 178), (240, 204), (14, 204)]), "#1b1d21")
    box = [(8, 40), (168, 40), (168, 182), (8, 182)]
    canvas.solid(polygon(box), mixed("#eceeef", "#aab1b8", below_row(150, 60)), depth=5)
    canvas.lay(lines([[(x, 42), (x, 180)] for x in range(24, 168, 16)], 0.8), "#b4bac0")
    canvas.lay(polygon([(8, 168), (168, 168), (168, 178), (8, 178)]), "#c33a2c")
    _cab(canvas)
    for x in (34, 76, 210):
        _wheel(canvas, (x, 204), 22)
    return canvas.photograph(seed=4)


def _cab(canvas: Canvas) -> None:
    canvas.lay(polygon([(168, 90), (178, 90), (178, 182), (168, 182)]), "#15171b")
    cab = [(176, 62), (214, 64), (228, 82), (240, 128), (246, 140), (246, 196), (176, 196)]
    canvas.solid(polygon(cab), mixed("#2a5fb0", "#173a72", below_row(160, 40)), depth=9)
    canvas.solid(polygon([(188, 84), (214, 84), (226, 126), (188, 128)]), "#1f2c38", depth=3)
    canvas.lay(polygon([(190, 86), (202, 86), (196, 126), (190, 126)]), "#b8d0e0", opacity=0.45)
    canvas.lay(lines([[(184, 80), (184, 184)], [(184, 184), (232, 184)], [(232, 132), (232, 184)]], 0.9), "#12305e")
    canvas.lay(polygon([(192, 140), (204, 140), (204, 144), (192, 144)]), "#cfd6dc")
    canvas.solid(ellipse((241, 162), (5, 8)), "#f6f0d2", depth=3)
    canvas.solid(polygon([(176, 184), (250, 184), (250, 200), (176, 200)]), "#c8ccd0", depth=4)
    canvas.solid(polygon([(228, 92), (236, 92), (236, 116), (230, 116)]), "#17191c", depth=3)


def _roadside(seed: int, horizon: float, kerb: float) -> Pixels:
    """Sky, trees, a strip of grass, asphalt."""
    far = split(sky(seed, top="#9dc0e0", horizon="#e2ecf2"), woods(seed + 5), horizon - 62, softness=14)
    near = split(meadow(seed + 9), ground(seed + 13, "#74767a"), kerb)
    return split(far, near, horizon + 22, softness=6)
