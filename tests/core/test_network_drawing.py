"""The picture of a network: every layer is there, in order and apart, and what differs is named."""

import re
from itertools import pairwise

import pytest

from ccds_core.data.cifar10 import CLASSES
from ccds_core.figures.export import chart_png, chart_svg
from ccds_core.figures.network_drawing import WIDTH, network_drawing
from ccds_core.layers import list_layers
from ccds_core.network_changes import BASE, changes_title, compare_layers
from ccds_core.options import CnnOptions
from ccds_core.presets import PRESETS

LONGEST = CnnOptions("sigmoid", True, True, True, 0.5, "he", 7)
EVERY = [BASE, LONGEST, CnnOptions(linear_layers=7), *(PRESETS[f"architecture-{n}"].options for n in range(2, 6))]


def draw(options):
    return network_drawing(compare_layers(options), CLASSES, options.initialisation, changes_title(options))


def rows(spec, mark):
    """The data of the first layer of this mark."""
    return next(layer for layer in spec["layer"] if layer["mark"]["type"] == mark)["data"]["values"]


@pytest.mark.parametrize("options", EVERY, ids=changes_title)
def test_every_layer_stands_to_the_right_of_the_one_before(options):
    boxes = rows(draw(options), "rect")
    assert [box["layer"] for box in boxes] == ["picture", *(layer.name for layer in list_layers(options))]
    for before, after in pairwise(boxes):
        assert before["right"] <= after["left"] < after["right"]
        assert before["top"] < before["bottom"]


@pytest.mark.parametrize("options", EVERY, ids=changes_title)
def test_no_two_names_meet_on_a_projector(options):
    """Seven pixels a letter, at 12 points."""
    axis, scale = (draw(options)["encoding"]["x"][part] for part in ("axis", "scale"))
    labels = re.findall(r"'([^']*)'", axis["labelExpr"].rpartition("[")[0])
    widths = [max(map(len, label.split("\\n"))) * 7 for label in labels]
    places = [place * WIDTH / scale["domain"][1] for place in axis["values"]]
    assert len(labels) == len(places)
    for (place, one), (after, other) in pairwise(zip(places, widths, strict=True)):
        assert after - place >= (one + other) / 2, labels


def test_what_differs_is_outlined_and_named():
    spec = draw(PRESETS["architecture-5-repaired"].options)
    status = {row["layer"]: row["status"] for row in rows(spec, "rect")}
    assert status["conv1"] == "same"
    assert status["conv7"] == "new"
    assert status["sigmoid1"] == "changed"
    assert status["fc1"] == "redrawn"
    said = [row["said"] for row in rows(spec, "text")]
    assert said == ["new", *["Xavier\n+ norm\nsigmoid\n+ dropout"] * 2, "Xavier"]
    assert rows(draw(BASE), "text") == []


def test_it_can_be_taken_home_and_says_its_finding():
    svg = chart_svg(draw(LONGEST)).decode()
    for words in ("31 layers differ from architecture 1", "He redraws 28 tensors", "conv7", "truck", "dropout"):
        assert words in svg
    assert chart_png(draw(BASE)).startswith(b"\x89PNG")
