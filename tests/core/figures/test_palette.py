"""The colours of the classes: no two alike, also for colour-blind viewers, and seen on either background."""

from itertools import combinations

import numpy as np
import pytest

from ccds_core.data.cifar10 import CLASSES
from ccds_core.data.emotion import CLASSES as EMOTIONS
from ccds_core.figures.palette import EMOTION_COLOURS, IMAGE_CLASS_COLOURS, class_colours
from tests.core.figures.test_probability_stacks import luminance

# Linear sRGB -> linear sRGB as seen, severity 1 (Machado, Oliveira and Fernandes 2009)
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
# Linear sRGB -> OKLab (Ottosson 2020)
TO_LMS = [
    [0.41222147, 0.53633254, 0.05144599],
    [0.21190350, 0.68069955, 0.10739696],
    [0.08830246, 0.28171884, 0.62997870],
]
TO_LAB = [
    [0.21045426, 0.79361779, -0.00407205],
    [1.97799850, -2.42859221, 0.45059371],
    [0.02590404, 0.78277177, -0.80867577],
]
BACKGROUNDS = ("#ffffff", "#14171c")  # .streamlit/config.toml


def oklab(colour, vision):
    shares = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(VISION[vision]) @ linear, 0, 1)
    return np.asarray(TO_LAB) @ np.cbrt(np.asarray(TO_LMS) @ seen)


def closest(colours, vision):
    """The two names whose colours are nearest, and how far these lie apart."""
    apart = {
        (one, other): np.linalg.norm(oklab(colours[one], vision) - oklab(colours[other], vision))
        for one, other in combinations(colours, 2)
    }
    names = min(apart, key=apart.get)
    return names, apart[names]


def test_every_class_has_a_colour():
    assert tuple(IMAGE_CLASS_COLOURS) == CLASSES
    assert tuple(EMOTION_COLOURS) == EMOTIONS


def test_no_two_of_all_sixteen_classes_are_alike_in_colour():
    names, distance = closest(IMAGE_CLASS_COLOURS | EMOTION_COLOURS, "normal")
    assert distance > 0.11, names


@pytest.mark.parametrize("vision", ["protan", "deutan"])
@pytest.mark.parametrize(("colours", "floor"), [(IMAGE_CLASS_COLOURS, 0.085), (EMOTION_COLOURS, 0.13)])
def test_a_colour_blind_viewer_tells_the_classes_of_a_chart_apart(colours, floor, vision):
    names, distance = closest(colours, vision)
    assert distance > floor, names


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_every_class_is_seen_on_either_background(background):
    for name, colour in (IMAGE_CLASS_COLOURS | EMOTION_COLOURS).items():
        light, dark = sorted((luminance(colour), luminance(background)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 1.9, name


def test_a_class_keeps_its_colour_in_any_company():
    assert class_colours(("cat", "ship")) == [IMAGE_CLASS_COLOURS["cat"], IMAGE_CLASS_COLOURS["ship"]]
    assert class_colours(CLASSES[::-1]) == class_colours(CLASSES)[::-1]
    assert len(set(class_colours(("up", "down", "left")))) == 3
