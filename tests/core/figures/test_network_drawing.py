"""The drawing of a network: every layer is there, in order and apart, and what differs is named."""

import re
from itertools import pairwise

import pytest

from ccds_core.config.options import CnnOptions
from ccds_core.config.presets import PRESETS
from ccds_core.data.cifar10 import CLASSES
from ccds_core.figures.export import chart_png, chart_svg
from ccds_core.figures.network_drawing import WIDTH, network_drawing
from ccds_core.models.cnn_diff import BASE, changes_title, compare_layers
from ccds_core.models.cnn_layers import list_layers

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
    assert [box["layer"] for box in boxes] == ["image", *(layer.name for layer in list_layers(options))]
    for before, after in pairwise(boxes):
        assert before["right"] <= after["left"] < after["right"]
        assert before["top"] < before["bottom"]


@pytest.mark.parametrize("options", EVERY, ids=changes_title)
def test_no_two_names_meet_where_they_stand_side_by_side_which_they_do_on_a_projector(options):
    """Seven pixels a letter, at 14 pixels."""
    axis, scale = (draw(options)["encoding"]["x"][part] for part in ("axis", "scale"))
    labels = re.findall(r"'([^']*)'", axis["labelExpr"].rpartition("[")[0])
    widths = [max(map(len, label.split("\\n"))) * 7 for label in labels]
    narrowest = int(re.search(r"width < (\d+)", axis["labelAngle"]["expr"]).group(1))  # below it they stand upright
    assert narrowest < WIDTH
    places = [place * narrowest / scale["domain"][1] for place in axis["values"]]
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
    notes = [row["note"] for row in rows(spec, "text")]
    assert notes == ["new", *["Xavier\n+ norm\nsigmoid\n+ dropout"] * 2, "Xavier"]
    assert rows(draw(BASE), "text") == []


def test_the_drawing_can_be_exported_with_its_title():
    svg = chart_svg(draw(LONGEST)).decode()
    for words in ("31 layers differ from architecture 1", "He redraws 28 tensors", "conv7", "truck", "dropout"):
        assert words in svg
    assert chart_png(draw(BASE)).startswith(b"\x89PNG")


def test_on_a_phone_the_names_stand_upright_and_without_shapes():
    """Side by side they would cover one another: a smear, where 14 names with shapes share 340 pixels."""
    wide, narrow = (chart_svg({**draw(LONGEST), "width": width}).decode() for width in (WIDTH, 340))
    assert "32×32" in wide
    assert "rotate(-90" not in wide
    assert "32×32" not in narrow
    for name in ("conv1", "pool3", "fc7"):
        upright = re.search(rf'transform="[^"]*rotate\(-90[^"]*"[^>]*>{name}<', narrow)
        assert upright, name
