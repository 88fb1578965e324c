"""What lives in the house: a tabby cat and a dog, both looking at the viewer."""

from PIL import Image

from scripts.draw_examples.canvas import Canvas, Pixels, mixed, soft
from scripts.draw_examples.grain import fur
from scripts.draw_examples.outlines import Point, blob, dots, ellipse, lines, union
from scripts.draw_examples.scenery import meadow, split, wall, woods


def draw_cat() -> Image.Image:
    """A grey tabby cat, head and chest, indoors."""
    canvas = Canvas(wall(51, "#30150f", "#6e4034"))
    chest = blob([(52, 262), (58, 210), (86, 176), (128, 168), (172, 176), (200, 210), (208, 262)])
    bars = [
        [_mirror(s, (36, y)), _mirror(s, (60, y + 8)), _mirror(s, (86, y + 4))]
        for s in (-1, 1)
        for y in (212, 232, 250)
    ]
    coat = mixed(
        mixed("#85796a", "#3f372e", soft(lines(bars, 8), 2)), "#e6dfd0", soft(ellipse((128, 232), (30, 60)), 8)
    )
    canvas.solid(chest, coat, 30, fur(52, 80) * 0.22)
    for side in (-1, 1):
        ear = [_mirror(side, p) for p in ((14, 84), (46, 34), (70, 14), (84, 24), (88, 66), (84, 120))]
        canvas.solid(blob(ear), "#6b6256", 12, fur(53, 70) * 0.2)
        inner = [_mirror(side, p) for p in ((36, 84), (54, 52), (70, 32), (78, 44), (78, 90))]
        canvas.lay(soft(blob(inner), 1.5), "#b98a80", opacity=0.85)
    head = [(128, 54), (166, 58), (200, 84), (213, 122), (219, 158), (192, 178), (160, 194), (128, 200)]
    outline = head + [_mirror(-1, (x - 128, y)) for x, y in reversed(head[1:-1])]
    canvas.shadow(blob(outline), (0, 8), blur=7, opacity=0.5)
    canvas.solid(blob(outline), _tabby(), 34, fur(54, 90) * 0.22)
    for side in (-1, 1):
        _cat_eye(canvas, _mirror(side, (36, 114)))
    _cat_muzzle(canvas)
    return canvas.photograph(seed=5)


def _tabby() -> Pixels:
    brow = [
        [_mirror(s, (d, 58)), _mirror(s, (d * 1.1, 80)), _mirror(s, (d * 0.9, 94))]
        for s in (-1, 1)
        for d in (7, 21, 36)
    ]
    cheeks = [
        [_mirror(s, (54, y)), _mirror(s, (72, y + 6)), _mirror(s, (92, y + 3))]
        for s in (-1, 1)
        for y in (112, 130, 148, 166)
    ]
    coat = mixed("#988c7c", "#352e27", soft(lines(brow + cheeks, 6.5), 1.8))
    return mixed(coat, "#e6dfd0", soft(union(ellipse((128, 176), (44, 22)), ellipse((128, 136), (12, 34))), 6))


def _cat_eye(canvas: Canvas, center: Point) -> None:
    x, y = center
    canvas.lay(soft(ellipse(center, (21, 15)), 2), "#2b2520", opacity=0.9)
    canvas.solid(ellipse(center, (16.5, 13)), "#b7c04e", depth=10)
    canvas.lay(soft(ellipse((x, y - 9), (17, 5)), 2), "#3a3a14", opacity=0.6)
    canvas.lay(ellipse(center, (5.5, 12)), "#0b0b0b")
    canvas.lay(ellipse((x - 5, y - 5), (3.2, 3.2)), "#ffffff")


def _cat_muzzle(canvas: Canvas) -> None:
    canvas.solid(union(ellipse((113, 165), (19, 15)), ellipse((143, 165), (19, 15))), "#f0eadf", 14, fur(55, 60) * 0.1)
    canvas.solid(blob([(116, 145), (128, 143), (140, 145), (134, 153), (128, 157), (122, 153)]), "#c4807a", depth=5)
    canvas.lay(
        lines([[(128, 156), (128, 165), (118, 173), (108, 172)], [(128, 165), (138, 173), (148, 172)]], 1.6), "#3a2c28"
    )
    canvas.lay(dots([(128 + s * d, y) for s in (-1, 1) for d, y in ((12, 162), (18, 166), (21, 160))], 1.0), "#5a4a42")
    whiskers = [
        [_mirror(s, (24, 166)), _mirror(s, (70, y - 2)), _mirror(s, (112, y + 8))]
        for s in (-1, 1)
        for y in (156, 165, 174)
    ]
    canvas.lay(lines(whiskers, 0.8), "#fbf8f2", opacity=0.85)


def draw_dog() -> Image.Image:
    """A brown and white dog with hanging ears and its tongue out, on grass."""
    canvas = Canvas(split(woods(61, "#2a3d20", "#7c9a4e"), meadow(62), 150, softness=30))
    chest = blob([(58, 262), (66, 208), (92, 176), (128, 168), (166, 176), (192, 208), (200, 262)])
    canvas.solid(chest, mixed("#9a5f2e", "#f0e9de", soft(ellipse((128, 232), (40, 62)), 5)), 30, fur(63, 90) * 0.16)
    head = [(128, 38), (164, 44), (188, 74), (188, 116), (170, 150), (158, 186), (128, 200)]
    outline = head + [_mirror(-1, (x - 128, y)) for x, y in reversed(head[1:-1])]
    canvas.shadow(blob(outline), (0, 10), blur=8, opacity=0.5)
    blaze = union(
        blob([(128, 30), (138, 70), (136, 110), (128, 130), (120, 110), (118, 70)]), ellipse((128, 164), (42, 46))
    )
    canvas.solid(blob(outline), mixed("#b06c34", "#f4eee4", soft(blaze, 3)), 40, fur(64, 90) * 0.13)
    for side in (-1, 1):
        ear = [(34, 48), (58, 42), (82, 66), (92, 112), (88, 156), (72, 168), (58, 140), (54, 96)]
        mask = blob([_mirror(side, p) for p in ear])
        canvas.shadow(mask, (side * -3, 5), blur=4, opacity=0.45)
        canvas.solid(mask, "#74401c", 20, fur(65, 85) * 0.18)
        _dog_eye(canvas, _mirror(side, (31, 102)))
    _dog_muzzle(canvas)
    return canvas.photograph(seed=6)


def _dog_eye(canvas: Canvas, center: Point) -> None:
    x, y = center
    canvas.lay(soft(ellipse(center, (15, 13)), 2.5), "#3a2110", opacity=0.8)
    canvas.solid(ellipse(center, (10.5, 10.5)), "#4a2a12", depth=8)
    canvas.lay(ellipse(center, (6, 6)), "#0a0705")
    canvas.lay(ellipse((x - 3.5, y - 4), (2.6, 2.6)), "#ffffff")


def _dog_muzzle(canvas: Canvas) -> None:
    canvas.solid(blob([(114, 184), (142, 184), (146, 206), (136, 222), (124, 222), (112, 206)]), "#d8737c", depth=10)
    canvas.lay(lines([[(128, 190), (128, 214)]], 1.4), "#a44a55")
    canvas.solid(union(ellipse((109, 170), (25, 20)), ellipse((147, 170), (25, 20))), "#f1ebe0", 20, fur(66, 70) * 0.08)
    canvas.solid(blob([(106, 140), (128, 134), (150, 140), (146, 154), (128, 164), (110, 154)]), "#1d1917", depth=12)
    canvas.lay(soft(ellipse((121, 141), (8, 2.6)), 1.5), "#c8c4c0", opacity=0.7)
    canvas.lay(
        lines([[(128, 162), (128, 176), (110, 188), (92, 182)], [(128, 176), (146, 188), (164, 182)]], 2.0), "#2c201a"
    )
    canvas.lay(dots([(128 + s * d, y) for s in (-1, 1) for d, y in ((14, 172), (24, 168), (26, 178))], 1.2), "#7a6a5c")


def _mirror(side: int, offset: Point) -> Point:
    """A point given from the face's middle line, on the left (-1) or the right (1)."""
    return 128 + side * offset[0], offset[1]
