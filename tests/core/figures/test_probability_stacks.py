"""A bar of 100 % per model, parted by class: its parts and what is written in them."""

import numpy as np
import pandas as pd
import pytest

from ccds_core.data.cifar10 import CLASSES
from ccds_core.figures.palette import IMAGE_CLASS_COLOURS
from ccds_core.figures.probability_stacks import ROW_HEIGHT, probability_stacks
from ccds_core.results import Prediction

RANDOM = np.random.default_rng(0)
PREDICTIONS = {name: Prediction(CLASSES, RANDOM.dirichlet(np.full(10, 0.3))) for name in ("b", "ensemble", "a")}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    chart = probability_stacks(PREDICTIONS, "a title", "ensemble")
    assert chart.title == "a title"
    assert chart.height == ROW_HEIGHT * 3
    chart.to_dict()  # checked against the schema
    return chart.data


def test_the_parts_of_a_bar_follow_one_another_in_the_order_of_the_classes_and_end_at_1(rows):
    assert list(dict.fromkeys(rows["model"])) == list(PREDICTIONS)
    for name, parts in rows.groupby("model", sort=False):
        assert list(parts["class"]) == list(CLASSES)
        assert np.allclose(parts["probability"], PREDICTIONS[name].probabilities)
        assert np.allclose(parts["end"] - parts["start"], parts["probability"])
        assert np.allclose(parts["start"].iloc[1:], parts["end"].iloc[:-1])
        assert parts["end"].iloc[-1] == pytest.approx(1)
        assert parts["end"].max() <= 1


def test_what_is_written_in_a_part_can_be_read(rows):
    """4.5 to 1 is what WCAG 2 asks of words; black or white reaches it on every colour of a class."""
    for name, ink in zip(rows["class"], rows["ink"], strict=True):
        light, dark = sorted((luminance(IMAGE_CLASS_COLOURS[name]), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" by WCAG 2."""
    shares = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
