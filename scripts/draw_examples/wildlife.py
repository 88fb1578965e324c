"""What perches and hops: a robin on a branch, a frog on a leaf."""

from PIL import Image

from scripts.draw_examples.canvas import Canvas, Pixels, mixed, soft
from scripts.draw_examples.grain import fractal, fur
from scripts.draw_examples.outlines import Mask, blob, dots, ellipse, limb, lines, polygon, union
from scripts.draw_examples.scenery import ground, woods


def draw_bird() -> Image.Image:
    """A robin with an orange breast, from the side, on a branch."""
    canvas = Canvas(woods(91, "#5b7340", "#a9bf7c"))
    branch = limb([(-10, 214), (70, 204), (160, 208), (266, 190)], (9, 10, 8.5, 7))
    canvas.solid(branch, "#5e4630", 12, fur(92, 2) * 0.3)
    canvas.solid(polygon([(62, 146), (84, 166), (36, 220), (16, 214)]), "#4c3f30", 6, fur(93, 125) * 0.2)
    canvas.lay(lines([[(122, 184), (118, 204)], [(144, 184), (146, 204)]], 3.5), "#4a3426")
    canvas.lay(lines([[(108, 208), (118, 203), (132, 209)], [(136, 210), (146, 203), (160, 209)]], 3.0), "#4a3426")
    body = [(58, 150), (82, 112), (112, 84), (136, 62), (160, 48), (186, 52), (202, 72), (200, 98)]
    front = [(196, 130), (178, 166), (148, 190), (112, 190), (80, 174)]
    canvas.solid(blob([*body, *front]), _robin_feathers(), 40, fur(94, 120) * 0.12)
    _robin_wing(canvas)
    canvas.solid(polygon([(200, 70), (226, 80), (201, 87)]), "#37332f", depth=4)
    canvas.lay(lines([[(200, 79), (222, 80.5)]], 0.8), "#0e0d0c")
    canvas.lay(soft(ellipse((182, 72), (9, 9)), 1.5), "#6b4a2c", opacity=0.5)
    canvas.lay(ellipse((182, 72), (6, 6)), "#0b0908")
    canvas.lay(ellipse((180, 69.5), (1.8, 1.8)), "#ffffff")
    return canvas.photograph(seed=9)


def _robin_feathers() -> Pixels:
    belly = mixed("#6d5a42", "#e3dccd", soft(blob([(92, 196), (112, 160), (170, 140), (200, 150), (160, 200)]), 6))
    breast = blob([(176, 58), (204, 62), (208, 100), (198, 140), (168, 152), (156, 118), (160, 84)])
    return mixed(belly, "#d2661f", soft(breast, 4))


def _robin_wing(canvas: Canvas) -> None:
    wing = blob([(136, 100), (152, 122), (142, 152), (110, 172), (62, 184), (44, 186), (76, 150), (104, 116)])
    canvas.shadow(wing, (3, 5), blur=4, opacity=0.4)
    canvas.solid(wing, "#5a4832", 14, fur(95, 130) * 0.15)
    quills = [[(140, 116 + d), (112, 142 + d), (60 + d, 178)] for d in (6, 16, 26)]
    canvas.lay(soft(lines(quills, 2.2), 0.8) * wing, "#2c2218", opacity=0.75)


def draw_frog() -> Image.Image:
    """A green frog with dark spots, sitting on wet ground, looking to the right."""
    canvas = Canvas(ground(101, "#6e5a3e", strength=0.34))
    canvas.lay(soft(ellipse((128, 206), (108, 22)), 8), "#0d0b07", opacity=0.75)
    far_eye = ellipse((196, 66), (15, 15))
    canvas.solid(far_eye, "#6f8f3a", depth=10)
    canvas.solid(limb([(186, 150), (208, 176), (204, 206)], (16, 10, 7)), "#4d6b2a", depth=10)
    body = [(30, 176), (42, 132), (76, 98), (116, 80), (150, 64), (184, 62), (218, 84), (236, 104)]
    under = [(232, 122), (210, 136), (200, 168), (170, 194), (120, 204), (60, 202)]
    canvas.solid(blob([*body, *under]), _frog_skin(), 40, fractal(104, 40, 40) * 0.12)
    _frog_legs(canvas)
    _frog_face(canvas)
    return canvas.photograph(seed=10)


def _frog_skin() -> Pixels:
    spots = [(70, 130), (98, 106), (126, 96), (112, 130), (86, 156), (146, 112), (56, 160), (150, 84), (176, 80)]
    skin = mixed("#7fa23e", "#39501c", soft(union(dots(spots[:5], 9), dots(spots[5:], 6)), 2))
    pale = blob([(236, 112), (206, 122), (170, 128), (160, 190), (120, 206), (190, 206), (230, 140)])
    return mixed(skin, "#d9dba6", soft(pale, 6))


def _frog_legs(canvas: Canvas) -> None:
    thigh = blob([(22, 188), (40, 150), (78, 140), (112, 160), (116, 190), (90, 208), (44, 212)])
    foot = union(
        limb([(54, 206), (96, 212), (132, 222)], (9, 7, 4)),
        limb([(96, 212), (124, 212), (140, 212)], (5, 4, 3.5)),
        limb([(90, 212), (112, 224), (124, 232)], (5, 4, 3.5)),
    )
    canvas.solid(foot, "#5f8030", depth=8)
    canvas.shadow(thigh, (5, -5), blur=5, opacity=0.6)
    bars = lines([[(44, 154), (58, 178)], [(70, 144), (80, 172)], [(98, 152), (98, 178)]], 8)
    canvas.solid(thigh, mixed("#7a9c3c", "#364c1a", soft(bars, 2)), 26, fractal(105, 40, 40) * 0.12)
    arm = union(limb([(164, 152), (158, 184), (174, 212)], (15, 10, 7)), _toes((174, 212)))
    canvas.shadow(arm, (3, 4), blur=4, opacity=0.4)
    canvas.solid(arm, "#73953a", 14, fractal(106, 40, 40) * 0.12)


def _toes(wrist: tuple[float, float]) -> Mask:
    x, y = wrist
    return union(*(limb([wrist, (x + dx, y + dy)], (4.5, 3.4)) for dx, dy in ((26, 4), (22, 14), (4, 16))))


def _frog_face(canvas: Canvas) -> None:
    canvas.lay(soft(lines([[(236, 108), (210, 118), (180, 120), (162, 112)]], 2.6), 0.7), "#25300f", opacity=0.9)
    canvas.lay(ellipse((226, 92), (2, 1.6)), "#1c240c")
    canvas.solid(ellipse((168, 72), (21, 20)), "#7d9f40", depth=14)
    canvas.solid(ellipse((171, 71), (14, 13.5)), "#c9962e", depth=10)
    canvas.lay(ellipse((173, 71), (9, 6.5)), "#0c0a06")
    canvas.lay(ellipse((169, 66), (2.8, 2.4)), "#ffffff")
    canvas.solid(ellipse((150, 104), (9, 9)), "#5d7a2c", depth=5)
