"""Figures of explanations: zero is white, signs keep their colours, axes carry units, and no map hides its scale."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ccds_core.data.examples import open_example
from ccds_core.explain.faithfulness import MeanGain, agree, erase
from ccds_core.figures.attribution_maps import DRAWN, GAP, MapPanel, attribution_maps, colour_filter, colour_map, mosaic
from ccds_core.figures.erasure_curves import (
    erasure_curves,
    erasure_title,
    gain_bars,
    gain_dots,
    rank_correlation_heatmap,
)
from ccds_core.figures.export import chart_png, chart_svg

SCORES = {"good": np.arange(10.0), "bad": -np.arange(10.0), "odd": np.arange(10.0) % 3}
ERASURES = erase(SCORES, lambda kept: kept @ (np.arange(10.0) / 45))
SIGNED_MAP = MapPanel("Signed", "2 × 2", np.array([[1.0, -1.0], [0.0, 0.5]]), True, "logits")
UNSIGNED_MAP = MapPanel("Unsigned", "2 × 2", np.array([[1.0, 0.0], [0.0, 0.5]]), False, "slope")
GAINS = {"good": (MeanGain(0.2, 0.1, 0.3, 50), MeanGain(0.1, 0.0, 0.2, 50))}


def pixel(image: Image.Image, row: int, column: int) -> tuple[int, int, int]:
    """The middle of one of four places."""
    return image.getpixel((DRAWN // 4 + column * DRAWN // 2, DRAWN // 4 + row * DRAWN // 2))


def test_on_a_signed_map_red_supports_blue_opposes_and_zero_is_white():
    image = colour_map(SIGNED_MAP)
    red, blue, white = pixel(image, 0, 0), pixel(image, 0, 1), pixel(image, 1, 0)
    assert red[0] > red[2] + 50
    assert blue[2] > blue[0] + 50
    assert white == (255, 255, 255)


def test_laid_over_an_image_a_map_of_nothing_leaves_the_image_grey():
    nothing = MapPanel("Nothing", "", np.zeros((4, 4)), True, "logits")
    image = np.asarray(colour_map(nothing, open_example("cat (drawn)"))).astype(int)
    assert np.ptp(image, axis=2).max() == 0
    assert image.std() > 10, "the image is still seen"


def test_the_maps_say_their_unit_and_both_ends_of_their_scale():
    drawn = chart_svg(attribution_maps([SIGNED_MAP, UNSIGNED_MAP], "What to see")).decode()
    for said in ("What to see", "Signed", "Unsigned", "logits", "slope", "+1", "2 × 2"):
        assert said in drawn
    assert chart_png(attribution_maps([SIGNED_MAP] * 7, "Two rows")).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (
            erasure_curves(ERASURES, "words", "joy", "Title"),
            ["words deleted or inserted", "probability of joy", "random order"],
        ),
        (gain_bars(ERASURES, "Title"), ["gain over random order, probability", "Comprehensiveness", "Sufficiency"]),
        (rank_correlation_heatmap(list(SCORES), agree(SCORES), "Title"), ["+1.00", "Spearman"]),
        (gain_dots(GAINS, "Title"), ["mean gain over random order, probability"]),
    ],
    ids=["curves", "gains", "agreement", "many rows"],
)
def test_a_figure_says_what_its_axes_show(chart, said):
    drawn = chart_svg(chart).decode()
    assert "Title" in drawn
    for words in said:
        assert words in drawn


def test_the_finding_names_the_most_faithful_method_and_counts_those_no_better_than_random():
    assert erasure_title(ERASURES).startswith("good is the most faithful")
    assert "no better than random" in erasure_title(ERASURES)
    assert erasure_title(ERASURES).endswith("; 1 of 3 no better than random order")
    only_bad = {name: ERASURES[name] for name in ("bad", "random order")}
    assert erasure_title(only_bad) == "No method is better than random order here"


def test_where_the_two_measures_disagree_the_finding_names_a_method_for_each():
    """A method may delete best and another insert best: naming one of them alone would hide the other."""
    falls, rises = ERASURES["good"], ERASURES["random order"]
    mixed = {
        "deletes": replace(falls, insertion=rises.insertion),
        "inserts": replace(falls, deletion=rises.deletion),
        "random order": rises,
    }
    title = erasure_title(mixed)
    assert "by deletion deletes (+" in title
    assert "by insertion inserts (+" in title


def test_tiles_stand_in_rows_on_one_scale_with_gaps_between():
    tiles = np.zeros((3, 2, 2), np.float32)
    tiles[0, 0, 0], tiles[2, 1, 1] = 4.0, -4.0
    image = mosaic(tiles, signed=True, columns=2)
    side = (image.width - GAP) // 2
    assert image.height == image.width
    assert image.getpixel((1, 1))[0] > image.getpixel((1, 1))[2]
    assert image.getpixel((side - 1, side - 1)) == (255, 255, 255)
    lower = image.getpixel((side - 1, image.height - 1))
    assert lower[2] > lower[0]


def test_a_filter_in_colour_is_grey_where_it_weighs_nothing():
    kernel = np.zeros((3, 3, 3), np.float32)
    kernel[0, 1, 1] = 2.0
    coloured = colour_filter(kernel)
    assert coloured[0, 0].tolist() == [128, 128, 128]
    assert coloured[1, 1].tolist() == [255, 128, 128]
